"""The crosswalk: which districts a ZIP may lie in, repaired where upstream lost a state.

Upstream joins ZIPs and districts at the level of census tracts, so it lists too many districts
rather than too few; but it keeps one state per ZIP and tract, and so lost a state for some ZIPs
on a state line. Two repairs add a candidate, never remove one, and each is marked as added:

1. where the Postal Service's own state for the ZIP is not among the states listed, that state's
   district nearest to the ZIP's point is added;
2. `data/congress/corrections.csv` lists, by hand and with a reason, what (1) cannot see.

The rest of such ZIPs stay as they are: a street address, or a district chosen by hand, is always
the better answer, and both work whatever the ZIP lists.
"""

import csv
import io
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

import zipcodes

from campaign.congress.apportionment import AT_LARGE_STATES
from campaign.congress.places import DELEGATIONS, STATES, District
from campaign.congress.postal import KIND_LETTERS, PostalPlace, ZipKind
from campaign.congress.tables import encode
from campaign.errors import DatasetInvalid

#: The crosswalk's file, and the Congress whose lines it follows unless it says otherwise.
FILE = "zccd.csv"

_KINDS: dict[str, ZipKind] = {
    "STANDARD": "standard",
    "PO BOX": "po-box",
    "UNIQUE": "unique",
    "MILITARY": "military",
}
_LETTERS = {kind: letter for letter, kind in KIND_LETTERS.items()}


def read(content: bytes) -> dict[str, set[District]]:
    """Return ZIP -> districts from upstream's rows `state_fips,state_abbr,zcta,cd`.

    Raises DatasetInvalid for a file that is empty, cut short, or of another shape.
    """
    if not content.endswith(b"\n"):
        raise DatasetInvalid(f"{FILE} is empty or ends in mid-line: it was cut short.")
    found: dict[str, set[District]] = defaultdict(set)
    rows = csv.DictReader(io.StringIO(content.decode("utf-8", "replace")))
    if rows.fieldnames != ["state_fips", "state_abbr", "zcta", "cd"]:
        raise DatasetInvalid(f"{FILE} does not begin with its columns.")
    for number, row in enumerate(rows, 2):
        five, state, district = row["zcta"], row["state_abbr"], row["cd"] or ""
        if len(five) != 5 or not five.isdigit() or state not in STATES or not district.isdigit():
            raise DatasetInvalid(f"{FILE}, line {number} is not a ZIP with its district.")
        found[five].add(District(state, int(district)))
    return dict(found)


@cache
def postal_places() -> Mapping[str, PostalPlace]:
    """Return every active ZIP of the `zipcodes` package, with its kind, post office and point."""
    found = {
        entry["zip_code"]: PostalPlace(
            entry["zip_code"],
            _KINDS[entry["zip_code_type"]],
            entry["state"],
            entry["city"],
            float(entry["lat"] or 0),
            float(entry["long"] or 0),
        )
        for entry in zipcodes.list_all()  # type: ignore[no-untyped-call]
        if entry["active"]
    }
    return MappingProxyType(found)


def read_corrections(path: Path) -> dict[str, set[District]]:
    """Return the hand-kept additions: ZIP -> districts. An absent file is no corrections."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    found: dict[str, set[District]] = defaultdict(set)
    for row in csv.DictReader(io.StringIO(text)):
        found[row["zip"]].add(District.parse(row["district"]))
    return dict(found)


def repairs(
    listed: Mapping[str, set[District]],
    places: Mapping[str, PostalPlace],
    corrections: Mapping[str, set[District]],
) -> dict[str, set[District]]:
    """Return the districts to add, by ZIP, that upstream does not list there."""
    added: dict[str, set[District]] = defaultdict(set)
    by_state = _points_by_state(listed, places)
    for five, districts in listed.items():
        place = places.get(five)
        if place is None or place.state not in STATES:
            continue
        if place.state not in {district.state for district in districts}:
            added[five] |= _nearest_districts(place, by_state)
    for five, districts in corrections.items():
        added[five] |= districts - listed.get(five, set())
    return {five: districts for five, districts in added.items() if districts}


def district_table(
    listed: Mapping[str, set[District]], added: Mapping[str, set[District]]
) -> bytes:
    """Return the table `zip_districts`, encoded, by ZIP."""
    return encode(
        "zip_districts",
        (
            {
                "zip": five,
                "districts": _join(listed.get(five, set()) | added.get(five, set())),
                "added": _join(added.get(five, set())),
            }
            for five in sorted({*listed, *added})
        ),
    )


@cache
def postal_table() -> bytes:
    """Return the table `zips`, encoded, by ZIP; points to a thousandth of a degree (100 m)."""
    return encode(
        "zips",
        (
            {
                "zip": five,
                "kind": _LETTERS[place.kind],
                "state": place.state,
                "city": place.city,
                "latitude": f"{place.latitude:.3f}" if place.latitude else "",
                "longitude": f"{place.longitude:.3f}" if place.longitude else "",
            }
            for five, place in sorted(postal_places().items())
        ),
    )


def _join(districts: Iterable[District]) -> str:
    return " ".join(str(district) for district in sorted(districts))


def _points_by_state(
    listed: Mapping[str, set[District]], places: Mapping[str, PostalPlace]
) -> dict[str, list[tuple[PostalPlace, set[District]]]]:
    """Return, by state, the ZIPs that lie in that state and whose districts there are listed."""
    found: dict[str, list[tuple[PostalPlace, set[District]]]] = defaultdict(list)
    for five, districts in listed.items():
        place = places.get(five)
        if place is None:
            continue
        own = {district for district in districts if district.state == place.state}
        if own:
            found[place.state].append((place, own))
    return found


def _nearest_districts(
    place: PostalPlace, by_state: Mapping[str, list[tuple[PostalPlace, set[District]]]]
) -> set[District]:
    if place.state in AT_LARGE_STATES | DELEGATIONS:
        return {District(place.state, 0)}
    near = by_state.get(place.state)
    if not near:
        return set()
    return min(near, key=lambda entry: (_distance(place, entry[0]), entry[0].zip))[1]


def _distance(one: PostalPlace, other: PostalPlace) -> float:
    """Return a distance for comparing (an even projection is close enough within a state)."""
    narrowing = math.cos(math.radians(one.latitude))
    return math.hypot(one.latitude - other.latitude, (one.longitude - other.longitude) * narrowing)
