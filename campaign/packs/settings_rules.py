"""The rules for the values of campaign.toml, as a table of settings, checks and messages.

The types of values (text, list, date) are checked when the file is read (`source`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from campaign import civil_time, mail_address
from campaign.errors import Problem
from campaign.packs import color, events, organizer, toml
from campaign.packs.bills import STANCES, Bill
from campaign.packs.ledger import is_https
from campaign.packs.source import CampaignSource
from campaign.packs.topics import CWC_TOPICS

#: Length of cwc_about in characters (Communicating With Congress 2.0).
MIN_ABOUT, MAX_ABOUT = 6, 500
#: More than the number of people on Earth.
LARGEST_GOAL = 10_000_000_000
# Other years are typing errors; a margin also keeps time zones within the range of dates.
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_COMMITTEE = re.compile(r"[HSJ][A-Z]{3}(?:\d{2})?")

#: The reason, and the text whose line to report ("" for the setting's first line).
Fault = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """A rule for the setting `key`; `faults` yields each way in which a campaign breaks it."""

    key: str
    faults: Callable[[CampaignSource], Iterator[Fault]]


def is_committee(code: str) -> bool:
    """True for the code of a committee or subcommittee, such as SSFR or HSFA14."""
    return _COMMITTEE.fullmatch(code) is not None


def _whole(key: str, holds: Callable[[CampaignSource], bool], reason: str) -> Rule:
    """Return a rule for a setting as a whole."""

    def faults(source: CampaignSource) -> Iterator[Fault]:
        if not holds(source):
            yield reason, ""

    return Rule(key, faults)


def _each(key: str, holds: Callable[[str], bool], reason: str) -> Rule:
    """Return a rule for each text of a list; `{}` in the reason is replaced by the text."""

    def faults(source: CampaignSource) -> Iterator[Fault]:
        for text in source.strings(key):
            if not holds(text):
                yield reason.format(text), text

    return Rule(key, faults)


def _goals_rise(source: CampaignSource) -> bool:
    goals = source.settings.get("goals", [])
    return bool(goals) and goals[0] > 0 and all(b > a for a, b in pairwise(goals))


def _goals_are_possible(source: CampaignSource) -> bool:
    return not _goals_rise(source) or source.settings["goals"][-1] <= LARGEST_GOAL


def _accent_is_color(source: CampaignSource) -> bool:
    return color.is_color(source.settings.get("accent", ""))


def _accent_contrast(source: CampaignSource) -> Iterator[Fault]:
    if not _accent_is_color(source):
        return
    ratio = color.lowest_contrast(source.settings["accent"], color.LIGHT_GROUNDS)
    if ratio < color.MIN_CONTRAST:
        yield f"The accent's contrast is {ratio:.1f}:1. Choose a color with 4.5:1 or more.", ""


def _about_fits(source: CampaignSource) -> bool:
    about = " ".join(source.settings.get("cwc_about", "").split())
    return not about or MIN_ABOUT <= len(about) <= MAX_ABOUT


def _time_zone(source: CampaignSource) -> Iterator[Fault]:
    place = source.settings.get("time_zone", civil_time.DEFAULT_ZONE)
    if not civil_time.is_zone(place):
        yield f'There is no time zone "{place}". Write one such as America/Chicago.', ""


def _day(key: str) -> Rule:
    def holds(source: CampaignSource) -> bool:
        day = source.settings.get(key)
        return not day or _FIRST_YEAR <= day.year <= _LAST_YEAR

    return _whole(key, holds, f"Set {key} to a date in the years {_FIRST_YEAR} to {_LAST_YEAR}.")


def _closes_after_opening(source: CampaignSource) -> bool:
    opens, closes = source.settings.get("opens_on"), source.settings.get("closes_on")
    return not (opens and closes) or closes >= opens


def _facts_are_there(source: CampaignSource) -> Iterator[Fault]:
    for fact in source.strings("required"):
        if fact not in source.facts:
            yield f'There is no fact "{fact}" in facts.toml.', fact


def _names_its_organizer(source: CampaignSource) -> bool:
    known = source.organizer
    return not source.published or bool(known.name and known.postal_address and known.email)


#: In the order in which problems are listed.
RULES = (
    _whole("goals", _goals_rise, "Write the goals as whole numbers in rising order."),
    _whole("goals", _goals_are_possible, f"Set goals of {LARGEST_GOAL:,} at most."),
    _whole("accent", _accent_is_color, "Write the accent color as #rrggbb."),
    Rule("accent", _accent_contrast),
    _each(
        "cwc_topics",
        CWC_TOPICS.__contains__,
        'Congress has no topic "{}". Choose one such as "Health" or "International Affairs".',
    ),
    _whole(
        "cwc_topics",
        lambda source: bool(source.strings("cwc_topics")),
        "Name at least one of Congress's topics.",
    ),
    _each(
        "cwc_bills",
        lambda text: Bill.parse(text) is not None,
        'Write the bill "{}" as its Congress and number: 119 H.R. 1234.',
    ),
    _whole(
        "cwc_stance",
        lambda source: source.settings.get("cwc_stance", "") in STANCES,
        "Set cwc_stance to pro or con, or leave it out.",
    ),
    _whole("cwc_about", _about_fits, f"Write cwc_about in {MIN_ABOUT} to {MAX_ABOUT} characters."),
    _each("committees", is_committee, '"{}" is not a committee\'s code, such as SSFR or HSFA14.'),
    _each("hashtags", str.isalnum, 'Write the hashtag "{}" with letters and digits only.'),
    Rule("time_zone", _time_zone),
    _day("opens_on"),
    _day("closes_on"),
    _whole("closes_on", _closes_after_opening, "Set closes_on to opens_on or a later day."),
    Rule("required", _facts_are_there),
    _whole(
        "email",
        lambda source: not source.organizer.email or mail_address.is_valid(source.organizer.email),
        "Correct the organizer's email: it is not a valid address.",
    ),
    _whole(
        "url",
        lambda source: not source.organizer.url or is_https(source.organizer.url),
        "Write the organizer's url as an https:// address.",
    ),
    _whole(
        "organizer",
        _names_its_organizer,
        "Before you publish, enter the organizer's name, postal address and email.",
    ),
)


def problems(source: CampaignSource) -> Iterator[Problem]:
    """Yield the problems in a campaign's settings, each with its line in campaign.toml."""
    for rule in RULES:
        for reason, text in rule.faults(source):
            yield Problem("campaign.toml", source.line(rule.key, text), reason)
    yield from _funding(source)
    yield from _events(source)


def _funding(source: CampaignSource) -> Iterator[Problem]:
    """Yield what `[funding]` of a published campaign lacks, with the line of the setting.

    A campaign.toml without the table is older than the question: `check_warnings` asks it there,
    and `unanswered` when the campaign is made public.
    """
    if source.published and source.funding.is_stated:
        for key, reason in organizer.missing_answers(source.funding):
            line = toml.line_in_table(source.settings_text, "funding", key)
            yield Problem("campaign.toml", line, reason)


def unanswered(source: CampaignSource) -> Iterator[Problem]:
    """Yield what a campaign.toml without `[funding]` lacks before the campaign is made public."""
    if not source.funding.is_stated:
        for _, reason in organizer.missing_answers(source.funding):
            yield Problem("campaign.toml", source.line("organizer"), reason)


def _events(source: CampaignSource) -> Iterator[Problem]:
    """Yield the problems in the events, each with the line of its `[[events]]` heading."""
    headings = [
        number
        for number, row in enumerate(source.settings_text.splitlines(), start=1)
        if row.replace(" ", "").startswith("[[events]]")
    ]
    for place, reason in events.faults(source.settings.get("events", [])):
        line = headings[place] if place < len(headings) else source.line("events")
        yield Problem("campaign.toml", line, reason)
