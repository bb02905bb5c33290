"""From a place to its districts, to their seats, to who holds them on a day."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from campaign.congress.members import Member, Seat, Term
from campaign.congress.places import District

Certainty = Literal["certain", "likely", "split", "unknown"]
SeatStatus = Literal["serving", "verify", "vacant"]
Need = Literal["", "street", "residence", "district", "refresh"]


@dataclass(frozen=True)
class SeatHolder:
    """A seat and who holds it on the day asked about; `member` and `term` are None when vacant.

    `status` is "verify" where the term's expected end has passed and no successor is recorded:
    the person is still routed to, and `note` says what to check.
    """

    seat: Seat
    member: Member | None
    term: Term | None
    status: SeatStatus
    note: str = ""


@dataclass(frozen=True)
class Representation:
    """The answer to "who represents this place?".

    `districts` are the candidates, one when the answer is certain or likely. `holders` are the
    seats of that one district: two senators (none for a delegation) and the House seat. When the
    ZIP is split, `holders` has only what all candidates share (the senators, if one state), and
    `candidates` has each candidate's House seat, in district order. `need` says what would settle
    an open answer; `notes` are sentences for the person.
    """

    query: str
    on: date
    as_of: date
    certainty: Certainty
    districts: tuple[District, ...]
    holders: tuple[SeatHolder, ...]
    candidates: tuple[SeatHolder, ...] = ()
    need: Need = ""
    notes: tuple[str, ...] = ()

    @property
    def members(self) -> tuple[Member, ...]:
        """The members who hold the seats of this place, senators first."""
        return tuple(holder.member for holder in self.holders if holder.member is not None)

    @property
    def vacant(self) -> tuple[Seat, ...]:
        """The seats of this place that nobody holds."""
        return tuple(holder.seat for holder in self.holders if holder.status == "vacant")
