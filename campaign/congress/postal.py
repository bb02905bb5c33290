"""What a ZIP code tells by itself: its post office, its kind, and island areas by prefix."""

from dataclasses import dataclass
from typing import Literal

from campaign.messages import Message

ZipKind = Literal["standard", "po-box", "unique", "military"]

#: The letter for each kind in the fact table.
KIND_LETTERS: dict[str, ZipKind] = {
    "S": "standard",
    "P": "po-box",
    "U": "unique",
    "M": "military",
}

#: States in free association with the United States: they have its mail, but no seat in Congress.
ASSOCIATED_STATES = {
    "FM": Message("the Federated States of Micronesia"),
    "MH": Message("the Marshall Islands"),
    "PW": Message("Palau"),
}


@dataclass(frozen=True, slots=True)
class PostalPlace:
    """The post office that serves a ZIP, and the ZIP's point in degrees.

    `state` is the Postal Service's code: also AA, AE and AP (military), FM, MH and PW.
    """

    zip: str
    kind: ZipKind
    state: str
    city: str
    latitude: float
    longitude: float


def is_military(five: str) -> bool:
    """Return True for ZIPs of the military and of embassies: AA 340, AE 090-099, AP 962-966.

    Source: Postal Service, Publication 28, section 238.
    """
    return five[:3] in {"340", "962", "963", "964", "965", "966"} or five[:2] == "09"


def island_area(five: str) -> str:
    """Return the Postal Service's code of the island area that a ZIP belongs to, or "".

    Island areas have prefixes of their own, so this also works for ZIPs that no table has.
    Source: Postal Service, Publication 65 (three-digit prefixes 006-009 and 967-969).
    """
    prefix = five[:3]
    if prefix == "008":
        return "VI"
    if prefix in {"006", "007", "009"}:
        return "PR"
    if five == "96799":
        return "AS"
    if prefix != "969":
        return ""
    last = int(five[3:])
    for state, lowest, highest in (
        ("GU", 10, 32),
        ("PW", 39, 40),
        ("FM", 41, 44),
        ("MP", 50, 52),
        ("MH", 60, 70),
    ):
        if lowest <= last <= highest:
            return state
    return ""
