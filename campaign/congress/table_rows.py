"""Turn rows of the fact tables into seats, terms and members."""

from collections.abc import Mapping
from datetime import date
from typing import cast

from campaign.congress.members import (
    Chamber,
    Member,
    Membership,
    Name,
    Office,
    Seat,
    Term,
)

Rows = list[list[str]]


def seats_by_id(rows: Rows, congress: int) -> dict[str, Seat]:
    """Return seat id -> Seat from rows of `seats`. Raises ValueError for a row of another shape."""
    found: dict[str, Seat] = {}
    for seat_id, chamber, state, district, senate_class, _status, _holder in rows:
        found[seat_id] = Seat(
            congress,
            cast(Chamber, chamber),
            state,
            int(district) if district else None,
            int(senate_class) if senate_class else None,
        )
    return found


def term_of(row: list[str], seats: Mapping[str, Seat]) -> Term:
    """Return the Term of a row of `terms`, by the seats that it refers to.

    Raises KeyError for an unknown seat, ValueError for a row of another shape.
    """
    (
        bioguide, seat, start, end, party, caucus, appointed, end_type, state_rank, room, address,
        phone, url, contact_form,
    ) = row  # fmt: skip
    return Term(
        bioguide=bioguide,
        seat=seats[seat],
        start=date.fromisoformat(start),
        end=date.fromisoformat(end),
        party=party,
        caucus=caucus,
        end_type=end_type,
        appointed=appointed == "yes",
        state_rank=state_rank,
        url=url,
        contact_form=contact_form,
        phone=phone,
        address=address,
        room=room,
    )


def members_by_id(raw: Mapping[str, Rows], terms: list[Term]) -> dict[str, Member]:
    """Return bioguide id -> Member from table name -> rows, and the terms of all members.

    Raises ValueError for a row of another shape.
    """
    held: dict[str, list[Term]] = {}
    for term in terms:
        held.setdefault(term.bioguide, []).append(term)
    offices: dict[str, list[Office]] = {}
    for (
        office_id, bioguide, address, suite, building, city, state, postcode, phone, latitude,
        longitude, hours,
    ) in raw["offices"]:  # fmt: skip
        offices.setdefault(bioguide, []).append(
            Office(
                office_id,
                bioguide,
                address,
                suite,
                building,
                city,
                state,
                postcode,
                phone,
                float(latitude) if latitude else None,
                float(longitude) if longitude else None,
                hours,
            )
        )
    memberships: dict[str, list[Membership]] = {}
    for committee, bioguide, side, rank, title in raw["memberships"]:
        memberships.setdefault(bioguide, []).append(
            Membership(committee, bioguide, side, int(rank), title)
        )
    social: dict[str, list[tuple[str, str]]] = {}
    for bioguide, network, handle in raw["social"]:
        social.setdefault(bioguide, []).append((network, handle))
    found: dict[str, Member] = {}
    for row in raw["members"]:
        bioguide, first, middle, last, suffix, nickname, official_full, gender, leadership = row
        found[bioguide] = Member(
            bioguide=bioguide,
            name=Name(first, last, middle, suffix, nickname, official_full),
            gender=gender,
            terms=tuple(held.get(bioguide, ())),
            offices=tuple(offices.get(bioguide, ())),
            memberships=tuple(memberships.get(bioguide, ())),
            leadership=tuple(leadership.split("; ")) if leadership else (),
            social=tuple(social.get(bioguide, ())),
        )
    return found


def terms_by_seat(terms: list[Term]) -> dict[str, tuple[Term, ...]]:
    """Return seat id -> its terms, oldest first."""
    found: dict[str, list[Term]] = {}
    for term in terms:
        found.setdefault(term.seat.id, []).append(term)
    return {
        seat: tuple(sorted(several, key=lambda term: term.start)) for seat, several in found.items()
    }
