"""A campaign folder as written: every text with its file and line, not yet resolved for a day.

`campaign.packs.checks` checks a source, `campaign.packs.resolve` turns it into a Pack for a day.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from campaign import civil_time
from campaign.errors import Problem
from campaign.packs import (
    asks,
    bills,
    document,
    ledger,
    local_targets,
    organizer,
    read_errors,
    targets,
    toml,
)
from campaign.packs.asks import AskMarks
from campaign.packs.bills import Bill, BillNames, CampaignBill
from campaign.packs.document import Document
from campaign.packs.ledger import Fact
from campaign.packs.markdown import SourceText
from campaign.packs.organizer import Funding, Organizer
from campaign.packs.targets import Targets

#: The languages of the pages: code -> the language's own name.
LANGUAGES: dict[str, str] = {"en": "English", "es": "Español", "hy": "Հայերեն"}

SETTINGS: dict[str, type | tuple[type, ...]] = {
    "published": bool,
    "archived": bool,
    "accent": str,
    "goals": list,
    "committees": list,
    "targets": (list, dict),
    "points_in_any_order": bool,
    "cwc_topics": list,
    "bill": list,
    "cwc_bills": list,
    "cwc_stance": str,
    "cwc_about": str,
    "hashtags": list,
    "opens_on": date,
    "closes_on": date,
    "time_zone": str,
    "challenge": bool,
    "events": list,
    "required": list,
    "banned": list,
    "organizer": dict,
    "funding": dict,
    "asks": dict,
}
_POINT = re.compile(r"(?P<heading>.*\S)\s*\{#(?P<id>[a-z0-9-]+)(?:\s+\.(?P<audience>[a-z-]+))?\}")
_PETITION = re.compile(r"petition(?:\.([A-Za-z-]+))?\.md")
#: The name of an update: its date, then a name of its own.
UPDATE_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})-([a-z0-9-]+)\.md")


@dataclass(frozen=True)
class PointSource:
    """A talking point as written; `line` is that of its heading."""

    id: str
    heading: str
    audience: str
    line: int
    paragraphs: tuple[SourceText, ...]
    brief: tuple[SourceText, ...] = ()


@dataclass(frozen=True)
class UpdateSource:
    """An update (a piece of news) as written; `id` is the file name without `.md`."""

    id: str
    date: date
    document: Document


@dataclass(frozen=True)
class CampaignSource:
    """The contents of a campaign folder; `settings` holds only values of the right type."""

    name: str
    folder: Path
    settings: Mapping[str, Any] = field(default_factory=dict)
    settings_text: str = ""
    organizer: Organizer = field(default_factory=lambda: Organizer("", (), ""))
    funding: Funding = field(default_factory=Funding)
    facts: dict[str, Fact] = field(default_factory=dict)
    petitions: dict[str, Document] = field(default_factory=dict)
    story: Document | None = None
    points: tuple[PointSource, ...] = ()
    letters: Document | None = None
    updates: tuple[UpdateSource, ...] = ()
    outcome: Document | None = None
    targets: Targets = field(default_factory=Targets)
    asks: AskMarks = field(default_factory=AskMarks)
    campaign_bills: tuple[CampaignBill, ...] = ()

    @property
    def published(self) -> bool:
        """True if the organizer has set `published = true` and has not archived the campaign."""
        return bool(self.settings.get("published", False)) and not self.archived

    @property
    def archived(self) -> bool:
        """True if the organizer has set `archived = true`."""
        return bool(self.settings.get("archived", False))

    @property
    def zone(self) -> ZoneInfo:
        """The campaign's time zone, or the default if the setting is missing or unknown."""
        name = self.settings.get("time_zone", "")
        return civil_time.zone(name if civil_time.is_zone(name) else civil_time.DEFAULT_ZONE)

    def line(self, key: str, holding: str = "") -> int:
        """Return the line of a setting in campaign.toml, or 0.

        In a list of several lines, `holding` selects the line that contains that text.
        """
        line = toml.line_of(self.settings_text, key)
        if holding and line:
            for number, row in enumerate(self.settings_text.splitlines()[line - 1 :], start=line):
                if holding in row:
                    return number
        return line

    @property
    def bills(self) -> tuple[Bill, ...]:
        """The bills of `cwc_bills`, those that can be read."""
        read = (Bill.parse(text) for text in self.strings("cwc_bills"))
        return tuple(bill for bill in read if bill is not None)

    def bills_on(self, day: date) -> tuple[CampaignBill, ...]:
        """Return the bills of `[[bill]]` whose Congress has not ended by that day."""
        return tuple(each for each in self.campaign_bills if each.bill.is_open(day))

    def ended_names(self, day: date) -> BillNames:
        """Return how texts name the bills of `[[bill]]` whose Congress has ended by that day.

        A number that an open bill has too means the open one.
        """
        taken = {(each.bill.type, each.bill.number) for each in self.bills_on(day)}
        ended = (each.bill for each in self.campaign_bills if not each.bill.is_open(day))
        return BillNames(bill for bill in ended if (bill.type, bill.number) not in taken)

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a setting that is a list of texts, or ()."""
        return tuple(self.settings.get(key, ()))


def read(folder: Path) -> tuple[CampaignSource, tuple[Problem, ...]]:
    """Read a campaign folder; each thing that cannot be read is a Problem, the rest is returned."""
    problems: list[Problem] = []
    settings_text = toml.with_current_names(document.read_text(folder, "campaign.toml", problems))
    no_settings: dict[str, Any] = {}
    settings = read_errors.read_or_report(
        "campaign.toml", problems, lambda: read_settings(settings_text, problems), no_settings
    )
    facts_text = document.read_text(folder, "facts.toml", problems)
    no_facts: dict[str, Fact] = {}
    facts = read_errors.read_or_report(
        "facts.toml", problems, lambda: ledger.read(facts_text, "facts.toml", problems), no_facts
    )
    found_targets = read_errors.read_or_report(
        "campaign.toml",
        problems,
        lambda: _targets(folder, settings.get("targets"), settings_text, problems),
        Targets(),
    )
    no_bills: tuple[CampaignBill, ...] = ()
    campaign_bills = read_errors.read_or_report(
        "campaign.toml",
        problems,
        lambda: bills.read(settings.get("bill"), settings_text, problems),
        no_bills,
    )
    source = CampaignSource(
        name=folder.name,
        folder=folder,
        settings=settings,
        settings_text=settings_text,
        organizer=organizer.read_organizer(settings_text, settings.get("organizer", {}), problems),
        funding=organizer.read_funding(
            settings_text, settings.get("funding"), tuple(LANGUAGES), problems
        ),
        facts=facts,
        petitions=_petitions(folder, facts, problems),
        story=document.read(folder, "story.md", facts, problems),
        points=_points(folder, facts, problems),
        letters=document.read(folder, "letters.md", facts, problems),
        updates=_updates(folder, facts, problems),
        outcome=document.read(folder, "outcome.md", facts, problems)
        if os.path.lexists(folder / "outcome.md")
        else None,
        targets=found_targets,
        asks=asks.read(settings.get("asks"), settings_text, found_targets, problems),
        campaign_bills=campaign_bills,
    )
    return source, tuple(dict.fromkeys(problems))


def _targets(folder: Path, value: object, settings_text: str, problems: list[Problem]) -> Targets:
    has_table = os.path.lexists(folder / local_targets.FILE)
    content = document.read_text(folder, local_targets.FILE, problems) if has_table else ""
    local = local_targets.read(content, problems) if content else ()
    return targets.read(value, settings_text, local, problems)


def _displayable(name: str) -> str:
    """Return a file name that can be shown: on disk it may not be UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def read_settings(text: str, problems: list[Problem]) -> dict[str, Any]:
    """Return the settings of `campaign.toml` that are sound; the others become problems."""
    good: dict[str, Any] = {}
    loaded = toml.read(text, "campaign.toml", problems)
    toml.require_printable(loaded, text, "campaign.toml", problems)
    for key, value in loaded.items():
        wanted = SETTINGS.get(key)
        if wanted is None:
            reason = f'There is no setting "{key}". Check its spelling.'
        elif not isinstance(value, wanted) or isinstance(value, datetime):
            reason = f"The setting {key} has a value of the wrong type; see docs/campaigns.md."
        elif isinstance(value, list) and not _is_list(key, value):
            kind = "whole numbers" if key == "goals" else "texts"
            reason = f"Write the setting {key} as a list of {kind}."
        else:
            good[key] = value
            continue
        problems.append(Problem("campaign.toml", toml.line_of(text, key), reason))
    return good


def _is_list(key: str, value: list[object]) -> bool:
    if key in {"events", "bill"}:  # checked by campaign.packs.events and bills
        return True
    if key == "goals":
        return all(isinstance(item, int) and not isinstance(item, bool) for item in value)
    return all(isinstance(item, str) for item in value)


def _petitions(
    folder: Path, facts: Mapping[str, Fact], problems: list[Problem]
) -> dict[str, Document]:
    found: dict[str, Document] = {"en": document.read(folder, "petition.md", facts, problems)}
    for path in sorted(folder.glob("petition.*.md")):
        language = _PETITION.fullmatch(path.name)
        if language is None or language[1] not in LANGUAGES or language[1] == "en":
            allowed = ", ".join(code for code in LANGUAGES if code != "en")
            reason = f"Pages are not available in this language. Use one of: {allowed}."
            problems.append(Problem(_displayable(path.name), 0, reason))
        else:
            found[language[1]] = document.read(folder, path.name, facts, problems)
    return {code: found[code] for code in LANGUAGES if code in found}


def _points(
    folder: Path, facts: Mapping[str, Fact], problems: list[Problem]
) -> tuple[PointSource, ...]:
    written = document.read(folder, "points.md", facts, problems)
    points: list[PointSource] = []
    for part in written.parts:
        if part.level == 0:
            continue
        if points and part.heading.casefold() == "in brief":
            points[-1] = replace(points[-1], brief=points[-1].brief + part.paragraphs)
            continue
        found = _POINT.fullmatch(part.heading)
        if found is None:
            reason = "Write the heading of a point as: ## Heading {#id .audience}"
            problems.append(Problem(written.file, part.line, reason))
            continue
        points.append(
            PointSource(
                id=found["id"],
                heading=found["heading"],
                audience=found["audience"] or "all",
                line=part.line,
                paragraphs=part.paragraphs,
            )
        )
    return tuple(points)


def _updates(
    folder: Path, facts: Mapping[str, Fact], problems: list[Problem]
) -> tuple[UpdateSource, ...]:
    found: list[UpdateSource] = []
    for path in sorted((folder / "updates").glob("*.md")):
        file = f"updates/{_displayable(path.name)}"
        named = UPDATE_FILE.fullmatch(path.name)
        try:
            day = date.fromisoformat(named[1]) if named else None
        except ValueError:
            day = None
        if named is None or day is None:
            reason = "Name an update by its day, such as 2026-06-15-hearing.md."
            problems.append(Problem(file, 0, reason))
            continue
        written = document.read(folder, file, facts, problems)
        found.append(UpdateSource(path.stem, day, written))
    return tuple(sorted(found, key=lambda update: (update.date, update.id), reverse=True))
