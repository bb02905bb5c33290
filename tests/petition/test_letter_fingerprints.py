"""Letters that people take: compared by office, counted once a person, forgotten in time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from limits import RateLimitItemPerDay
from limits.storage import storage_from_string

from campaign.keys import Keyring
from campaign.letters.letter import Constituent, Letter, Paragraph, Recipient
from campaign.petition import erasure, letter_fingerprints, rate_limits, retention
from campaign.petition.rate_limits import SignupLimits
from campaign.store import letters as store
from campaign.store.db.engine import Database
from campaign.store.models import letter_bands, letters
from campaign.store.rate_limit_storage import URI
from tests.petition.petitioning import KEYRING, Petition, together

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXT = (
    "I live in Billings and write about the bridge. In 1992 the county promised to mend it, and it "
    "was not mended. People walk two miles to the next one, in winter too. I ask you to vote for "
    "the money that the bridge needs, and to say so in public. Thank you for reading this."
)


def a_letter(writer: str = "Ani Petrosyan", text: str = TEXT, office: str = "X000001") -> Letter:
    first, _, last = writer.rpartition(" ")
    return Letter(
        campaign="section-907",
        constituent=Constituent(first, last, "12 Main Street", "Billings", "MT", "59101"),
        recipient=Recipient(
            office, "senator", "Jo Doe", "Senator Doe", "Senator for Montana", (), "Dear Senator:"
        ),
        on_date=date(2026, 11, 24),
        subject="The bridge",
        salutation="Dear Senator:",
        paragraphs=(Paragraph("own", text),),
        sign_off="Sincerely,",
    )


def take(db: Database, *given: Letter, now: datetime = NOW) -> None:
    letter_fingerprints.record(db, given, now=now, keyring=KEYRING)


def others(db: Database, letter: Letter, keyring: Keyring = KEYRING) -> int:
    (found,) = letter_fingerprints.compare(db, [letter], keyring=keyring).values()
    return found.others


def test_an_identical_letter_by_another_person_is_similar(database: Database) -> None:
    assert others(database, a_letter()) == 0

    take(database, a_letter())

    assert others(database, a_letter("Bo Lee")) == 1
    # Nobody is compared with themselves.
    assert others(database, a_letter()) == 0
    assert others(database, a_letter("ANI  petrosyan")) == 0


def test_letters_are_compared_within_one_office(database: Database) -> None:
    take(database, a_letter())

    assert others(database, a_letter("Bo Lee", office="Y000002")) == 0
    assert others(database, replace(a_letter("Bo Lee"), campaign="another")) == 0


def test_a_writer_who_downloads_twice_counts_once(database: Database) -> None:
    for _ in range(3):
        take(database, a_letter())
    take(database, a_letter(text=f"{TEXT} And one line more, of my own."))

    assert others(database, a_letter("Bo Lee")) == 1
    with database.reading() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(letters)).scalar() == 1
        bands = connection.execute(sa.select(sa.func.count()).select_from(letter_bands)).scalar()
    assert bands == 20


def test_a_letter_that_was_changed_is_no_longer_like_the_old_one(database: Database) -> None:
    take(database, a_letter())
    take(database, a_letter(text=" ".join(f"word{number}" for number in range(60))))

    assert others(database, a_letter("Bo Lee")) == 0


def test_the_count_of_similar_letters_is_capped(database: Database) -> None:
    take(database, *(a_letter(f"Writer {chr(97 + n // 26)}{chr(97 + n % 26)}") for n in range(130)))

    (found,) = letter_fingerprints.compare(database, [a_letter()], keyring=KEYRING).values()

    assert found.others == store.MAX_SIMILAR
    assert found.is_at_least
    assert not found.is_own


def test_fingerprints_mean_nothing_without_the_key(database: Database) -> None:
    take(database, a_letter())

    assert (
        others(
            database, a_letter("Bo Lee"), keyring=Keyring("another key of thirty-two characters")
        )
        == 0
    )
    with database.reading() as connection:
        (row,) = connection.execute(sa.select(letters)).all()
    assert (row.campaign, row.office) == ("section-907", "X000001")
    assert len(row.writer) == 16
    assert len(row.sketch) == 200
    for word in (b"Ani", b"Petrosyan", b"bridge", b"59101"):
        assert word not in bytes(row.writer) + bytes(row.sketch)


def test_retention_deletes_writer_and_fingerprint_but_keeps_the_count(database: Database) -> None:
    take(database, a_letter())
    take(database, a_letter("Bo Lee"), now=NOW + timedelta(days=100))
    later = NOW + timedelta(days=letter_fingerprints.FINGERPRINT_DAYS, seconds=1)

    purged = retention.purge(database, later, retention_days=3650)

    assert purged.letters == 1
    assert others(database, a_letter("Cy Dee")) == 1
    with database.reading() as connection:
        kept = connection.execute(sa.select(letters).order_by(letters.c.id)).all()
        bands = connection.execute(sa.select(sa.func.count()).select_from(letter_bands)).scalar()
    assert [row.sketch is None for row in kept] == [True, False]
    assert kept[0].writer is None
    assert bands == 20


def test_erasing_a_signature_forgets_its_writers_letters(petition: Petition) -> None:
    signed = petition.sign_and_confirm(first_name="Ani", last_name="Petrosyan", zip="59101")
    take(petition.database, a_letter(), a_letter("Bo Lee"))

    erasure.erase_signature(
        petition.database, signed.public_id, actor="test", now=NOW, keyring=KEYRING
    )

    assert others(petition.database, a_letter("Cy Dee")) == 1


def test_one_network_cannot_fill_the_tables(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        rate_limits, "DOWNLOADS_SUSTAINED", RateLimitItemPerDay(2, namespace="take")
    )
    counters = SignupLimits(storage_from_string(URI, database=database))  # type: ignore[arg-type]

    for name in ("Ani A", "Bo B", "Cy C"):
        letter_fingerprints.record(
            database,
            [a_letter(name)],
            now=NOW,
            keyring=KEYRING,
            network="n1",
            limits=counters,
        )
    letter_fingerprints.record(
        database, [a_letter("Di D")], now=NOW, keyring=KEYRING, network="n2", limits=counters
    )

    assert others(database, a_letter("Someone Else")) == 3


def test_concurrent_downloads_of_a_letter_are_stored_once(database: Database) -> None:
    given = [a_letter(office=f"X00000{number}") for number in range(3)]

    for text in (TEXT, TEXT.replace("bridge", "tunnel")):
        changed = [replace(letter, paragraphs=(Paragraph("own", text),)) for letter in given]
        outcomes = together(8, lambda changed=changed: take(database, *changed))  # type: ignore[misc]
        assert outcomes == [None] * 8

    with database.reading() as connection:
        kept = connection.execute(sa.select(letters)).all()
        bands = connection.execute(sa.select(letter_bands)).all()
    expected = {
        (row.id, band)
        for row in kept
        for band in store.LetterFingerprint(row.campaign, row.office, row.writer, row.sketch).bands
    }
    assert len(kept) == 3
    assert {(row.letter_id, row.band) for row in bands} == expected


def test_letters_in_opposite_order_do_not_deadlock(database: Database) -> None:
    given = [a_letter(office=f"X00000{number}") for number in range(6)]
    orders = iter([given, given[::-1]] * 4)

    assert together(8, lambda: take(database, *next(orders))) == [None] * 8
