"""The rehearsal of January 3, 2027: pages, packets, figures and mail around the new Congress.

The 120th Congress is made up: every seat has another holder, and few committees are known yet.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from campaign.congress.dataset import Congress
from campaign.congress.places import District
from campaign.delivery import cwc_changes
from campaign.organizing import current_districts, dashboard
from campaign.organizing.packets import packet
from campaign.organizing.packets.preview import PacketFilter
from campaign.store import contacts, counts, cwc_deliveries, models, recount, retention
from campaign.store.contacts import Contact
from campaign.store.cwc_deliveries import Delivery
from campaign.web.core.services import KEY
from tests.new_congress import (
    AFTERNOON,
    DECEMBER,
    DOWNING,
    JANUARY_2,
    JANUARY_4,
    KEPT_ONE,
    KEPT_TWO,
    MORNING,
    OLD_BILL,
    REDRAWN,
    WYOMING,
)
from tests.web.letters.test_cwc import asked, deliver
from tests.web.made_site import words
from tests.web.rehearsal import Rehearsal
from tests.web.whole_site import PETITION, Site


def packets_of(site: Site, out: Path, **wanted: str) -> dict[str, int]:
    """Make the packets, and return {seat: signers} of each."""
    services = site.app.extensions[KEY]
    pack = services.campaigns.get("section-907", site.time[0])
    report = packet.write(
        site.database,
        pack,
        services.congress,
        PacketFilter(**wanted),
        out,
        actor="test",
        now=site.time[0],
    )
    return {made.reader.seat_id: made.figures.count for made in report.made}


# -- signing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [JANUARY_2, MORNING, AFTERNOON, JANUARY_4])
@pytest.mark.parametrize(("five", "state"), [(WYOMING, "WY"), (KEPT_TWO, "NY"), (REDRAWN, "TX")])
def test_a_signer_keeps_their_state_and_is_in_its_packet(
    rehearsal: Rehearsal, tmp_path: Path, now: datetime, five: str, state: str
) -> None:
    site = rehearsal.at(now)
    rehearsal.sign(five, "ani@example.org")

    made = packets_of(site, tmp_path / "out", state=state)

    senators = {seat: count for seat, count in made.items() if "-S" in seat}
    assert set(senators.values()) == {1}


# -- districts by the lines of the day -------------------------------------------------------------


def stored(site: Site) -> sa.Row[Any]:
    with site.database.reading() as connection:
        return connection.execute(sa.select(models.signatures)).one()


def by_district(site: Site) -> dict[str, int]:
    with site.database.reading() as connection:
        return counts.by(connection, "section-907", "district")


def with_new_lines(congress: Congress, five: str, district: District) -> Congress:
    """The data once the Bureau has published the lines of the 120th, with one ZIP in a district."""
    zips = MappingProxyType({**congress.zip_districts, five: (district,)})
    meta = replace(congress.meta, crosswalk_congress=120)
    return replace(congress, meta=meta, zip_districts=zips, answers={})


def test_packets_leave_the_districts_of_old_lines_and_gain_the_new(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    site = rehearsal.at(DECEMBER)
    rehearsal.sign(REDRAWN, "ani@example.org")
    signed = stored(site)
    assert (signed.district, signed.lines) == ("TX-30", 119)
    assert packets_of(site, tmp_path / "december", state="TX")["TX-30"] == 1

    rehearsal.at(MORNING)
    assert packets_of(site, tmp_path / "morning", state="TX")["TX-30"] == 1
    rehearsal.at(JANUARY_4)
    site = rehearsal.refresh()
    made = packets_of(site, tmp_path / "january", state="TX")

    assert len(made) == 2
    assert all("-S" in seat for seat in made)
    kept = stored(site)
    assert (kept.state, kept.district, kept.lines) == ("TX", "", 0)
    assert (kept.signed_district, kept.signed_lines) == ("TX-30", 119)
    assert by_district(site) == {"": 1}

    congress = site.app.extensions[KEY].congress
    new = with_new_lines(congress, REDRAWN, District("TX", 33))
    assert current_districts.follow(site.database, new, site.time[0]) == 1
    assert current_districts.follow(site.database, new, site.time[0]) == 0

    gained = stored(site)
    assert (gained.district, gained.lines) == ("TX-33", 120)
    assert (gained.signed_district, gained.signed_lines) == ("TX-30", 119)
    assert by_district(site) == {"TX-33": 1}
    own = site.client.get(f"{site.mailed_path('/me/')}/download").get_json(force=True)
    assert (own["district"], own["signed_district"]) == ("TX-33", "TX-30")


def test_where_lines_did_not_change_the_packet_goes_to_the_new_member(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    rehearsal.at(DECEMBER)
    rehearsal.sign(KEPT_ONE, "ani@example.org")
    rehearsal.at(JANUARY_4)
    site = rehearsal.refresh()

    assert packets_of(site, tmp_path / "out", district="MT-2") == {"MT-2": 1}
    assert (stored(site).district, stored(site).lines) == ("MT-2", 119)


def test_a_corrected_zip_counts_by_the_lines_of_the_day(rehearsal: Rehearsal) -> None:
    rehearsal.at(DECEMBER)
    rehearsal.sign(REDRAWN, "ani@example.org")
    site = rehearsal.at(JANUARY_4)
    site = rehearsal.refresh()
    current_districts.follow(site.database, site.app.extensions[KEY].congress, site.time[0])

    typed = {"first_name": "Ani", "last_name": "Petrosyan", "zip": KEPT_ONE}
    site.client.post(f"{site.mailed_path('/me/')}/correct", data=typed)

    row = stored(site)
    assert (row.district, row.lines, row.signed_district) == ("MT-2", 120, "")


def test_signatures_without_personal_data_count_for_their_state(rehearsal: Rehearsal) -> None:
    rehearsal.at(DECEMBER)
    rehearsal.sign(REDRAWN, "ani@example.org")
    site = rehearsal.at(JANUARY_4)
    retention.anonymize(site.database, signed_before=site.time[0], now=site.time[0])
    congress = site.app.extensions[KEY].congress

    assert current_districts.follow(site.database, congress, site.time[0]) == 1

    with site.database.reading() as connection:
        [row] = connection.execute(sa.select(models.unlisted)).all()
    assert (row.state, row.district, row._mapping["count"]) == ("TX", "", 1)
    assert by_district(site) == {"": 1}
    with site.database.snapshot() as connection:
        assert recount.differences(connection) == {}


# -- links of December -----------------------------------------------------------------------------


def test_a_reminder_of_december_leads_to_the_members_of_today(rehearsal: Rehearsal) -> None:
    path = f"{PETITION}call/{DOWNING}"
    assert "What to say" in words(rehearsal.at(DECEMBER).client.get(path).text)
    assert "What to say" in words(rehearsal.at(MORNING).client.get(path).text)

    before = rehearsal.at(JANUARY_4).client.get(path)
    after = rehearsal.refresh().client.get(path)

    for page in (before, after):
        assert page.status_code == 200
        assert "Troy Downing" in words(page.text)
        assert "What to say" not in words(page.text)
        assert f'action="{PETITION}members"' in page.text
    assert "This term ended on January 3, 2027." in words(before.text)
    for part in ("contacted/{}?outcome=contact", "contacted/{}/follow-up.ics"):
        assert rehearsal.site.client.get(PETITION + part.format(DOWNING)).status_code == 200
    assert rehearsal.site.client.get(f"{PETITION}call/Z999999").status_code == 404


# -- figures ---------------------------------------------------------------------------------------


def test_work_done_with_former_members_stays_in_the_figures(rehearsal: Rehearsal) -> None:
    site = rehearsal.at(DECEMBER)
    with site.database.writing() as connection:
        contact = Contact(campaign="section-907", member=DOWNING, outcome="contact")
        contacts.add(connection, contact, day=site.time[0].date())

    rehearsal.at(JANUARY_4)
    for site in (rehearsal.site, rehearsal.refresh()):
        services = site.app.extensions[KEY]
        pack = services.campaigns.get("section-907", site.time[0])
        found = dashboard.campaign_figures(
            site.database, pack, services.congress, site.time[0]
        ).members
        [downing] = [one for one in found if one.bioguide == DOWNING]
        assert (downing.name, downing.calls) == ("Representative Downing (former)", 1)
        assert downing.seat.endswith(", until January 3, 2027")


# -- letters through Congress's system -------------------------------------------------------------


@pytest.mark.parametrize(("sent", "status"), [(MORNING, "kept"), (AFTERNOON, "outdated")])
def test_a_letter_of_the_old_congress_is_not_sent_in_the_new(
    rehearsal: Rehearsal, sent: datetime, status: str
) -> None:
    site = rehearsal.at(JANUARY_2)
    link = asked(site)
    assert site.client.post(link, data={}).status_code in {200, 303}

    deliver(rehearsal.at(sent))

    with site.database.reading() as connection:
        assert {*connection.scalars(sa.select(models.deliveries.c.status))} == {status}
    subjects = [mail["Subject"] for mail in site.mails()]
    assert subjects.count("Your letters to Congress were not sent") == (status == "outdated")
    shown = words(site.client.get(link).text)
    assert ("We did not send it" in shown) is (status == "outdated")


def test_a_letter_of_december_cannot_be_approved_in_january(rehearsal: Rehearsal) -> None:
    site = rehearsal.at(JANUARY_2)
    link = asked(site)
    assert OLD_BILL.search(words(site.client.get(link).text))

    for site in (rehearsal.at(AFTERNOON), rehearsal.at(JANUARY_4), rehearsal.refresh()):
        shown = words(site.client.get(link).text)

        assert "We did not send it" in shown
        assert "Write a new letter" in shown
        assert "Send these letters in my name" not in shown
        assert OLD_BILL.search(shown) is None
        # Their own words are not lost.
        assert "My grandmother was born in Shushi." in shown
        assert "To Representative Downing" in shown or "To Troy Downing" in shown


@pytest.mark.parametrize(("now", "has_bill"), [(JANUARY_2, True), (JANUARY_4, False)])
def test_a_message_to_an_office_names_bills_only_of_its_own_congress(
    rehearsal: Rehearsal, now: datetime, has_bill: bool
) -> None:
    site = rehearsal.at(now)
    assert site.client.post(asked(site), data={}).status_code in {200, 303}

    deliver(site)

    written = [
        path.read_text(encoding="utf-8") for path in (site.settings.home / "cwc").rglob("*.xml")
    ]
    assert written
    for text in (*written, *(str(mail) for mail in site.mails())):
        named = "<BillNumber>" in text or OLD_BILL.search(text) is not None
        assert named is has_bill or "<CWC>" not in text
        assert has_bill or not named


def test_a_letter_is_sent_only_while_its_seat_and_committees_are_the_members(
    rehearsal: Rehearsal,
) -> None:
    site = rehearsal.at(DECEMBER)
    asked(site)
    congress = site.app.extensions[KEY].congress
    with site.database.reading() as connection:
        row = connection.execute(
            sa.select(models.deliveries).where(models.deliveries.c.member == DOWNING)
        ).one()
    letter = cwc_deliveries.of_row(row)
    member = congress.members[DOWNING]
    named = member.memberships[0].committee

    def change(letter: Delivery, **changed: Any) -> str:
        people = MappingProxyType({**congress.members, DOWNING: replace(member, **changed)})
        now = replace(congress, members=people, answers={})
        return cwc_changes.change_since(now, letter, site.time[0])

    on_committee = replace(letter, committees=named)
    assert change(letter) == change(on_committee) == ""
    assert "committee" in change(on_committee, memberships=())
    assert "seat" in change(letter, terms=())
    assert "seat" in change(replace(letter, office="HMT01"))
