"""The petition book: every signer in one PDF, or split by state, by district or into volumes.

Signers are sorted by state or district, then by name.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from campaign import files
from campaign.congress.dataset import Congress
from campaign.congress.places import STATES, District
from campaign.errors import ExportFailed, InvalidInput
from campaign.letters import packet_texts
from campaign.letters.packet_recipients import curly_quotes
from campaign.letters.packet_texts import Figures
from campaign.letters.print.packet_pages import BookBuilder
from campaign.letters.signed_texts import SignedWordings
from campaign.organizing import current_districts, signed_wordings
from campaign.organizing.packets.file_audit import audit_files, sha256_of
from campaign.organizing.packets.name_lists import add_people, figures_of
from campaign.organizing.packets.packet import Progress
from campaign.organizing.packets.signer_rolls import Person, RollBuilder, SignerRoll
from campaign.organizing.signed_wordings import Catalog
from campaign.packs.pack import Pack
from campaign.store import counts, packets
from campaign.store.db.engine import Database

SplitBy = Literal["", "state", "district", "number"]

#: The smallest number of signers per volume that can be asked for.
MIN_VOLUME_SIZE = 100
_NO_PLACE = "~"


@dataclass(frozen=True)
class Volume:
    """A PDF that was made: its signers and pages."""

    file: str
    title: str
    count: int
    pages: int
    sha256: str


@dataclass
class BookReport:
    """What was made; `unprinted`, `waiting` and `wordings` as in `report.Report`."""

    volumes: list[Volume] = field(default_factory=list)
    unprinted: int = 0
    waiting: int = 0
    wordings: int = 0

    @property
    def names(self) -> int:
        """How many signatures all volumes hold together."""
        return sum(volume.count for volume in self.volumes)


@dataclass(frozen=True)
class _Section:
    """The signers of a place in a volume: `listed` of them, from index `start`."""

    place: str
    start: int
    listed: int
    figures: Figures


def write(
    db: Database,
    pack: Pack,
    congress: Congress,
    out: Path,
    *,
    split_by: SplitBy = "",
    volume_size: int = 5_000,
    actor: str,
    now: datetime,
    progress: Progress = lambda done, total: None,
) -> BookReport:
    """Write the petition book into `out`, split as `split_by` says, and audit it like packets.

    `volume_size` is the number of signers per volume if `split_by` is "number". Memory use is
    constant. Raises InvalidInput, ExportFailed, StoreUnavailable.
    """
    if split_by == "number" and volume_size < MIN_VOLUME_SIZE:
        raise InvalidInput(f"Give at least {MIN_VOLUME_SIZE} signers a volume.", field="every")
    current_districts.follow(db, congress, now)
    try:
        files.make_private_folder(out)
        report = _BookWriter(
            db, pack, congress, out, split_by, volume_size, pack.day_of(now), progress
        ).write()
    except OSError as error:
        raise ExportFailed(f"The petition cannot be written: {error.strerror}.") from None
    asked: dict[str, Any] = {"by": split_by} if split_by else {}
    if split_by == "number":
        asked["every"] = volume_size
    sums = {volume.file: volume.sha256 for volume in report.volumes}
    audit_files(db, pack, "petition-book", asked, report.names, sums, actor=actor, now=now)
    return report


class _BookWriter:
    """Writes the volumes of a book."""

    def __init__(
        self,
        db: Database,
        pack: Pack,
        congress: Congress,
        out: Path,
        by: SplitBy,
        every: int,
        on_date: date,
        progress: Progress,
    ) -> None:
        self._db = db
        self._pack = pack
        self._congress = congress
        self._out = out
        self._split_by = by
        self._volume_size = every
        self._date = on_date
        self._progress = progress
        self._report = BookReport()
        self._catalog: Catalog
        self._done = 0
        self._total = 0

    def write(self) -> BookReport:
        """Read all signers once, then write the volumes in order."""
        with RollBuilder(self._out, self._congress) as builder:
            self._gather(builder)
            if self._split_by in {"state", "district"}:
                for roll in builder.rolls():
                    title = _place_title(roll.place, self._split_by)
                    stem = roll.place.strip(_NO_PLACE) or "elsewhere"
                    self._volume([(roll, _whole(roll))], title, stem)
            else:
                self._write_volumes(builder)
        return self._report

    def _gather(self, builder: RollBuilder) -> None:
        with self._db.reading() as connection:
            self._total = 2 * counts.total(connection, self._pack.name)
            self._catalog = signed_wordings.catalog(connection, self._pack)
            self._report.wordings = len(self._catalog.signed)
            for signer in packets.constituents(connection, self._pack.name):
                place = signer.district if self._split_by == "district" else signer.state
                wording = self._catalog.key(signer.wording_version)
                builder.add(place or _NO_PLACE, signer, wording)
                self._advance(1)
            self._report.waiting = packets.waiting_comments(connection, self._pack.name)

    def _write_volumes(self, builder: RollBuilder) -> None:
        """Write volumes of a number of signers, or one with all."""
        rolls = [(roll, _whole(roll)) for roll in builder.rolls(keep=True)]
        listed = sum(section.listed for _, section in rolls)
        every = self._volume_size if self._split_by == "number" else max(listed, 1)
        volumes = list(_fill_volumes(rolls, every))
        for number, held in enumerate(volumes, start=1):
            title = f"Volume {number:,} of {len(volumes):,}" if len(volumes) > 1 else ""
            self._volume(held, title, f"volume-{number:03}" if title else "petition")

    def _volume(self, held: list[tuple[SignerRoll, _Section]], title: str, stem: str) -> None:
        count = sum(section.figures.count for _, section in held)
        first = held[0][1].figures
        place = (
            first.place if len(held) == 1 and self._split_by != "number" else "the United States"
        )
        figures = Figures(
            place,
            count,
            paper=sum(section.figures.paper for _, section in held),
            unlisted=sum(section.figures.unlisted for _, section in held),
            comments=sum(section.figures.comments for _, section in held),
            towns=first.towns if len(held) == 1 else {},
            wordings=sum((Counter(section.figures.wordings) for _, section in held), Counter()),
        )
        shares = self._catalog.shares(figures)
        look = packet_texts.page_style(
            self._pack,
            f"{shares.headline}{f': {title}' if title else ''}",
            f"{self._pack.text().title}{f' · {title}' if title else ''}",
            self._date,
        )
        file = self._out / f"{stem}.pdf"
        with BookBuilder(look, self._out) as book:
            book.add_front("petition-book.typ", self._front(held, figures, shares, title))
            for roll, section in held:
                self._add(book, roll, section)
            pages = book.write(file)
            self._report.unprinted += book.unprinted
        self._report.volumes.append(Volume(file.name, title, count, pages, sha256_of(file)))

    def _front(
        self,
        held: list[tuple[SignerRoll, _Section]],
        figures: Figures,
        shares: SignedWordings,
        title: str,
    ) -> dict[str, Any]:
        front: dict[str, Any] = {
            "title": {
                **packet_texts.title(self._pack, figures, shares, self._date),
                "volume": title,
            },
            "petitions": shares.petitions(),
        }
        if len(held) == 1:
            towns = packet_texts.towns(figures, "Where signers live").get("towns")
            return front | ({"places": {**towns, "head": ["Town", "Signers"]}} if towns else {})
        rows = [(section.figures.place, f"{section.figures.count:,}") for _, section in held]
        return front | {
            "places": {
                "heading": "Where signers live",
                "note": "Signers by state or territory.",
                "head": ["State", "Signers"],
                "rows": rows,
            }
        }

    def _add(self, book: BookBuilder, roll: SignerRoll, section: _Section) -> None:
        place = section.figures.place
        end = section.start + section.listed

        def people() -> Iterator[Person]:
            return islice(roll.people(), section.start, end)

        add_people(
            book,
            people,
            section.figures,
            self._catalog.shares(section.figures),
            names=place,
            comments=f"{place}: in their own words",
            progress=self._advance,
        )

    def _advance(self, more: int) -> None:
        self._done += more
        if more > 1 or self._done % 500 == 0:
            self._progress(min(self._done, self._total), self._total)


def _whole(roll: SignerRoll) -> _Section:
    place = _place_title(roll.place, "district" if "-" in roll.place else "state")
    return _Section(roll.place, 0, roll.listed, figures_of(roll, place))


def _fill_volumes(
    rolls: list[tuple[SignerRoll, _Section]], every: int
) -> Iterator[list[tuple[SignerRoll, _Section]]]:
    """Yield the sections of each volume: places in order, split where a volume is full."""
    volume: list[tuple[SignerRoll, _Section]] = []
    room = every
    for roll, section in rolls:
        start = 0
        while start < section.listed or (start == 0 and section.figures.count):
            take = min(room, section.listed - start)
            volume.append((roll, _slice(roll, section, start, take)))
            start += take
            room -= take
            if room == 0:
                yield volume
                volume, room = [], every
            if take == 0:
                break
    if volume:
        yield volume


def _slice(roll: SignerRoll, section: _Section, start: int, size: int) -> _Section:
    """Return a part of a section; the first part also counts the unlisted signers."""
    if start == 0 and size == section.listed:
        return section
    unlisted = section.figures.unlisted if start == 0 else 0
    wordings = Counter(person.wording for person in islice(roll.people(), start, start + size))
    figures = Figures(
        section.figures.place, size + unlisted, unlisted=unlisted, wordings=dict(wordings)
    )
    return _Section(section.place, start, size, figures)


def _place_title(place: str, by: SplitBy) -> str:
    if place == _NO_PLACE:
        return "District not known" if by == "district" else "Place not known"
    if by == "district" or "-" in place:
        return curly_quotes(str(District.parse(place).title))
    return str(STATES.get(place, place))
