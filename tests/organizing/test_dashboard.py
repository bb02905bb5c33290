"""How a campaign stands: every figure of the overview, and as a table."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.organizing import dashboard, figure_tables, member_figures
from campaign.packs import local_targets
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.packs.targets import NO_MEMBERS, MemberFilter, Targets
from campaign.store import contacts, counts, daily_counters, letters
from campaign.store.contacts import Contact
from campaign.store.db.engine import Database
from campaign.store.letters import LetterFingerprint
from tests.petition.petitioning import Petition

NAME = "section-907"
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / NAME, NOW.date())


@pytest.fixture
def petition(database: Database, pack: Pack) -> Petition:
    return Petition(database, replace(pack, opens_on=None, closes_on=None))


def signed(db: Database, number: int, *, days_ago: int = 0, **where: str) -> None:
    place = {"state": "MT", "district": "MT-2", "origin": "online", "source": "mail", **where}
    with db.writing() as connection:
        counts.append(connection, NAME, at=NOW - timedelta(days=days_ago), delta=number, **place)


def test_a_new_campaign_has_only_zeros(database: Database, pack: Pack, congress: Congress) -> None:
    found = dashboard.campaign_figures(database, pack, congress, NOW)

    assert (found.total, found.paper, found.today, found.week) == (0, 0, 0, 0)
    assert found.funnel.confirm_rate is None
    assert not any(one.has_any for one in found.members)


def test_signatures_are_counted_by_time_place_and_source(
    database: Database, pack: Pack, congress: Congress
) -> None:
    signed(database, 3)
    signed(database, 5, days_ago=6, state="CA", district="CA-30", source="qr")
    signed(database, 7, days_ago=7)
    signed(database, 2, origin="paper")

    found = dashboard.campaign_figures(database, pack, congress, NOW)

    assert (found.total, found.paper, found.today, found.week) == (17, 2, 5, 10)
    assert found.states == {"MT": 12, "CA": 5}
    assert found.districts == {"MT-2": 12, "CA-30": 5}
    assert found.sources == {"mail": 10, "qr": 5, "paper": 2}
    assert sum(found.by_day.values()) == 17


def test_members_have_the_counts_of_their_constituents(
    database: Database, pack: Pack, congress: Congress
) -> None:
    signed(database, 3)
    signed(database, 4, district="MT-1")

    found = {
        one.district or one.seat: one
        for one in dashboard.campaign_figures(database, pack, congress, NOW).members
        if one.has_any
    }

    assert found["MT-2"].constituents == 3
    assert found["MT-1"].constituents == 4
    assert found["Senator for Montana"].constituents == 7
    assert found.keys() - {"MT-1", "MT-2", "Senator for Montana"} == {""}  # others, with no seat


def test_a_vacant_seat_keeps_its_signers(
    database: Database, pack: Pack, congress: Congress
) -> None:
    signed(database, 6, state="GA", district="GA-13")

    rows = member_figures.members(database, pack, congress, NOW.date())

    (vacant,) = [one for one in rows if one.district == "GA-13"]
    assert (vacant.name, vacant.bioguide, vacant.constituents) == ("Vacant", "", 6)


def test_only_targets_and_who_was_contacted_have_a_line(
    database: Database, pack: Pack, congress: Congress
) -> None:
    signed(database, 3)
    row = "council,Council,,City Hall|Main Street,Dear Council:,MT\n"
    (council,) = local_targets.read(f"id,name,title,block,salutation,places\n{row}", [])
    local = replace(pack, targets=Targets(NO_MEMBERS, executive=(), local=(council,)))
    one = replace(pack, targets=Targets(MemberFilter((), members=("D000618",)), executive=()))

    def lines(asking: Pack) -> list[tuple[str, int]]:
        found = member_figures.members(database, asking, congress, NOW.date())
        return [(line.bioguide, line.constituents) for line in found]

    assert lines(local) == [("council", 3)]
    assert lines(one) == [("D000618", 3)]
    with database.writing() as connection:
        contacts.add(connection, Contact(NAME, "D000618", "posted"), day=NOW.date())
    assert lines(local) == [("D000618", 3), ("council", 3)]


def test_letters_and_calls_are_counted_by_member(
    database: Database, pack: Pack, congress: Congress
) -> None:
    member = next(iter(congress.terms_by_seat["MT-2"])).bioguide
    with database.writing() as connection:
        letters.save(connection, LetterFingerprint(NAME, member, b"w" * 16, bytes(512)), now=NOW)
        for outcome in ("contact", "voicemail", "posted"):
            contacts.add(connection, Contact(NAME, member, outcome), day=NOW.date())
        contacts.add(connection, Contact(NAME, "president", "posted"), day=NOW.date())

    found = {
        one.bioguide: one
        for one in member_figures.members(database, pack, congress, NOW.date())
        if one.has_any
    }

    assert (found[member].letters, found[member].calls) == (1, 2)
    assert found["president"].reached == {"posted": 1}


def test_the_funnel_counts_recent_online_signers(petition: Petition, congress: Congress) -> None:
    petition.sign_and_confirm()
    petition.sign(email="bo@example.org", first_name="Bo")
    with petition.database.writing() as connection:
        counts.append(
            connection, NAME, state="MT", district="MT-2", at=NOW, delta=5, origin="paper"
        )
        daily_counters.add(
            connection,
            NOW.date(),
            {(NAME, daily_counters.VIEW): 10, (NAME, daily_counters.SHARE): 1},
        )

    funnel = dashboard.campaign_figures(petition.database, petition.pack, congress, NOW).funnel

    assert (funnel.views, funnel.signed, funnel.confirmed, funnel.shares) == (10, 2, 1, 1)
    assert funnel.confirm_rate == 0.5


def test_the_funnel_counts_writers_once_and_batches_separately(
    petition: Petition, congress: Congress
) -> None:
    ours = [
        LetterFingerprint(NAME, office, b"w" * 16, bytes(512))
        for office in ("president", "secretary")
    ]
    theirs = [LetterFingerprint(NAME, "president", bytes([n]) * 16, bytes(512)) for n in range(66)]
    both_ways = LetterFingerprint(NAME, "secretary", b"\x01" * 16, bytes(512))
    with petition.database.writing() as connection:
        for made in ours:
            letters.save(connection, made, now=NOW)
        for made in theirs:
            letters.save(connection, made, now=NOW, on_site=False)
        letters.save(connection, both_ways, now=NOW)

    funnel = dashboard.campaign_figures(petition.database, petition.pack, congress, NOW).funnel
    assert (funnel.writers, funnel.for_others) == (2, 66)
    assert {unit for _, _, unit in funnel.steps()} == {"page views", "people"}

    with petition.database.writing() as connection:
        letters.save(connection, theirs[2], now=NOW)  # by then, they take it themselves
        letters.save(connection, ours[0], now=NOW + timedelta(days=20), on_site=False)

    funnel = dashboard.campaign_figures(petition.database, petition.pack, congress, NOW).funnel
    assert (funnel.writers, funnel.for_others) == (3, 65)
    later = NOW + timedelta(days=20)
    funnel = dashboard.campaign_figures(petition.database, petition.pack, congress, later).funnel
    assert (funnel.writers, funnel.for_others) == (0, 0)


def test_mail_figures_exclude_webhooks_and_cwc(petition: Petition, congress: Congress) -> None:
    petition.sign()
    with petition.database.writing() as connection:
        daily_counters.add(
            connection,
            NOW.date(),
            {(NAME, "sent/confirm"): 3, (NAME, "sent/webhook"): 9, (NAME, "bounced/update"): 1},
        )

    mail = dashboard.campaign_figures(petition.database, petition.pack, congress, NOW).mail

    assert (mail.sent, mail.bounced, mail.queued, mail.oldest_due) == (3, 1, 1, NOW)


@pytest.mark.parametrize("what", sorted(figure_tables.TABLES))
def test_every_figure_is_a_table(what: str, petition: Petition, congress: Congress) -> None:
    petition.sign_and_confirm()

    found = dashboard.campaign_figures(petition.database, petition.pack, congress, NOW)
    heading, rows = figure_tables.table(found, what)

    assert rows
    assert all(len(row) == len(heading) for row in rows)
