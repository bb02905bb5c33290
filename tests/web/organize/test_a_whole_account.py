"""An account from its invitation to its end, on SQLite and on PostgreSQL."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaign.store import audit
from tests.web.organize.signing_in import HASHED, add_account, log_in, logged_in, post, submit
from tests.web.organize.test_second_factor import later, set_up
from tests.web.whole_site import Site, make_site

HOME = "/organize/section-907/"
NEW = "a good long password sentence"


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    """A new site on each database."""
    made = make_site(tmp_path / "home", database_url=database_url)
    yield made
    made.database.dispose()


def test_an_account_from_its_invitation_to_its_end(site: Site) -> None:
    owner = logged_in(site, add_account(site, email="owner@example.org", password=HASHED))
    post(owner, f"{HOME}accounts", {"email": "ani@example.org", "role": "organizer"})
    submit(
        site.client,
        site.mailed_path("/organize/invitation/"),
        name="Ani Sargsyan",
        password=NEW,
        again=NEW,
    )

    ani = site.client
    assert log_in(ani, "ani@example.org", NEW).status_code == 302
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ani.get("/organize/own/").text)
    assert token is not None
    with ani.session_transaction("/organize/") as session:
        session["csrf_token"] = "c" * 40
    app = set_up(site, ani)
    codes = re.findall(
        r"<li><code>([0-9a-f-]+)</code>", post(ani, "/organize/own/recovery-codes").text
    )

    by_app, by_code = site.client, site.client
    assert log_in(by_app, "ani@example.org", NEW).status_code == 302
    assert submit(by_app, "/organize/log-in/code", code=later(app)).status_code == 302
    assert log_in(by_code, "ani@example.org", NEW).status_code == 302
    assert submit(by_code, "/organize/log-in/recovery", code=codes[0]).status_code == 302
    assert by_app.get("/organize/own/").status_code == by_code.get("/organize/own/").status_code
    assert "7 left" in by_code.get("/organize/own/").text

    link = re.search(
        r'href="([^"]+)">Change<span class="visually-hidden"> Ani',
        owner.get(f"{HOME}accounts").text,
    )
    assert link is not None
    assert post(owner, f"{link[1]}/remove").status_code == 302
    assert by_app.get(HOME).status_code == by_code.get(HOME).status_code == 302

    with site.database.reading() as connection:
        done = [record.action for record in reversed(audit.records(connection))]
    assert done == [
        "account-invited",
        "account-opened",
        "log-in",
        "second-factor-set",
        "recovery-codes-made",
        "log-in",
        "recovery-code-used",
        "log-in",
        "role-changed",
    ]
    page = owner.get(f"{HOME}audit").text
    assert "Ani Sargsyan" in page
    assert "example.org" not in page.partition("<tbody>")[2]
