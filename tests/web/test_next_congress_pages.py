"""The rehearsal of January 3, 2027: every page, of citizens and organizers, at five moments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.new_congress import (
    AFTER,
    BEFORE,
    CRUZ,
    DECEMBER,
    DOWNING,
    KEPT_ONE,
    KEPT_TWO,
    MOMENTS,
    NOON_PASSED,
    OLD_BILL,
    OLD_MEMBERS,
    REDRAWN,
    REFRESHED,
    SHEEHY,
    STATES,
    UNREFRESHED,
)
from tests.web.letter_builder import a_letter
from tests.web.made_site import words
from tests.web.organize.signing_in import add_account, logged_in
from tests.web.rehearsal import Rehearsal
from tests.web.whole_site import PETITION, Site, make_site

#: Pages that show the campaign's own files, or a record of what was done.
_OWN_FILES = ("/texts", "/texts/settings", "/texts/facts", "/draft", "/audit", "/audit.csv")


@dataclass
class Seen:
    """What a visitor and an organizer saw at one moment: path -> words of the page."""

    public: dict[str, str] = field(default_factory=dict)
    office: dict[str, str] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)


def _paths(site: Site) -> list[str]:
    """Return the paths of all pages that need no more than a campaign's name."""
    return sorted(
        str(rule).replace("<name>", "section-907")
        for rule in site.app.url_map.iter_rules()
        if rule.methods and "GET" in rule.methods and rule.arguments <= {"name"}
    )


def _read(client: FlaskClient, paths: list[str], seen: Seen) -> dict[str, str]:
    found = {}
    for path in paths:
        answer = client.get(path)
        seen.statuses[path] = answer.status_code
        kind = answer.mimetype or ""
        if kind.startswith("text/html"):
            found[path] = words(answer.text)
        elif kind.startswith(("text/", "application/json", "application/atom")):
            found[path] = answer.text
    return found


def _letters(client: FlaskClient, seen: Seen) -> dict[str, str]:
    """Return the letters that people of four ZIPs are shown."""
    found = {}
    for five, state in STATES.items():
        typed = a_letter(zip=five, state=state, city="Town", street="1 Main Street")
        answer = client.post(PETITION + "write", data={**typed, "action": "preview"})
        path = f"letters from {five}"
        seen.statuses[path] = answer.status_code
        found[path] = words(answer.text)
        senators = client.post(
            PETITION + "write", data={**typed, "to": ["senate"], "action": "text:all"}
        )
        seen.statuses[f"senators of {five}"] = senators.status_code
        found[f"senators of {five}"] = senators.text
    return found


def _look(site: Site) -> Seen:
    seen = Seen()
    visitor = site.client
    public = [path for path in _paths(site) if not path.startswith(("/organi", "/volunteer"))]
    for five, state in STATES.items():
        public += [f"{PETITION}members?zip={five}", f"{PETITION}members?zip={five}&lang=es"]
        public += [f"{PETITION}map/{state}", f"{PETITION}where-they-stand?state={state}"]
        public += [f"/api/v1/members?zip={five}&campaign=section-907"]
    public += [f"{PETITION}call/{DOWNING}", f"{PETITION}members?district=TX-30"]
    seen.public = _read(visitor, public, seen) | _letters(visitor, seen)
    owner = logged_in(site, add_account(site, "owner"))
    seen.office = _read(
        owner,
        [
            path
            for path in _paths(site)
            if path.startswith(("/organize/section-907/", "/volunteer/"))
        ]
        + [f"/organize/section-907/stances/{one}" for one in (DOWNING, SHEEHY, CRUZ)],
        seen,
    )
    return seen


@pytest.fixture(scope="module")
def rehearsed(
    tmp_path_factory: pytest.TempPathFactory, next_congress: Path
) -> Iterator[Mapping[str, Seen]]:
    """What everybody saw at each moment, on one site with signers of December."""
    site = make_site(tmp_path_factory.mktemp("rehearsed"))
    rehearsal = Rehearsal(site, next_congress)
    rehearsal.at(DECEMBER)
    rehearsal.record_stances()
    for number, five in enumerate(STATES):
        rehearsal.sign(five, f"signer{number}@example.org")
    seen = {}
    for moment in MOMENTS:
        seen[moment] = _look(rehearsal.reach(moment))
    yield seen
    site.database.dispose()


@pytest.mark.parametrize("moment", MOMENTS)
def test_every_page_answers(rehearsed: Mapping[str, Seen], moment: str) -> None:
    for path, status in rehearsed[moment].statuses.items():
        assert status < 500, path
    for path in (PETITION, f"{PETITION}write", f"{PETITION}members", "/organize/section-907/"):
        assert rehearsed[moment].statuses[path] == 200


@pytest.mark.parametrize("moment", MOMENTS)
def test_citizens_are_not_asked_to_refresh_data(rehearsed: Mapping[str, Seen], moment: str) -> None:
    for path, text in rehearsed[moment].public.items():
        assert "data refresh" not in text, path
        assert "must refresh" not in text, path


@pytest.mark.parametrize("moment", AFTER)
def test_no_page_or_letter_names_a_bill_of_the_old_congress(
    rehearsed: Mapping[str, Seen], moment: str
) -> None:
    for path, text in rehearsed[moment].public.items():
        found = OLD_BILL.search(text)
        assert found is None, (path, text[max(0, found.start() - 80) : found.end() + 80])
    assert OLD_BILL.search(rehearsed["January 2"].public[f"letters from {KEPT_ONE}"])


@pytest.mark.parametrize("moment", AFTER)
def test_no_page_of_an_organizer_names_one_but_records_and_their_own_files(
    rehearsed: Mapping[str, Seen], moment: str
) -> None:
    stances = "/organize/section-907/stances"
    for path, text in rehearsed[moment].office.items():
        if not path.endswith(_OWN_FILES):
            found = OLD_BILL.search(text)
            assert found is None, (path, text[max(0, found.start() - 80) : found.end() + 80])
    sponsor = "Sponsor or cosponsor of a bill of the 119th Congress, as of March 2, 2026"
    assert "Settle this" not in rehearsed[moment].office[stances]
    if moment != REFRESHED:  # then other people hold every seat
        for member in (DOWNING, SHEEHY):
            assert f"Earlier: for, {sponsor}" in rehearsed[moment].office[f"{stances}/{member}"]
        montana = rehearsed[moment].public[f"{PETITION}where-they-stand?state=MT"]
        assert f"Earlier: For ({sponsor})." in montana


@pytest.mark.parametrize("moment", BEFORE)
def test_until_noon_evidence_is_what_it_was(rehearsed: Mapping[str, Seen], moment: str) -> None:
    sponsor = "Sponsor or cosponsor of H.R. 6840 (119th Congress), as of March 2, 2026"
    stances = "/organize/section-907/stances"

    assert f"For: {sponsor}" in rehearsed[moment].office[f"{stances}/{DOWNING}"]
    assert "Settle this" in rehearsed[moment].office[stances]
    assert f"For {sponsor}" in rehearsed[moment].public[f"{PETITION}members?zip={KEPT_ONE}"]
    assert (
        f'"source":"{sponsor.partition(",")[0]}"'
        in (rehearsed[moment].public[f"/api/v1/members?zip={KEPT_ONE}&campaign=section-907"])
    )


@pytest.mark.parametrize("moment", [NOON_PASSED, UNREFRESHED])
def test_who_delivers_packets_is_told_of_each_seat_why_it_has_none(
    rehearsed: Mapping[str, Seen], moment: str
) -> None:
    page = rehearsed[moment].office["/organize/section-907/deliver"]

    assert (
        "Senator for Montana: The Senate term of Steve Daines ended on January 3, 2027. This data "
        "does not name the current senator. 1 person has signed there. Their names go to this seat "
        "once the data says who holds it." in page
    )
    assert (
        "until the data is refreshed. 1 person has signed there. Their names go to the senators"
        in page
    )


def test_a_seat_whose_holder_is_not_known_is_not_called_vacant(
    rehearsed: Mapping[str, Seen],
) -> None:
    seen = rehearsed[UNREFRESHED]
    for path, text in (seen.public | seen.office).items():
        # The API's description names its keys, and its answers have an empty list.
        if not path.startswith("/api/"):
            assert "vacant" not in text, path
    assert "not known yet" in seen.public[f"{PETITION}map/MT"]
    assert '"vacant":[]' in seen.public[f"/api/v1/members?zip={KEPT_ONE}&campaign=section-907"]


@pytest.mark.parametrize("five", STATES)
def test_until_a_refresh_the_new_house_is_looked_up_at_the_house(
    rehearsed: Mapping[str, Seen], five: str
) -> None:
    for path in (f"{PETITION}members?zip={five}", f"letters from {five}"):
        text = rehearsed[UNREFRESHED].public[path]
        assert "A new Congress began on January 3, 2027. We do not know yet" in text
        assert "Enter your street address to find" not in text
    members = rehearsed[UNREFRESHED].public[f"{PETITION}members?zip={five}"]
    assert "Find your representative at house.gov" in members
    assert "Senator for" in members


def test_lines_that_did_not_change_are_marked_as_those_of_the_old_congress(
    rehearsed: Mapping[str, Seen],
) -> None:
    note = "District lines are as in the 119th Congress."
    for moment in MOMENTS:
        for five in (KEPT_ONE, KEPT_TWO):
            text = rehearsed[moment].public[f"{PETITION}members?zip={five}"]
            assert (note in text) is (moment in AFTER), (moment, five)


def test_in_a_state_with_new_lines_the_street_or_a_name_decides(
    rehearsed: Mapping[str, Seen],
) -> None:
    members = rehearsed[REFRESHED].public[f"{PETITION}members?zip={REDRAWN}"]

    assert "District lines have changed" in members
    assert "Enter your street address to find your district." in members
    assert "Texas' 1st district" in members
    assert "Texas' 38th district" in members
    assert "Find your representative at house.gov" in members
    assert members.count("Senator for Texas") == 2
    letters = rehearsed[REFRESHED].public[f"letters from {REDRAWN}"]
    assert "Choose your representative by name." in letters
    assert "Find your representative at house.gov" in letters


@pytest.mark.parametrize("moment", AFTER)
def test_the_member_by_old_lines_is_not_named(rehearsed: Mapping[str, Seen], moment: str) -> None:
    for path, text in rehearsed[moment].public.items():
        if REDRAWN in path:
            assert OLD_MEMBERS[REDRAWN] not in text, path
    assert OLD_MEMBERS[KEPT_ONE] not in rehearsed[moment].public[f"letters from {KEPT_ONE}"]
