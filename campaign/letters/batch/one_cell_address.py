"""A whole address in one cell, as `12 Oak St, Cambridge, MA 02141`, taken apart or not at all."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from campaign.congress.places import state_code
from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import usaddress
else:
    usaddress = lazy_import("usaddress")

#: Longer than any address; the parser's time grows with the text.
MOST_CHARACTERS = 250

_PLACE = ("PlaceName", "StateName", "ZipCode", "CountryName")
_ENDS_IN_A_ZIP = re.compile(
    r".*[^\W\d]{2,}\.?,?\s+[0-9]{3,5}(?:[-–—]?[0-9]{4})?"
    r"(?:,?\s+(?:U\.?S\.?A?\.?|United States.*))?\s*",
    re.IGNORECASE | re.DOTALL,
)
# A ZIP, whole or without its first zeros.
_ZIP = re.compile(r"[0-9]{3,5}(?:[-–—]?[0-9]{4})?")


@dataclass(frozen=True)
class OneCellAddress:
    """The parts of an address as they stood in its cell; `street` is "" where there was none."""

    street: str
    city: str
    state: str
    zip: str
    country: str = ""


def may_be_one(cell: str) -> bool:
    """True for a cell that ends as a whole address does: with a state and a ZIP."""
    return len(cell) <= MOST_CHARACTERS and _ENDS_IN_A_ZIP.fullmatch(cell) is not None


def parsed(cell: str, town_of: Callable[[str], str]) -> OneCellAddress | None:
    """Return the parts of an address, None where they cannot be told apart for certain.

    The street stays as it was written. Its end is where the town begins: the labels are those of
    the `usaddress` parser, and the state and ZIP that it finds must be such. Where no comma parts
    street and town, the town must be that of the ZIP's post office, which `town_of` names, for in
    `12 Oak Court Port Jefferson NY 11777` the parser finds a town called Jefferson. A point of the
    compass before the town may be part of either.
    """
    if not may_be_one(cell):
        return None
    labeled = usaddress.parse(" ".join(cell.split()))
    at = next((place for place, (_, label) in enumerate(labeled) if label in _PLACE), None)
    if at is None or any(label not in _PLACE for _, label in labeled[at:]):
        return None
    parts = {
        name: " ".join(token for token, label in labeled[at:] if label == name).strip(" ,")
        for name in _PLACE
    }
    street = " ".join(token for token, _ in labeled[:at]).strip(" ,")
    town = parts["PlaceName"]
    if not (town and state_code(parts["StateName"]) and _ZIP.fullmatch(parts["ZipCode"])):
        return None
    if labeled[:at] and not any(label in _STREETS for _, label in labeled[:at]):
        return None
    if labeled[:at] and not labeled[at - 1][0].endswith(","):
        is_towns = labeled[at - 1][0].casefold().strip(".") in _COMPASS
        if is_towns or _plain(town) != _plain(town_of(parts["ZipCode"])):
            return None
    return OneCellAddress(street, town, parts["StateName"], parts["ZipCode"], parts["CountryName"])


def _plain(town: str) -> str:
    """Return a town's name as all of its spellings have it: `St. Louis` and `Saint Louis`."""
    words = re.findall(r"\w+", town.casefold())
    return "".join(_SHORT.get(word, word) for word in words)


_SHORT = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
_COMPASS = frozenset({"n", "s", "e", "w", "north", "south", "east", "west"})
_STREETS = frozenset({
    "AddressNumber", "StreetName", "USPSBoxType", "USPSBoxGroupType", "LandmarkName",
})  # fmt: skip
