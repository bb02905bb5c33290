"""The audit of a campaign: everything of it, nothing of others, and nobody's address."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from campaign.store import audit
from campaign.store.accounts import Account
from tests.web.organize.signing_in import add_account, logged_in, signed_in
from tests.web.whole_site import NOON, Site

PATH = "/organize/section-907/audit"


@pytest.fixture
def owner(site: Site) -> Account:
    """An owner, with records of theirs, of a helper, of the server, and of another campaign."""
    owner = add_account(site, name="Nare Organizer")
    helper = add_account(site, "exporter", name="=Ani Sargsyan")
    stranger = add_account(site, "owner", "another-campaign", name="Somebody Else")
    records: list[tuple[str, str, str, dict[str, Any]]] = [
        ("export", f"user:{helper.id}", "section-907", {"rows": 12, "filter": {"state": "MT"}}),
        ("role-changed", f"user:{owner.id}", "section-907", {"account": helper.id, "to": "viewer"}),
        ("erase", "cli:ana", "section-907", {}),
        ("log-in", f"user:{owner.id}", "", {}),
        ("log-in", f"user:{stranger.id}", "", {}),
        ("log-in-failed", "", "", {}),
        ("export", f"user:{stranger.id}", "another-campaign", {"rows": 99}),
    ]
    with site.database.writing() as connection:
        for day, (action, actor, campaign, details) in enumerate(records):
            audit.record(
                connection,
                action,
                actor=actor,
                now=NOON + timedelta(days=day),
                campaign=campaign,
                details=details,
            )
    return owner


def rows(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_people_are_named_and_things_said_in_words(site: Site, owner: Account) -> None:
    table = rows(logged_in(site, owner).get(PATH).text)

    for words in (
        "Nare Organizer",
        "=Ani Sargsyan; to: viewer",
        "ana, on the server",
        "Exported signers",
        "rows: 12; filter: state MT",
        "someone without an account",
    ):
        assert words in table
    assert "example.org" not in table


def test_another_campaign_and_its_people_are_not_in_it(site: Site, owner: Account) -> None:
    page = logged_in(site, owner).get(PATH).text

    assert "Somebody Else" not in page
    assert "rows: 99" not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("action=export", 1),
        ("action=log-in", 1),
        ("actor=cli:ana", 1),
        ("day=2026-07-02", 1),
        ("action=export&day=2026-07-02", 0),
        ("day=not-a-day", 5),
        ("day=9999-12-31", 0),
        ("day=0001-01-01", 0),
        ("before=3", 2),
        ("before=-1", 5),
        ("action=%00&actor=%F0%9F%92%A5", 0),
    ],
)
def test_it_is_filtered(site: Site, owner: Account, asked: str, found: int) -> None:
    page = logged_in(site, owner).get(f"{PATH}?{asked}")

    assert page.status_code == 200
    assert rows(page.text).count("<tr>") == found


def test_it_is_paged_by_a_hundred_and_nothing_is_twice_or_lost(site: Site) -> None:
    client = signed_in(site)
    with site.database.writing() as connection:
        for number in range(250):
            audit.record(
                connection,
                "import",
                actor="cli:ana",
                now=NOON,
                campaign="section-907",
                details={"sheet": number},
            )
    seen: list[str] = []
    path = PATH
    while path:
        page = client.get(path).text
        seen += [part.partition("<")[0] for part in rows(page).split("sheet: ")[1:]]
        path = page.partition('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
        path = path if path.startswith(PATH) and 'rel="next"' in page else ""

    assert seen == [str(number) for number in reversed(range(250))]


def test_the_table_is_safe_in_a_spreadsheet(site: Site, owner: Account) -> None:
    answer = logged_in(site, owner).get(f"{PATH}.csv?action=export")

    lines = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert answer.mimetype == "text/csv"
    assert lines[0] == ["at", "actor", "who", "action", "details"]
    assert lines[1][0] == "2026-07-01T12:00:00Z"
    assert lines[1][2] == "'=Ani Sargsyan"
    assert lines[1][3:] == ["export", "rows: 12; filter: state MT"]
    assert len(lines) == 2
