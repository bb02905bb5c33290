"""Parse a whole address in one cell, such as `12 Oak St, Cambridge, MA 02141`, if unambiguous."""

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

#: Above the longest address; the parser's time grows with the text.
MAX_CHARACTERS = 250

_PLACE = ("PlaceName", "StateName", "ZipCode", "CountryName")
_ENDS_IN_A_ZIP = re.compile(
    r".*[^\W\d]{2,}\.?(?:,\s*|\s+)[0-9]{3,5}(?:[-–—]?[0-9]{4})?"
    r"(?:,?\s+(?:U\.?S\.?A?\.?|United States.*))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_LINE_BREAK = re.compile(r"\s*,?\s*[\r\n]\s*")
_TIGHT_COMMA = re.compile(r",(?=\S)")
# Mailchimp puts two spaces between street, city, state, ZIP and country.
_WIDE_SPACE = re.compile(r"(?<=\S) {2,}(?=\S)")
_MIN_WIDE_SPACES = 3
# A ZIP, complete or without its leading zeros.
_ZIP = re.compile(r"[0-9]{3,5}(?:[-–—]?[0-9]{4})?")


@dataclass(frozen=True)
class OneCellAddress:
    """The parts of an address as they were written; `street` is "" if there was none."""

    street: str
    city: str
    state: str
    zip: str
    country: str = ""


def with_commas(cell: str) -> str:
    """Return a street or whole address with commas for what programs write in their place.

    These are line breaks and, in a whole address, Mailchimp's wide spaces.
    """
    cell = _LINE_BREAK.sub(", ", cell.strip())
    if len(_WIDE_SPACE.findall(cell)) >= _MIN_WIDE_SPACES:
        cell = _WIDE_SPACE.sub(", ", cell)
    return cell


def looks_like_address(cell: str) -> bool:
    """True for a cell that ends like a whole address, with a state and a ZIP."""
    return len(cell) <= MAX_CHARACTERS and _ENDS_IN_A_ZIP.fullmatch(cell) is not None


def parse_address(cell: str, town_of: Callable[[str], str]) -> OneCellAddress | None:
    """Return the parts of an address, None if they cannot be separated with certainty.

    The `usaddress` parser labels the parts; its state and ZIP must be valid. If no comma separates
    street and town, the town must be that of the ZIP's post office, which `town_of` returns: in
    `12 Oak Court Port Jefferson NY 11777` the parser finds a town called Jefferson. A compass
    direction before the town is ambiguous.
    """
    if not looks_like_address(cell):
        return None
    labeled = usaddress.parse(" ".join(_TIGHT_COMMA.sub(", ", cell).split()))
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
        if is_towns or _normalized(town) != _normalized(town_of(parts["ZipCode"])):
            return None
    return OneCellAddress(street, town, parts["StateName"], parts["ZipCode"], parts["CountryName"])


def _normalized(town: str) -> str:
    """Return a form of a town's name that is the same for `St. Louis` and `Saint Louis`."""
    words = re.findall(r"\w+", town.casefold())
    return "".join(_SHORT.get(word, word) for word in words)


_SHORT = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}
_COMPASS = frozenset({"n", "s", "e", "w", "north", "south", "east", "west"})
_STREETS = frozenset({
    "AddressNumber", "StreetName", "USPSBoxType", "USPSBoxGroupType", "LandmarkName",
})  # fmt: skip
