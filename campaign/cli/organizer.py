"""What every organizer's command asks first: which campaign, and who is at work."""

import getpass
from datetime import date, datetime

from campaign import text
from campaign.errors import CampaignUnknown, InvalidInput
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings


def require_campaign(name: str, in_force: Settings) -> None:
    """Raise InvalidInput for a name that no folder has: a slip would find nobody, silently."""
    try:
        packs.find(name, packs.folders(in_force))
    except CampaignUnknown:
        raise InvalidInput(
            f"There is no campaign called {name}. "
            f"There are: {', '.join(packs.names(packs.folders(in_force)))}."
        ) from None


def require_pack(name: str, in_force: Settings, now: datetime, *, on: date | None = None) -> Pack:
    """Return the campaign as of the day that it is there, or of a day `on` that was asked for.

    Raises InvalidInput for no such name, PackInvalid.
    """
    require_campaign(name, in_force)
    folder = packs.find(name, packs.folders(in_force))
    return packs.load_at(folder, now) if on is None else packs.load(folder, on)


def actor_of(given: str) -> str:
    """Return whom the audit names: `given`, else the account at this machine."""
    named = text.line(given, limit=80, field="actor")
    return f"cli:{named or getpass.getuser()}"
