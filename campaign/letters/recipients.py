"""The recipients of a person's letters, with address block and salutation.

Forms of address follow Congress's own usage; each function says where they differ.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from campaign.congress.contact import contact_url, nearest_offices, office_lines, spoken_name
from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Name, Office, Seat, Term
from campaign.congress.places import DELEGATIONS
from campaign.congress.routing import Representation
from campaign.congress.seat_holders import SeatHolder
from campaign.letters.committees import CommitteeSeat, chairs_of, committee_seats
from campaign.letters.letter import Recipient
from campaign.letters.office_recipients import Home, executive_recipients, local_recipients
from campaign.letters.recipient_groups import RecipientGroup
from campaign.letters.targets import role_of_member
from campaign.messages import Message
from campaign.packs.letter_headings import RecipientKind
from campaign.packs.pack import Pack

PaperTo = Literal["washington", "district"]

_BODIES = {"senate": "United States Senate", "house": "U.S. House of Representatives"}
_ZIPS = {"senate": "20510", "house": "20515"}
_SPEAKER = "Speaker of the House"
_OFFICE_BUILDINGS = {"senate": "Senate Office Building", "house": "House Office Building"}
_ROOM = re.compile(r"(\w+)\s+(.+?)\s+(?:(?:senate|house) office building|[sh]ob)\b", re.IGNORECASE)
_ZIP = re.compile(r"\b(20[0-9]{3}(?:-[0-9]{4})?)\s*$")
_HOME_ZIP = re.compile(r"\b([0-9]{5})(?:-[0-9]{4})?\s*$")

_TO_WASHINGTON = Message(
    "We know of no local office that accepts mail, so this letter is addressed to Washington. "
    "Mail there is screened first, which takes weeks."
)


def recipients(
    congress: Congress,
    representation: Representation,
    pack: Pack,
    kinds: Sequence[RecipientGroup] = ("senate", "house"),
    *,
    paper_to: PaperTo = "washington",
    home_zip: str = "",
    chairs: Collection[str] | None = None,
    home_state: str = "",
    home_city: str = "",
) -> tuple[Recipient, ...]:
    """Return the recipients of this person's letters, each once, in the order of `kinds`.

    Offices reply only to constituents, so all groups but "chair" contain only the person's own
    members. "committee" means those of them who sit on one of the pack's committees; they get the
    committee's ask instead of the seat's, even if "senate" or "house" is also in `kinds`. All
    groups contain only the campaign's targets; "local" means those of targets.csv who answer to
    people in the writer's ZIP, `home_state` and `home_city`.

    "chair" means the chairs of the pack's target committees, or of those whose codes are in
    `chairs`. A chair who is the person's own member is addressed as that.

    With `paper_to` "district", the block is that of the office nearest to `home_zip`, or to the ZIP
    of the query: mail to Capitol Hill is screened first and takes weeks. A vacant seat has no
    recipient; the notes of the representation mention it. Recipients carry where they stand, as far
    as `pack.standings` says; a letter then uses the texts for that stance.
    """
    asked = _HOME_ZIP.search(representation.query)
    states = {held.seat.state for held in (*representation.holders, *representation.candidates)}
    home = Home.of(
        congress,
        state=home_state or (states.pop() if len(states) == 1 else ""),
        zip_code=home_zip or (asked[1] if asked else ""),
        city=home_city,
    )
    found: dict[str, Recipient] = {}
    for kind in kinds:
        for recipient in _of_kind(
            kind, congress, representation, pack, kinds, paper_to, home, chairs
        ):
            found.setdefault(recipient.id, _standing(recipient, pack))
    return tuple(found.values())


def seat_recipient(
    congress: Congress,
    pack: Pack,
    held: SeatHolder,
    on_date: date,
    *,
    for_committee: bool = False,
) -> Recipient | None:
    """Return a seat's holder on a day as a recipient, or None if nothing goes to that seat.

    With `for_committee`, a member of one of the pack's committees gets the committee's ask.
    """
    answer = Representation(
        query=held.seat.id,
        on_date=on_date,
        as_of=congress.meta.as_of,
        certainty="certain",
        districts=(),
        holders=(held,),
    )
    chamber = held.seat.chamber
    kinds: tuple[RecipientGroup, ...] = ("committee", chamber) if for_committee else (chamber,)
    found = recipients(congress, answer, pack, kinds)
    return found[0] if found else None


def _standing(recipient: Recipient, pack: Pack) -> Recipient:
    """Return the recipient with their position; chairs of other districts get none."""
    standing = pack.standings.get(recipient.id)
    if standing is None or recipient.seat_kind is None:
        return recipient
    return replace(recipient, reading=standing.reading)


def _of_kind(
    kind: RecipientGroup,
    congress: Congress,
    representation: Representation,
    pack: Pack,
    kinds: Sequence[RecipientGroup],
    paper_to: PaperTo,
    home: Home,
    chairs: Collection[str] | None,
) -> Iterator[Recipient]:
    if kind in {"president", "secretary", "executive"}:
        yield from executive_recipients(pack, kind)
    elif kind == "local":
        yield from local_recipients(pack, home)
    elif kind == "chair":
        own = {held.member.bioguide for held in representation.holders if held.member}
        for code, held in chairs_of(congress, pack, representation.on_date):
            if chairs is not None and code not in chairs:
                continue
            if held.member is not None and held.member.bioguide in own:
                seats = committee_seats(congress, held.member, pack)
                yield from _member(
                    congress, held, seats, for_committee=True, paper_to=paper_to, home=home.zip
                )
            else:
                yield from _chair(congress, held, code)
    else:
        for held in representation.holders:
            role_here = role_of_member(pack.targets, congress, held)
            seats = committee_seats(congress, held.member, pack) if held.member else ()
            if role_here and (kind == held.seat.chamber or (kind == "committee" and seats)):
                for recipient in _member(
                    congress,
                    held,
                    seats,
                    for_committee=bool(seats) and "committee" in kinds,
                    paper_to=paper_to,
                    home=home.zip,
                ):
                    yield replace(recipient, role=role_here)


def _member(
    congress: Congress,
    held: SeatHolder,
    seats: Sequence[CommitteeSeat],
    *,
    for_committee: bool,
    paper_to: PaperTo,
    home: str,
) -> Iterator[Recipient]:
    """Yield the holder of a seat as a recipient; nothing if it is vacant."""
    if held.member is None or held.term is None:
        return
    member, term, seat = held.member, held.term, held.seat
    kind = _seat_kind(seat)
    block, note = _block(congress, member, term, paper_to, home)
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
        notes=tuple(each for each in (held.note, note) if each),
        seat_kind=kind,
    )


def _chair(congress: Congress, held: SeatHolder, code: str) -> Iterator[Recipient]:
    """Yield a target's chair, addressed as chair in Washington: web forms refuse such letters."""
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
    """Return `Dear Senator LAST:` without suffix; the Speaker and chairs are addressed by office.

    Speaker takes precedence over chair. If the Speaker's gender is not on record, the name is used.
    """
    if _SPEAKER in member.leadership:
        form = {"M": "Mr. Speaker", "F": "Madam Speaker"}
        return f"Dear {form.get(member.gender, f'Speaker {member.name.last}')}:"
    return f"Dear {'Chair' if chairs else seat.style} {member.name.last}:"


def full_name(name: Name) -> str:
    """Return the name for the address block, always with its suffix: `Robert Menendez, Jr.`

    The members' own styling often omits the suffix. "Jr." and "Sr." follow a comma, numerals do
    not (Government Publishing Office, Style Manual, 8.43).
    """
    styled = name.full
    if name.suffix:
        bare = styled.removesuffix(name.suffix).rstrip(" ,")
        comma = "" if set(name.suffix) <= set("IVX") else ","
        return f"{bare}{comma} {name.suffix}"
    return styled


def address_block(member: Member, term: Term, office: Office | None = None) -> tuple[str, ...]:
    """Return the lines of an address: that of one of the member's offices, or Washington.

    The Speaker's address has the title.
    """
    title = (_SPEAKER,) if _SPEAKER in member.leadership else ()
    head = (f"The Honorable {full_name(member.name)}", *title, _BODIES[term.seat.chamber])
    return (*head, *(office_lines(office) if office else _washington(term)))


def _to_town(town: str) -> Message:
    return Message(
        "This letter is addressed to the office in %(town)s, because mail to Capitol Hill is "
        "screened first and takes weeks.",
        town=town,
    )


def is_about_address(note: Message) -> bool:
    """True for a note of `Recipient.notes` that names the office addressed."""
    return note.msgid in {_to_town("").msgid, _TO_WASHINGTON.msgid}


def _block(
    congress: Congress, member: Member, term: Term, paper_to: PaperTo, home: str
) -> tuple[tuple[str, ...], Message | None]:
    """Return the address block, and a note to the sender about the choice of office."""
    if paper_to == "district":
        offices = nearest_offices(congress, member, home, limit=1, takes_mail=True)
        if offices:
            town = offices[0].town
            return address_block(member, term, offices[0]), _to_town(town)
        note: Message | None = _TO_WASHINGTON
    else:
        note = None
    return address_block(member, term), note


def _washington(term: Term) -> tuple[str, ...]:
    """Return the room, if it is on record, and the city with the ZIP of the member's address.

    Upstream writes `272 Cannon House Office Building Washington DC 20515-0104`, sometimes in
    capitals or abbreviated, or nothing for a member sworn in recently.
    """
    chamber = term.seat.chamber
    zip_ = _ZIP.search(term.address)
    city = f"Washington, DC {zip_[1] if zip_ else _ZIPS[chamber]}"
    room = _ROOM.match(term.room) or _ROOM.match(term.address)
    if room is None:
        return (city,)
    number, building = room[1].upper(), room[2].title()
    return (f"{number} {building} {_OFFICE_BUILDINGS[chamber]}", city)
