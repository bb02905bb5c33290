"""How many signed other words than a campaign's folder holds, for commands that look at texts."""

from campaign.errors import StoreUnavailable
from campaign.messages import counted
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import wordings
from campaign.store.db.engine import Database


def told(in_force: Settings, pack: Pack) -> str:
    """Say how many signed an earlier wording; "" where none did, or no database says so."""
    if in_force.database_file is not None and not in_force.database_file.exists():
        return ""
    db = Database(in_force.database_url, pool_size=1)
    try:
        if not db.is_current():
            return ""
        with db.reading() as connection:
            standing = wordings.standing(connection, pack)
    except StoreUnavailable:
        return ""
    finally:
        db.dispose()
    if not standing.earlier:
        return ""
    return (
        f"{counted(standing.earlier, 'person', 'people')} signed an earlier wording than the "
        f"petition has now, {standing.current:,} this one. Each is counted and printed under the "
        "words that were signed; the page of texts offers to ask them again."
    )
