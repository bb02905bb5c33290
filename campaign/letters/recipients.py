"""Whom a person's letters are for: who stands in the address block, and how they are greeted.

Forms of address follow the Congress's own usage; see each function for where they differ.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from campaign.congress.contact import contact_url, nearest_offices, office_lines, spoken_name
from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Name, Office, Seat, Term
from campaign.congress.places import DELEGATIONS
from campaign.congress.routing import Representation
from campaign.congress.seat_holders import SeatHolder
from campaign.letters.committees import CommitteeSeat, chairs_of, committee_seats
from campaign.letters.letter import Recipient
from campaign.messages import Message
from campaign.packs.pack import Pack, RecipientKind

#: What a person may ask for: their members by chamber, those on the pack's committees, the chairs
#: of its targets, the others.
Kind = Literal["senate", "house", "committee", "chair", "president", "secretary"]
KINDS: tuple[Kind, ...] = ("senate", "house", "committee", "chair", "president", "secretary")
PaperTo = Literal["washington", "district"]

_BODIES = {"senate": "United States Senate", "house": "U.S. House of Representatives"}
_ZIPS = {"senate": "20510", "house": "20515"}
_SPEAKER = "Speaker of the House"
_OFFICE_BUILDINGS = {"senate": "Senate Office Building", "house": "House Office Building"}
_ROOM = re.compile(r"(\w+)\s+(.+?)\s+(?:(?:senate|house) office building|[sh]ob)\b", re.IGNORECASE)
_ZIP = re.compile(r"\b(20[0-9]{3}(?:-[0-9]{4})?)\s*$")
_HOME_ZIP = re.compile(r"\b([0-9]{5})(?:-[0-9]{4})?\s*$")

_TO_WASHINGTON = Message(
    "No local office that takes mail is on record, so this letter is addressed to Washington, "
    "where mail is screened first and takes weeks."
)

# A campaign is for whoever holds the office when the letter is read, so neither letter names the
# holder. "Dear Mr. President" would say something about the holder that no table here knows and
# "Mr./Madam" reads like a form that nobody filled in; "To the President:" is what petitions and
# the Congress's own messages to the office use, and is right for every holder.
_PRESIDENT = (
    "The President",
    "The White House",
    "1600 Pennsylvania Avenue NW",
    "Washington, DC 20500",
)
_SECRETARY = (
    "The Secretary of State",
    "U.S. Department of State",
    "2201 C Street NW",
    "Washington, DC 20520",
)


def recipients(
    congress: Congress,
    representation: Representation,
    pack: Pack,
    kinds: Sequence[Kind] = ("senate", "house"),
    *,
    paper_to: PaperTo = "washington",
    home_zip: str = "",
    chairs: Collection[str] | None = None,
) -> tuple[Recipient, ...]:
    """Return whom this person's letters go to, each once, in the order of `kinds`.

    Members are the person's own alone: an office answers no one else, so "committee" means those
    of their members who sit on one of the pack's committees. Such a member then gets the
    committee's ask instead of the seat's, whether "senate" or "house" is among `kinds` or not.

    "chair" alone goes beyond them: it means who chairs the pack's targets, or those of them whose
    codes are in `chairs`. One who is the person's own member besides is written to as that.

    With `paper_to` "district" the block is that of the office nearest to `home_zip`, or else to
    the ZIP asked about: mail to Capitol Hill is screened first and takes weeks. A vacant seat has
    no recipient; the representation's notes say so.
    """
    asked = _HOME_ZIP.search(representation.query)
    home = home_zip or (asked[1] if asked else "")
    found: dict[str, Recipient] = {}
    for kind in kinds:
        for recipient in _of_kind(
            kind, congress, representation, pack, kinds, paper_to, home, chairs
        ):
            found.setdefault(recipient.id, recipient)
    return tuple(found.values())


def _of_kind(
    kind: Kind,
    congress: Congress,
    representation: Representation,
    pack: Pack,
    kinds: Sequence[Kind],
    paper_to: PaperTo,
    home: str,
    chairs: Collection[str] | None,
) -> Iterator[Recipient]:
    if kind == "president":
        yield _office("president", Message("the President"), _PRESIDENT, "To the President:")
    elif kind == "secretary":
        short = Message("the Secretary of State")
        yield _office("secretary", short, _SECRETARY, "Dear Secretary of State:")
    elif kind == "chair":
        own = {held.member.bioguide for held in representation.holders if held.member}
        for code, held in chairs_of(congress, pack, representation.on):
            if chairs is not None and code not in chairs:
                continue
            if held.member is not None and held.member.bioguide in own:
                seats = committee_seats(congress, held.member, pack)
                yield from _member(
                    congress, held, seats, for_committee=True, paper_to=paper_to, home=home
                )
            else:
                yield from _chair(congress, held, code)
    else:
        for held in representation.holders:
            seats = committee_seats(congress, held.member, pack) if held.member else ()
            if kind == held.seat.chamber or (kind == "committee" and seats):
                yield from _member(
                    congress,
                    held,
                    seats,
                    for_committee=bool(seats) and "committee" in kinds,
                    paper_to=paper_to,
                    home=home,
                )


def _office(
    kind: Literal["president", "secretary"], short: Message, block: tuple[str, ...], salutation: str
) -> Recipient:
    return Recipient(
        id=kind,
        kind=kind,
        name=block[0],
        short=short,
        seat="President of the United States" if kind == "president" else "Secretary of State",
        block=block,
        salutation=salutation,
    )


def _member(
    congress: Congress,
    held: SeatHolder,
    seats: Sequence[CommitteeSeat],
    *,
    for_committee: bool,
    paper_to: PaperTo,
    home: str,
) -> Iterator[Recipient]:
    """Yield the holder of a seat as a recipient; nothing where it is vacant."""
    if held.member is None or held.term is None:
        return
    member, term, seat = held.member, held.term, held.seat
    kind = _seat_kind(seat)
    block, told = _block(congress, member, term, paper_to, home)
    yield Recipient(
        id=member.bioguide,
        kind="committee" if for_committee else kind,
        name=full_name(member.name),
        short=spoken_name(seat, member),
        seat=seat.title,
        block=block,
        salutation=_salutation(
            seat, member, chairs=for_committee and any(each.chairs for each in seats)
        ),
        phone=term.number,
        contact_url=contact_url(term),
        committees=tuple(each.name for each in seats),
        committee_codes=tuple(each.code for each in seats),
        notes=tuple(note for note in (held.note, told) if note),
    )


def _chair(congress: Congress, held: SeatHolder, code: str) -> Iterator[Recipient]:
    """Yield who chairs a target, by that office and in Washington; no form takes such letters."""
    if held.member is None or held.term is None:
        return
    member, committee = held.member, congress.committees[code]
    name, *where = address_block(member, held.term)
    yield Recipient(
        id=member.bioguide,
        kind="chair",
        name=full_name(member.name),
        short=spoken_name(held.seat, member),
        seat=held.seat.title,
        block=(name, f"Chair, {committee.name}", *where),
        salutation=_salutation(held.seat, member, chairs=True),
        phone=held.term.number,
        committees=(committee.name,),
        committee_codes=(code,),
        notes=(
            Message(
                "%(name)s does not represent you. Offices reply only to the people they "
                "represent, so do not expect a reply. Write to your own members first.",
                name=spoken_name(held.seat, member),
            ),
        ),
    )


def _seat_kind(seat: Seat) -> RecipientKind:
    if seat.chamber == "senate":
        return "senator"
    if seat.state == "PR":
        return "resident-commissioner"
    return "delegate" if seat.state in DELEGATIONS else "representative"


def _salutation(seat: Seat, member: Member, *, chairs: bool) -> str:
    """Return `Dear Senator LAST:`, LAST without a suffix; the Speaker and chairs by their office.

    The Speaker comes before a chair; where the Speaker's gender is not on record the name is used.
    """
    if _SPEAKER in member.leadership:
        form = {"M": "Mr. Speaker", "F": "Madam Speaker"}
        return f"Dear {form.get(member.gender, f'Speaker {member.name.last}')}:"
    return f"Dear {'Chair' if chairs else seat.style} {member.name.last}:"


def full_name(name: Name) -> str:
    """Return the name for the block, its suffix always with it: `Robert Menendez, Jr.`

    Members' own styling often leaves the suffix out. "Jr." and "Sr." follow a comma, numerals do
    not (Government Publishing Office, Style Manual, 8.43).
    """
    styled = name.full
    if name.suffix:
        bare = styled.removesuffix(name.suffix).rstrip(" ,")
        comma = "" if set(name.suffix) <= set("IVX") else ","
        return f"{bare}{comma} {name.suffix}"
    return styled


def address_block(member: Member, term: Term, office: Office | None = None) -> tuple[str, ...]:
    """Return the lines of an envelope: to one of the member's own offices, or to Washington.

    The Speaker is addressed by the office held for the whole House.
    """
    title = (_SPEAKER,) if _SPEAKER in member.leadership else ()
    head = (f"The Honorable {full_name(member.name)}", *title, _BODIES[term.seat.chamber])
    return (*head, *(office_lines(office) if office else _washington(term)))


def _to_town(town: str) -> Message:
    return Message(
        "This letter is addressed to the office in %(town)s: mail to Capitol Hill is screened "
        "first and takes weeks.",
        town=town,
    )


def is_about_address(note: Message) -> bool:
    """True for a note of `Recipient.notes` that says which office the letter is addressed to."""
    return note.msgid in {_to_town("").msgid, _TO_WASHINGTON.msgid}


def _block(
    congress: Congress, member: Member, term: Term, paper_to: PaperTo, home: str
) -> tuple[tuple[str, ...], Message | None]:
    """Return the address block, and what to tell the sender about where it goes."""
    if paper_to == "district":
        offices = nearest_offices(congress, member, home, most=1, takes_mail=True)
        if offices:
            town = offices[0].town
            return address_block(member, term, offices[0]), _to_town(town)
        note: Message | None = _TO_WASHINGTON
    else:
        note = None
    return address_block(member, term), note


def _washington(term: Term) -> tuple[str, ...]:
    """Return the room, where one is on record, and the city with the ZIP of the member's own line.

    Upstream writes `272 Cannon House Office Building Washington DC 20515-0104`, at times in
    capitals, abbreviated, or not at all (a member sworn in the other day).
    """
    chamber = term.seat.chamber
    zip_ = _ZIP.search(term.address)
    city = f"Washington, DC {zip_[1] if zip_ else _ZIPS[chamber]}"
    room = _ROOM.match(term.room) or _ROOM.match(term.address)
    if room is None:
        return (city,)
    number, building = room[1].upper(), room[2].title()
    return (f"{number} {building} {_OFFICE_BUILDINGS[chamber]}", city)
