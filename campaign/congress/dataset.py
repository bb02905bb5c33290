"""Load the fact tables into one immutable `Congress`, and check their references."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from campaign import paths
from campaign.congress import contact_corrections, district_lines, former_members
from campaign.congress.contact_corrections import CheckedCorrection, Correction
from campaign.congress.district_lines import NewLines
from campaign.congress.former_members import FormerMember
from campaign.congress.members import Committee, Member, Seat, Term
from campaign.congress.places import STATES, District
from campaign.congress.postal import KIND_LETTERS, PostalPlace
from campaign.congress.postal_area import PostalAreas
from campaign.congress.table_rows import members_by_id, seats_by_id, term_of, terms_by_seat
from campaign.congress.tables import (
    COLUMNS,
    SCHEMA,
    ZIP_TABLES,
    Meta,
    Source,
    read_bytes,
    read_meta,
    read_table,
)
from campaign.errors import DatasetInvalid

__all__ = [
    "Congress",
    "Meta",
    "Source",
    "current_folder",
    "load",
    "load_current",
    "sitting_members",
]

#: The file under CAMPAIGN_HOME/congress that names the folder in use.
POINTER = "current"


class PostalTable(Mapping[str, PostalPlace]):
    """ZIP -> PostalPlace; each of the 42,000 rows stays text until it is looked up."""

    def __init__(self, rows: Mapping[str, str]) -> None:
        self._rows = rows

    def __getitem__(self, five: str) -> PostalPlace:
        zip_, kind, state, city, latitude, longitude = self._rows[five].split(",")
        return PostalPlace(
            zip_,
            KIND_LETTERS[kind],
            state,
            city,
            float(latitude or "nan"),
            float(longitude or "nan"),
        )

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, five: object) -> bool:
        return five in self._rows

    def kind(self, five: str) -> str:
        """Return the ZIP's kind, "standard" if the table lacks the ZIP."""
        row = self._rows.get(five)
        return KIND_LETTERS[row[6]] if row else "standard"


@dataclass(frozen=True)
class Congress:
    """The content of the fact tables, immutable. Look-ups are dictionary look-ups.

    `seats` holds all 541 by id (`CA-30`, `CA-S1`), filled or not; `terms_by_seat` the terms in
    each, oldest first; `zip_districts` the districts that a ZIP may lie in.
    """

    meta: Meta
    members: Mapping[str, Member]
    seats: Mapping[str, Seat]
    terms_by_seat: Mapping[str, tuple[Term, ...]]
    committees: Mapping[str, Committee]
    zip_districts: Mapping[str, tuple[District, ...]]
    zips: PostalTable
    folder: Path
    #: The folder of the two ZIP tables: `folder`, or the shipped one if its lines are newer.
    zip_folder: Path
    #: The states whose lines are new in a Congress; see `campaign.congress.district_lines`.
    new_lines: tuple[NewLines, ...] = ()
    #: Who left Congress before this data, as far as earlier data had them.
    former: Mapping[str, FormerMember] = field(default_factory=dict)
    #: The operator's corrections of phones and offices, and what each does; applied to `members`.
    corrections: tuple[CheckedCorrection, ...] = ()
    #: Cached answers, limited in number; filled by the modules that route places.
    answers: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def districts(self) -> frozenset[District]:
        """Every district and delegation that has a seat in the House."""
        return frozenset(
            District(seat.state, seat.district)
            for seat in self.seats.values()
            if seat.district is not None
        )

    @cached_property
    def senate_seats(self) -> Mapping[str, tuple[Seat, ...]]:
        """State -> its two Senate seats, the senior senator's first."""
        found: dict[str, list[Seat]] = {}
        for seat in self.seats.values():
            if seat.chamber == "senate":
                found.setdefault(seat.state, []).append(seat)
        return MappingProxyType(
            {state: tuple(sorted(two, key=self._juniority)) for state, two in found.items()}
        )

    def _juniority(self, seat: Seat) -> tuple[bool, int]:
        terms = self.terms_by_seat.get(seat.id, ())
        senior = bool(terms) and terms[-1].state_rank == "senior"
        return (not senior, seat.senate_class or 0)

    def former_member(self, bioguide: str) -> FormerMember | None:
        """Return a member of this or earlier data by their last term, None for an unknown id."""
        member = self.members.get(bioguide)
        return former_members.of_member(member) if member else self.former.get(bioguide)

    def prefix_states(self, prefix: str) -> frozenset[str]:
        """Return the states whose post offices have ZIPs of these first three digits."""
        return self._states_by_prefix.get(prefix, frozenset())

    @cached_property
    def postal_areas(self) -> PostalAreas:
        """The districts around each post office, found once."""
        return PostalAreas(self.zip_districts, self.zips)

    @cached_property
    def _states_by_prefix(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for place in self.zips.values():
            if place.state in STATES:
                found.setdefault(place.zip[:3], set()).add(place.state)
        return MappingProxyType({prefix: frozenset(states) for prefix, states in found.items()})

    def house_seat(self, district: District) -> Seat:
        """Return the district's seat. Raises KeyError for a district that does not exist."""
        return self.seats[str(district)]


def load(folder: Path, *, zips_from: Path | None = None) -> Congress:
    """Read the fact tables in `folder`, but the two ZIP tables from `zips_from` if it is given.

    Raises DatasetInvalid if a table is missing, changed or cut short, or refers to something that
    is not there; `problems` then lists what was found.
    """
    meta = read_meta(folder)
    zip_folder = zips_from or folder
    if zips_from is not None:
        meta = _with_zips_of(meta, read_meta(zips_from))
    elif meta.schema != SCHEMA:
        raise DatasetInvalid(
            f"The legislator data in {folder} has another schema: run `campaign data refresh`."
        )
    raw = {table: read_table(folder, table, meta) for table in COLUMNS if table not in ZIP_TABLES}
    by_cell: dict[str, tuple[District, ...]] = {}
    try:
        seats = seats_by_id(raw["seats"], meta.congress)
        terms = [term_of(row, seats) for row in raw["terms"]]
        members = members_by_id(raw, terms)
        committees = {row[0]: Committee(*row) for row in raw["committees"]}
        congress = Congress(
            meta=meta,
            members=MappingProxyType(members),
            seats=MappingProxyType(seats),
            terms_by_seat=MappingProxyType(terms_by_seat(terms)),
            committees=MappingProxyType(committees),
            zip_districts=MappingProxyType(_zip_districts(zip_folder, meta, by_cell)),
            zips=PostalTable(_postal_rows(zip_folder, meta)),
            folder=folder,
            zip_folder=zip_folder,
            new_lines=shipped_new_lines(),
        )
    except (KeyError, ValueError, IndexError) as error:
        raise DatasetInvalid(
            f"The legislator data in {folder} has a row that cannot be read ({error})."
        ) from error
    problems = _loose_references(congress, raw, by_cell)
    if problems:
        raise DatasetInvalid(f"The legislator data in {folder} contradicts itself.", problems[:20])
    return congress


def current_folder(refreshed: Path) -> Path | None:
    """Return the folder of tables that the pointer file in `refreshed` names, None if none."""
    try:
        name = (refreshed / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    # Only the last part of the path, so that nothing outside of `refreshed` is ever read.
    folder = refreshed / Path(name).name
    return folder if name and folder.is_dir() else None


def load_current(
    shipped: Path, refreshed: Path | None, corrections: Path | None = None
) -> Congress:
    """Load the refreshed tables, or the shipped ones if the refreshed are damaged or older.

    `shipped` is the folder of tables in the package, `refreshed` the folder with the pointer
    (`Settings.congress_folder`). If the tables that the pointer names are damaged, the ones before
    them are tried. The shipped ZIP tables are used if their district lines are newer than those of
    the refreshed tables. An operator's table of new district lines in `refreshed` replaces the
    shipped one if it can be read. So are the `corrections` of phones and offices applied
    (`Settings.corrections_file`; None leaves upstream's data as it is). Raises DatasetInvalid only
    if the shipped tables fail.
    """
    congress = _load_newest(shipped, refreshed)
    if refreshed is not None:
        congress = _with_local_tables(congress, refreshed)
    if corrections is not None:
        with suppress(DatasetInvalid):
            congress = _corrected(congress, contact_corrections.read(corrections))
    return congress


def _corrected(congress: Congress, corrections: tuple[Correction, ...]) -> Congress:
    if not corrections:
        return congress
    members, checked = contact_corrections.apply(congress.members, corrections)
    return replace(
        congress,
        members=MappingProxyType(members),
        terms_by_seat=MappingProxyType(
            terms_by_seat([term for member in members.values() for term in member.terms])
        ),
        corrections=checked,
        answers={},
    )


def _with_local_tables(congress: Congress, folder: Path) -> Congress:
    if (folder / former_members.FILE).is_file():
        with suppress(DatasetInvalid):
            former = former_members.read(folder / former_members.FILE)
            congress = replace(congress, former=former, answers={})
    if (folder / district_lines.FILE).is_file():
        with suppress(DatasetInvalid):
            own = district_lines.read(folder / district_lines.FILE)
            congress = replace(congress, new_lines=own, answers={})
    return congress


def _load_newest(shipped: Path, refreshed: Path | None) -> Congress:
    for folder in _refreshed_folders(refreshed) if refreshed else ():
        with suppress(DatasetInvalid):
            return load_refreshed(folder, shipped)
    return load(shipped)


@cache
def shipped_new_lines() -> tuple[NewLines, ...]:
    """Return the shipped table of states with new district lines, read once."""
    return district_lines.read(paths.data() / "congress" / district_lines.FILE)


def load_refreshed(folder: Path, shipped: Path) -> Congress:
    """Load the refreshed tables in `folder`, with the shipped ZIP tables if those are newer.

    Raises DatasetInvalid as `load` does, and for tables older than the shipped ones.
    """
    meta, shipped_meta = read_meta(folder), read_meta(shipped)
    if meta.as_of < shipped_meta.as_of:
        raise DatasetInvalid(f"The legislator data in {folder} is older than the shipped data.")
    has_old_zips = meta.schema != SCHEMA
    if has_old_zips or meta.crosswalk_congress < shipped_meta.crosswalk_congress:
        return load(folder, zips_from=shipped)
    return load(folder)


def _refreshed_folders(refreshed: Path) -> list[Path]:
    """Return the folder that the pointer names, then the others, newest first."""
    current = current_folder(refreshed)
    if current is None:
        return []
    others = (
        path
        for path in refreshed.iterdir()
        if path.is_dir() and path != current and not path.name.startswith(".")
    )
    return [current, *sorted(others, reverse=True)]


def sitting_members(congress: Congress) -> dict[str, Member]:
    """Return seat id -> member for the seats held on the day that the data describes."""
    return {
        row[0]: congress.members[row[6]]
        for row in read_table(congress.folder, "seats", congress.meta)
        if row[6]
    }


# -- the tables of ZIPs ---------------------------------------------------------------------------


def _with_zips_of(meta: Meta, zip_meta: Meta) -> Meta:
    """Return `meta` with the lines, checksums and sources of another folder's ZIP tables."""
    legislators = (source for source in meta.sources if source.file.endswith(".yaml"))
    others = (source for source in zip_meta.sources if not source.file.endswith(".yaml"))
    return replace(
        meta,
        crosswalk_congress=zip_meta.crosswalk_congress,
        sources=(*legislators, *others),
        tables={**meta.tables, **{table: zip_meta.tables[table] for table in ZIP_TABLES}},
        schema=zip_meta.schema,
    )


def _zip_districts(
    folder: Path, meta: Meta, by_cell: dict[str, tuple[District, ...]]
) -> dict[str, tuple[District, ...]]:
    """Return ZIP -> districts; `by_cell` gets the few thousand different lists of districts.

    No cell is ever quoted, so lines are split without a CSV reader.
    """
    heading, *lines = read_bytes(folder, "zip_districts", meta).decode().splitlines()
    if heading != ",".join(COLUMNS["zip_districts"]):
        raise DatasetInvalid("zip_districts.csv does not begin with its columns.")
    found: dict[str, tuple[District, ...]] = {}
    for line in lines:
        five, _, cell = line.partition(",")
        districts = by_cell.get(cell)
        if districts is None:
            districts = by_cell[cell] = tuple(
                District(part[:2], int(part[3:])) for part in cell.split()
            )
        found[five] = districts
    return found


def _postal_rows(folder: Path, meta: Meta) -> dict[str, str]:
    """Return ZIP -> its row as text, without parsing the cells, which are never quoted."""
    content = read_bytes(folder, "zips", meta)
    return {row[:5]: row for row in content.decode().splitlines()[1:]}


def _loose_references(
    congress: Congress, raw: Mapping[str, list[list[str]]], zip_cells: Iterable[str]
) -> list[str]:
    """Return a sentence for every row that refers to something missing from the other tables."""
    members, seats, committees = congress.members, congress.seats, congress.committees
    problems: list[str] = []
    for table, column in (("offices", 1), ("memberships", 1), ("social", 0), ("terms", 0)):
        problems += [
            f"{table}.csv names the member {row[column]}, whom members.csv lacks"
            for row in raw[table]
            if row[column] not in members
        ]
    problems += [
        f"memberships.csv names the committee {row[0]}, which committees.csv lacks"
        for row in raw["memberships"]
        if row[0] not in committees
    ]
    problems += [
        f"committees.csv puts {committee.code} under {committee.parent}, which it lacks"
        for committee in committees.values()
        if committee.parent and committee.parent not in committees
    ]
    problems += [
        f"seats.csv says that {row[6]} holds {row[0]}, but terms.csv has no such term"
        for row in raw["seats"]
        if row[6]
        and all(term.bioguide != row[6] for term in congress.terms_by_seat.get(row[0], ()))
    ]
    problems += [
        f"members.csv has {member.bioguide}, who has no term"
        for member in members.values()
        if not member.terms
    ]
    known = {str(district) for district in congress.districts}
    listed = {district for cell in zip_cells for district in cell.split()}
    problems += [
        f"zip_districts.csv lists {district}, which has no seat"
        for district in sorted(listed - known)
    ]
    if any(seat.id != seat_id for seat_id, seat in seats.items()):
        problems.append("seats.csv has an id that its columns contradict")
    return problems
