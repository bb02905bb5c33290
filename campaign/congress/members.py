"""Seats, terms, members, their offices and committees, as immutable values."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from campaign import civil_time
from campaign.congress.places import DELEGATIONS, STATES, District
from campaign.messages import Message

Chamber = Literal["senate", "house"]


#: The Capitol switchboard connects to every office of both chambers.
SWITCHBOARD = "202-224-3121"


@dataclass(frozen=True, order=True)
class Seat:
    """A seat in one Congress: a Senate class of a state, or a House district.

    `district` is set for the House, `senate_class` (1 to 3) for the Senate; the other is None.
    """

    congress: int
    chamber: Chamber
    state: str
    district: int | None = None
    senate_class: int | None = None

    @property
    def id(self) -> str:
        """`CA-30` for a House seat, `CA-S1` for a Senate seat of class 1."""
        if self.chamber == "senate":
            return f"{self.state}-S{self.senate_class}"
        return f"{self.state}-{self.district}"

    @property
    def house_district(self) -> District | None:
        """The District of a House seat, None for a Senate seat."""
        return None if self.district is None else District(self.state, self.district)

    @property
    def style(self) -> Message:
        """The title before the holder's last name: `Senator`, `Delegate`."""
        if self.chamber == "senate":
            return Message("Senator")
        if self.state == "PR":
            return Message("Resident Commissioner")
        return Message("Delegate") if self.state in DELEGATIONS else Message("Representative")

    @property
    def title(self) -> Message:
        """The seat in words: `Senator for Montana`, `Representative for Montana's 2nd district`."""
        if self.chamber == "senate":
            return Message("Senator for %(state)s", state=STATES[self.state])
        where = District(self.state, self.district or 0).title
        if self.state == "PR":
            return Message("Resident Commissioner of Puerto Rico")
        if self.state in DELEGATIONS:
            return Message("Delegate for %(place)s", place=where)
        return Message("Representative for %(place)s", place=where)


@dataclass(frozen=True)
class Term:
    """One person's time in a seat, from `start` to `end`, the last day served (see `last_day`).

    `end_type` is "special-election" if `end` is only expected: the holder serves until a successor
    is sworn in. Contact fields are empty if upstream has none.
    """

    bioguide: str
    seat: Seat
    start: date
    end: date
    party: str
    caucus: str = ""
    end_type: str = ""
    appointed: bool = False
    state_rank: str = ""
    url: str = ""
    contact_form: str = ""
    phone: str = ""
    address: str = ""
    room: str = ""

    @property
    def last_day(self) -> date:
        """The last day of `civil_time.congress_day` on which the holder serves.

        A term that ends with a Congress ends at noon, and that day counts for the next Congress.
        """
        return self.end - timedelta(days=1) if civil_time.begins_congress(self.end) else self.end

    def covers(self, congress_day: date) -> bool:
        """True if the holder serves on a day of `civil_time.congress_day`."""
        return self.start <= congress_day <= self.last_day

    @property
    def number(self) -> str:
        """The number to call: the office's own, or the Capitol switchboard's if none is known."""
        return self.phone or SWITCHBOARD

    @property
    def is_by_switchboard(self) -> bool:
        """True if no number of the office is known, as in a member's first days."""
        return not self.phone


@dataclass(frozen=True)
class Name:
    """A member's name in its parts; `full` is the form for an address block, with the suffix."""

    first: str
    last: str
    middle: str = ""
    suffix: str = ""
    nickname: str = ""
    official_full: str = ""

    @property
    def full(self) -> str:
        """The name as the member styles it, such as `Robert P. Casey, Jr.`"""
        if self.official_full:
            return self.official_full
        base = " ".join(part for part in (self.nickname or self.first, self.last) if part)
        return f"{base}, {self.suffix}" if self.suffix else base


@dataclass(frozen=True)
class Office:
    """A district or state office; coordinates in degrees, None if upstream has none.

    An office may have a phone and no address yet; `phone` may end in an extension (`ext. 12`).
    """

    id: str
    bioguide: str
    address: str
    suite: str
    building: str
    city: str
    state: str
    zip: str
    phone: str
    latitude: float | None
    longitude: float | None
    hours: str = ""

    @property
    def town(self) -> str:
        """`Billings, MT`, or only the state for an office without an address."""
        return f"{self.city}, {self.state}" if self.city else self.state


@dataclass(frozen=True)
class Committee:
    """A committee or subcommittee; `parent` is the full committee's code, or empty."""

    code: str
    name: str
    chamber: str
    parent: str = ""
    url: str = ""


@dataclass(frozen=True)
class Membership:
    """A member's place on a committee; `title` is "", "chair", "ranking member", "vice chair", …"""

    committee: str
    bioguide: str
    side: str
    rank: int
    title: str = ""


@dataclass(frozen=True)
class Member:
    """A person of the Congress, keyed by the bioguide id, with the terms that the dataset holds."""

    bioguide: str
    name: Name
    gender: str
    terms: tuple[Term, ...]
    offices: tuple[Office, ...] = ()
    memberships: tuple[Membership, ...] = ()
    leadership: tuple[str, ...] = ()
    social: tuple[tuple[str, str], ...] = ()
