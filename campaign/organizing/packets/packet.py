"""Delivery packets: a PDF for each member with the constituents who signed.

Signers agreed that their name, place and comment are delivered to the petition's addressees. A
packet lists confirmed signers only, and comments only after an organizer approved them. A vacant
seat gets no packet.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from campaign import civil_time, files
from campaign.congress.dataset import Congress
from campaign.congress.seat_holders import SeatHolder
from campaign.errors import ExportFailed
from campaign.letters import packet_texts
from campaign.letters.packet_recipients import (
    OfficeReader,
    PacketReader,
    PacketRecipient,
    curly_quotes,
)
from campaign.letters.print import packet_pages
from campaign.letters.print.packet_pages import BookBuilder
from campaign.letters.recipients import full_name
from campaign.organizing import current_districts, signed_wordings
from campaign.organizing.packets.file_audit import audit_files, sha256_of
from campaign.organizing.packets.name_lists import add_people, figures_of
from campaign.organizing.packets.preview import (
    PacketFilter,
    offices,
    place_of,
    seats,
)
from campaign.organizing.packets.report import INDEX, Packet, Report, SkippedSeat, index
from campaign.organizing.packets.signer_rolls import RollBuilder, SignerRoll
from campaign.organizing.signed_wordings import Catalog
from campaign.packs.local_targets import TargetsByPlace
from campaign.packs.pack import Pack
from campaign.store import counts, packets
from campaign.store.db.engine import Database
from campaign.store.packets import Constituent

#: Called with (done, total), in signers read and names printed.
Progress = Callable[[int, int], None]


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
    the filter, the number of signatures, and the files' SHA-256. Signers are in the districts of
    today (`current_districts`). Raises InvalidInput, ExportFailed if the files cannot be written,
    StoreUnavailable.
    """
    held = seats(pack.targets, congress, wanted, civil_time.congress_day(now))
    current_districts.follow(db, congress, now)
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
        self._offices = {office.id: office for office in offices(pack, wanted)}
        self._local = TargetsByPlace((*pack.targets.local, *pack.targets.local_copies))
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
        self._has_placeless = False
        self._done = 0
        self._total = 0

    def write(self) -> Report:
        """Read all signers once, then write the packets in the order of their places."""
        with (
            RollBuilder(self._out, self._congress) as by_state,
            RollBuilder(self._out, self._congress) as by_district,
            RollBuilder(self._out, self._congress) as by_office,
        ):
            self._gather(by_state, by_district, by_office)
            self._write_all(self._senate, by_state)
            self._write_all(self._house, by_district)
            self._write_offices(by_office)
        self._report.made.sort(key=lambda made: made.reader.order)
        return self._report

    def _gather(
        self, by_state: RollBuilder, by_district: RollBuilder, by_office: RollBuilder
    ) -> None:
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
                self._has_placeless = self._has_placeless or not signer.zip
                for office in self._of(signer):
                    by_office.add(office, signer, wording)
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

    def _of(self, signer: Constituent) -> Iterator[str]:
        """Yield the IDs of the offices outside Congress that answer to a signer."""
        if not self._offices:
            return
        place = self._congress.zips.get(signer.zip)
        answering = self._local.answering(
            state=signer.state, zip_code=signer.zip, city=place.city if place is not None else ""
        )
        for office in self._offices.values():
            if office.kind != "local" or office.id in answering:
                yield office.id

    def _write_offices(self, builder: RollBuilder) -> None:
        seen = set()
        for roll in builder.rolls():
            seen.add(roll.place)
            self._packet(OfficeReader(self._offices[roll.place]), roll)
        if any(map(self._leaves_out_old, self._offices)):
            self._report.notes.append(
                "Old signers whose data was deleted are in no packet for officials by ZIP or city, "
                "because only their state is known."
            )
        self._report.without_signers += len(self._offices.keys() - seen)

    def _leaves_out_old(self, office: str) -> bool:
        """True if an office may answer to signers of whom only the state is known."""
        targets = self._pack.targets
        return self._has_placeless and any(
            each.id == office and each.is_by_zip_or_city
            for each in (*targets.local, *targets.local_copies)
        )

    def _one(self, held: SeatHolder, roll: SignerRoll) -> None:
        if held.member is None or held.term is None:
            why = str(held.note or held.absence).rstrip(".")
            self._report.skipped.append(
                SkippedSeat(curly_quotes(str(held.seat.title)), roll.count, why)
            )
            return
        if held.status == "verify":
            self._report.notes.append(f"{full_name(held.member.name)}: {held.note}.")
        self._packet(PacketRecipient(held.member, held.seat, held.term), roll)

    def _packet(self, reader: PacketReader, roll: SignerRoll) -> None:
        figures = replace(
            figures_of(roll, reader.place), leaves_out_old=self._leaves_out_old(reader.id)
        )
        shares = self._catalog.shares(figures)
        stem = reader.file_stem
        look = packet_texts.page_style(
            self._pack,
            f"{shares.headline}: packet for {reader.spoken_name}",
            f"{self._pack.text().title} · {reader.running_name}",
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
                names=reader.names_heading,
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
        if self._offices:
            return {}
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
