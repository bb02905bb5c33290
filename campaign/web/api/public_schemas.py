"""Requests and answers that need no key: members of a place, campaigns and their public figures."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from campaign.congress.places import ZipCode
from campaign.errors import InvalidInput
from campaign.packs.stances import Stance
from campaign.packs.targets import Role

_DISCLOSURE = (
    "The line to show with whatever the campaign says, if someone abroad directs the campaign or "
    'pays for it; otherwise "".'
)


def _zip(typed: str) -> str:
    try:
        return str(ZipCode.parse(typed))
    except InvalidInput as error:
        raise ValueError(str(error)) from None


class MembersQuery(BaseModel):
    """A ZIP names a place of thousands of people. A street address is not accepted here."""

    zip: Annotated[str, AfterValidator(_zip)] = Field(
        max_length=40,
        description="A ZIP such as 59001, or ZIP+4 such as 59001-1234.",
        examples=["59001"],
        json_schema_extra={"pattern": r"^[0-9]{5}(-[0-9]{4})?$"},
    )
    campaign: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9-]{0,79}$",
        description=(
            "A published campaign: each member comes with what it sends them and where they stand, "
            "and its officials outside Congress are listed."
        ),
        examples=["clean-water"],
    )
    city: str | None = Field(
        default=None,
        max_length=100,
        description=(
            "The person's city. With `campaign`, it decides which officials of cities answer to "
            "them; without it, the city of the ZIP's post office does."
        ),
        examples=["Havre"],
    )


class Evidence(BaseModel):
    """What a stance rests on, such as a cosponsorship, and the day of it."""

    stance: Stance
    source: str
    as_of: date


class MemberStance(BaseModel):
    """Where a member stands on what a campaign asks."""

    stance: Stance = Field(
        description="`unknown` where there is no evidence, or where the evidence disagrees."
    )
    evidence: list[Evidence] = Field(description="What the stance rests on, newest first.")
    history: list[Evidence] = Field(
        description="Evidence that rests on bills of Congresses that have ended. Their numbers are "
        "not given: a later Congress may use them for other bills."
    )


class Member(BaseModel):
    """The holder of a seat."""

    bioguide: str
    name: str
    chamber: Literal["house", "senate"]
    seat: str
    party: str
    phone: str
    status: str
    contact: str
    stance: MemberStance | None = Field(
        default=None, description="Only if the request names a campaign."
    )
    role: Role | None = Field(
        default=None,
        description=(
            "Only if the request names a campaign: the member gets the ask or a courtesy copy, or "
            "(null) is not among its targets."
        ),
    )


class Official(BaseModel):
    """An executive office, or another official whom a campaign asks."""

    id: str
    name: str
    title: str
    role: Role
    address: list[str] = Field(description="The lines of the address, from the name on.")
    phone: str
    contact: str = Field(description='The address of a web form, or "".')
    email: str


class Members(BaseModel):
    """Who represents a place: the same answer as `campaign lookup ZIP --json`."""

    query: str
    districts: list[str]
    certainty: Literal["certain", "likely", "split", "unknown"]
    members: list[Member]
    vacant: list[str]
    notes: list[str]
    as_of: date
    need: str
    lines: int = Field(
        description="The Congress whose district lines `districts` follow, 0 without districts."
    )
    line_status: Literal["", "current", "unchanged", "unpublished"] = Field(
        description=(
            "`unchanged`: lines of another Congress, which the state has kept. `unpublished`: the "
            "state has new lines that are not known by ZIP yet."
        )
    )
    disclosure: str | None = Field(
        default=None, description="Only if the request names a campaign. " + _DISCLOSURE
    )
    candidates: list[Member] | None = Field(
        default=None, description="Where the ZIP is split: who holds each candidate district."
    )
    officials: list[Official] | None = Field(
        default=None,
        description=(
            "Only if the request names a campaign: the offices outside Congress that it asks and "
            "that answer to people there."
        ),
    )


class TargetMembers(BaseModel):
    """Which members of Congress are meant: they match each list that is not empty.

    If `chambers` is empty, only the members in `members` are meant.
    """

    chambers: list[Literal["house", "senate"]]
    states: list[str]
    districts: list[str]
    committees: list[str]
    leaders: bool
    parties: list[str]
    members: list[str] = Field(description="Members by bioguide ID, meant in any case.")


class CampaignTargets(BaseModel):
    """Whom a campaign asks, and who gets a courtesy copy."""

    members: TargetMembers
    member_copies: TargetMembers
    chairs: list[str] = Field(description="Committees whose chairs anyone may write to.")
    officials: dict[str, str] = Field(
        description="Executive offices and other officials: ID and name."
    )


class Figures(BaseModel):
    """A campaign and its public figures. Small counts are suppressed."""

    name: str
    title: str
    headline: str
    standfirst: str
    url: str
    is_open: bool
    organizer: str
    paid_for_by: str = Field(description='Who pays for the campaign; "" if it is not said.')
    disclosure: str = Field(description=_DISCLOSURE)
    count: int
    goal: int
    updated: datetime
    paper: int
    online: int
    earlier_wording: int = Field(
        description="How many of them signed an earlier wording than the petition has now."
    )
    by_state: dict[str, int]
    targets: CampaignTargets


class CampaignName(BaseModel):
    """A published campaign."""

    name: str
    title: str
    url: str
    disclosure: str = Field(description=_DISCLOSURE)


class Campaigns(BaseModel):
    """Every published campaign."""

    campaigns: list[CampaignName]
