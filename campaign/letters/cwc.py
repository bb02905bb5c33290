"""A letter as Congress's own system takes it: Communicating With Congress 2.0, as XML.

Who writes stands in fields of its own, so that names, addresses and signatures stay out of the
text, and offices can sort letters by what they say. What is written here is checked against the
schemas in `data/cwc/` before anybody gets it.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from campaign import mail_address, paths
from campaign.congress.members import Chamber, Seat
from campaign.congress.places import STATES, ZipCode
from campaign.errors import InvalidInput, MessageInvalid
from campaign.lazy_import import lazy_import
from campaign.letters import cwc_codes
from campaign.letters.letter import Constituent, Letter
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.settings import Settings

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = lazy_import("lxml.etree")

#: The longest and shortest text that an office takes, in characters.
LONGEST, SHORTEST = 10_000, 6
_LONGEST_SUBJECT = 500
# No message comes near this; more is not read.
_MOST_BYTES = 200_000

# XML 1.0, production 2 (Char): everything else cannot be in a document, not even escaped.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_GREETING = re.compile(r"(?:dear|to the) [^\n]{1,80}[:,]", re.IGNORECASE)
_SIGN_OFFS = frozenset({
    "sincerely", "sincerely yours", "yours sincerely", "respectfully", "respectfully yours",
    "yours truly", "yours", "best", "best regards", "regards", "kind regards", "with respect",
    "thank you", "thanks",
})  # fmt: skip


@dataclass(frozen=True)
class Agent:
    """Who hands messages to Congress: the account's holder, and whom its staff can reach."""

    name: str
    email: str
    contact_name: str
    contact_email: str
    contact_phone: str

    @classmethod
    def of(cls, settings: Settings, pack: Pack) -> "Agent":
        """Return the agent of the settings; in a dry run the campaign's organizer stands in.

        With a key the settings name all of it (`settings.read` sees to that).
        """
        name = settings.cwc_agent_name or pack.organizer.name
        email = settings.cwc_agent_email or pack.organizer.email
        contact = settings.cwc_agent_contact or name
        return cls(
            name=name,
            email=email,
            # Six characters at least: a short name is said with what it does.
            contact_name=contact if len(contact) >= SHORTEST else f"{contact}, contact",
            contact_email=settings.cwc_agent_contact_email or email,
            contact_phone=settings.cwc_agent_phone or "000-000-0000",
        )


@dataclass(frozen=True)
class Words:
    """What one message says: these exact texts are read, approved and sent.

    `statement` is the campaign's text, `own` the person's; one of the two may be empty. Its
    `repr()` shows nothing of them.
    """

    subject: str
    statement: str
    own: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the texts, in hexadecimal: another text has another one."""
        whole = "\x1f".join((self.subject, self.statement, self.own))
        return hashlib.sha256(whole.encode()).hexdigest()

    def __repr__(self) -> str:
        return "Words(…)"


def new_delivery_id() -> str:
    """Return what names one message for ever: made once, kept through every try."""
    return secrets.token_hex(16)


def words(letter: Letter) -> Words:
    """Return what the letter says, without greeting, sign-off, name and address.

    Raises InvalidInput (field "personal") for a text of the person that is shorter or longer than
    offices take.
    """
    own = _unsigned(
        "\n\n".join(part.text for part in letter.paragraphs if part.role == "own"), letter
    )
    statement = _unsigned(
        "\n\n".join(part.text for part in letter.paragraphs if part.role != "own"), letter
    )
    if " ".join(own.split()) == " ".join(statement.split()):
        own = ""
    for text in filter(None, (own, statement)):
        if not SHORTEST <= len(text) <= LONGEST:
            raise InvalidInput(
                Message(
                    "Congress's own system takes texts of %(least)s to %(most)s characters. "
                    "Write a little more, or less, or leave it out.",
                    least=SHORTEST,
                    most=f"{LONGEST:,}",
                ),
                field="personal",
            )
    if not own and not statement:
        raise InvalidInput("The letter is empty. Write what you want to say.", field="personal")
    subject = legal(letter.subject)[:_LONGEST_SUBJECT].strip()
    return Words(subject if len(subject) >= SHORTEST else f"Letter: {subject}", statement, own)


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

    Raises InvalidInput as `words` and `xml` do.
    """
    return xml(
        pack,
        cwc_codes.office_code(seat),
        letter.constituent,
        words(letter),
        agent=agent,
        delivery_id=delivery_id or new_delivery_id(),
        on_date=letter.on_date,
        wants_reply=wants_reply,
    )


def xml(
    pack: Pack,
    office: str,
    constituent: Constituent,
    said: Words,
    *,
    agent: Agent,
    delivery_id: str,
    on_date: date,
    wants_reply: bool = True,
    email_confirmed: bool = False,
) -> bytes:
    """Return the message to an office, by its code, as UTF-8 XML that keeps to the schema.

    The order of elements is the format's. Raises InvalidInput for what a person can mend (fields
    "prefix", "first_name", "last_name", "street", "city", "state", "zip", "email", "phone"), and
    MessageInvalid where the result does not keep to the schema all the same.
    """
    chamber = cwc_codes.chamber_of(office)
    root = etree.Element("CWC")
    _add(root, "CWCVersion", "2.0")
    _delivery(root, pack, agent, delivery_id, on_date)
    recipient = etree.SubElement(root, "Recipient")
    _add(recipient, "MemberOffice", office)
    _add(recipient, "IsResponseRequested", "Y" if wants_reply else "N")
    _add(recipient, "NewsletterOptIn", "N")
    _constituent(root, constituent, chamber, email_confirmed=email_confirmed)
    _message(root, pack, said, chamber)
    made = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    if faults := problems(made):
        raise MessageInvalid("The message does not keep to Congress's format.", faults)
    return made


def problems(document: bytes) -> tuple[str, ...]:
    """Return why a message does not keep to the schema of its chamber; none when it does.

    Nothing is fetched, and no entity is read. A reason names elements and lines, no content.
    """
    if len(document) > _MOST_BYTES:
        return ("It is too large to be a message.",)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        return (f"line {error.lineno or 1}: It is not well-formed XML.",)
    if root.getroottree().docinfo.internalDTD is not None:
        return ("line 1: A message has no DOCTYPE.",)
    schema = _schema(cwc_codes.chamber_of(root.findtext("Recipient/MemberOffice") or ""))
    if schema.validate(root):
        return ()
    return tuple(dict.fromkeys(f"line {entry.line}: {entry.message}" for entry in schema.error_log))


def legal(text: str) -> str:
    """Return the text without what no XML document may hold, its line breaks as one character."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def check_constituent(constituent: Constituent, chamber: Chamber) -> None:
    """Raise InvalidInput, as `xml` does, for what keeps a person from writing to that chamber."""
    _constituent(etree.Element("CWC"), constituent, chamber, email_confirmed=False)


# -- The four parts --------------------------------------------------------------------------------


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
    """Return the SHA-256 by which offices tell a campaign and its stance, the same for ever."""
    whole = "\x1f".join((pack.organizer.name, pack.name, pack.cwc_stance))
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
    yield "FirstName", _least(person.first_name, 1, "first_name", "Enter your first name.")
    yield "LastName", _least(person.last_name, 1, "last_name", "Enter your last name.")
    yield (
        "Address1",
        _least(person.address1, 3, "street", Message("Enter your house number and street.")),
    )
    if unit := _one_line(person.address2):
        # Two characters at least: "#" is how the Postal Service writes a bare unit.
        yield "Address2", unit if len(unit) > 1 else f"# {unit}"
    yield (
        "City",
        _least(
            person.city,
            3,
            "city",
            Message(
                "Congress's own system takes no city of fewer than three letters. "
                "Send this letter on paper."
            ),
        ),
    )
    if person.state not in STATES:
        raise InvalidInput("Choose your state.", field="state")
    yield "StateAbbreviation", person.state
    yield "Zip", str(ZipCode.parse(person.zip))


def _message(root: "etree._Element", pack: Pack, said: Words, chamber: Chamber) -> None:
    message = etree.SubElement(root, "Message")
    _add(message, "Subject", said.subject)
    topics = etree.SubElement(message, "LibraryOfCongressTopics")
    for topic in pack.cwc_topics:
        _add(topics, "LibraryOfCongressTopic", topic)
    if pack.cwc_bills:
        bills = etree.SubElement(message, "Bills")
        for bill in pack.cwc_bills:
            entry = etree.SubElement(bills, "Bill")
            _add(entry, "BillCongress", str(bill.congress))
            _add(entry, "BillTypeAbbreviation", cwc_codes.bill_type(bill, chamber))
            _add(entry, "BillNumber", str(bill.number))
    if pack.cwc_stance:
        _add(message, "ProOrCon", pack.cwc_stance.capitalize())
    if said.statement:
        _add(message, "OrganizationStatement", said.statement)
    if said.own:
        _add(message, "ConstituentMessage", said.own)


def _add(parent: "etree._Element", name: str, text: str) -> None:
    etree.SubElement(parent, name).text = legal(text)


# -- What a person typed ---------------------------------------------------------------------------


def _one_line(text: str) -> str:
    return " ".join(legal(text).split())


def _least(text: str, least: int, field: str, sentence: str) -> str:
    value = _one_line(text)
    if len(value) < least:
        raise InvalidInput(sentence, field=field)
    return value


def _prefix(typed: str, chamber: Chamber) -> str:
    known = cwc_codes.prefix(typed)
    if known:
        return known
    if chamber == "house" and (other := _one_line(typed)):
        return other
    raise InvalidInput(
        Message(
            "Congress's own system asks how you are addressed. Choose one of: %(prefixes)s.",
            prefixes=", ".join(cwc_codes.PREFIXES),
        ),
        field="prefix",
    )


def _phone(typed: str) -> str:
    number = cwc_codes.phone(typed)
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
            "Congress's own system asks for an e-mail address, such as name@example.org.",
            field="email",
        )
    return address


def _unsigned(text: str, letter: Letter) -> str:
    """Return a text without the greeting above it and the signature and address below it."""
    signs = _signing(letter)
    rows = legal(text).strip().split("\n")
    while rows and (not rows[0].strip() or _GREETING.fullmatch(rows[0].strip())):
        rows.pop(0)
    while rows and _bare(rows[-1]) in signs:
        rows.pop()
    # A sign-off is one only when it is the last line, or stood above a name.
    while rows and (
        not rows[-1].strip() or _bare(rows[-1]) in _SIGN_OFFS | {_bare(letter.sign_off)}
    ):
        rows.pop()
    return "\n".join(rows).strip()


def _signing(letter: Letter) -> frozenset[str]:
    person = letter.constituent
    town = f"{person.city} {person.state}"
    lines = (
        "",
        person.name,
        f"{person.prefix} {person.name}",
        *person.block,
        *person.reach,
        f"{person.address1} {person.address2}",
        town,
        f"{town} {person.zip}",
        person.zip,
    )
    return frozenset(_bare(line) for line in lines)


def _bare(line: str) -> str:
    return " ".join(re.sub(r"[,.;:–—-]", " ", line).casefold().split())


@cache
def _schema(chamber: Chamber) -> "etree.RelaxNG":
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.RelaxNG(etree.parse(paths.data() / "cwc" / f"{chamber}.rng", parser))
