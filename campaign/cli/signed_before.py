"""The number of people who signed an earlier wording, for commands about texts."""

from campaign.cli.installation import database_if_current
from campaign.errors import StoreUnavailable
from campaign.messages import counted
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import wordings


def sentence(settings: Settings, pack: Pack) -> str:
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
        f"{counted(standing.earlier, 'person', 'people')} signed an earlier wording of the "
        f"petition, and {standing.current:,} the current one. Each signature is counted and "
        "printed with the wording that was signed. The page of texts offers to ask these people "
        "again."
    )
