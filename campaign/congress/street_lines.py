"""What a street line is: a street with its number, or something that no map of streets holds.

Its parts are labeled by `usaddress`, as the Postal Service's Publication 28 names them.
"""

import re
from typing import TYPE_CHECKING, Literal

from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import usaddress
else:
    usaddress = lazy_import("usaddress")

StreetKind = Literal["street", "po-box", "rural-route", "general-delivery"]

#: What stands within a building, or beside its street: no map of streets knows it.
_WITHIN = ("Occupancy", "Subaddress", "USPSBox")
#: Initials with points, such as `P.O.` and `R. R.`, which are read without them.
_DOTTED = re.compile(r"^\s*(?:[A-Za-z]\.\s*){2,3}")
#: Openings of a line that the parser does not know.
_OPENINGS: tuple[tuple[tuple[str, ...], StreetKind], ...] = (
    (("general delivery", "gen delivery"), "general-delivery"),
    (("rfd ",), "rural-route"),
    (("apartado ",), "po-box"),
)
_BOX_GROUP = "USPSBoxGroupType"
_BOX = "USPSBoxType"


def street_kind(street: str) -> StreetKind:
    """Return what kind of line it is; a line that names a street as well is a street.

    A rural route is also a highway contract route (`HC 1 Box 3`).
    """
    plain = _DOTTED.sub(lambda found: found[0].replace(".", "").replace(" ", "") + " ", street)
    plain = " ".join(plain.split())
    for words, kind in _OPENINGS:
        if plain.casefold().startswith(words):
            return kind
    labels = {label for _, label in usaddress.parse(plain)}
    if {"AddressNumber", "StreetName"} <= labels:
        return "street"
    if _BOX_GROUP in labels:
        return "rural-route"
    return "po-box" if _BOX in labels else "street"


def without_unit(street: str) -> str:
    """Return the street and its number without unit, floor, suite, building or mailbox.

    The line stays as it is where it has none of these, or where no street would be left.
    """
    labeled = usaddress.parse(" ".join(street.split()))
    kept = [(word, label) for word, label in labeled if not label.startswith(_WITHIN)]
    if len(kept) == len(labeled) or not {"AddressNumber", "StreetName"} <= {
        label for _, label in kept
    }:
        return street
    return " ".join(word for word, _ in kept).strip(" ,")
