"""Match a campaign's targets with members of Congress, offices and places."""

from collections.abc import Iterable
from datetime import date

from campaign.congress import seat_holders
from campaign.congress.dataset import Congress
from campaign.congress.members import Seat
from campaign.congress.routing import Representation, committees_of, house_choices
from campaign.congress.seat_holders import SeatHolder
from campaign.letters.recipient_groups import RecipientGroup
from campaign.packs.executive import ExecutiveOffice, offices
from campaign.packs.local_targets import LocalTarget
from campaign.packs.pack import Pack
from campaign.packs.targets import MemberFilter, Role, Targets


def role_of_member(targets: Targets, congress: Congress, held: SeatHolder) -> Role | None:
    """Return what the holder of a seat gets: the ask, a courtesy copy, or None for nothing.

    A vacant seat gets nothing. The ask takes precedence.
    """
    if _matches(targets.members, congress, held):
        return "ask"
    return "copy" if _matches(targets.member_copies, congress, held) else None


def is_asked_seat(targets: Targets, congress: Congress, held: SeatHolder) -> bool:
    """Return True if the holder of a seat gets the ask or a courtesy copy, or would once elected.

    An empty seat counts if its chamber and its place are enough to be a target.
    """
    if held.member is not None:
        return role_of_member(targets, congress, held) is not None
    return any(
        _has_seat(members, held.seat)
        and not (members.parties or members.committees or members.leaders)
        for members in (targets.members, targets.member_copies)
    )


def asked_members(
    targets: Targets, congress: Congress, holders: Iterable[SeatHolder]
) -> frozenset[str]:
    """Return the bioguide ids of the holders who get the ask or a courtesy copy."""
    return frozenset(
        held.member.bioguide
        for held in holders
        if held.member is not None and role_of_member(targets, congress, held)
    )


def asks_anyone(targets: Targets, congress: Congress) -> bool:
    """Return False if nobody can get the ask: all that the targets name is not in the data."""
    members = targets.members
    has_position = members.leaders or not members.committees
    return bool(
        targets.executive
        or targets.local
        or set(targets.chairs) & congress.committees.keys()
        or set(members.members) & congress.members.keys()
        or (
            (has_position or set(members.committees) & congress.committees.keys())
            and any(_has_seat(members, seat) for seat in congress.seats.values())
        )
    )


def may_ask_house(
    targets: Targets, congress: Congress, answer: Representation, state: str = ""
) -> bool:
    """Return False if none of the House seats that may be a person's is a target of the campaign.

    `state` is the one that the person named, "" for none. A seat whose holder is not known yet may
    be a target if its place is.
    """
    seats = house_choices(congress, answer, state) or tuple(
        seat_holders.house_holder_of(congress, each, answer.on_date) for each in congress.districts
    )
    filters = (targets.members, targets.member_copies)
    return bool(asked_members(targets, congress, seats)) or any(
        held.status == "unknown" and _has_seat(members, held.seat)
        for held in seats
        for members in filters
    )


def street_matters(
    targets: Targets, congress: Congress, answer: Representation, state: str = ""
) -> bool:
    """Return True if a person's street could change which targets answer to them.

    It decides the House seat, and, where a place lies in several states, the senators and the
    officials by state. `state` is the one that the person named, "" for none.
    """
    if may_ask_house(targets, congress, answer, state):
        return True
    states = sorted(answer.states)
    if len(states) < 2 or state in states:
        return False
    officials = (*targets.local, *targets.local_copies)
    by_state = [
        (
            asked_members(
                targets, congress, seat_holders.senators_of(congress, each, answer.on_date)[0]
            ),
            [one.id for one in officials if each in one.states],
        )
        for each in states
    ]
    return any(each != by_state[0] for each in by_state)


def asked_holders(
    pack: Pack, congress: Congress, state: str, on_date: date
) -> tuple[SeatHolder, ...]:
    """Return the holders of a state's seats on a day who get the ask or a copy.

    Senators come first, then representatives by district. `state` is a two-letter code.
    """
    senators, _ = seat_holders.senators_of(congress, state, on_date)
    districts = sorted(
        (each for each in congress.districts if each.state == state), key=lambda each: each.number
    )
    holders = (
        *senators,
        *(seat_holders.house_holder_of(congress, each, on_date) for each in districts),
    )
    return tuple(held for held in holders if role_of_member(pack.targets, congress, held))


def executive_roles(targets: Targets) -> dict[str, tuple[ExecutiveOffice, Role]]:
    """Return office id -> (office, role) for the campaign's executive offices, in order."""
    table = offices()
    roles: dict[str, Role] = dict.fromkeys(targets.executive, "ask")
    roles = {**dict.fromkeys(targets.executive_copies, "copy"), **roles}
    return {office: (table[office], roles[office]) for office in table if office in roles}


def local_roles(
    targets: Targets, *, state: str, zip_code: str = "", city: str = ""
) -> tuple[tuple[LocalTarget, Role], ...]:
    """Return (target, role) for the local targets who answer to people at a place.

    `state` is a two-letter code, `zip_code` five digits, "" for an unknown part.
    """
    roles: tuple[tuple[LocalTarget, Role], ...] = (
        *((target, "ask") for target in targets.local),
        *((target, "copy") for target in targets.local_copies),
    )
    return tuple(
        (target, role)
        for target, role in roles
        if target.answers_to(state=state, zip_code=zip_code, city=city)
    )


def groups_of(pack: Pack) -> tuple[RecipientGroup, ...]:
    """Return the groups of recipients that the campaign's targets leave to choose from."""
    targets = pack.targets
    chambers = {
        chamber
        for members in (targets.members, targets.member_copies)
        for chamber in (("senate", "house") if members.members else members.chambers)
    }
    executive = {*targets.executive, *targets.executive_copies}
    there: dict[RecipientGroup, bool] = {
        "senate": "senate" in chambers,
        "house": "house" in chambers,
        "committee": bool(chambers and pack.committees),
        "chair": bool(targets.chairs),
        "president": "president" in executive,
        "secretary": "secretary" in executive,
        "executive": bool(executive - {"president", "secretary"}),
        "local": bool(targets.local or targets.local_copies),
    }
    return tuple(group for group, is_there in there.items() if is_there)


def usual_groups(pack: Pack) -> tuple[RecipientGroup, ...]:
    """Return the groups to write to unless a person chooses: own members, or else all targets."""
    groups = groups_of(pack)
    own = tuple(group for group in groups if group in {"senate", "house", "committee"})
    return own or groups


def _matches(members: MemberFilter, congress: Congress, held: SeatHolder) -> bool:
    if held.member is None or held.term is None:
        return False
    if held.member.bioguide in members.members:
        return True
    return (
        _has_seat(members, held.seat)
        and (not members.parties or held.term.party in members.parties)
        and _has_position(members, congress, held)
    )


def _has_seat(members: MemberFilter, seat: Seat) -> bool:
    district = seat.house_district
    return seat.chamber in members.chambers and (
        not (members.states or members.districts)
        or seat.state in members.states
        or (district is not None and str(district) in members.districts)
    )


def _has_position(members: MemberFilter, congress: Congress, held: SeatHolder) -> bool:
    if not (members.committees or members.leaders) or held.member is None:
        return True
    if members.leaders and held.member.leadership:
        return True
    return any(
        committee.code in members.committees
        for committee, _ in committees_of(congress, held.member)
    )
