"""A site for the tests of members, letters and facts: the shipped data, a day, a geocoder."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

from flask.testing import FlaskClient

from campaign.web.app import create_app
from tests.databases import with_tables
from tests.web.whole_site import make_settings

#: A day well inside the shipped Congress.
SUMMER = date(2026, 7, 1)
#: Where nobody listens: a geocoder that is down.
NOWHERE = "http://127.0.0.1:9/geocoder"


@contextmanager
def visitor(
    home: Path, *, on_date: date = SUMMER, geocoder_url: str = NOWHERE
) -> Iterator[FlaskClient]:
    """Yield a visitor of a site whose day is `on`."""
    settings = make_settings(home, geocoder_url=geocoder_url)
    database = with_tables(settings.database_url)
    noon = datetime(on_date.year, on_date.month, on_date.day, 12, tzinfo=UTC)
    app = create_app(settings, database=database, clock=lambda: noon)
    app.testing = True
    try:
        yield app.test_client()
    finally:
        database.dispose()


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def words(body: str) -> str:
    """Return the words of a page, tags left out and white space made single."""
    parser = _Words()
    parser.feed(body)
    return " ".join(" ".join(parser.parts).split())
