"""The ways in which a letter can reach one member: those that this member has, best first."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from campaign.congress.contact import miles, nearest_offices, phone_note
from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Office, Term
from campaign.congress.office_hours import WASHINGTON, Clock, clock_of
from campaign.letters.letter import Letter, Recipient
from campaign.letters.recipients import address_block
from campaign.messages import Message

WayKind = Literal["district-post", "cwc", "web-form", "web-site", "phone", "washington-post"]

#: The office on Capitol Hill, where a member's others have ids.
IN_WASHINGTON = "washington"

_SCREENED = Message(
    "Mail to Capitol Hill is screened for safety before it is delivered, and takes weeks. Use this "
    "where there is no hurry."
)


@dataclass(frozen=True)
class PostOffice:
    """An office that takes paper. `id` is the office's, or IN_WASHINGTON.

    `block` is the whole address, the member's name first; `miles` is the distance from the
    writer's ZIP, None where either place is unknown.
    """

    id: str
    town: str
    block: tuple[str, ...]
    miles: int | None = None


@dataclass(frozen=True)
class Telephone:
    """A number, where it rings, and the clock there; `hours` as the office lists them, else "".

    `note` says why it is not the office's own, where it is the Capitol switchboard's.
    """

    id: str
    place: str
    number: str
    clock: Clock
    hours: str = ""
    note: Message | None = None


@dataclass(frozen=True)
class Way:
    """One way to send a letter, and why it stands where it does."""

    kind: WayKind
    why: Message
    posts: tuple[PostOffice, ...] = ()
    phones: tuple[Telephone, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class FormField:
    """What goes into one field of a member's own form; `key` says which."""

    key: Literal[
        "first_name",
        "last_name",
        "street",
        "street2",
        "city",
        "state",
        "zip",
        "email",
        "phone",
        "subject",
        "message",
    ]
    value: str


def ways_to(
    congress: Congress, recipient: Recipient, *, home_zip: str = "", on: date, cwc: bool = False
) -> tuple[Way, ...]:
    """Return the ways that this recipient has, best first.

    Offices come nearest first to the ZIP `home_zip`, where it is known. What is not on record (a
    new member's form, or local offices) is left out. `cwc` says that the site can deliver to the
    Congress by its own electronic format. An office of the executive has an address alone. So has
    the chair of a committee: forms and telephones of a member are for the people represented.
    """
    member = congress.members.get(recipient.id)
    if recipient.kind == "chair":
        post = PostOffice(IN_WASHINGTON, "Washington, DC", recipient.block)
        return (Way("washington-post", _SCREENED, posts=(post,)),)
    if member is None:
        why = Message("A letter on paper, signed by hand, goes to the office itself.")
        post = PostOffice(IN_WASHINGTON, "Washington, DC", recipient.block)
        return (Way("washington-post", why, posts=(post,)),)
    term = _term(member, on)
    return tuple(_ways(congress, member, term, home_zip[:5], cwc=cwc))


def addressed(congress: Congress, letter: Letter, office_id: str) -> Letter:
    """Return the letter with the block of one of its member's offices, or of Washington.

    An id that is none of this member's leaves the letter as it is; a letter to a committee's chair
    goes to Washington.
    """
    member = congress.members.get(letter.recipient.id)
    if member is None or letter.recipient.kind == "chair":
        return letter
    term = _term(member, letter.on)
    offices = {office.id: office for office in member.offices if office.address and office.zip}
    if office_id not in {*offices, IN_WASHINGTON}:
        return letter
    block = address_block(member, term, offices.get(office_id))
    return replace(letter, recipient=replace(letter.recipient, block=block))


def phones_of(
    congress: Congress, member: Member, home_zip: str = "", *, on: date
) -> tuple[Telephone, ...]:
    """Return the member's numbers: Washington's first, then the local ones, the nearest first."""
    return _phones(congress, member, _term(member, on), home_zip[:5])


def form_fields(letter: Letter) -> tuple[FormField, ...]:
    """Return what to put into a member's own form, field by field; what was not given is left out.

    The message leaves out the address, which the form asks for in fields of its own.
    """
    writer = letter.constituent
    message = "\n\n".join(
        (
            letter.salutation,
            *(paragraph.text for paragraph in letter.paragraphs),
            f"{letter.sign_off}\n{writer.name}",
        )
    )
    fields = (
        FormField("first_name", writer.first_name),
        FormField("last_name", writer.last_name),
        FormField("street", writer.address1),
        FormField("street2", writer.address2),
        FormField("city", writer.city),
        FormField("state", writer.state),
        FormField("zip", writer.zip),
        FormField("email", writer.email),
        FormField("phone", writer.phone),
        FormField("subject", letter.subject),
        FormField("message", message),
    )
    return tuple(field for field in fields if field.value)


def _ways(congress: Congress, member: Member, term: Term, five: str, *, cwc: bool) -> Iterator[Way]:
    posts = _local_posts(congress, member, term, five)
    if posts:
        yield Way("district-post", _why_local(posts[0]), posts=posts)
    if cwc:
        why = Message("It goes into the office's own mail system, and is there the same day.")
        yield Way("cwc", why)
    if term.contact_form:
        why = Message("It is there at once. The form asks for your address, as every office does.")
        yield Way("web-form", why, url=term.contact_form)
    elif term.url:
        why = Message(
            "It is there at once. Look for “Contact” on the site: the form asks for your address, "
            "as every office does."
        )
        yield Way("web-site", why, url=term.url)
    phones = _phones(congress, member, term, five)
    if phones:
        why = Message("A call takes two minutes, and what callers say is written down.")
        yield Way("phone", why, phones=phones)
    here = PostOffice(IN_WASHINGTON, "Washington, DC", address_block(member, term))
    yield Way("washington-post", _SCREENED, posts=(here,))


def _phones(congress: Congress, member: Member, term: Term, five: str) -> tuple[Telephone, ...]:
    washington = Telephone(
        IN_WASHINGTON,
        "Washington, DC",
        term.number,
        WASHINGTON,
        note=phone_note(term, member),
    )
    local = (
        Telephone(
            office.id,
            office.town,
            office.phone,
            clock_of(office.state, office.zip),
            office.hours,
        )
        for office in nearest_offices(congress, member, five, most=len(member.offices))
    )
    return tuple(phone for phone in (washington, *local) if phone.number)


def _local_posts(
    congress: Congress, member: Member, term: Term, five: str
) -> tuple[PostOffice, ...]:
    offices = nearest_offices(congress, member, five, most=len(member.offices), takes_mail=True)
    return tuple(
        PostOffice(
            office.id,
            office.town,
            address_block(member, term, office),
            _miles(congress, five, office),
        )
        for office in offices
    )


def _miles(congress: Congress, five: str, office: Office) -> int | None:
    place = congress.zips.get(five)
    distance = miles(place, office) if place is not None else math.nan
    return None if math.isnan(distance) else round(distance)


def _why_local(nearest: PostOffice) -> Message:
    if nearest.miles is None:
        return Message(
            "A letter on paper, signed by hand, reaches a local office in days: it does not wait "
            "for the screening of mail to Capitol Hill."
        )
    if nearest.miles <= 1:
        return Message(
            "A letter on paper, signed by hand, reaches a local office in days: it does not wait "
            "for the screening of mail to Capitol Hill. The nearest, in %(town)s, is within "
            "about a mile of the middle of your ZIP.",
            town=nearest.town,
        )
    return Message(
        "A letter on paper, signed by hand, reaches a local office in days: it does not wait for "
        "the screening of mail to Capitol Hill. The nearest, in %(town)s, is about %(miles)s miles "
        "from the middle of your ZIP.",
        town=nearest.town,
        miles=f"{nearest.miles:,}",
    )


def _term(member: Member, on: date) -> Term:
    """Return the member's term on that day, else the last one."""
    held = [term for term in member.terms if term.start <= on <= term.end]
    return max(held or member.terms, key=lambda term: term.start)
