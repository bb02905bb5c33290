"""The number of people who signed an earlier wording, for commands about texts."""

from campaign.cli.installation import database_if_current
from campaign.errors import StoreUnavailable
from campaign.messages import counted
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import wordings


def told(settings: Settings, pack: Pack) -> str:
    """Return a sentence with that number, or "" for none or without a database."""
    try:
        with database_if_current(settings) as db:
            if db is None:
                return ""
            with db.reading() as connection:
                standing = wordings.count_current(connection, pack)
    except StoreUnavailable:
        return ""
    if not standing.earlier:
        return ""
    return (
        f"{counted(standing.earlier, 'person', 'people')} signed an earlier wording than the "
        f"petition has now, {standing.current:,} this one. Each is counted and printed under the "
        "words that were signed; the page of texts offers to ask them again."
    )
