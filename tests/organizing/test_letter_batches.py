"""Letters for many as a job: what it makes, that it goes on after a crash, and how often."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from limits.storage import MemoryStorage

from campaign import paths
from campaign.civil_time import WASHINGTON
from campaign.congress import dataset
from campaign.congress.batch_geocoder import BatchGeocoder
from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput, JobStopped, LettersFailed, TableRefused, TooManyAttempts
from campaign.organizing import letter_batches
from campaign.organizing.jobs import Handler, JobContext
from campaign.organizing.letter_batches import BATCHES_PER_HOUR, EXTRAS, KIND, TABLE, BatchLimits
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.petition import letter_fingerprints
from campaign.store import jobs, letters
from campaign.store.db.engine import Database
from tests.congress.geocoder_server import GeocoderServer
from tests.letters.conftest import DAY
from tests.petition.petitioning import KEYRING, NOW

PEOPLE = (
    "First name,Last name,Street,ZIP,Consent\n"
    "Ani,Petrosyan,12 Main Street,59101,yes\n"
    "Bo,Li,421 8th Ave,10011,yes\n"
    "Cy,Poe,9 Oak Street,82001,no\n"
)


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", DAY)


@pytest.fixture
def server() -> Iterator[GeocoderServer]:
    with GeocoderServer() as playing:
        yield playing


@pytest.fixture
def handler(pack: Pack, congress: Congress, server: GeocoderServer) -> Handler:
    return letter_batches.handler(
        lambda name, on_date: pack,
        lambda: congress,
        lambda lines: BatchGeocoder(server.url, congress=lines),
        lambda db, letters, now: letter_fingerprints.record_batch(
            db, letters, now=now, keyring=KEYRING
        ),
    )


@pytest.fixture
def work(database: Database, pack: Pack, tmp_path: Path) -> JobContext:
    """Return a job as its handler gets it, for the table of PEOPLE, with all that there is."""
    wanted = letter_batches.parse_request(
        pack, on_date=DAY, kinds=["senate", "house"], look_up=True, extras=list(EXTRAS)
    )
    with database.writing() as connection:
        job = jobs.queue(
            connection, KIND, campaign=pack.name, actor="user:1", params=wanted.params(), now=NOW
        )
    (tmp_path / TABLE).write_text(PEOPLE, encoding="utf-8")
    return JobContext(database, job, tmp_path, NOW, lambda done, total: None)


def test_all_files_are_made(handler: Handler, work: JobContext) -> None:
    outcome = handler(work)

    assert outcome.note == (
        "6 letters by 2 people. 1 line left out. rejects.csv lists them with the reasons: "
        "correct them there and upload that file."
    )
    assert outcome.figures == {
        "letters": 6, "people": 2, "rejects": 1, "waiting": 0, "alike": 0,
    }  # fmt: skip
    assert outcome.files == (
        "letters.pdf",
        "envelopes.pdf",
        "labels.pdf",
        "return-labels.pdf",
        "call-sheets.pdf",
        "rejects.csv",
    )
    assert all((work.folder / name).stat().st_size > 100 for name in outcome.files)


def test_a_batch_of_the_old_congress_is_not_made_in_the_new(
    handler: Handler, work: JobContext
) -> None:
    noon = datetime(2027, 1, 3, 12, tzinfo=WASHINGTON)

    assert handler(replace(work, now=noon - timedelta(minutes=1))).figures["letters"] == 6
    with pytest.raises(LettersFailed, match="A new Congress began at noon on January 3, 2027"):
        handler(replace(work, now=noon))


def test_letters_of_a_batch_are_compared_and_counted_once(
    handler: Handler, work: JobContext, database: Database
) -> None:
    own = " ".join(f"word{number}" for number in range(380))
    everybody = "".join(
        f"Ani,Petrosyan{letter},12 Main Street,59101,yes,{own}\n" for letter in "abcd"
    )
    table = "First name,Last name,Street,ZIP,Consent,Personal\n" + everybody
    (work.folder / TABLE).write_text(table, encoding="utf-8")

    brief = {**work.job.params, "tone": "brief"}
    work = replace(work, job=replace(work.job, params=brief))

    first = handler(work)
    again = handler(work)

    assert first.figures["alike"] > 0
    assert "very similar to others to the same office" in first.note
    assert again.figures["letters"] == 12
    with database.reading() as connection:
        assert sum(letters.by_office(connection, "section-907").values()) == 12


def test_a_batch_continues_after_a_crash(
    handler: Handler, work: JobContext, server: GeocoderServer
) -> None:
    """A worker that died after the letters leaves envelopes that fit them, though the answers to
    its questions would be others now."""

    def die(done: int, total: int) -> None:
        if (work.folder / "letters.pdf").exists():
            raise JobStopped("The worker ends.")

    with pytest.raises(JobStopped):
        handler(replace(work, report=die))
    assert not (work.folder / "envelopes.pdf").exists()
    letters = (work.folder / "letters.pdf").read_bytes()
    asked = len(server.asked)
    server.mood = "error"

    outcome = handler(work)

    assert outcome.figures["letters"] == 6
    assert len(server.asked) == asked
    assert (work.folder / "letters.pdf").read_bytes() == letters
    with pikepdf.open(work.folder / "envelopes.pdf") as envelopes:
        assert len(envelopes.pages) == 6
    assert not list(work.folder.glob(".*"))


def test_a_finished_batch_can_run_again(handler: Handler, work: JobContext) -> None:
    assert handler(work) == handler(work)


def test_streets_are_not_sent_to_the_geocoder_unless_asked(
    handler: Handler, work: JobContext, server: GeocoderServer
) -> None:
    job = replace(work.job, params={**work.job.params, "look_up": False, "extras": []})

    outcome = handler(replace(work, job=job))

    assert outcome.files == ("letters.pdf", "rejects.csv")
    assert outcome.figures == {
        "letters": 5, "people": 2, "rejects": 1, "waiting": 1, "alike": 0,
    }  # fmt: skip
    assert server.asked == []


def test_a_table_without_letters_has_only_rejects(handler: Handler, work: JobContext) -> None:
    (work.folder / TABLE).write_text(PEOPLE.replace("yes", "no"), encoding="utf-8")

    outcome = handler(work)

    assert outcome.files == ("rejects.csv",)
    assert outcome.note.startswith("No letter could be made from this table. 3 lines left out.")


def test_more_than_a_batch_holds_is_refused(handler: Handler, work: JobContext) -> None:
    line = "Ani,Petrosyan,12 Main Street,59101,yes\n"
    (work.folder / TABLE).write_text(PEOPLE + line * letter_batches.MAX_ROWS, encoding="utf-8")

    with pytest.raises(TableRefused, match="more than 5,000 lines"):
        handler(work)


def test_a_request_round_trips_through_the_job(pack: Pack) -> None:
    wanted = letter_batches.parse_request(
        pack,
        on_date=DAY,
        kinds=["house", "senate"],
        points=[pack.talking_points[0].id],
        tone="brief",
        paper_to="district",
        look_up=True,
        extras=["labels", "none-such"],
    )

    params = json.loads(json.dumps(wanted.params()))

    assert letter_batches.BatchRequest.of(params) == wanted
    assert wanted.choices.kinds == ("senate", "house")
    assert wanted.extras == {"labels"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kinds": []}, "to"),
        ({"kinds": ["mayor"]}, "to"),
        ({"points": ["none-such"]}, "points"),
        ({"tone": "loud"}, "tone"),
        ({"paper_to": "moon"}, "paper_to"),
    ],
)
def test_unknown_options_are_refused(
    pack: Pack, wrong: dict[str, Sequence[str]], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        letter_batches.parse_request(pack, **{"on_date": DAY, "kinds": ["house"], **wrong})  # type: ignore[arg-type]
    assert caught.value.field == field


def test_batches_per_account_are_limited_by_hour() -> None:
    limits = BatchLimits(MemoryStorage())
    for _ in range(BATCHES_PER_HOUR.amount):
        limits.count_batch("user:1")

    with pytest.raises(TooManyAttempts, match="10 batches within an hour") as caught:
        limits.count_batch("user:1")

    assert 0 < caught.value.retry_after <= 3600
    limits.count_batch("user:2")
    limits.count_check("user:1")
