"""Delivery packets: a PDF for each member with the constituents who signed.

Signers agreed that their name, place and comment are delivered to the petition's addressees. A
packet lists confirmed signers only, and comments only after an organizer approved them. A vacant
seat gets no packet.
"""

import csv
import hashlib
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from campaign import civil_time, files
from campaign.congress.dataset import Congress
from campaign.congress.members import Seat
from campaign.congress.places import STATES, District
from campaign.congress.seat_holders import SeatHolder, holder
from campaign.errors import ExportFailed, InvalidInput
from campaign.letters import packet_texts
from campaign.letters.packet_texts import Figures, PacketRecipient, curly_quotes
from campaign.letters.print import packet_pages
from campaign.letters.print.name_columns import Entry
from campaign.letters.print.packet_pages import BookBuilder, Comment
from campaign.letters.recipients import full_name
from campaign.letters.signed_texts import SignedWordings
from campaign.organizing import signed_wordings
from campaign.organizing.packets.signer_rolls import Person, RollBuilder, SignerRoll
from campaign.organizing.signed_wordings import Catalog
from campaign.packs.pack import Pack
from campaign.store import audit, counts, packets, wordings
from campaign.store.db.engine import Database

INDEX = "index.csv"

#: Called with (done, total), in signers read and names printed.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class PacketFilter:
    """Whose packets to make: all, or those of a state, a district or a member (bioguide id)."""

    state: str = ""
    district: str = ""
    member: str = ""

    def asked(self) -> dict[str, str]:
        """Return the filter for the audit record, without empty fields."""
        given = {"state": self.state, "district": self.district, "member": self.member}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class SeatPreview:
    """A seat in the preview: who holds it, and how many constituents signed."""

    held: SeatHolder
    count: int

    @property
    def name(self) -> str:
        """The member's name, or "" if the seat is vacant."""
        return full_name(self.held.member.name) if self.held.member is not None else ""

    @property
    def seat(self) -> str:
        """The seat in words."""
        return curly_quotes(str(self.held.seat.title))

    @property
    def room(self) -> str:
        """The office in Washington, or "" if it is unknown."""
        if self.held.member is None or self.held.term is None:
            return ""
        return office(PacketRecipient(self.held.member, self.held.seat, self.held.term))


@dataclass(frozen=True)
class PacketPreview:
    """What would be made: members who would get a packet, and vacant seats that would not.

    `placeless` and `waiting` as in `Report`; `earlier` is how many signed an earlier wording.
    """

    prospects: tuple[SeatPreview, ...]
    vacant: tuple[SeatPreview, ...]
    placeless: int
    waiting: int
    earlier: int

    @property
    def names(self) -> int:
        """The number of signatures in all packets."""
        return sum(prospect.count for prospect in self.prospects)


@dataclass(frozen=True)
class Packet:
    """A packet that was made: its files, its recipient, and its figures."""

    file: str
    summary: str
    reader: PacketRecipient
    figures: Figures
    shares: SignedWordings
    pages: int
    sha256: str

    @property
    def name(self) -> str:
        """The member's name."""
        return full_name(self.reader.member.name)


@dataclass(frozen=True)
class SkippedSeat:
    """A seat that got no packet although constituents signed, and why."""

    seat: str
    count: int
    why: str


@dataclass
class Report:
    """What was made and what was not.

    `without_signers` counts seats whose constituents have not signed. `placeless` counts signers
    whose district is unknown; they are only in the senators' packets. `unprinted` counts names and
    comments with a character that no font has, `waiting` unread comments, and `wordings` the
    wordings on record that were signed.
    """

    made: list[Packet] = field(default_factory=list)
    skipped: list[SkippedSeat] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    without_signers: int = 0
    placeless: int = 0
    unprinted: int = 0
    waiting: int = 0
    wordings: int = 0

    @property
    def names(self) -> int:
        """The number of signatures in all packets."""
        return sum(made.figures.count for made in self.made)


def seats(congress: Congress, wanted: PacketFilter, on_date: date) -> tuple[SeatHolder, ...]:
    """Return the requested seats and their holders, by state, senators first.

    Raises InvalidInput for an unknown state, district or member.
    """
    if wanted.state and wanted.state not in STATES:
        raise InvalidInput("Enter the state as two letters, such as CA.", field="state")
    district = District.parse(wanted.district) if wanted.district else None
    if district is not None and district not in congress.districts:
        raise InvalidInput(f"There is no district {district}.", field="district")
    held = [
        holder(congress, seat, on_date)
        for seat in sorted(congress.seats.values(), key=_order)
        if (not wanted.state or seat.state == wanted.state)
        and (district is None or seat.house_district == district)
    ]
    if wanted.member:
        held = [
            one for one in held if one.member is not None and one.member.bioguide == wanted.member
        ]
        if not held:
            raise InvalidInput(
                f"No member with the id {wanted.member[:10]} holds a seat there now. `campaign "
                "lookup` lists members with their ids.",
                field="member",
            )
    return tuple(held)


def preview(
    db: Database, pack: Pack, congress: Congress, wanted: PacketFilter, on_date: date
) -> PacketPreview:
    """Return what would be made now, seats with most signers first.

    Takes constant time, except to count the waiting comments. Raises InvalidInput as `seats` does,
    StoreUnavailable.
    """
    held = seats(congress, wanted, on_date)
    with db.reading() as connection:
        by_state = counts.by(connection, pack.name, "state")
        by_district = counts.by(connection, pack.name, "district")
        waiting = packets.waiting_comments(
            connection, pack.name, state=wanted.state, district=wanted.district
        )
        earlier = wordings.count_current(connection, pack).earlier
    found = []
    for one in held:
        by = by_state if one.seat.chamber == "senate" else by_district
        found.append(SeatPreview(one, by.get(place_of(one.seat), 0)))
    found = [prospect for prospect in found if prospect.count > 0]
    found.sort(key=lambda prospect: (-prospect.count, _order(prospect.held.seat)))
    states = {one.seat.state for one in held if one.seat.chamber == "house"}
    placed = sum(count for place, count in by_district.items() if place and place[:2] in states)
    placeless = 0
    if not (wanted.district or wanted.member):
        placeless = max(0, sum(by_state.get(state, 0) for state in states) - placed)
    return PacketPreview(
        tuple(prospect for prospect in found if prospect.held.member is not None),
        tuple(prospect for prospect in found if prospect.held.member is None),
        placeless,
        waiting,
        earlier,
    )


def write(
    db: Database,
    pack: Pack,
    congress: Congress,
    wanted: PacketFilter,
    out: Path,
    *,
    actor: str,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> Report:
    """Write a packet and a summary for each requested member into `out`, and `index.csv`.

    Files are readable only by their owner. Memory use is constant. The audit record has the actor,
    the filter, the number of signatures, and the files' SHA-256. Raises InvalidInput, ExportFailed
    if the files cannot be written, StoreUnavailable.
    """
    held = seats(congress, wanted, civil_time.washington_day(now))
    try:
        files.make_private_folder(out)
        work = _PacketWriter(db, pack, congress, held, wanted, out, pack.day_of(now), progress)
        report = work.write()
        files.write(out / INDEX, index(report).encode("utf-8"))
    except OSError as error:
        raise ExportFailed(f"The packets cannot be written: {error.strerror}.") from None
    sums = {made.file: made.sha256 for made in report.made}
    audit_files(db, pack, "packet", wanted.asked(), report.names, sums, actor=actor, now=now)
    return report


def index(report: Report) -> str:
    """Return the index of the packets as CSV; it has no signers."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        ["packet", "summary", "bioguide", "member", "seat", "phone", "office", "signers",
         "on_paper", "towns", "comments", "wordings", "pages", "sha256"]
    )  # fmt: skip
    for made in report.made:
        reader, figures = made.reader, made.figures
        table.writerow(
            [made.file, made.summary, reader.member.bioguide, made.name, reader.seat.id,
             reader.term.number, office(reader), figures.count, figures.paper,
             sum(1 for town in figures.towns if town), figures.comments,
             "; ".join(f"{share.name}: {share.count}" for share in made.shares.all),
             made.pages, made.sha256]
        )  # fmt: skip
    return text.getvalue()


def office(reader: PacketRecipient) -> str:
    """Return the room in Washington, such as `320 Hart Senate Office Building`, "" if unknown."""
    line = reader.block[-2]
    return line if line.endswith("Office Building") else ""


def audit_files(
    db: Database,
    pack: Pack,
    preset: str,
    asked: dict[str, Any],
    rows: int,
    sums: dict[str, str],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Audit the files as an export, so that an erasure finds those that may contain the person.

    `sums` maps file names to SHA-256.
    """
    together = hashlib.sha256("".join(sums[name] for name in sorted(sums)).encode("ascii"))
    with db.writing() as connection:
        audit.record(
            connection,
            "export",
            actor=actor,
            now=now,
            campaign=pack.name,
            details={
                "preset": preset,
                "filter": asked,
                "purpose": "to deliver the petition",
                "rows": rows,
                "sha256": next(iter(sums.values())) if len(sums) == 1 else together.hexdigest(),
                "files": sums,
            },
        )


class _PacketWriter:
    """Writes packets."""

    def __init__(
        self,
        db: Database,
        pack: Pack,
        congress: Congress,
        held: Sequence[SeatHolder],
        wanted: PacketFilter,
        out: Path,
        on_date: date,
        progress: Progress,
    ) -> None:
        self._db = db
        self._pack = pack
        self._congress = congress
        self._wanted = wanted
        self._out = out
        self._date = on_date
        self._progress = progress
        self._report = Report()
        self._catalog: Catalog
        self._senate: dict[str, list[SeatHolder]] = {}
        self._house: dict[str, list[SeatHolder]] = {}
        for one in held:
            into = self._senate if one.seat.chamber == "senate" else self._house
            into.setdefault(place_of(one.seat), []).append(one)
        self._done = 0
        self._total = 0

    def write(self) -> Report:
        """Read all signers once, then write the packets in the order of their places."""
        with (
            RollBuilder(self._out, self._congress) as by_state,
            RollBuilder(self._out, self._congress) as by_district,
        ):
            self._gather(by_state, by_district)
            self._write_all(self._senate, by_state)
            self._write_all(self._house, by_district)
        self._report.made.sort(key=lambda made: _order(made.reader.seat))
        return self._report

    def _gather(self, by_state: RollBuilder, by_district: RollBuilder) -> None:
        with self._db.reading() as connection:
            self._total = self._expected(
                counts.by(connection, self._pack.name, "state"),
                counts.by(connection, self._pack.name, "district"),
            )
            self._catalog = signed_wordings.catalog(connection, self._pack)
            self._report.wordings = len(self._catalog.signed)
            for signer in packets.constituents(connection, self._pack.name, **self._narrowed()):
                wording = self._catalog.key(signer.wording_version)
                if signer.state in self._senate:
                    by_state.add(signer.state, signer, wording)
                if signer.district in self._house:
                    by_district.add(signer.district, signer, wording)
                elif not signer.district and signer.state in self._states_of_the_house():
                    self._report.placeless += 1
                self._advance(1)
            self._report.waiting = packets.waiting_comments(
                connection, self._pack.name, **self._narrowed()
            )

    def _write_all(self, held: dict[str, list[SeatHolder]], builder: RollBuilder) -> None:
        seen: set[str] = set()
        for roll in builder.rolls():
            seen.add(roll.place)
            for one in held[roll.place]:
                self._one(one, roll)
        for place, nobody_signed in held.items():
            if place not in seen:
                self._report.without_signers += len(nobody_signed)

    def _one(self, held: SeatHolder, roll: SignerRoll) -> None:
        if held.member is None or held.term is None:
            why = str(held.note) if held.note else "vacant"
            self._report.skipped.append(
                SkippedSeat(curly_quotes(str(held.seat.title)), roll.count, why)
            )
            return
        if held.status == "verify":
            self._report.notes.append(f"{full_name(held.member.name)}: {held.note}.")
        reader = PacketRecipient(held.member, held.seat, held.term)
        figures = figures_of(roll, reader.place)
        shares = self._catalog.shares(figures)
        stem = f"{held.seat.id}-{held.member.bioguide}-{_slug(held.member.name.last)}"
        look = packet_texts.page_style(
            self._pack,
            f"{shares.headline}: packet for {reader.spoken_name}",
            f"{self._pack.text().title} · {reader.spoken_name}, {reader.place}",
            self._date,
        )
        file = self._out / f"{stem}.pdf"
        with BookBuilder(look, self._out) as book:
            front = packet_texts.packet(self._pack, reader, figures, shares, self._date)
            book.add_front("packet.typ", front)
            add_people(
                book,
                roll.people,
                figures,
                shares,
                names="Constituents who signed",
                comments="In their own words",
                progress=self._advance,
            )
            pages = book.write(file)
            self._report.unprinted += book.unprinted
        page = packet_pages.summary(look, packet_texts.summary(self._pack, reader, figures, shares))
        files.write(self._out / f"{stem}-summary.pdf", page)
        self._report.made.append(
            Packet(
                file.name, f"{stem}-summary.pdf", reader, figures, shares, pages, sha256_of(file)
            )
        )

    def _narrowed(self) -> dict[str, str]:
        """Return the filter of the database query: a district or state if there is only one."""
        if not self._senate and len(self._house) == 1:
            return {"district": next(iter(self._house))}
        states = {*self._senate, *self._states_of_the_house()}
        return {"state": states.pop()} if len(states) == 1 else {}

    def _states_of_the_house(self) -> set[str]:
        return {one.seat.state for held in self._house.values() for one in held}

    def _expected(self, by_state: dict[str, int], by_district: dict[str, int]) -> int:
        """Return the number of signers to read plus the number of names to print."""
        narrowed = self._narrowed()
        read = by_district.get(narrowed.get("district", ""), 0)
        if "state" in narrowed:
            read = by_state.get(narrowed["state"], 0)
        elif not narrowed:
            read = sum(by_state.values())
        printed = sum(by_state.get(place, 0) * len(held) for place, held in self._senate.items())
        printed += sum(by_district.get(place, 0) for place in self._house)
        return read + printed

    def _advance(self, more: int) -> None:
        self._done += more
        # A progress report per signer would cost more than reading the signer.
        if more > 1 or self._done % 500 == 0:
            self._progress(min(self._done, self._total), self._total)


def figures_of(roll: SignerRoll, place: str) -> Figures:
    """Return the figures of a roll."""
    return Figures(
        place,
        roll.count,
        paper=roll.paper,
        unlisted=roll.unlisted,
        comments=roll.comments,
        towns=dict(roll.towns),
        wordings=dict(roll.wordings),
    )


def add_people(
    book: BookBuilder,
    people: Callable[[], Iterator[Person]],
    figures: Figures,
    shares: SignedWordings,
    *,
    names: str,
    comments: str,
    progress: Callable[[int], None],
) -> None:
    """Add the names, then the comments, under these headings, grouped by wording.

    `people()` returns a new iterator over the listed signers.
    """
    marked = [(share.key, f": {share.name}") for share in shares.all] if shares.are_several else []
    groups: list[tuple[str | None, str]] = [*marked] or [(None, "")]
    for place, (key, mark) in enumerate(groups, start=1):
        book.add_names(
            entries(_signers_of(people(), key)),
            heading=f"{names}{mark}",
            note=packet_texts.names_note(figures, is_last=place == len(groups)),
            running=f"{names}{mark}",
            progress=progress,
        )
    for key, mark in groups:
        book.add_comments(
            _comments(_signers_of(people(), key)),
            heading=f"{comments}{mark}",
            note=packet_texts.comments_note(),
        )


def _signers_of(people: Iterator[Person], key: str | None) -> Iterator[Person]:
    return people if key is None else (person for person in people if person.wording == key)


def entries(people: Iterator[Person]) -> Iterator[Entry]:
    """Yield each person as the list prints them: `Petrosyan, Ani`, with the town."""
    for person in people:
        parts = [part for part in (person.last_name, person.first_name) if part]
        yield Entry(", ".join(parts), person.town)


def _comments(people: Iterator[Person]) -> Iterator[Comment]:
    """Yield the comments of those who wrote one, with name and town."""
    for person in people:
        if person.comment:
            name = " ".join(part for part in (person.first_name, person.last_name) if part)
            yield Comment(person.comment, ", ".join(part for part in (name, person.town) if part))


def sha256_of(file: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def place_of(seat: Seat) -> str:
    """Return the place of a seat's constituents: its state or district."""
    return seat.state if seat.house_district is None else str(seat.house_district)


def _order(seat: Seat) -> tuple[str, bool, int]:
    return (seat.state, seat.chamber == "house", seat.district or seat.senate_class or 0)


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
