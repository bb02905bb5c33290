"""The parts of a campaign as values: texts, talking points, letter texts, Pack."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from campaign import civil_time
from campaign.packs.asks import AskAbout, AskMarks
from campaign.packs.bills import Bill, CampaignBill, Side, Stance
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.events import Event
from campaign.packs.front_page import GOAL, Figure
from campaign.packs.ledger import Fact
from campaign.packs.letter_headings import (
    LetterHeading,
    RecipientKind,
    Section,
)
from campaign.packs.organizer import Funding, Organizer
from campaign.packs.picture import Picture
from campaign.packs.stances import NOTHING_KNOWN, Reading, Standings
from campaign.packs.targets import Targets

#: The audience that a talking point is likely to convince.
Audience = Literal["all", "rule-of-law", "human-rights", "taxpayers"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

#: How long after the close people who signed before it may still confirm.
CONFIRM_GRACE = timedelta(hours=24)

#: Pages show the hour of the close when it is this near.
_CLOSE_IS_NEAR = timedelta(days=3)


@dataclass(frozen=True)
class Passage:
    """A paragraph of the campaign, with the ids of the facts it cites in order of appearance.

    `plain` has no marks. `html` is sanitized inline HTML; each fact's superscript number links to
    the fact sheet (`<sup class="fact"><a href="facts#ID">3</a></sup>`; relative to /c/NAME/).
    """

    plain: str
    html: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TalkingPoint:
    """A talking point that a writer can choose for a letter: a heading and paragraphs.

    `brief` is the text for brief letters and may be empty; use `in_brief`, which never is.
    """

    id: str
    heading: str
    audience: Audience
    passages: tuple[Passage, ...]
    brief: tuple[Passage, ...] = ()

    @property
    def in_brief(self) -> tuple[Passage, ...]:
        """The text for a brief letter: `brief`, or the first paragraph."""
        return self.brief or self.passages[:1]

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of the facts that the point cites, in order of appearance, each once."""
        return tuple(dict.fromkeys(fact for passage in self.passages for fact in passage.facts))


@dataclass(frozen=True)
class Prompt:
    """A question that helps a person to write in their own words, and how to answer it."""

    question: str
    help: str = ""

    @classmethod
    def parse(cls, paragraph: str) -> "Prompt":
        """Return the prompt of a paragraph: its question, and the sentences after it."""
        question = question_in(paragraph)
        return cls(question, paragraph[len(question) :].strip())


def question_in(paragraph: str) -> str:
    """Return the question with which a paragraph begins, or ""; U+055E is Armenian's mark.

    An Armenian question has its mark within a word and ends with a full stop (U+0589).
    """
    for position, character in enumerate(paragraph):
        if character == "?" or (character == "\u0589" and "\u055e" in paragraph[:position]):
            return paragraph[: position + 1]
        if character in ".\u0589":
            break
    return ""


@dataclass(frozen=True)
class Texts:
    """The texts of a pack in one language, ready to show: all placeholders are filled in.

    `consent` is the agreement given by signing; `mail_consent` labels the box for updates.
    `prompts` help a person to write in their own words; they may be missing.
    `wording_version` is a hash (16 hex digits) of all that is signed, including that label.
    `former_version` is the same hash without headline and standfirst, which older signatures bear.
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
    prompts: tuple[Prompt, ...] = ()
    wording_version: str = ""
    former_version: str = ""
    #: Large figures; the first stands beside the form.
    figures: tuple[Figure, ...] = ()
    #: What happens at the next goal, with `GOAL` where its number belongs; see `at_goal`.
    milestone: str = ""
    picture_alt: str = ""
    picture_caption: str = ""

    def at_goal(self, goal: str) -> str:
        """Return what happens at a goal, given as it is written, or "" if nothing is said."""
        return self.milestone.replace(GOAL, goal)

    @property
    def signed(self) -> tuple[str, ...]:
        """The texts that a person signs: headline, standfirst, addressees, petition and consent."""
        paragraphs = (passage.plain for passage in self.petition)
        return (self.headline, self.standfirst, self.addressees, *paragraphs, self.consent)


@dataclass(frozen=True)
class NarrowText:
    """Texts for the letters that a heading describes: an ask's paragraphs, or texts to vary."""

    heading: LetterHeading
    texts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The texts as one, with an empty line between paragraphs."""
        return "\n\n".join(self.texts)


@dataclass(frozen=True)
class LetterTexts:
    """The parts of letters. All strings are templates for `campaign.packs.wording`.

    `asks` has texts by kind of recipient, `general_ask` one for all other kinds. `narrow` holds
    texts for only some letters, which take precedence. A letter uses one each of `openings`,
    `closings` and `subjects`; `subject` is the first of these. `editor` is a letter to a newspaper,
    with empty lines between its paragraphs.
    """

    subject: str
    openings: tuple[str, ...]
    asks: dict[RecipientKind, str]
    closings: tuple[str, ...]
    sign_off: str
    call_script: tuple[str, ...]
    editor: str
    subjects: tuple[str, ...] = ()
    narrow: tuple[NarrowText, ...] = ()
    general_ask: str = ""

    @property
    def ask_headings(self) -> tuple[LetterHeading, ...]:
        """The headings of all asks that there are."""
        general = (LetterHeading("ask"),) if self.general_ask else ()
        by_kind = (LetterHeading("ask", kind) for kind, ask in self.asks.items() if ask)
        return (*general, *by_kind, *(each.heading for each in self.narrow))

    def best(
        self,
        section: Section,
        kinds: Sequence[RecipientKind],
        reading: Reading = Reading.UNKNOWN,
        committee_codes: Sequence[str] = (),
        office: str = "",
    ) -> NarrowText | None:
        """Return the most particular text for a recipient, None where only general ones fit.

        `kinds` are the recipient's kind and those whose texts serve for it, nearest first; `office`
        is its ID if it is outside Congress. With the section "brief ask", full asks fit too, after
        brief ones.
        """
        sections = ("brief ask", "ask") if section == "brief ask" else (section,)
        fitting = [
            text
            for text in self.narrow
            if text.heading.section in sections
            and text.heading.fits(kinds, reading, committee_codes, office)
        ]
        return min(fitting, key=lambda text: text.heading.rank(kinds, reading), default=None)


@dataclass(frozen=True)
class Update:
    """A dated piece of news, for the page of updates and the feed; `html` is sanitized."""

    id: str
    date: date
    title: str
    html: str


@dataclass(frozen=True, repr=False)
class Pack:
    """A campaign on one day, without the sentences whose facts have lapsed.

    All days of the campaign are calendar days in `zone`.
    """

    name: str
    folder: Path
    day: CampaignDay
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
    #: Times and links at which many people sign together in one place.
    events: tuple[Event, ...] = ()
    #: Who pays for the campaign, and the disclosure line if someone abroad does.
    funding: Funding = field(default_factory=Funding)
    #: True if the organizer has put the campaign away; it is not public then.
    archived: bool = False
    #: Whom the campaign asks, and who gets a courtesy copy.
    targets: Targets = field(default_factory=Targets)
    #: What each ask is about: a bill, or a decision of the executive.
    asks: AskMarks = field(default_factory=AskMarks)
    #: True if no talking point depends on another.
    points_in_any_order: bool = False
    #: The bills that the campaign is about, those whose Congress has not ended.
    bills: tuple[CampaignBill, ...] = ()
    #: For Communicating With Congress: the bills that messages name and the stance toward them in
    #: campaigns without `bills`, and who the organization is.
    cwc_bills: tuple[Bill, ...] = ()
    cwc_stance: Stance = ""
    cwc_about: str = ""
    #: The picture or map of the page.
    picture: Picture | None = None
    #: `wording_version` without headline and standfirst, which older signatures bear.
    former_version: str = ""
    #: Where members stand, by bioguide id. The texts do not say it: it is attached by
    #: campaign.packs.standing_cache, or by campaign.store.stances.attach.
    standings: Standings = field(default_factory=lambda: NOTHING_KNOWN)

    def __repr__(self) -> str:
        return f"Pack({self.name})"

    @property
    def on_date(self) -> date:
        """The civil day of the campaign."""
        return self.day.civil

    def text(self, language: str = "en") -> Texts:
        """Return the texts in a language, or in English if the pack does not have it."""
        return self.texts.get(language, self.texts["en"])

    def usable_facts(self) -> tuple[Fact, ...]:
        """Return the facts that may be stated on the pack's day, as the page first cites them."""
        return tuple(fact for fact in self.facts.values() if fact.is_usable(self.on_date))

    def fact_number(self, fact_id: str) -> int:
        """Return the number of a usable fact: its position, from 1, in `usable_facts()`.

        The fact sheet has the same order. Raises KeyError for any other id.
        """
        return fact_numbers(self.facts, self.on_date)[fact_id]

    def point(self, point_id: str) -> TalkingPoint | None:
        """Return the talking point with that id, or None if there is none today."""
        return next((point for point in self.talking_points if point.id == point_id), None)

    def side_of(self, bill: Bill) -> Side | None:
        """Return the campaign's side on a bill, or None if it does not name the bill."""
        for named in self.bills:
            if named.bill == bill:
                return named.side
        if bill not in self.cwc_bills or not self.cwc_stance:
            return None
        return "for" if self.cwc_stance == "pro" else "against"

    def ask_about(self, target: str) -> AskAbout:
        """Return what the ask of a target is about; `target` is its id."""
        return self.asks.about(target, self.targets)

    def event(self, code: str) -> Event | None:
        """Return the event with that code, or None."""
        return next((event for event in self.events if event.code == code), None)

    def day_of(self, instant: datetime) -> date:
        """Return the civil day of an instant in the campaign's time zone."""
        return civil_time.day_of(instant, self.zone)

    def is_open(self, now: datetime) -> bool:
        """True if the petition accepts signatures at that instant."""
        return self.is_open_on(self.day_of(now))

    def is_open_on(self, day: date) -> bool:
        """True if the petition accepts signatures on that civil day."""
        return (self.opens_on is None or self.opens_on <= day) and (
            self.closes_on is None or day <= self.closes_on
        )

    @property
    def closes_at(self) -> datetime | None:
        """The instant of the close: the end of the last day for signatures, or None."""
        return None if self.closes_on is None else civil_time.end_of(self.closes_on, self.zone)

    @property
    def confirms_until(self) -> datetime | None:
        """The instant until which people who signed in time may confirm, or None for no limit."""
        return None if self.closes_at is None else self.closes_at + CONFIRM_GRACE

    def takes_confirmations(self, now: datetime) -> bool:
        """True if a signature given in time can still be confirmed at that instant."""
        end = self.confirms_until
        return self.is_open(now) or (self.has_opened(now) and end is not None and now < end)

    def has_opened(self, now: datetime) -> bool:
        """True from the start of the first day for signatures, even after the last."""
        return self.opens_on is None or self.opens_on <= self.day_of(now)

    def closes_soon(self, now: datetime) -> bool:
        """True if the petition is open and closes within three days."""
        end = self.closes_at
        return end is not None and self.is_open(now) and end - now <= _CLOSE_IS_NEAR

    def goal_for(self, count: int) -> int:
        """Return the goal to show at `count` signatures: the lowest goal above it, or `count`."""
        return next((goal for goal in self.goals if goal > count), max(self.goals[-1], count))


def fact_numbers(facts: dict[str, Fact], on_date: date) -> dict[str, int]:
    """Return id -> number (from 1, in the order of `facts`) of the facts usable on that day."""
    usable = (fact.id for fact in facts.values() if fact.is_usable(on_date))
    return {fact_id: number for number, fact_id in enumerate(usable, start=1)}
