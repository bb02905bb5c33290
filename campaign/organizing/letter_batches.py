"""Batches of letters as jobs: parse the request, limit how many, and write the files.

The uploaded table and the results stay in the job's folder for a day; the job's row has options and
counts, but no personal data.
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from limits import RateLimitItem, RateLimitItemPerHour
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage

from campaign import files
from campaign.congress.apportionment import congress_at, congress_on, first_day
from campaign.congress.batch_geocoder import BatchResult, Unlocated
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import Located
from campaign.congress.places import District, StreetAddress
from campaign.errors import InvalidInput, LettersFailed, TooManyAttempts
from campaign.lazy_import import lazy_import
from campaign.letters.batch import match
from campaign.letters.batch.constituents_table import ConstituentsTable
from campaign.letters.batch.match import Batch, Choices, GeocodesInBatch
from campaign.letters.compose import TONES, PaperTo
from campaign.letters.letter import Letter
from campaign.letters.targets import groups_of
from campaign.messages import counted, day_in_words
from campaign.organizing.jobs import Handler, JobContext, JobResult
from campaign.packs.pack import Pack
from campaign.store.db.best_effort import best_effort
from campaign.store.db.engine import Database
from campaign.tables.rejects import Rejects
from campaign.tables.table import TableLimits

if TYPE_CHECKING:
    from campaign.letters.batch import files as batch_files
    from campaign.letters.batch.files import BatchFiles
else:
    batch_files = lazy_import("campaign.letters.batch.files")

#: The kind of the job, and the name of the uploaded table in its folder.
KIND = "letters"
TABLE = "people"

#: Enough for a rally.
MAX_ROWS = 5_000
CAPS = TableLimits(bytes=5 * 1024 * 1024, lines=MAX_ROWS, columns=60)
#: Batches that an account may start.
BATCHES_PER_HOUR = RateLimitItemPerHour(10, namespace="batches")
#: Tables that an account may check; a check takes a second or two.
CHECKS_PER_HOUR = RateLimitItemPerHour(60, namespace="batch-checks")

LETTERS, REJECTS = "letters.pdf", "rejects.csv"
ENVELOPES, LABELS, RETURNS, CALLS = (
    "envelopes.pdf",
    "labels.pdf",
    "return-labels.pdf",
    "call-sheets.pdf",
)
#: What can be made besides letters, and its label on the form.
EXTRAS: Mapping[str, str] = {
    "envelopes": "Envelopes (#10, with both addresses)",
    "labels": "Labels with the members' addresses (Avery 5160)",
    "return-labels": "Return labels with the writers' addresses (Avery 5160)",
    "call-sheets": "Call sheets by member",
}

_LOOKED_UP = "districts.json"
_WAIT = "You have made %s batches within an hour, the maximum. Try again in %s minutes."
_WAIT_TO_CHECK = "You have checked %s tables within an hour, the maximum. Try again in %s minutes."

FindPack = Callable[[str, datetime], Pack]
T = TypeVar("T")
#: Returns a geocoder for the district lines of a Congress, such as 119.
NewGeocoder = Callable[[int], GeocodesInBatch]


@dataclass(frozen=True)
class BatchRequest:
    """A requested batch: what its letters share, whether to geocode streets, and the extras."""

    choices: Choices
    look_up: bool = False
    extras: frozenset[str] = frozenset()

    def params(self) -> dict[str, Any]:
        """Return the request as a job's parameters."""
        choices = self.choices
        return {
            "on": choices.on_date.isoformat(),
            "at": choices.at.isoformat() if choices.at else "",
            "written_on": choices.written_on.isoformat() if choices.written_on else "",
            "strict": choices.strict,
            "kinds": list(choices.kinds),
            "points": list(choices.points),
            "tone": choices.tone,
            "paper_to": choices.paper_to,
            "look_up": self.look_up,
            "extras": sorted(self.extras),
        }

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> "BatchRequest":
        """Return the request of a job's parameters."""
        return cls(
            Choices(
                on_date=date.fromisoformat(params["on"]),
                kinds=tuple(params["kinds"]),
                points=tuple(params["points"]),
                tone=params["tone"],
                paper_to=params["paper_to"],
                at=_parse_optional(datetime.fromisoformat, params.get("at")),
                written_on=_parse_optional(date.fromisoformat, params.get("written_on")),
                strict=bool(params.get("strict")),
            ),
            bool(params["look_up"]),
            frozenset(params["extras"]),
        )


def parse_request(
    pack: Pack,
    *,
    on_date: date,
    kinds: Sequence[str],
    points: Sequence[str] = (),
    tone: str = "full",
    paper_to: str = "washington",
    look_up: bool = False,
    extras: Sequence[str] = (),
    at: datetime | None = None,
    written_on: date | None = None,
    strict: bool = False,
) -> BatchRequest:
    """Parse a form's fields. Raises InvalidInput (field "to", "points", "tone", "paper_to")."""
    groups = groups_of(pack)
    if not kinds or any(kind not in groups for kind in kinds):
        raise InvalidInput(f"Choose the recipients: {', '.join(groups)}.", field="to")
    known = {point.id for point in pack.talking_points}
    if unknown := [point for point in points if point not in known]:
        raise InvalidInput(
            f"There is no talking point “{unknown[0][:40]}.” Choose from: "
            f"{', '.join(point.id for point in pack.talking_points)}.",
            field="points",
        )
    if tone not in TONES:
        raise InvalidInput(f"Choose the length of the letters: {', '.join(TONES)}.", field="tone")
    if paper_to not in {"washington", "district"}:
        raise InvalidInput("Choose which office the letters go to.", field="paper_to")
    return BatchRequest(
        Choices(
            on_date=on_date,
            kinds=tuple(kind for kind in groups if kind in kinds),
            points=tuple(dict.fromkeys(points)),
            tone=tone,
            paper_to=cast(PaperTo, paper_to),
            at=at,
            written_on=written_on,
            strict=strict,
        ),
        look_up,
        frozenset(extras) & EXTRAS.keys(),
    )


def _parse_optional(parse: Callable[[str], T], kept: str | None) -> T | None:
    """Return the parsed text, or None if it is empty."""
    return parse(kept) if kept else None


class BatchLimits:
    """Limits on batches and checks by account, in a storage that all workers share.

    If that storage is down, each process counts by itself.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._own = MemoryStorage()

    def count_check(self, actor: str) -> None:
        """Count a check of a table. Raises TooManyAttempts past CHECKS_PER_HOUR."""
        self._count(CHECKS_PER_HOUR, actor, _WAIT_TO_CHECK)

    def count_batch(self, actor: str) -> None:
        """Count a batch. Raises TooManyAttempts past BATCHES_PER_HOUR."""
        self._count(BATCHES_PER_HOUR, actor, _WAIT)

    def _count(self, item: RateLimitItem, actor: str, sentence: str) -> None:
        key = item.key_for(actor)
        storage = self._storage
        try:
            hits = storage.incr(key, item.get_expiry())
        except StorageError:
            storage = self._own
            hits = storage.incr(key, item.get_expiry())
        if hits > item.amount:
            # Only the storage knows when the window ends.
            left = max(60, int(storage.get_expiry(key) - time.time()))
            raise TooManyAttempts(sentence % (item.amount, -(-left // 60)), retry_after=left)


#: Stores the fingerprints of letters, and returns how many are very similar to others.
RecordFingerprints = Callable[[Database, Iterable[Letter], datetime], int]


def handler(
    find_pack: FindPack,
    congress: Callable[[], Congress],
    new_geocoder: NewGeocoder,
    record_fingerprints: RecordFingerprints,
) -> Handler:
    """Return the handler that makes a batch's files from the table in the job's folder.

    After a crash it continues: complete files stay, and districts that were looked up are read from
    the folder, so that all files have the same letters in the same order.
    """

    def make(work: JobContext) -> JobResult:
        wanted = BatchRequest.of(work.job.params)
        _require_same_congress(wanted, work.now)
        pack = find_pack(work.job.campaign, wanted.choices.at or work.now)
        known = congress()
        geocoder = None
        if wanted.look_up:
            lines = congress_on(wanted.choices.on_date)
            geocoder = _CachedGeocoder(new_geocoder(lines), work.folder)
        people = ConstituentsTable.parse((work.folder / TABLE).read_bytes(), CAPS)
        batch = match.match_people(
            people,
            pack,
            known,
            wanted.choices,
            geocoder=geocoder,
            report=work.report,
        )
        made = batch_files.BatchFiles(batch, pack, wanted.choices, pack.on_date)
        alike = 0
        with best_effort("fingerprints of letters"):
            alike = record_fingerprints(work.db, made.letters(), work.now)
        return _write(work, made, wanted, known, alike)

    return make


def _require_same_congress(wanted: BatchRequest, now: datetime) -> None:
    """Raise LettersFailed if a new Congress has begun since the order: its letters are outdated."""
    number = congress_at(now)
    if congress_on(wanted.choices.on_date) != number:
        raise LettersFailed(
            f"A new Congress began at noon on {day_in_words(first_day(number))}, after this batch "
            "was ordered. Upload the table again for letters to its members."
        )


def _write(
    work: JobContext, made: "BatchFiles", wanted: BatchRequest, congress: Congress, alike: int
) -> JobResult:
    batch, folder = made.batch, work.folder
    match.write_rejects(batch, Rejects(folder / REJECTS, batch.heading))
    files = [LETTERS] if batch.writers else []
    extras: dict[str, tuple[str, Callable[[Path], None]]] = {
        "envelopes": (ENVELOPES, made.write_envelopes),
        "labels": (LABELS, made.write_labels),
        "return-labels": (RETURNS, made.write_return_labels),
        "call-sheets": (CALLS, lambda out: made.write_call_sheets(out, congress)),
    }
    if batch.writers and not (folder / LETTERS).exists():
        made.write_letters(folder / LETTERS, work.report)
    for name, (file, write) in extras.items():
        if name not in wanted.extras or not batch.writers:
            continue
        work.report(batch.count, batch.count)
        if not (folder / file).exists():
            try:
                write(folder / file)
            except LettersFailed:
                if name == "call-sheets":  # no recipient has a phone number
                    continue
                raise
        files.append(file)
    if batch.left:
        files.append(REJECTS)
    where = f"{REJECTS} lists them with the reasons: correct them there and upload that file."
    return JobResult(
        " ".join(
            part
            for part in (summary(batch), where if batch.left else "", similarity_note(alike))
            if part
        ),
        tuple(files),
        {
            "letters": batch.count,
            "people": len(batch.writers),
            "rejects": len(batch.rejects),
            "waiting": len(batch.waiting),
            "alike": alike,
        },
    )


def summary(batch: Batch) -> str:
    """Return the result of a batch in a sentence or two."""
    left = len(batch.rejects)
    made = (
        f"{counted(batch.count, 'letter')} by {counted(len(batch.writers), 'person', 'people')}."
        if batch.writers
        else "No letter could be made from this table."
    )
    waiting = len(batch.waiting)
    if waiting:
        one, many = "letter to the House needs", "letters to the House need"
        made += f" {counted(waiting, one, many)} a district."
    if not left:
        return made if waiting else f"{made} Every line of the table was used."
    return f"{made} {counted(left, 'line')} left out."


def similarity_note(alike: int) -> str:
    """Return advice on letters that are very similar to others, or ""."""
    if not alike:
        return ""
    are = "letter is" if alike == 1 else "letters are"
    return (
        f"{alike:,} {are} very similar to others to the same office. A sentence of the writer's "
        "own, in the column “personal,” makes each more effective."
    )


class _CachedGeocoder:
    """A geocoder that caches its answers in the job's folder, for a second run after a crash."""

    def __init__(self, geocoder: GeocodesInBatch, folder: Path) -> None:
        self._geocoder = geocoder
        self._path = folder / _LOOKED_UP

    def districts(
        self,
        addresses: Sequence[StreetAddress],
        report: Callable[[int], None] = lambda done: None,
    ) -> tuple[BatchResult, ...]:
        """Return the cached answers, or look the addresses up and cache the answers."""
        if self._path.exists():
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return tuple(
                Located(District.parse(one["district"]), one.get("zip", ""))
                if "district" in one
                else Unlocated(**one)
                for one in kept
            )
        found = self._geocoder.districts(addresses, report)
        kept = [
            {"district": str(one.district), "zip": one.zip}
            if isinstance(one, Located)
            else {"reason": one.reason, "is_final": one.is_final}
            for one in found
        ]
        files.write(self._path, json.dumps(kept).encode())
        return found
