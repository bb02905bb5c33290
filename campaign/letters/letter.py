"""A letter as a value: writer, recipient, and paragraphs in print order."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from campaign.messages import Message, day_in_words
from campaign.packs.asks import AskAbout
from campaign.packs.letter_headings import RecipientKind
from campaign.packs.stances import Reading
from campaign.packs.targets import Role

ParagraphRole = Literal["opening", "own", "point", "ask", "closing"]


@dataclass(frozen=True)
class Constituent:
    """The person who writes. All texts are already cleaned; `state` is a two-letter code."""

    first_name: str
    last_name: str
    address1: str
    city: str
    state: str
    zip: str
    address2: str = ""
    prefix: str = ""
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """`Ani Petrosyan`, without the prefix."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def block(self) -> tuple[str, ...]:
        """Name and full postal address as lines; offices use it to identify constituents."""
        town = f"{self.city}, {self.state} {self.zip}".strip(" ,")
        return tuple(line for line in (self.name, self.address1, self.address2, town) if line)

    @property
    def reach(self) -> tuple[str, ...]:
        """Email address and phone, those that were given."""
        return tuple(line for line in (self.email, self.phone) if line)


#: The caller of a printed call script: placeholders that callers replace while speaking.
PLACEHOLDER_CALLER = Constituent(
    first_name="[your name]",
    last_name="",
    address1="",
    city="[your town]",
    state="",
    zip="[your ZIP]",
)


_OUTSIDE_CONGRESS: frozenset[RecipientKind] = frozenset(
    {"president", "secretary", "executive", "local"}
)


@dataclass(frozen=True)
class Recipient:
    """The recipient of a letter; address block and salutation are ready to print.

    `id` is the bioguide id, or that of an executive office or of a row of targets.csv. `short` is
    the name in running text: `Senator Daines`. `contact_url` is the member's own form or site, ""
    if unknown. `committees` are the names of the pack's committees that the member sits on (or
    chairs, for the kind "chair"), and `committee_codes` their codes in the same order. `seat_kind`
    is the kind by the seat, also of a member on a committee; None for offices outside Congress and
    for "chair". `role` is "copy" for a courtesy copy instead of the ask. `email` is for local
    targets. `reading` says where the member stands, as far as the campaign has evidence. `notes`
    are for the sender and are not printed.
    """

    id: str
    kind: RecipientKind
    name: str
    short: str
    seat: str
    block: tuple[str, ...]
    salutation: str
    phone: str = ""
    contact_url: str = ""
    committees: tuple[str, ...] = ()
    committee_codes: tuple[str, ...] = ()
    notes: tuple[Message, ...] = ()
    seat_kind: RecipientKind | None = None
    reading: Reading = Reading.UNKNOWN
    role: Role = "ask"
    email: str = ""

    @property
    def is_outside_congress(self) -> bool:
        """True for an executive office or a row of targets.csv."""
        return self.kind in _OUTSIDE_CONGRESS


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a letter; the role "own" marks the writer's own words.

    Line breaks in `text` were typed by the writer and are kept.
    """

    role: ParagraphRole
    text: str


@dataclass(frozen=True)
class Letter:
    """One complete letter, ready to print on US Letter paper or as text.

    `on_date` is the day on which the recipient holds the seat. `written_on` is the printed date:
    the civil day at the writer's home, which may be one day earlier or later. `disclosure` is
    printed below the signature, and editing the letter does not remove it. `about` says what the
    letter's ask is about, for the campaign's figures.
    """

    campaign: str
    constituent: Constituent
    recipient: Recipient
    on_date: date
    subject: str
    salutation: str
    paragraphs: tuple[Paragraph, ...]
    sign_off: str
    written_on: date | None = None
    disclosure: str = ""
    about: AskAbout = "bill"

    @property
    def date(self) -> date:
        """The printed date."""
        return self.written_on or self.on_date

    @property
    def body(self) -> str:
        """The text between salutation and sign-off, with empty lines between paragraphs."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def has_own_words(self) -> bool:
        """True if the letter contains the writer's own words."""
        return any(paragraph.role == "own" for paragraph in self.paragraphs)

    @property
    def dated(self) -> str:
        """The date as the letter prints it, like those in its text: `June 15, 2026`."""
        return day_in_words(self.date)
