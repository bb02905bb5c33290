"""Whether a letter to Congress still fits its member when it is sent.

A letter may wait for days: for its writer, for closed hours, for an office's system. It is never
sent to a successor, or with a committee that is not the member's any more.
"""

from datetime import datetime

from campaign import civil_time
from campaign.congress.apportionment import congress_at
from campaign.congress.dataset import Congress
from campaign.congress.seat_holders import seat_of
from campaign.letters.cwc.codes import office_code
from campaign.store.cwc_deliveries import Delivery


def change_since(congress: Congress, letter: Delivery, now: datetime) -> str:
    """Return what has changed since a letter was written, "" if it can be sent as it is.

    At the start of a Congress bills, committees and many members change: a letter written before
    does not fit it.
    """
    if congress_at(letter.created_at) != congress_at(now):
        return "a new Congress has begun"
    member = congress.members.get(letter.member)
    held = seat_of(congress, member, civil_time.congress_day(now)) if member else None
    if member is None or held is None or office_code(held.seat) != letter.office:
        return "the member does not hold that seat any more"
    current = {membership.committee for membership in member.memberships}
    if not current.issuperset(letter.committees.split()):
        return "the member is not on a committee any more that the letter names"
    return ""
