"""What to say on the phone to one member's office."""

from campaign.congress.dataset import Congress
from campaign.congress.members import Member
from campaign.congress.routing import Representation, SeatHolder, holder
from campaign.letters.composer import Constituent, Recipient, recipients
from campaign.packs.pack import Pack

#: A caller whom the site does not know fills these in while speaking.
ANYONE = Constituent(
    first_name="[your name]",
    last_name="",
    address1="",
    city="[your town]",
    state="",
    zip="[your ZIP]",
)


def recipient_for(congress: Congress, pack: Pack, held: SeatHolder) -> Recipient | None:
    """Return the holder of a seat as a recipient, None for a seat that is vacant."""
    answer = Representation(
        query=held.seat.id,
        on=pack.on,
        as_of=congress.meta.as_of,
        certainty="certain",
        districts=(),
        holders=(held,),
    )
    found = recipients(congress, answer, pack, (held.seat.chamber,))
    return found[0] if found else None


def seat_of(congress: Congress, member: Member, pack: Pack) -> SeatHolder | None:
    """Return the seat that the member holds on the pack's day, None where they hold none."""
    for term in reversed(member.terms):
        held = holder(congress, term.seat, pack.on)
        if held.member is not None and held.member.bioguide == member.bioguide:
            return held
    return None
