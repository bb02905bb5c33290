"""A table of constituents sorted out: who can write to whom, and which lines are left and why.

Nothing is guessed: a line whose district is not certain is asked for it, and nobody is written for
twice. The project never signs: each letter has a line on which its writer does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from campaign import text
from campaign.congress import clocks
from campaign.congress.batch_geocoder import Found, Missing
from campaign.congress.dataset import Congress
from campaign.congress.holding import knows, unknown_note
from campaign.congress.place_evidence import agreed_place, believes
from campaign.congress.places import District, StreetAddress
from campaign.congress.routing import Representation, route_district, route_zip
from campaign.errors import InvalidInput
from campaign.letters import printing
from campaign.letters.composer import Kind, PaperTo, Tone, compose, recipients
from campaign.letters.letter import Letter, Recipient
from campaign.letters.people import REPEATED, People, Person, Reject
from campaign.letters.person_row import Fault
from campaign.packs.pack import Pack
from campaign.tables.rejects import Rejects

__all__ = ["Batch", "Choices", "LooksUpMany", "Writer", "letters", "sort_out", "write_rejects"]

#: What each line stands for when progress is told: read, and its letters made.
Report = Callable[[int, int], None]
# How often a reader of many lines tells how far it is.
_TELL_EVERY = 200
# How many lines or characters a note names.
_MOST_TOLD = 10

_ELSEWHERE = (
    "The Census Bureau finds this street outside its ZIP or state: correct it, or fill in the "
    "district."
)

_HOUSE_KINDS = frozenset({"house", "committee"})
_MEMBER_KINDS = frozenset({"senate", "house", "committee"})


class LooksUpMany(Protocol):
    """What sorting out needs of a geocoder; `BatchGeocoder` is the real one."""

    def districts(
        self, addresses: Sequence[StreetAddress], report: Callable[[int], None] = ...
    ) -> tuple[Found, ...]:
        """Return where each address lies, or why that is not known, in order."""


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

    def date_for(self, person: Person, pack: Pack) -> date:
        """Return the date that a person's letters bear; their own line's goes before all others."""
        if person.written_on is not None:
            return person.written_on
        if self.written_on is not None:
            return self.written_on
        if self.at is None:
            return self.on
        home = person.constituent
        return clocks.home_day(self.at, home.state, home.zip, elsewhere=pack.zone)


@dataclass(frozen=True, repr=False)
class Writer:
    """A person of the table and whom they write to, in the order of the letters."""

    person: Person
    district: District | None
    recipients: tuple[Recipient, ...]

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

    A ZIP in one district settles it; the line's own district does where it is one of the ZIP's.
    All others are looked up by street where there is a `geocoder`, else asked for the district.
    Raises InvalidInput for points that the campaign does not have, or where nobody can know who
    sits in the House on that day.
    """
    _require_points(pack, choices.points)
    if _HOUSE_KINDS.intersection(choices.kinds) and not knows(congress, choices.on):
        raise InvalidInput(unknown_note(congress, choices.on), field="on")
    sorting = _Sorting(pack, congress, choices)
    read: list[Person | Reject] = []
    for done, line in enumerate(people.read(pack, congress), start=1):
        read.append(sorting.judge(line))
        if done % _TELL_EVERY == 0:
            report(done, people.lines)
    if geocoder is not None:
        sorting.look_up(geocoder, report)
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
    """Write the lines that were left over. Raises TableRefused where the disk does not take it."""
    with rejects:
        for reject in batch.rejects:
            rejects.add(reject.line, reject.cells, reject.reason, reject.column)


def _asked_of(person: Person) -> StreetAddress:
    home = person.constituent
    return StreetAddress(home.address1, home.city, home.state, person.zip.five)


def _left_out(writers: Iterable[Writer]) -> Iterator[str]:
    """Yield what prints leave out of the lines of a table, in words."""
    emoji: list[int] = []
    without: dict[str, list[int]] = {}
    for writer in writers:
        person = writer.person
        found = printing.left_out((*person.constituent.block, person.personal))
        if found.emoji:
            emoji.append(person.line)
        for char in found.characters:
            without.setdefault(char, []).append(person.line)
    if emoji:
        yield f"We left out the emoji on {_on_lines(emoji)}, which cannot be printed."
    if without:
        named = ", ".join(
            f"{char} on {_on_lines(lines)}" for char, lines in list(without.items())[:_MOST_TOLD]
        )
        more = " and others" if len(without) > _MOST_TOLD else ""
        yield f"We left out characters for which there is no font: {named}{more}. Add them by hand."


def _on_lines(lines: Sequence[int]) -> str:
    told = [f"{line:,}" for line in lines[:_MOST_TOLD]]
    if len(lines) > _MOST_TOLD:
        return f"lines {', '.join(told)} and {len(lines) - _MOST_TOLD:,} more"
    return f"line {told[0]}" if len(told) == 1 else f"lines {', '.join(told[:-1])} and {told[-1]}"


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
    first_lines: dict[tuple[str, ...], int] = field(default_factory=dict)
    #: Line -> what is known of a district that the ZIP leaves open.
    open: dict[int, tuple[Person, Representation]] = field(default_factory=dict)
    settled: dict[int, District | Fault] = field(default_factory=dict)
    kept: dict[tuple[District | None, str], tuple[Recipient, ...]] = field(default_factory=dict)

    def judge(self, line: Person | Reject) -> Person | Reject:
        """Settle a line's district as far as its ZIP does, and see whether it was there before."""
        if isinstance(line, Reject):
            return line
        before = self.first_lines.setdefault(line.key, line.line)
        if before != line.line:
            self.settled[line.line] = Fault(
                REPEATED, f"The same person at the same address is on line {before:,}."
            )
        elif _MEMBER_KINDS.intersection(self.choices.kinds):
            self._place(line)
        return line

    def _place(self, person: Person) -> None:
        answer = route_zip(self.congress, person.zip, self.choices.on)
        if person.district is not None:
            self.settled[person.line] = self._given(person, person.district, answer)
        elif len(answer.districts) == 1 and answer.need == "":
            self._settle(person, answer.districts[0])
        elif not _HOUSE_KINDS.intersection(self.choices.kinds) and answer.holders:
            # Senators are the same in every district of the state.
            self._settle(person, self._any_district(person.constituent.state))
        else:
            self.open[person.line] = (person, answer)

    def _any_district(self, state: str) -> District:
        return min(one for one in self.congress.districts if one.state == state)

    def _settle(self, person: Person, district: District) -> None:
        self.settled[person.line] = self._contradiction(person, district) or district

    def _contradiction(self, person: Person, district: District) -> Fault | None:
        """Return why the district does not agree with the person's state and ZIP, if so."""
        try:
            agreed_place(
                self.congress, person.zip, state=person.constituent.state, district=district
            )
        except InvalidInput as error:
            return Fault(error.field, str(error))
        return None

    def _given(self, person: Person, given: District, answer: Representation) -> District | Fault:
        """Honour a district that a line names where it fits the state and the ZIP."""
        if given not in self.congress.districts:
            return Fault("district", f"There is no district {given}.")
        if contradiction := self._contradiction(person, given):
            return contradiction
        # A ZIP of PO boxes says nothing about where its people live.
        if answer.districts and given not in answer.districts and answer.certainty != "likely":
            known = ", ".join(map(str, answer.districts))
            return Fault("district", f"{person.zip.five} lies in {known}, not in {given}.")
        return given

    def look_up(self, geocoder: LooksUpMany, report: Report) -> None:
        """Ask the geocoder about the streets of the lines that are still open."""
        waiting = [person for person, _ in self.open.values()]
        addresses = [_asked_of(person) for person in waiting]
        found = geocoder.districts(addresses, lambda done: report(done, len(addresses)))
        for person, one in zip(waiting, found, strict=True):
            if isinstance(one, Missing):
                self.settled[person.line] = Fault("street, district", one.reason)
            elif one.district in self.congress.districts and believes(
                self.congress, _asked_of(person), one
            ):
                self.settled[person.line] = one.district
            else:
                self.settled[person.line] = Fault("street, zip, district", _ELSEWHERE)

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
        notes = (*people.notes, *people.repairs.notes, *_left_out(writers))
        return Batch(people.heading, people.lines, tuple(writers), tuple(rejects), notes)

    def _outcome(self, person: Person) -> Writer | Fault:
        district = self.settled.get(person.line)
        if isinstance(district, Fault):
            return district
        if district is None and person.line in self.open:
            return self._asked(*self.open[person.line])
        to = self._recipients(person, district)
        if not to:
            return Fault(
                "",
                "Nobody of those chosen is there to write to: the seat is vacant, or none of this "
                "person's members sits on the campaign's committees.",
            )
        return Writer(person, district, to)

    def _asked(self, person: Person, answer: Representation) -> Fault:
        if len(answer.districts) > 1:
            known = " or ".join(map(str, answer.districts))
            return Fault(
                "district",
                f"{person.zip.five} lies in several districts: fill in {known}, or have the street "
                "looked up.",
            )
        kind = self.congress.zips.kind(person.zip.five)
        why = {
            "po-box": f"{person.zip.five} is for post office boxes.",
            "unique": f"{person.zip.five} belongs to one organization.",
        }.get(kind) or str(answer.notes[0])
        return Fault(
            "district",
            f"{why} Fill in the district where this person votes, or have the street looked up.",
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
