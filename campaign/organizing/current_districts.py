"""Move signatures to today's district lines, which packets and figures use."""

from datetime import datetime

from campaign import civil_time
from campaign.congress.apportionment import congress_at
from campaign.congress.dataset import Congress
from campaign.congress.district_lines import have_changed
from campaign.congress.places import STATES, ZipCode
from campaign.congress.representation import has_lines_of
from campaign.congress.zip_routing import route_zip
from campaign.store import districts
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature

_BATCH = 500


def follow(db: Database, congress: Congress, now: datetime) -> int:
    """Set signatures' districts by today's lines; return how many changed. Idempotent.

    Where a state has new lines, the ZIP decides if it lies in one new district, as soon as the new
    districts of ZIPs are published. Otherwise the district becomes unknown, and the signature
    counts for the state. Raises StoreUnavailable.
    """
    number, today = congress_at(now), civil_time.congress_day(now)
    redrawn = [
        state for state in STATES if have_changed(congress.new_lines, state, number - 1, number)
    ]
    published = [state for state in redrawn if has_lines_of(congress, state, today)]
    changed = after = 0
    while True:
        with db.writing() as connection:
            found = districts.outdated(
                connection,
                congress=number,
                redrawn=redrawn,
                published=published,
                after=after,
                limit=_BATCH,
            )
            for one in found:
                district = district_of(congress, one, now)
                if district or one.district:
                    changed += districts.move(connection, one, district, congress=number, now=now)
            if len(found) < _BATCH:
                return changed + districts.clear_unlisted(
                    connection, congress=number, redrawn=redrawn, now=now
                )
        after = found[-1].id


def district_of(congress: Congress, signature: Signature, now: datetime) -> str:
    """Return a signature's district by the lines of `now`, such as `CA-30`, "" if unknown."""
    lines = districts.lines_of(signature.district, signature.lines, signature.created_at)
    number = congress_at(now)
    if lines and not have_changed(congress.new_lines, signature.state, lines, number):
        return signature.district
    if not signature.zip:
        return ""
    found = route_zip(congress, ZipCode(signature.zip), civil_time.congress_day(now))
    if found.certainty != "certain" or found.districts[0].state != signature.state:
        return ""
    return str(found.districts[0])
