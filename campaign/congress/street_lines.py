"""Tell a street with its number from lines that no street map has, such as a PO box.

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

#: Labels of parts that street maps lack: a unit in a building, a mailbox.
_WITHIN = ("Occupancy", "Subaddress", "USPSBox")
#: Initials with periods, such as `P.O.` and `R. R.`; the periods are removed first.
_DOTTED = re.compile(r"^\s*(?:[A-Za-z]\.\s*){2,3}")
#: First words of a line that the parser does not recognize.
_OPENINGS: tuple[tuple[tuple[str, ...], StreetKind], ...] = (
    (("general delivery", "gen delivery"), "general-delivery"),
    (("rfd ",), "rural-route"),
    (("apartado ",), "po-box"),
)
_BOX_GROUP = "USPSBoxGroupType"
_BOX = "USPSBoxType"


def street_kind(street: str) -> StreetKind:
    """Return the kind of a line; a line that also has a street is a street.

    Highway contract routes (`HC 1 Box 3`) count as rural routes. Source: Postal Service,
    Publication 28.
    """
    plain = _DOTTED.sub(lambda match: match[0].replace(".", "").replace(" ", "") + " ", street)
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

    A line without any of these, or in which no street would be left, is returned unchanged.
    """
    labeled = usaddress.parse(" ".join(street.split()))
    kept = [(word, label) for word, label in labeled if not label.startswith(_WITHIN)]
    if len(kept) == len(labeled) or not {"AddressNumber", "StreetName"} <= {
        label for _, label in kept
    }:
        return street
    return " ".join(word for word, _ in kept).strip(" ,")
