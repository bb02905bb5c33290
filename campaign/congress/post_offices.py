"""The post office, kind and point of each active ZIP, from the Python package `zipcodes`."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import zipcodes

from campaign.congress.postal import KIND_LETTERS, PostalPlace, ZipKind
from campaign.congress.tables import encode

_KINDS: dict[str, ZipKind] = {
    "STANDARD": "standard",
    "PO BOX": "po-box",
    "UNIQUE": "unique",
    "MILITARY": "military",
}
_LETTERS = {kind: letter for letter, kind in KIND_LETTERS.items()}


@cache
def postal_places() -> Mapping[str, PostalPlace]:
    """Return ZIP -> PostalPlace for every active ZIP; a missing coordinate is 0.

    Source: https://pypi.org/project/zipcodes/
    """
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
