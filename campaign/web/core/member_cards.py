"""Members as cards: who holds a seat, where they stand, and how to reach them."""

from collections.abc import Iterable
from dataclasses import dataclass

from campaign.congress.contact import nearest_offices
from campaign.congress.members import Office
from campaign.congress.routing import SeatHolder, committees_of
from campaign.packs.pack import Pack
from campaign.packs.stances import Standing
from campaign.web.core.services import Services


@dataclass(frozen=True)
class MemberCard:
    """A seat with its holder, and how to reach them."""

    holder: SeatHolder
    committees: tuple[str, ...] = ()
    offices: tuple[Office, ...] = ()
    standing: Standing | None = None


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
    seats_on = committees_of(services.congress, holder.member)
    return MemberCard(
        holder,
        committees=tuple(c.name for c, _ in seats_on if c.code in pack.committees),
        offices=nearest_offices(
            services.congress, holder.member, five, limit=len(holder.member.offices)
        ),
        standing=pack.standings.get(holder.member.bioguide),
    )
