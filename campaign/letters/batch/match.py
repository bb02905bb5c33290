"""A table of constituents sorted out: who can write to whom, and which lines are left and why.

Nothing is guessed: a line whose district is not certain is asked for it, and nobody is written for
twice. The project never signs: each letter has a line on which its writer does.
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
from campaign.congress.seat_holders import knows, unknown_note
from campaign.errors import InvalidInput
from campaign.letters.batch import table_notes
from campaign.letters.batch.constituents_table import HOUSE_WAITS, REPEATED, People, Person, Reject
from campaign.letters.batch.districts import Districting, LooksUpMany, any_district
from campaign.letters.batch.person_row import Fault
from campaign.letters.compose import Kind, PaperTo, Tone, compose, recipients
from campaign.letters.letter import Letter, Recipient
from campaign.packs.pack import Pack
from campaign.tables.rejects import Rejects

__all__ = ["Batch", "Choices", "LooksUpMany", "Writer", "letters", "sort_out", "write_rejects"]

#: What each line stands for when progress is told: read, and its letters made.
Report = Callable[[int, int], None]
# How often a reader of many lines tells how far it is.
_TELL_EVERY = 200
_NOBODY = Fault(
    "",
    "Nobody of those chosen is there to write to: the seat is vacant, or none of this person's "
    "members sits on the campaign's committees.",
)
_HOUSE_LETTER_WAITS = "The letter to the House waits; the others are made."

_HOUSE_KINDS = frozenset({"house", "committee"})
_MEMBER_KINDS = frozenset({"senate", "house", "committee"})


@dataclass(frozen=True)
class Choices:
    """What all letters of a batch share: to whom, with which points, how long, where, and when.

    A line's own points come before those chosen here; none at all means points for variety.
    `on` is the day in Washington, by which seats are held. Each letter bears the date `written_on`,
    or else the civil day where its writer lives `at` an instant, or else `on`.
    """

    on: date
    kinds: tuple[Kind, ...] = ("senate", "house", "committee")
    points: tuple[str, ...] = ()
    tone: Tone = "full"
    paper_to: PaperTo = "washington"
    at: datetime | None = None
    written_on: date | None = None
    #: Leave out whoever's district is not certain.
    strict: bool = False

    def date_for(self, person: Person, pack: Pack) -> date:
        """Return the date that a person's letters bear; their own line's goes before all others."""
        if person.written_on is not None:
            return person.written_on
        if self.written_on is not None:
            return self.written_on
        if self.at is None:
            return self.on
        home = person.constituent
        return office_hours.home_day(self.at, home.state, home.zip, elsewhere=pack.zone)


@dataclass(frozen=True, repr=False)
class Writer:
    """A person of the table and whom they write to, in the order of the letters.

    Where `certainty` is "likely", the district is that of the area of their ZIP; where it is
    "open", their letter to the House waits, and `waits` says for what.
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
    """A table sorted out: writers and rejects, each in the order of the lines; `notes` in words."""

    heading: tuple[str, ...]
    lines: int
    writers: tuple[Writer, ...]
    rejects: tuple[Reject, ...]
    notes: tuple[str, ...] = ()

    @property
    def likely(self) -> tuple[Writer, ...]:
        """Those whose district is likely, and not certain."""
        return tuple(writer for writer in self.writers if writer.certainty == "likely")

    @property
    def waiting(self) -> tuple[Reject, ...]:
        """The lines whose letter to the House waits, each with what would settle its district."""
        return tuple(
            Reject(writer.person.line, writer.person.cells, (Fault(HOUSE_WAITS, writer.waits),))
            for writer in self.writers
            if writer.certainty == "open"
        )

    @property
    def left(self) -> tuple[Reject, ...]:
        """The lines to complete, in their order: left out, or with a letter that waits."""
        return tuple(sorted((*self.rejects, *self.waiting), key=lambda one: one.line))

    @property
    def uncertain(self) -> tuple[str, ...]:
        """Sentences on whose district is likely, and whose letter to the House waits."""
        told = (
            table_notes.likely_districts([writer.person.line for writer in self.likely]),
            table_notes.waiting_letters([line.line for line in self.waiting]),
        )
        return tuple(filter(None, told))

    @property
    def count(self) -> int:
        """How many letters there are to make."""
        return sum(len(writer.recipients) for writer in self.writers)

    @property
    def by_recipient(self) -> tuple[tuple[Recipient, int], ...]:
        """How many letters each recipient gets, by seat and name."""
        counts: dict[str, int] = {}
        known: dict[str, Recipient] = {}
        for writer in self.writers:
            for recipient in writer.recipients:
                known.setdefault(recipient.id, recipient)
                counts[recipient.id] = counts.get(recipient.id, 0) + 1
        rows = [(known[id_], count) for id_, count in counts.items()]
        return tuple(sorted(rows, key=lambda row: (str(row[0].seat), row[0].name)))


def sort_out(
    people: People,
    pack: Pack,
    congress: Congress,
    choices: Choices,
    *,
    geocoder: LooksUpMany | None = None,
    report: Report = lambda done, total: None,
) -> Batch:
    """Return who of the table can write to whom, and what is left over with its reasons.

    Districts are found as `districting` says, by street where there is a `geocoder`. Where one is
    open, the letters that need none are made, and the letter to the House waits.
    Raises InvalidInput for points that the campaign does not have, or where nobody can know who
    sits in the House on that day.
    """
    _require_points(pack, choices.points)
    if _HOUSE_KINDS.intersection(choices.kinds) and not knows(congress, choices.on):
        raise InvalidInput(unknown_note(congress, choices.on), field="on")
    needs_house = bool(_HOUSE_KINDS.intersection(choices.kinds))
    districts = Districting(congress, choices.on, needs_house, choices.strict)
    sorting = _Sorting(pack, congress, choices, districts)
    read: list[Person | Reject] = []
    for done, line in enumerate(people.read(pack, congress), start=1):
        read.append(sorting.judge(line))
        if done % _TELL_EVERY == 0:
            report(done, people.lines)
    if geocoder is not None:
        districts.look_up(geocoder, report)
    return sorting.batch(people, read)


def letters(batch: Batch, pack: Pack, choices: Choices) -> Iterator[Letter]:
    """Yield every letter in the order of a mail merge: by line, then by recipient."""
    for writer in batch.writers:
        person = writer.person
        for recipient in writer.recipients:
            yield compose(
                pack,
                recipient,
                person.constituent,
                # The order of those that all share is each letter's own.
                points=person.points or frozenset(choices.points),
                personal=person.personal,
                tone=choices.tone,
                on=choices.on,
                written_on=choices.date_for(person, pack),
            )


def write_rejects(batch: Batch, rejects: Rejects) -> None:
    """Write the lines that were left over, and those whose letter to the House waits.

    Raises TableRefused where the disk does not take it.
    """
    with rejects:
        for reject in batch.left:
            rejects.add(reject.line, reject.cells, reject.reason, reject.column)


def _require_points(pack: Pack, points: Iterable[str]) -> None:
    known = [point.id for point in pack.talking_points]
    if unknown := [point for point in points if point not in known]:
        raise InvalidInput(
            f"There is no talking point “{text.line(unknown[0][:40])}”. "
            f"Choose from: {', '.join(known)}.",
            field="points",
        )


@dataclass
class _Sorting:
    """Lines as they are sorted: who was seen, whose district is open, who sits where."""

    pack: Pack
    congress: Congress
    choices: Choices
    districts: Districting
    first_lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    repeated: dict[int, Fault] = field(default_factory=dict)
    kept: dict[tuple[District | None, str], tuple[Recipient, ...]] = field(default_factory=dict)

    def judge(self, line: Person | Reject) -> Person | Reject:
        """Settle a line's district as far as its ZIP does, and see whether it was there before."""
        if isinstance(line, Reject):
            return line
        before = self.first_lines.setdefault(line.key, line.line)
        if before != line.line:
            self.repeated[line.line] = Fault(
                REPEATED, f"The same person at the same address is on line {before:,}."
            )
        elif _MEMBER_KINDS.intersection(self.choices.kinds):
            self.districts.place(line)
        return line

    def batch(self, people: People, read: Iterable[Person | Reject]) -> Batch:
        """Return the lines sorted, now that nothing more will be known."""
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
        fault = placed.fault or _NOBODY
        if placed.certainty == "refused":
            return fault
        district, is_open = placed.district, placed.certainty == "open"
        if is_open and placed.senators_of:
            district = any_district(self.congress, placed.senators_of)
        to = () if is_open and district is None else self._recipients(person, district)
        if is_open:
            to = tuple(one for one in to if not self._is_of_house(one))
        if person.house_alone:
            to = tuple(one for one in to if self._is_of_house(one))
        if not to:
            return replace(fault, column=HOUSE_WAITS) if person.house_alone else fault
        if is_open:
            return Writer(person, None, to, "open", f"{_HOUSE_LETTER_WAITS} {fault.reason}")
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
        key = (district, near)
        if key not in self.kept:
            on = self.choices.on
            answer = (
                route_district(self.congress, district, on)
                if district is not None
                else Representation("", on, self.congress.meta.as_of, "unknown", (), ())
            )
            found = recipients(
                self.congress,
                answer,
                self.pack,
                self.choices.kinds,
                paper_to=self.choices.paper_to,
                home_zip=near,
            )
            self.kept[key] = tuple(each for each in found if self._has_ask(each, person))
        return self.kept[key]

    def _has_ask(self, recipient: Recipient, person: Person) -> bool:
        """True where the campaign has a letter to that kind of recipient."""
        try:
            compose(
                self.pack, recipient, person.constituent, tone=self.choices.tone, on=self.choices.on
            )
        except InvalidInput as error:
            if error.field == "to":
                return False
            raise
        return True
