"""The models of the API: they validate requests and describe answers."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from campaign.organizing.connect.connections import MAX_WEBHOOKS
from campaign.store.endpoints import Event, Shape

# A public host name at port 443, as `connections.parse_public_url` accepts it.
_URL = (
    r"^https://([a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?\.){1,6}[a-z][a-z0-9-]{0,30}[a-z0-9]"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*)?$"
)
Url = Annotated[str, StringConstraints(pattern=_URL, max_length=500)]


# The filters that a description can express; `osdi_filter` also accepts other forms of ISO 8601.
_TIME = (
    r"'[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    r"(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?'"
)
_BOUND = rf"(created|modified)_date (gt|lt) {_TIME}"
_FILTER = rf"^({_BOUND}( and {_BOUND}){{0,3}})?$"


class _In(BaseModel):
    # JSON has true and false: neither 0 nor "no" is accepted for them, and no number for a text.
    model_config = ConfigDict(extra="forbid", strict=True)


class _Out(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)


# -- problems --------------------------------------------------------------------------------------


class FieldError(BaseModel):
    """One field that must be corrected."""

    field: str
    message: str


class Problem(_Out):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default=[], description="The fields, where it is about some.")


# -- figures of a campaign -------------------------------------------------------------------------


class Wording(BaseModel):
    """A wording that was signed; its texts are null where they are not on record."""

    version: str = Field(description='What signatures bear; "" where none is known.')
    is_current: bool
    signatures: int
    first_seen: datetime | None
    headline: str | None
    standfirst: str | None
    addressees: str | None
    petition: list[str] | None = Field(description="Its paragraphs.")
    consent: str | None


class Stats(BaseModel):
    """Every count of a campaign, for its organizers."""

    campaign: str
    total: int
    online: int
    paper: int
    by_state: dict[str, int]
    by_district: dict[str, int] = Field(description='"" where the district is not known.')
    by_day: dict[str, int] = Field(
        description="The change of the count on each of the campaign's days, which can be negative."
    )
    wordings: list[Wording] = Field(
        description="Each wording that was signed, with its text. Signatures whose personal data"
        " is deleted are in no wording."
    )
    updated: datetime


# -- webhooks --------------------------------------------------------------------------------------


class WebhookIn(_In):
    """A webhook to create."""

    url: Url = Field(description="Where to post to: https, port 443, a public name.")
    shape: Shape = Field(default="flat", description="flat, or that of Action Network's webhooks.")
    events: list[Event] = Field(min_length=1, max_length=3, json_schema_extra={"uniqueItems": True})
    only_mail: bool = Field(
        default=True, description="Send only signers who agreed to mail (default)."
    )


class WebhookChange(_In):
    """The changes of a webhook; fields that are left out stay."""

    url: Url | None = None
    shape: Shape | None = None
    events: list[Event] | None = Field(
        default=None, min_length=1, max_length=3, json_schema_extra={"uniqueItems": True}
    )
    only_mail: bool | None = None
    is_on: bool | None = Field(default=None, description="Switch it on, or off.")


class Webhook(BaseModel):
    """A webhook."""

    id: str
    url: str
    shape: Shape
    events: list[Event]
    only_mail: bool
    status: Literal["on", "off", "disabled"]
    note: str = Field(description="Why it is disabled.")
    failing_since: datetime | None
    created_at: datetime


class WebhookMade(Webhook):
    """A webhook with its secret, which is shown once."""

    secret: str = Field(
        description="Use it to verify messages as Standard Webhooks describes. Shown once."
    )


class Webhooks(BaseModel):
    """A campaign's webhooks."""

    webhooks: list[Webhook] = Field(max_length=MAX_WEBHOOKS)


class Delivery(BaseModel):
    """One attempt to reach a webhook."""

    webhook_id: str = Field(description="The webhook-id header: the same in every try.")
    event: str
    attempt: int
    status_code: int = Field(description="0 where no answer came.")
    milliseconds: int
    error: str
    at: datetime


class Deliveries(BaseModel):
    """The latest attempts, newest first."""

    deliveries: list[Delivery] = Field(max_length=50)


class Queued(BaseModel):
    """The worker will do what was requested."""

    queued: bool


# -- OSDI ------------------------------------------------------------------------------------------


class Link(_Out):
    """A link of HAL."""

    href: str


Links = dict[str, Link | list[Link]]


class Resource(_Out):
    """A HAL resource: its links, by relation."""

    links: Links = Field(alias="_links")


class PageQuery(BaseModel):
    """The page of a list."""

    page: int = Field(default=1, ge=1, le=1_000_000, description="From 1.")
    per_page: int = Field(
        default=25,
        ge=1,
        le=1000,
        description="At most 25 are returned, even if more are requested.",
    )


class SignaturesQuery(PageQuery):
    """The page of signatures or people, and a filter."""

    filter: str = Field(
        default="",
        max_length=500,
        description="created_date or modified_date, gt or lt, a time in quotes; up to four of "
        "these joined by and. Any other filter is refused with 400.",
        examples=["created_date gt '2026-11-01T00:00:00Z'"],
        json_schema_extra={"pattern": _FILTER},
    )
    since: AwareDatetime | None = Field(
        default=None, description="Only those confirmed at this time or later."
    )
    after: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,10}-[0-9]{1,15}$",
        description="Where the page before ended: the next link carries it, so that no one is "
        "missed when others leave meanwhile.",
    )


class Listing(Resource):
    """A page of a list."""

    total_pages: int
    per_page: int
    page: int
    total_records: int
    embedded: dict[str, list[Resource]] = Field(alias="_embedded")


class EmailAddress(BaseModel):
    """An email address; `status` says whether it may be mailed."""

    address: str
    primary: bool
    status: Literal["subscribed", "unsubscribed"]


class Person(Resource):
    """An osdi:person: a signer."""

    identifiers: list[str]
    given_name: str
    family_name: str
    email_addresses: list[EmailAddress]
    phone_numbers: list[dict[str, Any]]
    postal_addresses: list[dict[str, Any]]
    languages_spoken: list[str]
    created_date: datetime
    modified_date: datetime


class Signature(Resource):
    """An osdi:signature, with its signer embedded."""

    identifiers: list[str]
    origin_system: str
    action_date: datetime = Field(description="When it was given.")
    created_date: datetime = Field(description="When it was confirmed, and so began to count.")
    modified_date: datetime
    comments: str
    referrer_data: dict[str, str]
    wording_version: str = Field(
        alias="campaign:wording_version",
        description="What was signed: one of the petition's campaign:wordings.",
    )
    embedded: dict[str, Person] = Field(alias="_embedded")


class Petition(Resource):
    """An osdi:petition: the campaign of the key."""

    identifiers: list[str]
    origin_system: str
    name: str
    title: str
    description: str
    browser_url: str
    total_signatures: int


class EmailAddressIn(_In):
    """An email address, and whether the person asked for the campaign's updates."""

    address: str = Field(min_length=3, max_length=254)
    status: Literal["subscribed", "unsubscribed"] = Field(
        default="unsubscribed",
        description="subscribed only where the person checked a box for updates.",
    )


class PostalAddressIn(_In):
    """Where the person lives. The street only finds the district, and is not kept."""

    postal_code: str = Field(min_length=5, max_length=10, description="The ZIP code.")
    region: str = Field(default="", max_length=60, description="The state: MT or Montana.")
    locality: str = Field(default="", max_length=100)
    address_lines: list[Annotated[str, StringConstraints(max_length=200)]] = Field(
        default=[], max_length=1, description="The street and number."
    )


class PersonIn(_In):
    """Who signs."""

    given_name: str = Field(min_length=1, max_length=80)
    family_name: str = Field(min_length=1, max_length=80)
    email_addresses: list[EmailAddressIn] = Field(min_length=1, max_length=1)
    postal_addresses: list[PostalAddressIn] = Field(min_length=1, max_length=1)
    languages_spoken: list[Annotated[str, StringConstraints(max_length=10)]] = Field(
        default=[], max_length=1, description="The language of the mail: en, if left out."
    )


class ReferrerIn(_In):
    """What brought the person."""

    source: str = Field(default="", max_length=40)


class SignatureIn(_In):
    """A signature to hand in (OSDI's record_signature_helper)."""

    person: PersonIn
    comments: str = Field(default="", max_length=1000)
    referrer_data: ReferrerIn | None = None
    agreed: Literal[True] = Field(
        description="The person read the petition and agreed to its campaign:consent."
    )


class SignatureTaken(Resource):
    """The answer to a signature that was handed in, the same for every address."""

    status: Literal["pending"]
    message: str


class Metadata(Resource):
    """The fields by which the lists can be filtered, with their operators."""

    origin_system: str
    max_pagesize: int
    filters: dict[str, dict[str, list[str]]]
    custom_fields: list[str]


class EntryPoint(Resource):
    """The entry point of the API for OSDI clients."""

    motd: str
    max_pagesize: int
    vendor_name: str
    product_name: str
    osdi_version: str
    namespace: str
