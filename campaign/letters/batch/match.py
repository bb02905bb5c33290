"""Match the constituents of a table to their recipients; reject lines that cannot be used.

Nothing is guessed: a line without a certain district is returned for completion, and repeated lines
are rejected. Letters are never signed for people: each has a line for the writer's signature.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from campaign import text
from campaign.congress import office_hours
from campaign.congress.dataset import Congress
from campaign.congress.places import District
from campaign.congress.routing import Representation, route_district
from campaign.congress.seat_holders import covers, unknown_note
from campaign.errors import InvalidInput
from campaign.letters.batch import table_notes
from campaign.letters.batch.constituents_table import (
    HOUSE_WAITS,
    REPEATED,
    ConstituentsTable,
    Person,
    Reject,
)
from campaign.letters.batch.districts import DistrictFinder, GeocodesInBatch, any_district
from campaign.letters.batch.person_row import Fault
from campaign.letters.compose import PaperTo, Tone, compose, recipients
from campaign.letters.letter import Letter, Recipient
from campaign.letters.recipient_groups import RecipientGroup
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.tables.rejects import Rejects

__all__ = [
    "Batch",
    "Choices",
    "GeocodesInBatch",
    "Writer",
    "letters",
    "match_people",
    "write_rejects",
]

#: Called with (lines done, lines in all).
Progress = Callable[[int, int], None]
# Lines between two progress reports.
_REPORT_INTERVAL = 200
_NO_RECIPIENT = Fault(
    "",
    "This line has no recipient: the seat is vacant, or the campaign does not ask any of this "
    "person's officials.",
)
_HOUSE_LETTER_PENDING = "There is no letter to the House yet; the other letters are made."

_HOUSE_KINDS = frozenset({"house", "committee"})
_MEMBER_KINDS = frozenset({"senate", "house", "committee"})


@dataclass(frozen=True)
class Choices:
    """The choices that all letters of a batch share: recipients, points, length, address and date.

    Points given on a line of the table replace `points`; with neither, each letter gets a varied
    selection. `on_date` is the day in Washington, which decides who holds a seat. A letter is dated
    `written_on`; if that is None, the civil day at the writer's home at the instant `at`; if that
    is None too, `on_date`.
    """

    on_date: date
    kinds: tuple[RecipientGroup, ...] = ("senate", "house", "committee")
    points: tuple[str, ...] = ()
    tone: Tone = "full"
    paper_to: PaperTo = "washington"
    at: datetime | None = None
    written_on: date | None = None
    #: Reject people whose district is only likely.
    strict: bool = False

    def date_for(self, person: Person, pack: Pack) -> date:
        """Return the printed date of a person's letters; a date on their line takes precedence."""
        if person.written_on is not None:
            return person.written_on
        if self.written_on is not None:
            return self.written_on
        if self.at is None:
            return self.on_date
        home = person.constituent
        return office_hours.home_day(self.at, home.state, home.zip, elsewhere=pack.zone)


@dataclass(frozen=True, repr=False)
class Writer:
    """A person of the table and their recipients, in the order of the letters.

    If `certainty` is "likely", the district is that of the ZIP's area. If it is "open", the letter
    to the House is pending, and `waits` says what would settle the district.
    """

    person: Person
    district: District | None
    recipients: tuple[Recipient, ...]
    certainty: Literal["certain", "likely", "open"] = "certain"
    waits: str = ""

    def __repr__(self) -> str:
        return f"Writer(line {self.person.line})"


@dataclass(frozen=True, repr=False)
class Batch:
    """The writers and rejects of a table, each in line order, with `notes` in sentences."""

    heading: tuple[str, ...]
    lines: int
    writers: tuple[Writer, ...]
    rejects: tuple[Reject, ...]
    notes: tuple[str, ...] = ()

    @property
    def likely(self) -> tuple[Writer, ...]:
        """Writers whose district is likely but not certain."""
        return tuple(writer for writer in self.writers if writer.certainty == "likely")

    @property
    def waiting(self) -> tuple[Reject, ...]:
        """Lines whose letter to the House is pending, each with what would settle the district."""
        return tuple(
            Reject(writer.person.line, writer.person.cells, (Fault(HOUSE_WAITS, writer.waits),))
            for writer in self.writers
            if writer.certainty == "open"
        )

    @property
    def left(self) -> tuple[Reject, ...]:
        """The lines to complete, in order: rejects, and lines with a pending letter."""
        return tuple(sorted((*self.rejects, *self.waiting), key=lambda one: one.line))

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Notes on likely districts and on pending letters to the House."""
        notes = (
            table_notes.likely_districts([writer.person.line for writer in self.likely]),
            table_notes.waiting_letters([line.line for line in self.waiting]),
        )
        return tuple(filter(None, notes))

    @property
    def count(self) -> int:
        """The number of letters to make."""
        return sum(len(writer.recipients) for writer in self.writers)

    @property
    def by_recipient(self) -> tuple[tuple[Recipient, int], ...]:
        """The number of letters to each recipient, ordered by seat and name."""
        counts: dict[str, int] = {}
        known: dict[str, Recipient] = {}
        for writer in self.writers:
            for recipient in writer.recipients:
                known.setdefault(recipient.id, recipient)
                counts[recipient.id] = counts.get(recipient.id, 0) + 1
        rows = [(known[id_], count) for id_, count in counts.items()]
        return tuple(sorted(rows, key=lambda row: (str(row[0].seat), row[0].name)))


def match_people(
    people: ConstituentsTable,
    pack: Pack,
    congress: Congress,
    choices: Choices,
    *,
    geocoder: GeocodesInBatch | None = None,
    report: Progress = lambda done, total: None,
) -> Batch:
    """Match the people of a table to their recipients, and collect rejects with reasons.

    Districts are found by `DistrictFinder`, from the street if a `geocoder` is given. For an open
    district, only the letter to the House is held back. Raises InvalidInput for unknown points, or
    if the data does not cover the House on that day.
    """
    _require_points(pack, choices.points)
    if _HOUSE_KINDS.intersection(choices.kinds):
        _require_house(congress, choices.on_date)
    needs_house = bool(_HOUSE_KINDS.intersection(choices.kinds))
    districts = DistrictFinder(congress, pack.targets, choices.on_date, needs_house, choices.strict)
    matcher = _Matcher(pack, congress, choices, districts)
    read: list[Person | Reject] = []
    for done, line in enumerate(people.read(pack, congress), start=1):
        read.append(matcher.place(line))
        if done % _REPORT_INTERVAL == 0:
            report(done, people.lines)
    if geocoder is not None:
        districts.look_up(geocoder, report)
    return matcher.batch(people, read)


def letters(batch: Batch, pack: Pack, choices: Choices) -> Iterator[Letter]:
    """Yield every letter, ordered by line, then by recipient."""
    for writer in batch.writers:
        person = writer.person
        for recipient in writer.recipients:
            yield compose(
                pack,
                recipient,
                person.constituent,
                # As a set: each letter chooses its own order of the shared points.
                points=person.points or frozenset(choices.points),
                personal=person.personal,
                tone=choices.tone,
                on_date=choices.on_date,
                written_on=choices.date_for(person, pack),
            )


def write_rejects(batch: Batch, rejects: Rejects) -> None:
    """Write the rejected lines and those with a pending letter to the House.

    Raises TableRefused if the file cannot be written.
    """
    with rejects:
        for reject in batch.left:
            rejects.add(reject.line, reject.cells, reject.reason, reject.column)


def _require_house(congress: Congress, on_date: date) -> None:
    if covers(congress, on_date):
        return
    note = unknown_note(congress, on_date)
    if congress.meta.has_ended(on_date):
        note = Message("%(note)s Until then, choose only the senators.", note=note)
    raise InvalidInput(note, field="on")


def _require_points(pack: Pack, points: Iterable[str]) -> None:
    known = [point.id for point in pack.talking_points]
    if unknown := [point for point in points if point not in known]:
        raise InvalidInput(
            f"There is no talking point “{text.line(unknown[0][:40])}.” "
            f"Choose from: {', '.join(known)}.",
            field="points",
        )


@dataclass
class _Matcher:
    """The state of matching: people seen so far, repeated lines, recipients by district."""

    pack: Pack
    congress: Congress
    choices: Choices
    districts: DistrictFinder
    first_lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    repeated: dict[int, Fault] = field(default_factory=dict)
    cache: dict[tuple[object, ...], tuple[Recipient, ...]] = field(default_factory=dict)

    def place(self, line: Person | Reject) -> Person | Reject:
        """Find a line's district as far as its ZIP allows, or note that it repeats another."""
        if isinstance(line, Reject):
            return line
        before = self.first_lines.setdefault(line.key, line.line)
        if before != line.line:
            self.repeated[line.line] = Fault(
                REPEATED, f"Line {before:,} has the same person at the same address."
            )
        elif _MEMBER_KINDS.intersection(self.choices.kinds):
            self.districts.place(line)
        return line

    def batch(self, people: ConstituentsTable, read: Iterable[Person | Reject]) -> Batch:
        """Return the writers and rejects, once all districts have been looked up."""
        writers: list[Writer] = []
        rejects: list[Reject] = []
        for line in read:
            if isinstance(line, Reject):
                rejects.append(line)
                continue
            outcome = self._outcome(line)
            if isinstance(outcome, Fault):
                rejects.append(Reject(line.line, line.cells, (outcome,)))
            else:
                writers.append(outcome)
        notes = [
            *people.notes,
            *people.repairs.notes,
            *table_notes.left_out(writer.person for writer in writers),
        ]
        found = Batch(people.heading, people.lines, tuple(writers), tuple(rejects), tuple(notes))
        return replace(found, notes=(*notes, *found.uncertain))

    def _outcome(self, person: Person) -> Writer | Fault:
        if (repeated := self.repeated.get(person.line)) is not None:
            return repeated
        placed = self.districts.placed(person)
        fault = (placed.fault if placed.is_house_asked else None) or _NO_RECIPIENT
        if placed.certainty == "refused":
            return fault
        district, is_open = placed.district, placed.certainty == "open"
        if is_open and placed.senators_of:
            district = any_district(self.congress, placed.senators_of)
        to = () if is_open and district is None else self._recipients(person, district)
        if is_open:
            to = tuple(one for one in to if not self._is_of_house(one))
        if person.house_only:
            to = tuple(one for one in to if self._is_of_house(one))
        if not to:
            return replace(fault, column=HOUSE_WAITS) if person.house_only else fault
        if is_open and placed.is_house_asked:
            return Writer(person, None, to, "open", f"{_HOUSE_LETTER_PENDING} {fault.reason}")
        certainty: Literal["certain", "likely"] = (
            "likely" if placed.certainty == "likely" else "certain"
        )
        return Writer(person, district, to, certainty)

    def _is_of_house(self, recipient: Recipient) -> bool:
        member = self.congress.members.get(recipient.id)
        return member is not None and any(
            term.seat.chamber == "house" and term.seat.title == recipient.seat
            for term in member.terms
        )

    def _recipients(self, person: Person, district: District | None) -> tuple[Recipient, ...]:
        near = person.zip.five if self.choices.paper_to == "district" else ""
        home = person.constituent
        key: tuple[object, ...] = (district, near)
        if "local" in self.choices.kinds:
            key = (*key, person.zip.five, home.state, home.city)
        if key not in self.cache:
            on_date = self.choices.on_date
            answer = (
                route_district(self.congress, district, on_date)
                if district is not None
                else Representation("", on_date, self.congress.meta.as_of, "unknown", (), ())
            )
            found = recipients(
                self.congress,
                answer,
                self.pack,
                self.choices.kinds,
                paper_to=self.choices.paper_to,
                home_zip=person.zip.five,
                home_state=home.state,
                home_city=home.city,
            )
            self.cache[key] = tuple(each for each in found if self._has_ask(each, person))
        return self.cache[key]

    def _has_ask(self, recipient: Recipient, person: Person) -> bool:
        """True if the campaign has an ask for this recipient."""
        try:
            compose(
                self.pack,
                recipient,
                person.constituent,
                tone=self.choices.tone,
                on_date=self.choices.on_date,
            )
        except InvalidInput as error:
            if error.field == "to":
                return False
            raise
        return True
