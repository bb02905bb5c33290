"""What was asked: letters and calls are counted with their mark, and reported by period."""

import csv
import io

import pytest

from tests.web.letter_builder import a_letter
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import Site

ASKS = "/organize/section-907/asks"


def rows(content: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content)))


def test_letters_made_on_the_site_are_counted_by_what_they_ask(site: Site) -> None:
    chosen = a_letter(to=["senate", "president"], action="txt:all")
    assert site.client.post("/c/section-907/write", data=chosen).status_code == 200

    page = signed_in(site, "viewer").get(ASKS)
    table = rows(signed_in(site, "viewer").get(f"{ASKS}.csv").text)

    assert page.status_code == 200
    assert "Not marked" not in page.text
    assert table == [
        ["first_day", "last_day", "about", "letters", "mailed", "sent", "calls", "emails"],
        ["2026-07-01", "2026-07-01", "bill", "2", "0", "0", "0", "0"],
        ["2026-07-01", "2026-07-01", "executive", "1", "0", "0", "0", "0"],
    ]


def test_another_period_has_none_of_it(site: Site) -> None:
    site.client.post("/c/section-907/write", data=a_letter(action="txt:all"))

    empty = signed_in(site, "viewer").get(f"{ASKS}.csv?first=2026-01-01&last=2026-06-30").text

    assert len(rows(empty)) == 1


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("first=2026-08-01", "Give a first day that is not after the last day."),
        ("first=soon", "Write the day as 2026-06-15."),
    ],
)
def test_a_wrong_period_is_explained_in_focus(site: Site, query: str, sentence: str) -> None:
    page = signed_in(site, "viewer").get(f"{ASKS}?{query}")

    assert page.status_code == 422
    assert f"autofocus>{sentence}</p>" in page.text


def test_an_update_keeps_its_mark(site: Site) -> None:
    client = signed_in(site, "organizer")
    form = {"subject": "Call now", "body": "Please call.", "about": "bill", "act": "save"}

    saved = post(client, "/organize/section-907/updates/new", form, follow_redirects=True)
    wrong = post(client, "/organize/section-907/updates/new", {**form, "about": "law"})

    assert '<option selected value="bill">yes, about a bill</option>' in saved.text
    assert wrong.status_code == 422
