"""A letter as a value: who writes, to whom, and what it says, in the order it is printed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from campaign.messages import Message, day_in_words
from campaign.packs.pack import RecipientKind

ParagraphRole = Literal["opening", "own", "point", "ask", "closing"]


@dataclass(frozen=True)
class Constituent:
    """The person who writes. Clean text already; `state` is a two-letter code."""

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
        """Name and full postal address, a line each: offices answer only constituents."""
        town = f"{self.city}, {self.state} {self.zip}".strip(" ,")
        return tuple(line for line in (self.name, self.address1, self.address2, town) if line)

    @property
    def reach(self) -> tuple[str, ...]:
        """E-mail address and telephone, those that were given."""
        return tuple(line for line in (self.email, self.phone) if line)


@dataclass(frozen=True)
class Recipient:
    """Whom a letter is for: the address block's lines and the salutation are ready to print.

    `id` is the bioguide id, or "president" or "secretary". `short` is the person in running text:
    `Senator Daines`. `contact_url` is the member's own form or site, "" where none is known.
    `committees` are the names of the pack's committees that the member sits on (or chairs, for the
    kind "chair") and `committee_codes` their codes, in the same order. `notes` are for the person
    who sends it, and are not printed.
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


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of a letter and what it is; "own" marks the person's own words.

    A line break inside `text` is one that the person typed, and is kept.
    """

    role: ParagraphRole
    text: str


@dataclass(frozen=True)
class Letter:
    """One letter, complete and ready to print, on US Letter paper or as text.

    `on` is the day on which its reader holds the seat; the date that it bears is `written_on`, the
    civil day where its writer lives, which may be the day before or after.
    """

    campaign: str
    constituent: Constituent
    recipient: Recipient
    on: date
    subject: str
    salutation: str
    paragraphs: tuple[Paragraph, ...]
    sign_off: str
    written_on: date | None = None

    @property
    def date(self) -> date:
        """The date that the letter bears."""
        return self.written_on or self.on

    @property
    def body(self) -> str:
        """What stands between salutation and sign-off, paragraphs apart by an empty line."""
        return "\n\n".join(paragraph.text for paragraph in self.paragraphs)

    @property
    def has_own_words(self) -> bool:
        """True where its writer said something in their own words."""
        return any(paragraph.role == "own" for paragraph in self.paragraphs)

    @property
    def dated(self) -> str:
        """The date as the letter prints it, like those in its text: `June 15, 2026`."""
        return day_in_words(self.date)
