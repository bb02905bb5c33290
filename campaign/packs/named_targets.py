"""Whom a new campaign asks, where the organizer's own words plainly name an office of the project.

The words complete "We ask … to". A chamber, Congress as a whole and the offices of
`campaign.packs.executive` are recognized; other words, such as a city council, are not.
"""

import json
import re

from campaign.packs import executive
from campaign.packs.targets import CHAMBERS

_CONGRESS: dict[str, tuple[str, ...]] = {
    "congress": CHAMBERS,
    "senate": ("senate",),
    "house": ("house",),
    "house of representatives": ("house",),
}
#: The lines of `[targets]` of a campaign whose words name nobody that is recognized.
ANYONE = f"chambers = {json.dumps(CHAMBERS)}"
#: What may stand before a name without changing whom it means.
_LEADING = re.compile(
    r"^(?:the )?(?:(?:united states|u\.?s\.?)(?= (?:congress|senate|house)) )?", re.IGNORECASE
)
_TRAILING = re.compile(r" of the (?:united states|u\.?s\.?)$", re.IGNORECASE)


def settings_of(asked: str) -> str | None:
    """Return the lines of `[targets]` in campaign.toml for whom `asked` names, else None."""
    name = _TRAILING.sub("", _LEADING.sub("", " ".join(asked.split()))).casefold()
    if chambers := _CONGRESS.get(name):
        return f"chambers = {json.dumps(chambers)}"
    office = _offices().get(name)
    return office and f"chambers = []\nexecutive = {json.dumps([office])}"


def _offices() -> dict[str, str]:
    """Return the name of each executive office, in lowercase and without "the", with its id."""
    return {
        office.name.casefold().removeprefix("the "): office.id
        for office in executive.offices().values()
    }
