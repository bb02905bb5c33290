"""Which packets would be made: the seats that are asked for, and their signers."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from campaign.congress.dataset import Congress
from campaign.congress.members import Seat
from campaign.congress.places import STATES, District
from campaign.congress.seat_holders import SeatHolder, holder
from campaign.errors import InvalidInput
from campaign.letters.letter import Recipient
from campaign.letters.office_recipients import office_recipient
from campaign.letters.packet_recipients import PacketRecipient, curly_quotes, seat_order
from campaign.letters.recipients import full_name
from campaign.letters.targets import role_of_member
from campaign.organizing import office_signers
from campaign.packs.pack import Pack
from campaign.packs.targets import ALL_MEMBERS, Targets
from campaign.store import counts, packets, wordings
from campaign.store.db.engine import Database


@dataclass(frozen=True)
class PacketFilter:
    """Whose packets to make: all, or those of a state, a district or a member (bioguide id)."""

    state: str = ""
    district: str = ""
    member: str = ""

    def asked(self) -> dict[str, str]:
        """Return the filter for the audit record, without empty fields."""
        given = {"state": self.state, "district": self.district, "member": self.member}
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True)
class SeatPreview:
    """A seat in the preview: who holds it, and how many constituents signed."""

    held: SeatHolder
    count: int

    @property
    def name(self) -> str:
        """The member's name, or "" if the seat is vacant."""
        return full_name(self.held.member.name) if self.held.member is not None else ""

    @property
    def seat(self) -> str:
        """The seat in words."""
        return curly_quotes(str(self.held.seat.title))

    @property
    def room(self) -> str:
        """The office in Washington, or "" if it is unknown."""
        if self.held.member is None or self.held.term is None:
            return ""
        return PacketRecipient(self.held.member, self.held.seat, self.held.term).room


@dataclass(frozen=True)
class OfficePreview:
    """An office outside Congress in the preview, and how many of its people signed."""

    office: Recipient
    count: int


@dataclass(frozen=True)
class PacketPreview:
    """What would be made: members and other offices that would get a packet, and vacant seats that
    would not.

    `placeless` and `waiting` as in `Report`; `earlier` is how many signed an earlier wording.
    """

    prospects: tuple[SeatPreview, ...]
    vacant: tuple[SeatPreview, ...]
    placeless: int
    waiting: int
    earlier: int
    offices: tuple[OfficePreview, ...] = ()

    @property
    def names(self) -> int:
        """The number of signatures in all packets."""
        of_members = sum(prospect.count for prospect in self.prospects)
        return of_members + sum(office.count for office in self.offices)


def seats(
    targets: Targets, congress: Congress, wanted: PacketFilter, on_date: date
) -> tuple[SeatHolder, ...]:
    """Return the requested seats and their holders, by state, senators first.

    Signatures go only to the campaign's targets. A campaign that asks every member also gets its
    vacant seats. Raises InvalidInput for an unknown state, district or member.
    """
    if wanted.state and wanted.state not in STATES:
        raise InvalidInput("Enter the state as two letters, such as CA.", field="state")
    district = District.parse(wanted.district) if wanted.district else None
    if district is not None and district not in congress.districts:
        raise InvalidInput(f"There is no district {district}.", field="district")
    held = [
        holder(congress, seat, on_date)
        for seat in sorted(congress.seats.values(), key=seat_order)
        if (not wanted.state or seat.state == wanted.state)
        and (district is None or seat.house_district == district)
    ]
    if targets.members != ALL_MEMBERS:
        held = [one for one in held if role_of_member(targets, congress, one)]
    if wanted.member:
        held = [
            one for one in held if one.member is not None and one.member.bioguide == wanted.member
        ]
        if not held and wanted.member.upper() not in {each.upper() for each in targets.offices}:
            raise InvalidInput(
                f"No target of the campaign with the id {wanted.member[:10]} holds a seat there "
                "now. `campaign lookup` lists members with their ids.",
                field="member",
            )
    return tuple(held)


def preview(
    db: Database, pack: Pack, congress: Congress, wanted: PacketFilter, on_date: date
) -> PacketPreview:
    """Return what would be made now, seats with most signers first.

    Takes constant time, except to count the waiting comments, and the signers of offices outside
    Congress. Raises InvalidInput as `seats` does, StoreUnavailable.
    """
    held = seats(pack.targets, congress, wanted, on_date)
    with db.reading() as connection:
        by_state = counts.by(connection, pack.name, "state")
        by_district = counts.by(connection, pack.name, "district")
        waiting = packets.waiting_comments(
            connection, pack.name, state=wanted.state, district=wanted.district
        )
        earlier = wordings.count_current(connection, pack).earlier
        outside = _offices(connection, pack, congress, wanted)
    found = []
    for one in held:
        by = by_state if one.seat.chamber == "senate" else by_district
        found.append(SeatPreview(one, by.get(place_of(one.seat), 0)))
    found = [prospect for prospect in found if prospect.count > 0]
    found.sort(key=lambda prospect: (-prospect.count, seat_order(prospect.held.seat)))
    states = {one.seat.state for one in held if one.seat.chamber == "house"}
    placed = sum(count for place, count in by_district.items() if place and place[:2] in states)
    placeless = 0
    if not (wanted.district or wanted.member):
        placeless = max(0, sum(by_state.get(state, 0) for state in states) - placed)
    return PacketPreview(
        tuple(prospect for prospect in found if prospect.held.member is not None),
        tuple(prospect for prospect in found if prospect.held.member is None),
        placeless,
        waiting,
        earlier,
        outside,
    )


def _offices(
    connection: Connection, pack: Pack, congress: Congress, wanted: PacketFilter
) -> tuple[OfficePreview, ...]:
    asked = offices(pack, wanted)
    signers = office_signers.by_office(connection, pack, congress) if asked else {}
    return tuple(
        OfficePreview(office, signers[office.id]) for office in asked if signers[office.id]
    )


def place_of(seat: Seat) -> str:
    """Return the place of a seat's constituents: its state or district."""
    return seat.state if seat.house_district is None else str(seat.house_district)


def offices(pack: Pack, wanted: PacketFilter) -> tuple[Recipient, ...]:
    """Return the offices outside Congress that get a packet.

    These are the local targets, and the executive offices where the campaign asks no member of
    Congress or one of them is requested by its ID: usually the whole petition is for them. A filter
    by state or district leaves all offices out.
    """
    if wanted.state or wanted.district:
        return ()
    found = (office_recipient(pack, office) for office in pack.targets.offices)
    return tuple(
        each
        for each in found
        if each is not None
        and (
            each.id.upper() == wanted.member.upper()
            if wanted.member
            else each.kind == "local" or not pack.targets.has_members
        )
    )
