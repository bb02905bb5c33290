"""Letters wait for their writer: nothing leaves that its writer did not read and approve."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypedDict

import pytest
import sqlalchemy as sa

from campaign.congress.members import Seat
from campaign.errors import InvalidInput, TokenRefused, WroteLately
from campaign.keys import Keyring
from campaign.letters.letter import Constituent, Letter, Paragraph, Recipient
from campaign.packs.pack import Pack
from campaign.petition import (
    cwc_approval,
    cwc_requests,
    cwc_retention,
    erasure,
    own_data,
    retention,
)
from campaign.petition.cwc_approval import PendingLetters
from campaign.petition.cwc_requests import Request
from campaign.petition.identity import Email
from campaign.store import audit, cwc_deliveries, models, outbox_leases, tokens
from campaign.store.db.engine import Database
from campaign.store.statuses import DeliveryStatus
from tests.petition.petitioning import KEYRING, NOW, Petition, together

HOUSE = Seat(119, "house", "MT", district=2)
SENATE = Seat(119, "senate", "MT", senate_class=1)
ANI = Constituent(
    "Ani", "Petrosyan", "12 Main Street", "Billings", "MT", "59101", prefix="Ms.",
    email="ani@example.org",
)  # fmt: skip
DAY = timedelta(days=1)


class _Key(TypedDict):
    keyring: Keyring


KEY: _Key = {"keyring": KEYRING}


class Desk:
    """Whoever asks for letters, and reads the mail about them."""

    def __init__(self, database: Database, pack: Pack) -> None:
        self.db = database
        self.pack = pack

    def ask(
        self,
        *seats: Seat,
        person: Constituent = ANI,
        email: str = "ani@example.org",
        own: str = "My street floods.",
        now: datetime = NOW,
    ) -> None:
        """Ask for a letter to the holder of each seat: by default both."""
        letters = [(self._letter(seat, person, own), seat) for seat in seats or (SENATE, HOUSE)]
        request = Request(person, Email.parse(email), letters)
        cwc_requests.ask(self.db, self.pack, request, now=now, **KEY)

    def _letter(self, seat: Seat, person: Constituent, own: str) -> Letter:
        name = "A000001" if seat.chamber == "senate" else "B000002"
        to = Recipient(name, "senator", "Jo Doe", "Senator Doe", "Senator", ("Jo Doe",), "Dear Jo:")
        parts = tuple(
            Paragraph(role, text)  # type: ignore[arg-type]
            for role, text in (("own", own), ("ask", "Build the bridge."))
            if text
        )
        return Letter(
            self.pack.name, person, to, NOW.date(), "A bridge", "Dear Jo:", parts, "Sincerely,"
        )

    def token(self, now: datetime = NOW) -> str:
        """The link's token in the latest mail."""
        rows = self.rows(models.sendings)
        row = rows[-1]
        return tokens.mint(
            KEYRING, "approve", public_id=row.public_id, nonce=row.nonce,
            expires_at=row.expires_at,
        )  # fmt: skip

    def approve(self, token: str = "", now: datetime = NOW) -> PendingLetters:
        """Press the button under the letters."""
        return cwc_approval.approve(
            self.db, token or self.token(), sentence="Send these letters.", now=now, **KEY
        )

    def rows(self, table: sa.Table) -> list[sa.Row[Any]]:
        """All rows of a table, oldest first."""
        with self.db.reading() as connection:
            order = table.c.id if "id" in table.c else table.c.at
            return list(connection.execute(sa.select(table).order_by(order)))

    def queued(self, kind: str) -> list[sa.Row[Any]]:
        """The rows of the outbox of that kind."""
        return [row for row in self.rows(models.outbox) if row.kind == kind]


@pytest.fixture
def desk(database: Database, pack: Pack) -> Desk:
    return Desk(database, pack)


def statuses(asked: PendingLetters) -> list[str]:
    return [letter.status for letter in asked.letters]


# -- Asking ----------------------------------------------------------------------------------------


def test_a_request_stores_letters_unsent_and_mails_a_link(desk: Desk) -> None:
    desk.ask()

    [mail] = desk.rows(models.outbox)
    assert (mail.kind, mail.to) == ("approve", "ani@example.org")
    assert mail.payload.keys() == {"sending", "language"}
    asked = cwc_approval.look_up(desk.db, desk.token(), now=NOW, **KEY)
    assert [letter.office for letter in asked.letters] == ["SMT01", "HMT02"]
    assert statuses(asked) == ["waiting", "waiting"]
    assert {letter.own for letter in asked.letters} == {"My street floods."}
    assert all(len(row.delivery_id) == 32 for row in desk.rows(models.deliveries))
    assert not asked.request.is_approved


def test_the_mail_has_a_link_only_while_letters_are_pending(desk: Desk) -> None:
    desk.ask()

    def link(now: datetime = NOW) -> Any:

        with desk.db.writing() as connection:
            [waiting] = outbox_leases.lease(connection, now=now, limit=1)
            outbox_leases.release(connection, [waiting.id])
            return tokens.for_mail(connection, waiting, keyring=KEYRING, now=now)

    assert link() == {"approve": desk.token()}
    assert link(NOW + 8 * DAY) is None
    desk.approve()
    with desk.db.writing() as connection:
        connection.execute(sa.delete(models.outbox).where(models.outbox.c.kind == "cwc"))
    assert link() is None


def test_a_new_request_replaces_pending_letters(desk: Desk) -> None:
    desk.ask(own="First words.")
    first = desk.token()
    desk.ask(own="Second words.")

    assert len(desk.rows(models.sendings)) == 1
    assert [mail.kind for mail in desk.rows(models.outbox)] == ["approve"]
    asked = cwc_approval.look_up(desk.db, first, now=NOW, **KEY)
    assert {letter.own for letter in asked.letters} == {"Second words."}


@pytest.mark.parametrize(
    "changed", [{"own": "Other words."}, {"person": replace(ANI, address1="9 Elsewhere Street")}]
)
def test_letters_replaced_since_they_were_read_are_not_approved(
    desk: Desk, changed: dict[str, Any]
) -> None:
    """Between reading and pressing, a stranger may have others wait in their place."""
    desk.ask()
    read = cwc_approval.content_mark(cwc_approval.look_up(desk.db, desk.token(), now=NOW, **KEY))
    desk.ask(**changed)

    with pytest.raises(InvalidInput):
        cwc_approval.approve(
            desk.db, desk.token(), sentence="Send.", read=read, now=NOW, keyring=KEYRING
        )

    assert desk.queued("cwc") == []
    now_read = cwc_approval.content_mark(
        cwc_approval.look_up(desk.db, desk.token(), now=NOW, **KEY)
    )
    cwc_approval.approve(desk.db, desk.token(), sentence="Send.", read=now_read, now=NOW, **KEY)
    cwc_approval.approve(desk.db, desk.token(), sentence="Send.", read="", now=NOW, **KEY)
    assert len(desk.queued("cwc")) == 2


def test_letters_an_office_cannot_accept_are_refused_before_storing(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as told:
        desk.ask(person=replace(ANI, prefix=""))

    assert told.value.field == "prefix"
    assert desk.rows(models.sendings) == []
    with pytest.raises(InvalidInput):
        cwc_requests.ask(
            desk.db, desk.pack, Request(ANI, Email.parse("a@example.org"), ()), now=NOW, **KEY
        )


def test_over_its_mail_limit_a_mailbox_gets_no_mail_and_its_links_open_the_latest_letters(
    desk: Desk,
) -> None:
    """A stranger who asks again and again fills no mailbox, and keeps its owner from nothing."""

    def send() -> None:
        with desk.db.writing() as connection:
            for waiting in outbox_leases.lease(connection, now=NOW, limit=10):
                outbox_leases.complete(connection, [waiting.id], now=NOW)

    desk.ask(own="A stranger's.")
    link = desk.token()
    for _ in range(20):
        send()
        desk.ask(own="A stranger's.")
    assert len([one for one in desk.rows(models.outbox) if one.kind == "approve"]) == 6

    desk.ask(own="My own words.")

    asked = cwc_approval.look_up(desk.db, link, now=NOW, **KEY)
    assert {letter.own for letter in asked.letters} == {"My own words."}
    assert cwc_approval.approve(desk.db, link, sentence="Send.", now=NOW, **KEY).request.is_approved


def test_a_link_about_to_expire_is_mailed_again_despite_the_limit(desk: Desk) -> None:
    desk.ask()
    later = NOW + 6 * DAY + timedelta(hours=1)
    for _ in range(8):
        desk.ask(now=later)

    [sending] = desk.rows(models.sendings)
    assert sending.expires_at == later + 7 * DAY


def test_a_suppressed_address_gets_no_mail_and_nothing_is_stored(desk: Desk) -> None:
    erasure.erase_address(desk.db, Email.parse("ani@example.org"), actor="cli", now=NOW, **KEY)

    desk.ask()

    assert desk.rows(models.sendings) == []
    assert desk.queued("approve") == []


# -- Approving -------------------------------------------------------------------------------------


def test_approval_is_recorded_with_its_sentence_and_queues_the_letters(desk: Desk) -> None:
    desk.ask()
    before = cwc_approval.look_up(desk.db, desk.token(), now=NOW, **KEY)

    asked = desk.approve()

    assert statuses(asked) == ["queued", "queued"]
    assert asked.request.approved_at == NOW
    assert asked.request.sentence == "Send these letters."
    assert asked.request.digest == cwc_approval.digest_of(before.letters)
    for row, letter in zip(desk.queued("cwc"), asked.letters, strict=True):
        assert row.payload == {"delivery": letter.id}
        assert row.to == letter.delivery_id
    with desk.db.reading() as connection:
        [record] = audit.records(connection, action="approve-letters")
    assert record.details["letters"] == 2
    assert "ani" not in str(record.details).lower()


def test_a_second_approval_sends_nothing_twice(desk: Desk) -> None:
    desk.ask()
    token = desk.token()
    desk.approve(token)

    again = desk.approve(token)

    assert statuses(again) == ["queued", "queued"]
    assert len(desk.queued("cwc")) == 2


def test_concurrent_approvals_send_once(desk: Desk) -> None:
    desk.ask()
    token = desk.token()

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(desk.approve, token) for _ in range(4)]:
            done.result()

    assert len(desk.queued("cwc")) == 2


def test_looking_up_changes_nothing(desk: Desk) -> None:
    desk.ask()
    before = desk.rows(models.sendings), desk.rows(models.deliveries)

    for _ in range(3):
        cwc_approval.look_up(desk.db, desk.token(), now=NOW, **KEY)

    assert (desk.rows(models.sendings), desk.rows(models.deliveries)) == before


@pytest.mark.parametrize("spoil", ["late", "other purpose", "other key", "cut", "unknown"])
def test_all_invalid_links_are_refused_with_one_message(desk: Desk, spoil: str) -> None:
    desk.ask()
    row = desk.rows(models.sendings)[0]
    good = {"public_id": row.public_id, "nonce": row.nonce, "expires_at": row.expires_at}
    now = NOW + 8 * DAY if spoil == "late" else NOW
    token = {
        "late": desk.token(),
        "other purpose": tokens.mint(KEYRING, "me", **good),
        "other key": tokens.mint(Keyring("x" * 40), "approve", **good),
        "cut": desk.token()[:-4],
        "unknown": tokens.mint(
            KEYRING, "approve", **{**good, "public_id": tokens.new_public_id(NOW)}
        ),
    }[spoil]

    for act in (
        desk.approve,
        lambda token, now: cwc_approval.look_up(desk.db, token, now=now, **KEY),
    ):
        with pytest.raises(TokenRefused, match="This link does not work"):
            act(token, now)

    assert desk.queued("cwc") == []


def test_disowned_letters_are_gone_and_their_link_with_them(desk: Desk) -> None:
    desk.ask()
    token = desk.token()

    cwc_approval.disown(desk.db, token, now=NOW, **KEY)

    assert desk.rows(models.sendings) == desk.rows(models.deliveries) == []
    assert desk.rows(models.outbox) == []
    with pytest.raises(TokenRefused):
        desk.approve(token)


def test_approved_letters_cannot_be_disowned(desk: Desk) -> None:
    desk.ask()
    desk.approve()

    with pytest.raises(TokenRefused):
        cwc_approval.disown(desk.db, desk.token(), now=NOW, **KEY)

    assert len(desk.queued("cwc")) == 2


# -- The guard -------------------------------------------------------------------------------------


def test_one_letter_a_person_and_member_in_a_week(desk: Desk) -> None:
    desk.ask()
    desk.approve()
    desk.ask(now=NOW + 6 * DAY)

    with pytest.raises(WroteLately, match="write again on June 22, 2026") as told:
        desk.approve(now=NOW + 6 * DAY)

    assert told.value.possible_from == NOW + 7 * DAY
    assert len(desk.queued("cwc")) == 2
    assert not cwc_approval.look_up(
        desk.db, desk.token(), now=NOW + 6 * DAY, **KEY
    ).request.is_approved
    assert statuses(desk.approve(now=NOW + 7 * DAY)) == ["queued", "queued"]


def test_members_who_had_no_letter_get_theirs(desk: Desk) -> None:
    desk.ask(SENATE)
    desk.approve()
    desk.ask(SENATE, HOUSE, now=NOW + DAY)

    asked = desk.approve(now=NOW + DAY)

    assert statuses(asked) == ["too-soon", "queued"]
    assert asked.free_again["A000001"] == NOW + 7 * DAY


def test_spellings_of_one_mailbox_are_one_person(desk: Desk) -> None:
    desk.ask(email="ani.petrosyan@gmail.com")
    desk.approve()
    desk.ask(email="AniPetrosyan+again@googlemail.com", person=replace(ANI, first_name="Anna"))

    with pytest.raises(WroteLately):
        desk.approve()


def test_concurrent_approvals_for_one_member_send_one_letter(desk: Desk, pack: Pack) -> None:
    desk.ask(SENATE)
    first = desk.token()
    with desk.db.writing() as connection:  # as if both had been asked for at the same moment
        connection.execute(sa.update(models.sendings).values(campaign="elsewhere"))
    desk.ask(SENATE)
    second = desk.token()
    with desk.db.writing() as connection:
        connection.execute(sa.update(models.sendings).values(campaign=pack.name))

    def press(token: str) -> int:
        try:
            return statuses(desk.approve(token)).count("queued")
        except WroteLately:
            return 0

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, [first, second])) == [0, 1]
    assert len(desk.queued("cwc")) == 1


def test_the_weekly_limit_is_per_person_and_campaign(desk: Desk, pack: Pack) -> None:
    desk.ask(SENATE)
    desk.approve()
    desk.ask(SENATE, email="ben@example.org")
    desk.approve()
    other = Desk(desk.db, replace(pack, name="other"))
    other.ask(SENATE)
    other.approve()

    assert len(desk.queued("cwc")) == 3


# -- What is forgotten -----------------------------------------------------------------------------


def test_unapproved_letters_expire_with_their_link(desk: Desk) -> None:
    desk.ask()

    assert cwc_retention.purge(desk.db, NOW + 6 * DAY).total == 0
    assert cwc_retention.purge(desk.db, NOW + 7 * DAY).deleted == 1

    assert desk.rows(models.sendings) == desk.rows(models.outbox) == []


def test_person_and_texts_are_deleted_a_month_after_sending(desk: Desk) -> None:
    desk.ask()
    asked = desk.approve()
    assert cwc_retention.purge(desk.db, NOW + 40 * DAY).total == 0  # still on their way
    with desk.db.writing() as connection:
        for letter in asked.letters:
            cwc_deliveries.mark(connection, letter.id, DeliveryStatus.DELIVERED, now=NOW)

    assert cwc_retention.purge(desk.db, NOW + 29 * DAY).total == 0
    assert cwc_retention.purge(desk.db, NOW + 30 * DAY).emptied == 1

    kept = str(desk.rows(models.sendings)) + str(desk.rows(models.deliveries))
    for word in ("Ani", "Petrosyan", "Main Street", "ani@example.org", "floods", "bridge"):
        assert word not in kept
    [row] = desk.rows(models.sendings)
    assert (row.approved_at, row.digest) == (NOW, asked.request.digest)
    assert [row.status for row in desk.rows(models.deliveries)] == ["delivered", "delivered"]
    assert desk.rows(models.delivery_turns) == []


def test_erasing_an_address_reaches_letters_in_every_state(desk: Desk) -> None:
    desk.ask(SENATE)
    desk.approve()
    desk.ask(HOUSE)

    erasure.erase_address(desk.db, Email.parse("ANI@example.org"), actor="cli", now=NOW, **KEY)

    for table in (models.sendings, models.deliveries, models.delivery_turns, models.outbox):
        assert desk.rows(table) == [], table.name


def test_a_signer_who_erases_everything_leaves_a_housemates_letters(
    desk: Desk, petition: Petition
) -> None:
    petition.sign(first_name="Ani", last_name="Petrosyan", email="ani@example.org")
    desk.ask(SENATE)
    desk.approve()
    desk.ask(HOUSE, person=replace(ANI, first_name="Ben"))
    desk.approve()
    [row] = petition.rows()
    me = tokens.mint(KEYRING, "me", public_id=row.public_id, nonce=row.nonce, expires_at=NOW + DAY)
    kept = own_data.download(desk.db, me, now=NOW, **KEY)
    assert [each["letters"][0]["own_words"] for each in kept["letters_to_congress"]] == [
        "My street floods."
    ]

    erasure.erase(desk.db, me, now=NOW, **KEY)

    assert [row.first_name for row in desk.rows(models.sendings)] == ["Ben"]


def test_purging_letters_is_part_of_retention(desk: Desk) -> None:
    desk.ask()

    assert retention.purge(desk.db, NOW + 8 * DAY, retention_days=730).sendings == 1


def test_reprs_are_redacted(desk: Desk) -> None:
    desk.ask()
    asked = cwc_approval.look_up(desk.db, desk.token(), now=NOW, **KEY)

    shown = repr(asked) + repr(asked.request) + repr(asked.letters)

    assert "Ani" not in shown
    assert "floods" not in shown


def test_letters_are_approved_or_disowned_never_both(desk: Desk) -> None:
    for turn in range(4):
        writer = replace(ANI, first_name=f"Ani{'abcd'[turn]}")
        desk.ask(person=writer, email=f"ani{turn}@example.org")
        token = desk.token()
        acts = iter([desk.approve, partial(cwc_approval.disown, desk.db, now=NOW, **KEY)] * 3)

        def act(token: str = token, acts: Iterator[Any] = acts) -> object:
            return next(acts)(token)

        together(6, act)

    approved = {row.id for row in desk.rows(models.sendings)}
    assert {row.status for row in desk.rows(models.sendings)} <= {"approved"}
    queued = {row.to for row in desk.rows(models.outbox) if row.kind == cwc_deliveries.KIND}
    letters = {row.delivery_id for row in desk.rows(models.deliveries)}
    assert queued == letters
    assert len(letters) == 2 * len(approved)
