"""Members as cards: who holds a seat, where they stand, and how to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass

from campaign.congress.contact import nearest_offices
from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Office
from campaign.congress.routing import SeatHolder, committees_of
from campaign.packs.pack import Pack
from campaign.packs.stances import Standing
from campaign.web.core.services import Services


@dataclass(frozen=True)
class MemberCard:
    """A seat with its holder, and how to reach them.

    `is_near` is true if the first office is the nearest to a known ZIP.
    """

    holder: SeatHolder
    committees: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    standing: Standing | None = None
    is_near: bool = False


def cards(
    holders: Iterable[SeatHolder], pack: Pack, services: Services, five: str = ""
) -> tuple[MemberCard, ...]:
    """Return a card for each seat, with the campaign's committees on which its holder sits.

    Offices are sorted by distance from the ZIP `five`, which may be empty.
    """
    return tuple(_card(holder, pack, services, five) for holder in holders)


def _card(holder: SeatHolder, pack: Pack, services: Services, five: str) -> MemberCard:
    if holder.member is None:
        return MemberCard(holder)
    offices = nearest_offices(
        services.congress, holder.member, five, limit=len(holder.member.offices)
    )
    return MemberCard(
        holder,
        committees=_committees(services.congress, holder.member, pack),
        offices=offices,
        standing=pack.standings.get(holder.member.bioguide),
        is_near=bool(offices and offices[0].latitude) and five in services.congress.zips,
    )


def _committees(congress: Congress, member: Member, pack: Pack) -> tuple[str, ...]:
    """Return the campaign's committees on which a member sits; a full one stands for its parts."""
    matters = [one for one, _ in committees_of(congress, member) if one.code in pack.committees]
    full = {one.code for one in matters if not one.parent}
    return tuple(one.name for one in matters if one.parent not in full)
