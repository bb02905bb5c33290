"""What to say on the phone to one member's office."""

from campaign.congress.dataset import Congress
from campaign.congress.routing import Representation, SeatHolder
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
