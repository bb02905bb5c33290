"""The districts that each ZIP may lie in, from the Census Bureau's relationship file.

The Bureau relates congressional districts to ZIP Code Tabulation Areas (ZCTAs) block by block, so a
ZCTA lists exactly the districts that have land in it. Two forms are read: the Bureau's own file,
and a short table with one `zcta,state,district` row for each pair.

Source: https://www2.census.gov/geo/docs/maps-data/data/rel2020/cd-sld/
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from campaign.congress.apportionment import AT_LARGE_STATES, seats
from campaign.congress.places import DELEGATIONS, FIPS_STATES, STATES, District, ordinal
from campaign.congress.tables import encode
from campaign.errors import DatasetInvalid

LICENSE = "public domain (17 U.S.C. 105)"

#: The names of both forms; each has the number of the Congress.
_NAMES = re.compile(r"zcta_cd(?P<short>[0-9]+)\.csv|tab20_cd(?P<census>[0-9]+)20_zcta520_natl\.txt")
_SHORT_COLUMNS = ["zcta", "state", "district"]
#: The Bureau's columns; the district's column has the number of the Congress in its name.
_DISTRICT_COLUMN = re.compile(r"GEOID_CD([0-9]+)_[0-9]{2}")
_ZCTA_COLUMN = re.compile(r"GEOID_ZCTA5_[0-9]{2}")
_LAND_COLUMN = re.compile(r"AREALAND_PART")
#: The Bureau's district codes for a state with one district, and for a delegation.
_AT_LARGE_CODES = frozenset({"00", "98"})
#: The Bureau's code for an area in no district, such as open water.
_NO_DISTRICT = "ZZ"
#: A new file must list this share of the ZIPs that the file before it lists; fewer mean a cut file.
_MIN_SHARE = 0.97


@dataclass(frozen=True)
class Crosswalk:
    """ZIP -> districts with land in it, for the district lines of one Congress.

    The district with the most land comes first if the file has areas; otherwise they are in order.
    """

    congress: int
    districts: Mapping[str, tuple[District, ...]]


def census_file_name(congress: int) -> str:
    """Return the Census Bureau's name of the file for a Congress."""
    return f"tab20_cd{congress}20_zcta520_natl.txt"


def origin(congress: int) -> str:
    """Return a description of the file's origin, for the list of sources."""
    return (
        f"U.S. Census Bureau, relationship file of the {ordinal(congress)} congressional districts "
        "to the 2020 ZCTAs"
    )


def find(folder: Path) -> Path | None:
    """Return the file in `folder` with the newest lines, preferring the Bureau's; None if none."""
    matches = [(match, path) for path in folder.iterdir() if (match := _NAMES.fullmatch(path.name))]
    if not matches:
        return None
    return max(matches, key=lambda one: (int(one[0]["short"] or one[0]["census"]), one[1].suffix))[
        1
    ]


def read(content: bytes, name: str) -> Crosswalk:
    """Return the districts of each ZIP from a file in either form.

    `name` is the file's name, which gives the Congress of the short form. Raises DatasetInvalid for
    a file that is empty, cut short, or of another shape.
    """
    if not content.endswith(b"\n"):
        raise DatasetInvalid(f"{name} is empty or ends in the middle of a line: it was cut short.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetInvalid(f"{name} is not UTF-8 text.") from error
    if (match := _NAMES.fullmatch(name)) and match["short"]:
        return Crosswalk(int(match["short"]), _read_short(text, name))
    return _read_census(text, name)


def problems(new: Crosswalk, congress: int, known_zips: int) -> tuple[str, ...]:
    """Return why a new file cannot be used for a Congress; empty if it can.

    It must have that Congress's lines, reach all 441 districts and no other, and list about as many
    ZIPs as the file before it, `known_zips`.
    """
    if new.congress != congress:
        return (f"it has the lines of the {ordinal(new.congress)} Congress",)
    wanted = {str(seat.house_district) for seat in seats(congress) if seat.chamber == "house"}
    listed = {str(district) for several in new.districts.values() for district in several}
    found = []
    if unknown := sorted(listed - wanted):
        found.append(f"it lists districts that do not exist: {', '.join(unknown[:5])}")
    if missing := sorted(wanted - listed):
        found.append(f"it lacks {len(missing)} districts: {', '.join(missing[:5])}")
    if len(new.districts) < known_zips * _MIN_SHARE:
        found.append(f"it lists {len(new.districts):,} ZIPs, after {known_zips:,}")
    return tuple(found)


def district_table(crosswalk: Crosswalk) -> bytes:
    """Return the table `zip_districts`, encoded, ordered by ZIP."""
    return encode(
        "zip_districts",
        (
            {"zip": five, "districts": " ".join(map(str, crosswalk.districts[five]))}
            for five in sorted(crosswalk.districts)
        ),
    )


# -- the two forms ---------------------------------------------------------------------------------


def _read_short(text: str, name: str) -> dict[str, tuple[District, ...]]:
    rows = csv.reader(io.StringIO(text))
    if next(rows, None) != _SHORT_COLUMNS:
        raise DatasetInvalid(f"{name} does not begin with the columns {','.join(_SHORT_COLUMNS)}.")
    found: dict[str, set[District]] = defaultdict(set)
    for number, row in enumerate(rows, 2):
        if len(row) != len(_SHORT_COLUMNS) or row[1] not in STATES or not row[2].isdecimal():
            raise _not_a_pair(name, number)
        found[_zip(row[0], name, number)].add(District(row[1], int(row[2])))
    return {five: tuple(sorted(districts)) for five, districts in found.items()}


def _read_census(text: str, name: str) -> Crosswalk:
    rows = csv.reader(io.StringIO(text), delimiter="|", quoting=csv.QUOTE_NONE)
    heading = next(rows, [])
    district_at, zcta_at, land_at = (
        _column(heading, pattern, name)
        for pattern in (_DISTRICT_COLUMN, _ZCTA_COLUMN, _LAND_COLUMN)
    )
    [congress] = _DISTRICT_COLUMN.findall(heading[district_at])
    land: dict[str, dict[District, int]] = defaultdict(lambda: defaultdict(int))
    for number, row in enumerate(rows, 2):
        if len(row) != len(heading) or not row[land_at].isdecimal():
            raise _not_a_pair(name, number)
        # A row without a ZCTA is land outside of all ZCTAs; a row without land is water.
        if row[zcta_at] and int(row[land_at]) and row[district_at][2:] != _NO_DISTRICT:
            district = _district(row[district_at], name, number)
            land[_zip(row[zcta_at], name, number)][district] += int(row[land_at])
    return Crosswalk(int(congress), {five: _most_land_first(of) for five, of in land.items()})


def _most_land_first(land: Mapping[District, int]) -> tuple[District, ...]:
    return tuple(sorted(land, key=lambda district: (-land[district], district)))


def _column(heading: Sequence[str], pattern: re.Pattern[str], name: str) -> int:
    places = [place for place, column in enumerate(heading) if pattern.fullmatch(column)]
    if len(places) != 1:
        raise DatasetInvalid(f"{name} does not have one column {pattern.pattern}.")
    return places[0]


def _district(geoid: str, name: str, number: int) -> District:
    state, code = FIPS_STATES.get(geoid[:2]), geoid[2:]
    if state is None or len(code) != 2 or not code.isdecimal():
        raise _not_a_pair(name, number)
    if code in _AT_LARGE_CODES or state in AT_LARGE_STATES | DELEGATIONS:
        return District(state, 0)
    return District(state, int(code))


def _zip(five: str, name: str, number: int) -> str:
    if len(five) != 5 or not (five.isascii() and five.isdecimal()):
        raise _not_a_pair(name, number)
    return five


def _not_a_pair(name: str, number: int) -> DatasetInvalid:
    return DatasetInvalid(f"{name}, line {number} is not a ZIP with its district.")
