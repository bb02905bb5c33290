"""The time zone of each campaign's daily counts.

The zone is part of the campaign's texts. It is stored here because counts also change when the
texts are not available: a signer can withdraw after the campaign was deleted.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign import civil_time
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import campaign_zones

_zone = sa.select(campaign_zones.c.zone).where(campaign_zones.c.campaign == sa.bindparam("name"))

_set_zone = {
    name: insert.on_conflict_do_update(
        index_elements=[campaign_zones.c.campaign], set_={"zone": insert.excluded.zone}
    )
    for name, insert in both(campaign_zones).items()
}


def set_zone(connection: Connection, campaign: str, place: ZoneInfo) -> bool:
    """Store a campaign's time zone; False if it is unchanged."""
    if zone_of(connection, campaign) == place:
        return False
    connection.execute(_set_zone[dialect_of(connection)], {"campaign": campaign, "zone": place.key})
    return True


def zone_of(connection: Connection, campaign: str) -> ZoneInfo:
    """Return a campaign's time zone, or the default one."""
    name = connection.execute(_zone, {"name": campaign}).scalar()
    is_known = name is not None and civil_time.is_zone(name)
    return civil_time.zone(name if is_known and name else civil_time.DEFAULT_ZONE)


def day_of(connection: Connection, campaign: str, at: datetime) -> date:
    """Return the day of an instant in a campaign's time zone."""
    return civil_time.day_of(at, zone_of(connection, campaign))
