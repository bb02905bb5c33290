"""How many signed other words than a campaign's folder holds, for commands that look at texts."""

from campaign.cli.installation import database_if_current
from campaign.errors import StoreUnavailable
from campaign.messages import counted
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import wordings


def told(in_force: Settings, pack: Pack) -> str:
    """Say how many signed an earlier wording; "" where none did, or no database says so."""
    try:
        with database_if_current(in_force) as db:
            if db is None:
                return ""
            with db.reading() as connection:
                standing = wordings.standing(connection, pack)
    except StoreUnavailable:
        return ""
    if not standing.earlier:
        return ""
    return (
        f"{counted(standing.earlier, 'person', 'people')} signed an earlier wording than the "
        f"petition has now, {standing.current:,} this one. Each is counted and printed under the "
        "words that were signed; the page of texts offers to ask them again."
    )
