"""What people and organizers do at the same moment is counted once, and adds up at the end."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from campaign.errors import InvalidInput, SignatureUnknown, TokenRefused, TooManyAttempts
from campaign.link_lifetimes import Purpose
from campaign.packs.pack import Pack
from campaign.petition import (
    corrections,
    erasure,
    mailed_links,
    own_data,
    public_counts,
    review,
    signing,
)
from campaign.petition.corrections import Correction
from campaign.petition.paper import enter_signatures, paper_row
from campaign.store import (
    counts,
    endpoints,
    models,
    retention,
    sign_ups,
    signature_changes,
    signatures,
    tokens,
)
from campaign.store.counts import Kind
from campaign.store.db.engine import Database
from campaign.store.new_signature import Answers
from campaign.store.statuses import CommentStatus
from tests.petition.petitioning import KEYRING, NOW, Petition, make_signup, together

#: What a link or an organizer's list may answer once somebody else was first.
# A correction to the name of the other person of the mailbox is refused as well.
REFUSED = (TokenRefused, SignatureUnknown, TooManyAttempts, InvalidInput)
KINDS: tuple[Kind, ...] = ("total", "state", "district", "day", "origin", "source", "paper-day")

PLACES = (("59001", "MT", "MT-2"), ("59901", "MT", "MT-1"), ("82001", "WY", "WY-0"))


def counted(database: Database, campaign: str) -> dict[Kind, dict[str, int]]:
    """What journal and tallies say together."""
    with database.reading() as connection:
        found = {kind: counts.by(connection, campaign, kind) for kind in KINDS[1:]}
        total = counts.total(connection, campaign)
    return {"total": {"": total} if total else {}, **found}


def standing(database: Database, campaign: str) -> dict[Kind, dict[str, int]]:
    """What the signatures themselves say. All of it happened on one day."""
    with database.reading() as connection:
        rows = connection.execute(
            sa.select(models.signatures).where(
                models.signatures.c.campaign == campaign, models.signatures.c.status == "confirmed"
            )
        ).all()
    day = NOW.date().isoformat()
    return {
        "total": dict(Counter("" for _ in rows)),
        "state": dict(Counter(row.state for row in rows)),
        "district": dict(Counter(row.district for row in rows)),
        "day": dict(Counter(day for _ in rows)),
        "origin": dict(Counter(row.origin for row in rows)),
        "source": dict(Counter(row.source for row in rows)),
        "paper-day": dict(Counter(day for row in rows if row.origin == "paper")),
    }


def in_turn(*acts: Callable[[], object]) -> Callable[[], object]:
    """Return what does one act for the first who calls, the next for the second, and so on."""
    lock = threading.Lock()
    coming = itertools.cycle(acts)

    def do() -> object:
        with lock:
            mine = next(coming)
        return mine()

    return do


# -- One press, many times -------------------------------------------------------------------------


def test_forty_concurrent_erasures_subtract_one(petition: Petition) -> None:
    for number in range(3):
        petition.sign_and_confirm(email=f"other{number}@example.org")
    petition.sign_and_confirm()
    token = petition.link("me")

    outcomes = together(
        40,
        lambda: erasure.erase(petition.database, token, now=NOW, keyring=KEYRING),
    )

    assert sum(isinstance(one, erasure.Erasure) for one in outcomes) == 1
    assert sum(isinstance(one, TokenRefused) for one in outcomes) == 39
    assert public_counts.count(petition.database, "section-907") == 3
    assert counted(petition.database, "section-907") == standing(petition.database, "section-907")
    assert len(petition.mails("erased")) == 1


def test_concurrent_corrections_count_in_the_final_place(petition: Petition) -> None:
    petition.sign_and_confirm()
    token = petition.link("me")

    def corrected(zip_: str, state: str, district: str) -> Callable[[], object]:
        return lambda: corrections.correct_own(
            petition.database, token, Correction("Ada", "Lovelace", zip_, state, district),
            now=NOW, keyring=KEYRING,
        )  # fmt: skip

    together(24, in_turn(*(corrected(*place) for place in PLACES)))

    assert counted(petition.database, "section-907") == standing(petition.database, "section-907")


def test_two_people_of_one_address_never_take_the_same_name(petition: Petition) -> None:
    db = petition.database
    for number in range(8):
        email = f"both{number}@example.org"
        petition.sign_and_confirm(email=email, first_name="Bea")
        bea = petition.link("me")
        petition.sign_and_confirm(email=email, first_name="Cleo")

        def rename(token: str) -> Callable[[], object]:
            def work() -> object:
                try:
                    return corrections.correct_own(
                        db, token, Correction("Dora", "Lovelace"), now=NOW, keyring=KEYRING
                    )
                except InvalidInput as error:
                    return error

            return work

        outcomes = together(2, in_turn(rename(bea), rename(petition.link("me"))))

        assert sum(isinstance(one, InvalidInput) for one in outcomes) == 1

    names = [(row.email, row.name_key) for row in petition.rows()]
    assert len(set(names)) == len(names)


def test_withdrawing_during_erasure_is_refused_or_done(petition: Petition) -> None:
    db = petition.database
    for number in range(8):
        petition.sign_and_confirm(email=f"signer{number}@example.org")
        token = petition.link("me")

        def withdraw(token: str = token) -> object:
            return mailed_links.withdraw(db, token, now=NOW, keyring=KEYRING)

        def erase(token: str = token) -> object:
            return erasure.erase(db, token, now=NOW, keyring=KEYRING)

        together(6, in_turn(withdraw, erase))

    assert petition.rows() == []
    assert counted(db, "section-907")["total"] == {}


def test_an_ended_signature_is_reported_once(petition: Petition) -> None:
    petition.sign_and_confirm()
    with petition.database.writing() as connection:
        endpoints.add(
            connection, "webhook", campaign="section-907", url="https://hooks.example.org/",
            shape="flat", events=endpoints.EVENTS, only_mail=False, secret="sealed",
            created_by="user:1", now=NOW,
        )  # fmt: skip
    token = petition.link("me")

    together(12, lambda: mailed_links.withdraw(petition.database, token, now=NOW, keyring=KEYRING))

    assert len(petition.mails("webhook")) == 1
    assert [one.act for one in petition.consents()].count("withdrawn") == 1


def test_an_approved_comment_is_the_one_that_was_read(petition: Petition) -> None:
    petition.sign(comment="Fewer exceptions.")
    with petition.database.reading() as connection:
        found = signatures.by_id(connection, petition.rows()[0].id)
    assert found is not None
    petition.sign(comment="Something else by now.")

    with petition.database.writing() as connection:
        assert (
            signature_changes.set_comment_status(connection, found, CommentStatus.APPROVED) is None
        )

    assert petition.rows()[0].comment_status == "waiting"


def test_a_sign_up_after_confirmation_does_not_move_the_count(petition: Petition) -> None:
    """A second sign-up that was judged while the first still waited changes nothing counted."""
    petition.sign()
    row = petition.rows()[0].id
    petition.confirm(petition.link("confirm"))

    with petition.database.writing() as connection:
        answers = Answers(
            first_name="Ada", last_name="Lovelace", name_key="ada lovelace", zip="82001",
            state="WY", district="WY-0", comment_status=CommentStatus.NONE, wording_version="1",
        )  # fmt: skip
        assert not sign_ups.renew(connection, row, answers, mailed_at=NOW, mails=2, earlier=None)
        assert not sign_ups.reopen_withdrawn(
            connection, row, answers, confirm_nonce=b"1" * 16, now=NOW
        )

    assert counted(petition.database, "section-907") == standing(petition.database, "section-907")


def test_retention_skips_a_signature_withdrawn_meanwhile(
    petition: Petition, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition.sign_and_confirm()
    token = petition.link("me")
    reading = petition.database.reading

    @contextmanager
    def withdrawn_after_reading() -> Iterator[Connection]:
        with reading() as connection:
            yield connection
        monkeypatch.undo()
        mailed_links.withdraw(petition.database, token, now=NOW, keyring=KEYRING)

    monkeypatch.setattr(petition.database, "reading", withdrawn_after_reading)
    done = retention.anonymize(
        petition.database, signed_before=NOW + timedelta(days=1), now=NOW + timedelta(days=1)
    )

    assert done == 0
    assert [one.act for one in petition.consents()] == ["signed", "confirmed", "withdrawn"]


# -- Anything, at once -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Signer:
    """A made-up signer of one example, with the links that were mailed at its start."""

    name: str
    email: str
    public_id: str
    confirm: str
    me: str


ACTS = (
    "confirm", "withdraw", "erase", "strike", "strike all", "reinstate", "correct", "choose",
    "unsubscribe", "sign again", "enter on paper", "roll up",
)  # fmt: skip
_campaigns = itertools.count()

act = st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 2))
threads = st.lists(st.lists(act, min_size=2, max_size=6), min_size=3, max_size=5)


@settings(
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(threads=threads, confirmed=st.sets(st.integers(0, 3)))
def test_after_any_concurrent_actions_counts_equal_signatures(
    database: Database,
    pack: Pack,
    threads: list[list[tuple[str, int, int]]],
    confirmed: set[int],
) -> None:
    """Random acts of people and organizers, at the same moment, on four signers of two mailboxes.

    Whatever order the database makes of them, journal and tallies say what the rows say.
    """
    here = replace(pack, name=f"campaign-{next(_campaigns)}")
    signers = _signed(database, here, confirmed)
    start = threading.Barrier(len(threads))

    def run(acts: list[tuple[str, int, int]]) -> None:
        start.wait()
        for name, who, where in acts:
            try:
                _do(database, here, name, signers, who, PLACES[where])
            except REFUSED:
                continue

    with ThreadPoolExecutor(len(threads)) as pool:
        for done in [pool.submit(run, acts) for acts in threads]:
            done.result()

    found = counted(database, here.name)
    assert found == standing(database, here.name)
    assert all(number > 0 for by_key in found.values() for number in by_key.values())
    public_counts.roll_up(database, NOW)
    assert counted(database, here.name) == found


def _signed(database: Database, pack: Pack, confirmed: set[int]) -> list[Signer]:
    found = []
    for number in range(4):
        name, email = f"Signer{'abcd'[number]}", f"{pack.name}-{number // 2}@example.org"
        signing.sign(
            database, pack, make_signup(first_name=name, email=email, source="share"), now=NOW,
            keyring=KEYRING,
        )  # fmt: skip
        with database.reading() as connection:
            row = connection.execute(
                sa.select(models.signatures).order_by(models.signatures.c.id.desc()).limit(1)
            ).one()
        nonces: Mapping[Purpose, bytes] = {"confirm": row.confirm_nonce, "me": row.nonce}
        confirm, me = (
            tokens.mint(
                KEYRING, purpose, public_id=row.public_id, nonce=nonce,
                expires_at=NOW + timedelta(days=1),
            )
            for purpose, nonce in nonces.items()
        )  # fmt: skip
        found.append(Signer(name, email, row.public_id, confirm, me))
        if number in confirmed:
            mailed_links.confirm(database, pack, confirm, now=NOW, keyring=KEYRING)
    return found


def _do(
    db: Database, pack: Pack, name: str, signers: list[Signer], who: int,
    place: tuple[str, str, str],
) -> None:  # fmt: skip
    one = signers[who]
    zip_, state, district = place
    match name:
        case "confirm":
            mailed_links.confirm(db, pack, one.confirm, now=NOW, keyring=KEYRING)
        case "withdraw":
            mailed_links.withdraw(db, one.me, now=NOW, keyring=KEYRING)
        case "erase":
            erasure.erase(db, one.me, now=NOW, keyring=KEYRING)
        case "strike":
            review.invalidate(db, one.public_id, "made up", actor="user:1", now=NOW)
        case "strike all":
            ids = [each.public_id for each in (signers[who:] + signers[:who])]
            review.invalidate_all(db, ids, "made up", actor="user:1", now=NOW, campaign=pack.name)
        case "reinstate":
            review.reinstate(db, one.public_id, actor="user:1", now=NOW)
        case "correct":
            corrections.correct_own(
                db, one.me, Correction(one.name, "Lovelace", zip_, state, district), now=NOW,
                keyring=KEYRING,
            )  # fmt: skip
        case "choose":
            own_data.set_preferences(
                db, one.me, show_name=True, mail_opt_in=True, now=NOW, keyring=KEYRING
            )
        case "unsubscribe":
            with db.reading() as connection:
                found = signatures.by_public_id(connection, one.public_id)
            if found is not None:
                with db.writing() as connection:
                    own_data.unsubscribe_mailbox(connection, found, NOW)
        case "sign again":
            again = make_signup(
                first_name=one.name, email=one.email, zip=zip_, state=state, district=district
            )
            signing.sign(db, pack, again, now=NOW, keyring=KEYRING)
        case "enter on paper":
            line = paper_row.PaperSignature(
                first_name=one.name, last_name="Lovelace", zip=zip_, state=state,
                district=district, signed_on=NOW.date(), email=make_signup(email=one.email).email,
            )  # fmt: skip
            enter_signatures.enter(db, pack, [line], now=NOW, keyring=KEYRING, actor="user:1")
        case "roll up":
            public_counts.roll_up(db, NOW)
        case _:
            raise AssertionError(name)
