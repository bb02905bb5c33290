"""The channels by which a letter can reach somebody: mail, form, email, CWC, phone; best first."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from urllib.parse import quote

from campaign.congress.contact import miles, nearest_offices, phone_note
from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Office, Term
from campaign.congress.office_hours import WASHINGTON, Clock, clock_of
from campaign.congress.places import state_code
from campaign.letters.letter import Letter, Recipient
from campaign.letters.recipients import address_block
from campaign.messages import Message

ChannelKind = Literal[
    "district-post", "cwc", "web-form", "web-site", "email", "phone", "washington-post"
]

#: The id of the office on Capitol Hill.
IN_WASHINGTON = "washington"

_SCREENING_DELAY = Message(
    "Mail to Capitol Hill is screened for safety first, which takes weeks. Choose this only if "
    "you are not in a hurry."
)
_CALLS_COUNT = Message("Offices write down what callers say and count the calls.")
_SWITCHBOARD = Message("This number is a switchboard. Say which office you are calling.")

_ZIP = re.compile(r"\b([0-9]{5})(?:-[0-9]{4})?$")


@dataclass(frozen=True)
class MailingOffice:
    """An office that takes paper mail. `id` is the office's, or IN_WASHINGTON.

    `block` is the whole address, starting with the member's name. `miles` is the distance from the
    writer's ZIP, None if either place is unknown.
    """

    id: str
    town: str
    block: tuple[str, ...]
    miles: int | None = None


@dataclass(frozen=True)
class Telephone:
    """A phone number with its place and local clock; `hours` as the office lists them, or "".

    `clock` is None if the time there is unknown. `note` explains a switchboard's number, None for
    an office's own number.
    """

    id: str
    place: str
    number: str
    clock: Clock | None
    hours: str = ""
    note: Message | None = None


@dataclass(frozen=True)
class Channel:
    """One channel for a letter; `why` explains its rank. `email` is the address for "email"."""

    kind: ChannelKind
    why: Message
    offices: tuple[MailingOffice, ...] = ()
    phones: tuple[Telephone, ...] = ()
    url: str = ""
    email: str = ""


@dataclass(frozen=True)
class FormField:
    """The value for one field of a member's own web form."""

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


def channels_for(
    congress: Congress,
    recipient: Recipient,
    *,
    home_zip: str = "",
    on_date: date,
    cwc: bool = False,
) -> tuple[Channel, ...]:
    """Return the channels to this recipient, best first.

    Offices are ordered by distance from `home_zip` if it is known. Anything not on record, such as
    a new member's form, is left out. Pass `cwc` if the site can deliver by Communicating With
    Congress. Committee chairs have only a postal address, because a member's forms and phones are
    for constituents. Executive offices and rows of targets.csv have what their tables list.
    """
    member = congress.members.get(recipient.id)
    if recipient.kind == "chair":
        office = MailingOffice(IN_WASHINGTON, "Washington, DC", recipient.block)
        return (Channel("washington-post", _SCREENING_DELAY, offices=(office,)),)
    if member is None:
        return tuple(_office_channels(recipient))
    term = _term(member, on_date)
    return tuple(_channels(congress, member, term, home_zip[:5], cwc=cwc))


def _office_channels(recipient: Recipient) -> Iterator[Channel]:
    """Yield the channels to an office outside Congress, those that its table lists."""
    if recipient.contact_url:
        yield Channel("web-form", Message("It arrives at once."), url=recipient.contact_url)
    if recipient.email:
        why = Message("It arrives at once. You send it from your own email address.")
        yield Channel("email", why, email=recipient.email)
    if phones := office_phones(recipient):
        yield Channel("phone", _CALLS_COUNT, phones=phones)
    why = Message("Mail a paper letter, signed by hand, to this office.")
    if recipient.kind == "local":
        office = MailingOffice(recipient.id, town_of(recipient), recipient.block)
        yield Channel("district-post", why, offices=(office,))
    else:
        office = MailingOffice(IN_WASHINGTON, "Washington, DC", recipient.block)
        yield Channel("washington-post", why, offices=(office,))


def office_phones(recipient: Recipient) -> tuple[Telephone, ...]:
    """Return the number of an office outside Congress; none for others, or without a number.

    The clock is that of the state in the office's address, None where the address names no state.
    """
    if not (recipient.is_outside_congress and recipient.phone):
        return ()
    is_local = recipient.kind == "local"
    return (
        Telephone(
            recipient.id,
            town_of(recipient),
            recipient.phone,
            _clock_in(recipient.block),
            note=None if is_local else _SWITCHBOARD,
        ),
    )


def town_of(recipient: Recipient) -> str:
    """Return the town and state of an office's address, such as `Havre, MT`, or its last line."""
    return _place_in(recipient.block)[0]


def _clock_in(block: tuple[str, ...]) -> Clock | None:
    _, state, five = _place_in(block)
    return clock_of(state, five) if state else None


def _place_in(block: tuple[str, ...]) -> tuple[str, str, str]:
    """Return town and state as written, the state's code, and the ZIP of an address.

    The last line that names a state counts, such as `Havre, MT 59501` or `Helena, Montana`, but
    never the first of the address. Without one, return the last line and "".
    """
    for line in reversed(block[1:]):
        found = _ZIP.search(line)
        place = line[: found.start()].strip(" ,") if found else line
        _, comma, after = place.rpartition(",")
        state = state_code(after) if comma else ""
        if found and not state:
            state = state_code(place) or state_code(place.rpartition(" ")[2])
        if state:
            return place, state, found[1] if found else ""
    return block[-1], "", ""


def addressed_to_office(congress: Congress, letter: Letter, office_id: str) -> Letter:
    """Return the letter, addressed to one of the member's offices or to Washington.

    An id that is not one of the member's offices leaves the letter unchanged, as does a letter to a
    committee chair, which always goes to Washington.
    """
    member = congress.members.get(letter.recipient.id)
    if member is None or letter.recipient.kind == "chair":
        return letter
    term = _term(member, letter.on_date)
    offices = {office.id: office for office in member.offices if office.address and office.zip}
    if office_id not in {*offices, IN_WASHINGTON}:
        return letter
    block = address_block(member, term, offices.get(office_id))
    return replace(letter, recipient=replace(letter.recipient, block=block))


def phones_of(
    congress: Congress, member: Member, home_zip: str = "", *, on_date: date
) -> tuple[Telephone, ...]:
    """Return the member's phones: Washington first, then local offices, nearest first."""
    return _phones(congress, member, _term(member, on_date), home_zip[:5])


def form_fields(letter: Letter) -> tuple[FormField, ...]:
    """Return the values for a member's own web form; empty fields are left out.

    The message omits the address, which the form asks for in separate fields.
    """
    writer = letter.constituent
    message = "\n\n".join(
        (
            letter.salutation,
            *(paragraph.text for paragraph in letter.paragraphs),
            f"{letter.sign_off}\n{writer.name}",
            *filter(None, (letter.disclosure,)),
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


def email_text(letter: Letter) -> str:
    """Return the letter as the text of an email, with the writer's address at its end.

    An official sees by the address that the writer lives in their place.
    """
    (message,) = [field.value for field in form_fields(letter) if field.key == "message"]
    writer = letter.constituent
    place = f"{writer.city}, {writer.state} {writer.zip}"
    address = "\n".join(filter(None, (writer.address1, writer.address2, place)))
    return f"{message}\n\n{address}"


def email_link(letter: Letter, address: str) -> str:
    """Return a link that opens the letter in the writer's email program (RFC 6068)."""
    body = email_text(letter).replace("\n", "\r\n")
    return f"mailto:{quote(address, safe='@')}?subject={quote(letter.subject)}&body={quote(body)}"


def _channels(
    congress: Congress, member: Member, term: Term, five: str, *, cwc: bool
) -> Iterator[Channel]:
    offices = _local_offices(congress, member, term, five)
    if offices:
        yield Channel("district-post", _why_local(offices[0]), offices=offices)
    if cwc:
        why = Message("It reaches the office's mail system the same day.")
        yield Channel("cwc", why)
    if term.contact_form:
        why = Message("It arrives at once. The form asks for your address, as every office does.")
        yield Channel("web-form", why, url=term.contact_form)
    elif term.url:
        why = Message(
            "It arrives at once. Look for “Contact” on the website. The form asks for your "
            "address, as every office does."
        )
        yield Channel("web-site", why, url=term.url)
    phones = _phones(congress, member, term, five)
    if phones:
        yield Channel("phone", _CALLS_COUNT, phones=phones)
    here = MailingOffice(IN_WASHINGTON, "Washington, DC", address_block(member, term))
    yield Channel("washington-post", _SCREENING_DELAY, offices=(here,))


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
        for office in nearest_offices(congress, member, five, limit=len(member.offices))
    )
    return tuple(phone for phone in (washington, *local) if phone.number)


def _local_offices(
    congress: Congress, member: Member, term: Term, five: str
) -> tuple[MailingOffice, ...]:
    offices = nearest_offices(congress, member, five, limit=len(member.offices), takes_mail=True)
    return tuple(
        MailingOffice(
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


def _why_local(nearest: MailingOffice) -> Message:
    if nearest.miles is None:
        return Message(
            "A paper letter, signed by hand, reaches a local office in days, because it is not "
            "screened like mail to Capitol Hill."
        )
    if nearest.miles <= 1:
        return Message(
            "A paper letter, signed by hand, reaches a local office in days, because it is not "
            "screened like mail to Capitol Hill. The nearest office, in %(town)s, is within about "
            "a mile of the center of your ZIP code.",
            town=nearest.town,
        )
    return Message(
        "A paper letter, signed by hand, reaches a local office in days, because it is not "
        "screened like mail to Capitol Hill. The nearest office, in %(town)s, is about %(miles)s "
        "miles from the center of your ZIP code.",
        town=nearest.town,
        miles=f"{nearest.miles:,}",
    )


def _term(member: Member, on_date: date) -> Term:
    """Return the member's term on that day, or the last term."""
    held = [term for term in member.terms if term.covers(on_date)]
    return max(held or member.terms, key=lambda term: term.start)
