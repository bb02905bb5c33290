"""A campaign's committees: a member's seats on them, and the chairs of its targets."""

from dataclasses import dataclass
from datetime import date

from campaign.congress.dataset import Congress
from campaign.congress.members import Member
from campaign.congress.routing import committees_of
from campaign.congress.seat_holders import SeatHolder, seat_of
from campaign.packs.pack import Pack


@dataclass(frozen=True)
class CommitteeSeat:
    """A member's seat on one of the pack's committees."""

    code: str
    name: str
    chairs: bool


def committee_seats(congress: Congress, member: Member, pack: Pack) -> tuple[CommitteeSeat, ...]:
    """Return the member's seats on the pack's committees.

    A subcommittee is left out if the member also sits on its full committee, which can do more.
    """
    seats = {
        committee.code: (committee, membership)
        for committee, membership in committees_of(congress, member)
        if committee.code in pack.committees
    }
    return tuple(
        CommitteeSeat(
            committee.code,
            f"Subcommittee on {committee.name}" if committee.parent else committee.name,
            chairs=membership.title == "chair" and not committee.parent,
        )
        for committee, membership in seats.values()
        if committee.parent not in seats
    )


def chairs_of(congress: Congress, pack: Pack, on_date: date) -> tuple[tuple[str, SeatHolder], ...]:
    """Return (committee code, holder) for the chairs of the pack's target committees on a day.

    A committee without a chair on record is left out.
    """
    chairing = {
        membership.committee: member
        for member in congress.members.values()
        for membership in member.memberships
        if membership.title == "chair" and membership.committee in pack.targets.chairs
    }
    held = (
        (code, seat_of(congress, chairing[code], on_date))
        for code in pack.targets.chairs
        if code in chairing
    )
    return tuple((code, seat) for code, seat in held if seat is not None)
