"""Letters as XML messages for Communicating With Congress 2.0."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from campaign import mail_address
from campaign.congress.members import Chamber, Seat
from campaign.congress.places import STATES, ZipCode
from campaign.errors import InvalidInput, MessageInvalid
from campaign.lazy_import import lazy_import
from campaign.letters.cwc import codes
from campaign.letters.cwc.agent import Agent
from campaign.letters.cwc.bills import bills_for, positions, stance_for
from campaign.letters.cwc.schema import problems
from campaign.letters.cwc.texts import MessageTexts, legal, texts_of
from campaign.letters.letter import Constituent, Letter
from campaign.messages import Message
from campaign.packs.pack import Pack

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = lazy_import("lxml.etree")


def new_delivery_id() -> str:
    """Return a new random id of a message, which stays the same when delivery is tried again."""
    return secrets.token_hex(16)


def for_letter(
    letter: Letter,
    seat: Seat,
    pack: Pack,
    agent: Agent,
    *,
    delivery_id: str = "",
    wants_reply: bool = True,
) -> bytes:
    """Return one letter to the holder of `seat` as CWC XML, under a new DeliveryId unless given.

    Raises InvalidInput as `texts_of` and `xml` do.
    """
    return xml(
        pack,
        codes.office_code(seat),
        letter.constituent,
        texts_of(letter, positions(pack, seat.chamber)),
        agent=agent,
        delivery_id=delivery_id or new_delivery_id(),
        on_date=letter.on_date,
        wants_reply=wants_reply,
    )


def xml(
    pack: Pack,
    office: str,
    constituent: Constituent,
    texts: MessageTexts,
    *,
    agent: Agent,
    delivery_id: str,
    on_date: date,
    wants_reply: bool = True,
    email_confirmed: bool = False,
) -> bytes:
    """Return the message to an office, given by its code, as UTF-8 XML that follows the schema.

    The schema prescribes the order of the elements. Raises InvalidInput for what the writer can
    correct (fields "prefix", "first_name", "last_name", "street", "city", "state", "zip", "email",
    "phone"), and MessageInvalid if the result still violates the schema.
    """
    chamber = codes.chamber_of(office)
    root = etree.Element("CWC")
    _add(root, "CWCVersion", "2.0")
    _delivery(root, pack, agent, delivery_id, on_date)
    recipient = etree.SubElement(root, "Recipient")
    _add(recipient, "MemberOffice", office)
    _add(recipient, "IsResponseRequested", "Y" if wants_reply else "N")
    _add(recipient, "NewsletterOptIn", "N")
    _constituent(root, constituent, chamber, email_confirmed=email_confirmed)
    _message(root, pack, texts, chamber)
    made = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    if faults := problems(made):
        raise MessageInvalid("The message does not follow Congress's format.", faults)
    return made


def check_constituent(constituent: Constituent, chamber: Chamber) -> None:
    """Raise InvalidInput, as `xml` does, if that chamber would refuse the person's messages."""
    _constituent(etree.Element("CWC"), constituent, chamber, email_confirmed=False)


# -- Parts of the message --------------------------------------------------------------------------


def _delivery(
    root: "etree._Element", pack: Pack, agent: Agent, delivery_id: str, on_date: date
) -> None:
    delivery = etree.SubElement(root, "Delivery")
    _add(delivery, "DeliveryId", delivery_id)
    _add(delivery, "DeliveryDate", f"{on_date:%Y%m%d}")
    _add(delivery, "DeliveryAgent", agent.name)
    _add(delivery, "DeliveryAgentAckEmailAddress", agent.email)
    contact = etree.SubElement(delivery, "DeliveryAgentContact")
    _add(contact, "DeliveryAgentContactName", agent.contact_name)
    _add(contact, "DeliveryAgentContactEmail", agent.contact_email)
    _add(contact, "DeliveryAgentContactPhone", agent.contact_phone)
    if len(pack.organizer.name) >= 3:
        _add(delivery, "Organization", pack.organizer.name)
    if pack.cwc_about:
        _add(delivery, "OrganizationAbout", pack.cwc_about)
    _add(delivery, "CampaignId", campaign_id(pack))


def campaign_id(pack: Pack) -> str:
    """Return the SHA-256 by which offices group messages of one campaign and stance; permanent.

    The stance is that on the campaign's first bill.
    """
    stance = pack.cwc_stance
    if pack.bills:
        stance = "pro" if pack.bills[0].side == "for" else "con"
    whole = "\x1f".join((pack.organizer.name, pack.name, stance))
    return hashlib.sha256(whole.encode()).hexdigest()


def _constituent(
    root: "etree._Element", person: Constituent, chamber: Chamber, *, email_confirmed: bool
) -> None:
    written = etree.SubElement(root, "Constituent")
    for element, value in _person(person, chamber):
        _add(written, element, value)
    if person.phone:
        _add(written, "Phone", _phone(person.phone))
    _add(written, "AddressValidation", "N")
    _add(written, "Email", _email(person.email))
    _add(written, "EmailValidation", "Y" if email_confirmed else "N")


def _person(person: Constituent, chamber: Chamber) -> Iterator[tuple[str, str]]:
    yield "Prefix", _prefix(person.prefix, chamber)
    yield "FirstName", _required(person.first_name, 1, "first_name", "Enter your first name.")
    yield "LastName", _required(person.last_name, 1, "last_name", "Enter your last name.")
    yield (
        "Address1",
        _required(person.address1, 3, "street", Message("Enter your house number and street.")),
    )
    if unit := _one_line(person.address2):
        # The schema requires two characters; the Postal Service writes a bare unit as "# 4".
        yield "Address2", unit if len(unit) > 1 else f"# {unit}"
    yield (
        "City",
        _required(
            person.city,
            3,
            "city",
            Message(
                "Congress's electronic system requires a city of at least three letters. "
                "Send this letter on paper."
            ),
        ),
    )
    if person.state not in STATES:
        raise InvalidInput("Choose your state.", field="state")
    yield "StateAbbreviation", person.state
    yield "Zip", str(ZipCode.parse(person.zip))


def _message(root: "etree._Element", pack: Pack, texts: MessageTexts, chamber: Chamber) -> None:
    message = etree.SubElement(root, "Message")
    _add(message, "Subject", texts.subject)
    topics = etree.SubElement(message, "LibraryOfCongressTopics")
    for topic in pack.cwc_topics:
        _add(topics, "LibraryOfCongressTopic", topic)
    if named := bills_for(pack, chamber):
        bills = etree.SubElement(message, "Bills")
        for bill, _ in named:
            entry = etree.SubElement(bills, "Bill")
            _add(entry, "BillCongress", str(bill.congress))
            _add(entry, "BillTypeAbbreviation", codes.bill_type(bill, chamber))
            _add(entry, "BillNumber", str(bill.number))
    if stance := stance_for(pack, chamber):
        _add(message, "ProOrCon", stance.capitalize())
    if texts.statement:
        _add(message, "OrganizationStatement", texts.statement)
    if texts.own:
        _add(message, "ConstituentMessage", texts.own)


def _add(parent: "etree._Element", name: str, text: str) -> None:
    etree.SubElement(parent, name).text = legal(text)


# -- Values that a person typed --------------------------------------------------------------------


def _one_line(text: str) -> str:
    return " ".join(legal(text).split())


def _required(text: str, minimum: int, field: str, sentence: str) -> str:
    value = _one_line(text)
    if len(value) < minimum:
        raise InvalidInput(sentence, field=field)
    return value


def _prefix(typed: str, chamber: Chamber) -> str:
    known = codes.prefix(typed)
    if known:
        return known
    if chamber == "house" and (other := _one_line(typed)):
        return other
    raise InvalidInput(
        Message(
            "Congress's electronic system requires a title. Choose one of: %(prefixes)s.",
            prefixes=", ".join(codes.PREFIXES),
        ),
        field="prefix",
    )


def _phone(typed: str) -> str:
    number = codes.phone(typed)
    if not number:
        raise InvalidInput(
            "Enter a U.S. phone number, such as 406-555-0100, or leave it blank.",
            field="phone",
        )
    return number


def _email(typed: str) -> str:
    address = legal(typed).strip()
    if not mail_address.is_valid(address):
        raise InvalidInput(
            "Congress's electronic system requires an email address, such as name@example.org.",
            field="email",
        )
    return address
