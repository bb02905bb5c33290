"""What to say on the phone to one member's office."""

from campaign.congress.dataset import Congress
from campaign.congress.members import Member
from campaign.congress.routing import Representation, SeatHolder, holder
from campaign.letters.composer import Constituent, Recipient, recipients
from campaign.packs import wording
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


def script(pack: Pack, recipient: Recipient, constituent: Constituent) -> tuple[str, ...]:
    """Return the campaign's call script for this recipient, a paragraph each."""
    values: dict[str, str | dict[str, str]] = {
        "organiser": {"name": pack.organiser.name, "email": pack.organiser.email},
        "campaign": {"title": pack.text().title},
        "recipient": {
            "name": recipient.name,
            "short": recipient.short,
            "seat": recipient.seat,
            "kind": recipient.kind,
            "committees": ", ".join(recipient.committees),
        },
        "constituent": {
            "name": constituent.name,
            "first_name": constituent.first_name,
            "last_name": constituent.last_name,
            "city": constituent.city,
            "state": constituent.state,
            "zip": constituent.zip,
        },
        "date": "",
    }
    return tuple(wording.render(line, values) for line in pack.letters.call_script)


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
