"""By whose calendar each campaign's figures are counted: its time zone, kept beside them.

The zone stands in the campaign's texts. It is noted here because figures change when the texts are
not at hand as well: a signer withdraws after the campaign was taken down.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign import civil_time
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import campaign_zones

_zone = sa.select(campaign_zones.c.zone).where(campaign_zones.c.campaign == sa.bindparam("name"))

_note = {
    name: insert.on_conflict_do_update(
        index_elements=[campaign_zones.c.campaign], set_={"zone": insert.excluded.zone}
    )
    for name, insert in both(campaign_zones).items()
}


def note(connection: Connection, campaign: str, place: ZoneInfo) -> bool:
    """Note a campaign's time zone, for figures from now on. False where it was known already."""
    if zone_of(connection, campaign) == place:
        return False
    connection.execute(_note[dialect_of(connection)], {"campaign": campaign, "zone": place.key})
    return True


def zone_of(connection: Connection, campaign: str) -> ZoneInfo:
    """Return the time zone noted for a campaign, the default one where none is."""
    found = connection.execute(_zone, {"name": campaign}).scalar()
    is_known = found is not None and civil_time.is_zone(found)
    return civil_time.zone(found if is_known and found else civil_time.DEFAULT_ZONE)


def day_of(connection: Connection, campaign: str, at: datetime) -> date:
    """Return the civil day of a campaign on which an instant falls."""
    return civil_time.day_of(at, zone_of(connection, campaign))
