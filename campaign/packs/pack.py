"""A campaign as a value: the texts of one folder, loaded, validated and resolved for a day."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from campaign.packs.ledger import Fact

#: Who an ask can be for. "committee" is a member on one of the pack's committees.
RecipientKind = Literal[
    "senator",
    "representative",
    "delegate",
    "resident-commissioner",
    "committee",
    "president",
    "secretary",
]


@dataclass(frozen=True)
class Passage:
    """A paragraph of the campaign, with the facts its sentences rest on, in order of appearance.

    `plain` has no marks; `html` is sanitised, inline only, with each fact's raised number linking
    to the fact sheet (`<sup><a href="facts#ID">3</a></sup>`; relative to /c/NAME/).
    """

    plain: str
    html: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class TalkingPoint:
    """A point that a letter can make, chosen by the person. `text` is one or two paragraphs."""

    id: str
    heading: str
    audience: Literal["all", "rule-of-law", "human-rights", "taxpayers"]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Organiser:
    """Who runs the campaign, as the pages and the mails must say it."""

    name: str
    postal_address: tuple[str, ...]
    email: str
    url: str = ""


@dataclass(frozen=True)
class Texts:
    """The texts that a pack may have in more than one language."""

    language: str
    title: str
    headline: str
    standfirst: str
    addressees: str
    petition: tuple[Passage, ...]
    share: str
    confirm_subject: str
    confirm_body: tuple[str, ...]


@dataclass(frozen=True)
class LetterTexts:
    """What letters are made of. All strings are templates for `campaign.packs.wording`.

    `asks` has one text a recipient kind; `openings` and `closings` vary from letter to letter.
    """

    subject: str
    openings: tuple[str, ...]
    asks: dict[RecipientKind, str]
    closings: tuple[str, ...]
    sign_off: str
    call_script: tuple[str, ...]
    editor: str


@dataclass(frozen=True)
class Update:
    """A dated piece of news from the campaign, for the "what happened" page and the feed."""

    id: str
    date: date
    title: str
    html: str


@dataclass(frozen=True)
class Pack:
    """One campaign on one day: sentences whose facts may not be stated then are already gone."""

    name: str
    folder: Path
    on: date
    published: bool
    texts: dict[str, Texts]
    story_html: str
    talking_points: tuple[TalkingPoint, ...]
    letters: LetterTexts
    facts: dict[str, Fact]
    organiser: Organiser
    goals: tuple[int, ...]
    committees: tuple[str, ...]
    cwc_topics: tuple[str, ...]
    accent: str
    accent_dark: str
    wording_version: str
    opens_on: date | None
    closes_on: date | None
    challenge: bool
    hashtags: tuple[str, ...]
    updates: tuple[Update, ...]
    outcome_html: str

    def text(self, language: str = "en") -> Texts:
        """The texts in `language`, or in English where the pack has no such language."""
        return self.texts.get(language, self.texts["en"])

    def usable_facts(self) -> tuple[Fact, ...]:
        """The facts that may be stated on the pack's day, in ledger order."""
        return tuple(fact for fact in self.facts.values() if fact.is_usable(self.on))

    def is_open(self, on: date) -> bool:
        """True when signatures are taken on that day."""
        return (self.opens_on is None or self.opens_on <= on) and (
            self.closes_on is None or on <= self.closes_on
        )

    def goal_for(self, count: int) -> int:
        """The goal shown at `count` signatures: the smallest declared goal that is above it."""
        return next((goal for goal in self.goals if goal > count), max(self.goals[-1], count))
