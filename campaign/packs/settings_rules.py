"""The rules for campaign.toml, as a table: each setting, what must hold of it, and what to say.

The kinds of settings (a text, a list, a day) are checked when the file is read (`source`).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from campaign import civil_time, mail_address
from campaign.errors import Problem
from campaign.packs import color, events
from campaign.packs.bills import STANCES, Bill
from campaign.packs.ledger import is_https
from campaign.packs.source import CampaignSource
from campaign.packs.topics import CWC_TOPICS

#: Characters of cwc_about, by Communicating With Congress 2.0.
MIN_ABOUT, MAX_ABOUT = 6, 500
#: As many chairs as a form can list, and as people write to.
MAX_TARGETS = 8
#: More than there are people.
LARGEST_GOAL = 10_000_000_000
# A petition is not opened or closed on any other day, and time zones reach one day further.
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_COMMITTEE = re.compile(r"[HSJ][A-Z]{3}(?:\d{2})?")

#: What is wrong, and the text of the setting in whose line it is ("" for its first line).
Fault = tuple[str, str]


@dataclass(frozen=True)
class Rule:
    """What must hold of the setting `key`; `faults` yields a reason for each way it does not."""

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
    """Return a rule for each text of a list; `{}` in the reason stands for the text."""

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
        yield f"The accent's contrast is {ratio:.1f}:1; it must be 4.5:1 or more.", ""


def _about_fits(source: CampaignSource) -> bool:
    about = " ".join(source.settings.get("cwc_about", "").split())
    return not about or MIN_ABOUT <= len(about) <= MAX_ABOUT


def _time_zone(source: CampaignSource) -> Iterator[Fault]:
    place = source.settings.get("time_zone", civil_time.DEFAULT_ZONE)
    if not civil_time.is_zone(place):
        yield f'There is no time zone "{place}"; write one such as America/Chicago.', ""


def _day(key: str) -> Rule:
    def holds(source: CampaignSource) -> bool:
        day = source.settings.get(key)
        return not day or _FIRST_YEAR <= day.year <= _LAST_YEAR

    return _whole(key, holds, f"Give {key} as a day from {_FIRST_YEAR} to {_LAST_YEAR}.")


def _closes_after_opening(source: CampaignSource) -> bool:
    opens, closes = source.settings.get("opens_on"), source.settings.get("closes_on")
    return not (opens and closes) or closes >= opens


def _facts_are_there(source: CampaignSource) -> Iterator[Fault]:
    for fact in source.strings("required"):
        if fact not in source.facts:
            yield f'There is no fact "{fact}" in facts.toml.', fact


def _names_its_organizer(source: CampaignSource) -> bool:
    organizer = source.organizer
    return not source.published or bool(
        organizer.name and organizer.postal_address and organizer.email
    )


#: In the order in which an organizer reads what is wrong.
RULES = (
    _whole("goals", _goals_rise, "Give the goals as whole numbers that rise."),
    _whole("goals", _goals_are_possible, f"Give goals of {LARGEST_GOAL:,} at most."),
    _whole("accent", _accent_is_color, "Give the accent as #rrggbb."),
    Rule("accent", _accent_contrast),
    _each("cwc_topics", CWC_TOPICS.__contains__, 'Congress has no topic "{}".'),
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
    _each(
        "targets",
        lambda code: is_committee(code) and not code[-1].isdigit(),
        '"{}" is not a full committee\'s code, such as SSFR.',
    ),
    _whole(
        "targets",
        lambda source: len(source.strings("targets")) <= MAX_TARGETS,
        f"Name {MAX_TARGETS} targets at most.",
    ),
    _each("hashtags", str.isalnum, 'Write the hashtag "{}" as letters and digits alone.'),
    Rule("time_zone", _time_zone),
    _day("opens_on"),
    _day("closes_on"),
    _whole("closes_on", _closes_after_opening, "The campaign closes before it opens."),
    Rule("required", _facts_are_there),
    _whole(
        "email",
        lambda source: not source.organizer.email or mail_address.is_valid(source.organizer.email),
        "The organizer's e-mail is not an address.",
    ),
    _whole(
        "url",
        lambda source: not source.organizer.url or is_https(source.organizer.url),
        "Give the organizer's site as an https:// address.",
    ),
    _whole(
        "organizer",
        _names_its_organizer,
        "A published campaign says who runs it: name, address, e-mail.",
    ),
)


def problems(source: CampaignSource) -> Iterator[Problem]:
    """Yield what is wrong with the settings of a campaign, each with its line in campaign.toml."""
    for rule in RULES:
        for reason, text in rule.faults(source):
            yield Problem("campaign.toml", source.line(rule.key, text), reason)
    yield from _events(source)


def _events(source: CampaignSource) -> Iterator[Problem]:
    """Yield what is wrong with the events, each with the line of its own heading."""
    headings = [
        number
        for number, row in enumerate(source.settings_text.splitlines(), start=1)
        if row.replace(" ", "").startswith("[[events]]")
    ]
    for place, reason in events.faults(source.settings.get("events", [])):
        line = headings[place] if place < len(headings) else source.line("events")
        yield Problem("campaign.toml", line, reason)
