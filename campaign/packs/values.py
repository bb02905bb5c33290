"""What a campaign is made of, as values: texts, points, letters' parts, organizer, the pack."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from campaign import civil_time
from campaign.packs.bills import Bill, Stance
from campaign.packs.events import Event
from campaign.packs.ledger import Fact

#: Who an ask can be for. "committee" is a member on one of the pack's committees, "chair" one who
#: chairs one of its targets and need not be the writer's own.
RecipientKind = Literal[
    "senator",
    "representative",
    "delegate",
    "resident-commissioner",
    "committee",
    "chair",
    "president",
    "secretary",
]
RECIPIENT_KINDS: tuple[RecipientKind, ...] = get_args(RecipientKind)

#: Whom a talking point is likely to move. "all" is for every reader.
Audience = Literal["all", "rule-of-law", "human-rights", "taxpayers"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

#: People who signed before the close may confirm this long after it.
CONFIRM_GRACE = timedelta(hours=24)

#: From this long before the close on, pages say the hour of it too.
_CLOSE_IS_NEAR = timedelta(days=3)

# Names that RFC 2606 and RFC 6761 set aside, so that nobody's real mailbox is printed.
_EXAMPLE_DOMAINS = ("example.org", "example.com", "example.net", "example", "invalid", "test")


@dataclass(frozen=True)
class Passage:
    """A paragraph of the campaign, with the facts its sentences rest on, in order of appearance.

    `plain` has no marks; `html` is sanitized, inline only, with each fact's raised number linking
    to the fact sheet (`<sup class="fact"><a href="facts#ID">3</a></sup>`; relative to /c/NAME/).
    """

    plain: str
    html: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TalkingPoint:
    """A point that a letter can make, chosen by the person: a heading and its paragraphs.

    `brief` is what a brief letter says instead; use `in_brief`, which is never empty.
    """

    id: str
    heading: str
    audience: Audience
    passages: tuple[Passage, ...]
    brief: tuple[Passage, ...] = ()

    @property
    def in_brief(self) -> tuple[Passage, ...]:
        """The point as a brief letter makes it: its own words for that, or the first paragraph."""
        return self.brief or self.passages[:1]

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of the facts that the point rests on, in order of appearance."""
        return tuple(dict.fromkeys(fact for said in self.passages for fact in said.facts))


@dataclass(frozen=True)
class Organizer:
    """Who runs the campaign, as the pages and the mails must say it."""

    name: str
    postal_address: tuple[str, ...]
    email: str
    url: str = ""

    @property
    def is_example(self) -> bool:
        """True while this is the shipped organizer, whom nobody can reach (RFC 2606 domains)."""
        domain = self.email.rpartition("@")[2].lower()
        return any(domain == name or domain.endswith(f".{name}") for name in _EXAMPLE_DOMAINS)


@dataclass(frozen=True)
class Texts:
    """The texts that a pack may have in more than one language; ready to show, no placeholders.

    `consent` is what a person agrees to by signing; `mail_consent` labels the box for updates.
    `wording_version` is a short hash of what is signed in this language, the box included;
    `former_version` is what it was before headline and standfirst were part of it.
    """

    language: str
    title: str
    headline: str
    standfirst: str
    addressees: str
    petition: tuple[Passage, ...]
    share: str
    confirm_subject: str
    confirm_body: tuple[str, ...]
    consent: str = ""
    mail_consent: str = ""
    wording_version: str = ""
    former_version: str = ""

    @property
    def signed(self) -> tuple[str, ...]:
        """The words that a person puts their name to: what is asked, of whom, and the consent."""
        paragraphs = (passage.plain for passage in self.petition)
        return (self.headline, self.standfirst, self.addressees, *paragraphs, self.consent)


@dataclass(frozen=True)
class NarrowAsk:
    """An ask that is not for all letters to a kind: for some committees, or for brief letters."""

    kind: RecipientKind
    committees: tuple[str, ...]
    is_brief: bool
    text: str


@dataclass(frozen=True)
class LetterTexts:
    """What letters are made of. All strings are templates for `campaign.packs.wording`.

    `asks` has one text a recipient kind, `narrow_asks` those that go before it; `openings` and
    `closings` vary from letter to letter, as may `subjects`, of which `subject` is the first.
    `editor` is a letter to a newspaper, its paragraphs apart by an empty line.
    """

    subject: str
    openings: tuple[str, ...]
    asks: dict[RecipientKind, str]
    closings: tuple[str, ...]
    sign_off: str
    call_script: tuple[str, ...]
    editor: str
    subjects: tuple[str, ...] = ()
    narrow_asks: tuple[NarrowAsk, ...] = ()


@dataclass(frozen=True)
class Update:
    """A dated piece of news from the campaign, for the "what happened" page and the feed."""

    id: str
    date: date
    title: str
    html: str


@dataclass(frozen=True, repr=False)
class Pack:
    """One campaign on one day: sentences whose facts may not be stated then are already gone.

    `on` is that civil day; like every day of the campaign it is one of the calendar in `zone`.
    """

    name: str
    folder: Path
    on_date: date
    published: bool
    texts: dict[str, Texts]
    story_html: str
    talking_points: tuple[TalkingPoint, ...]
    letters: LetterTexts
    facts: dict[str, Fact]
    organizer: Organizer
    goals: tuple[int, ...]
    committees: tuple[str, ...]
    cwc_topics: tuple[str, ...]
    accent: str
    accent_dark: str
    wording_version: str
    opens_on: date | None
    closes_on: date | None
    zone: ZoneInfo
    challenge: bool
    hashtags: tuple[str, ...]
    updates: tuple[Update, ...]
    outcome_html: str
    #: When many sign together in one place.
    events: tuple[Event, ...] = ()
    #: Committees whose chairs may be written to by anyone.
    targets: tuple[str, ...] = ()
    #: True where no talking point needs another before it.
    points_in_any_order: bool = False
    #: For Congress's own system of mail: the bills still open on the day, the stance towards
    #: them, and who the organization is.
    cwc_bills: tuple[Bill, ...] = ()
    cwc_stance: Stance = ""
    cwc_about: str = ""
    #: What `wording_version` was before headlines were part of it: signatures may bear it.
    former_version: str = ""

    def __repr__(self) -> str:
        return f"Pack({self.name})"

    def text(self, language: str = "en") -> Texts:
        """The texts in `language`, or in English where the pack has no such language."""
        return self.texts.get(language, self.texts["en"])

    def usable_facts(self) -> tuple[Fact, ...]:
        """The facts that may be stated on the pack's day, in ledger order."""
        return tuple(fact for fact in self.facts.values() if fact.is_usable(self.on_date))

    def fact_number(self, fact_id: str) -> int:
        """The raised number of a usable fact: its place, from 1, in `usable_facts()`.

        The fact sheet lists `usable_facts()` in the same order. Raises KeyError for any other id.
        """
        return fact_numbers(self.facts, self.on_date)[fact_id]

    def point(self, point_id: str) -> TalkingPoint | None:
        """The talking point of that id, or None where it has none today."""
        return next((point for point in self.talking_points if point.id == point_id), None)

    def event(self, code: str) -> Event | None:
        """The event of that code, None where there is none."""
        return next((event for event in self.events if event.code == code), None)

    def day_of(self, instant: datetime) -> date:
        """Return the civil day on which an instant falls where the campaign is."""
        return civil_time.day_of(instant, self.zone)

    def is_open(self, now: datetime) -> bool:
        """True when signatures are taken at that instant."""
        return self.is_open_on(self.day_of(now))

    def is_open_on(self, day: date) -> bool:
        """True when signatures are taken on that civil day."""
        return (self.opens_on is None or self.opens_on <= day) and (
            self.closes_on is None or day <= self.closes_on
        )

    @property
    def closes_at(self) -> datetime | None:
        """The instant from which on no signature is taken: the end of the last day, or None."""
        return None if self.closes_on is None else civil_time.end_of(self.closes_on, self.zone)

    @property
    def confirms_until(self) -> datetime | None:
        """The instant until which those who signed in time may confirm, or None for no end."""
        return None if self.closes_at is None else self.closes_at + CONFIRM_GRACE

    def takes_confirmations(self, now: datetime) -> bool:
        """True while a signature that was given in time can be confirmed."""
        end = self.confirms_until
        return self.is_open(now) or (self.has_opened(now) and end is not None and now < end)

    def has_opened(self, now: datetime) -> bool:
        """True from the first day for signatures on, whether or not the last one is over."""
        return self.opens_on is None or self.opens_on <= self.day_of(now)

    def closes_soon(self, now: datetime) -> bool:
        """True while the petition is open and its close so near that the hour matters."""
        end = self.closes_at
        return end is not None and self.is_open(now) and end - now <= _CLOSE_IS_NEAR

    def goal_for(self, count: int) -> int:
        """The goal shown at `count` signatures: the smallest declared goal that is above it."""
        return next((goal for goal in self.goals if goal > count), max(self.goals[-1], count))


def fact_numbers(facts: dict[str, Fact], on_date: date) -> dict[str, int]:
    """Number the facts that are usable on that day from 1, in ledger order."""
    usable = (fact.id for fact in facts.values() if fact.is_usable(on_date))
    return {fact_id: number for number, fact_id in enumerate(usable, start=1)}
