"""A campaign folder as written: every text with its file and line, not yet resolved for a day.

`campaign.packs.checks` checks a source, `campaign.packs.resolve` turns it into a Pack for a day.
"""

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from campaign import civil_time
from campaign.errors import Problem
from campaign.packs import asks, bills, ledger, local_targets, organizer, read_errors, targets, toml
from campaign.packs.asks import AskMarks
from campaign.packs.bills import Bill, CampaignBill
from campaign.packs.ledger import Fact
from campaign.packs.markdown import Section, SourceText, sections
from campaign.packs.organizer import Funding, Organizer
from campaign.packs.sentences import split
from campaign.packs.targets import Targets

#: The languages of the pages: code -> the language's own name.
LANGUAGES: dict[str, str] = {"en": "English", "es": "Español", "hy": "Հայերեն"}

#: The size limit of a campaign's text file, in bytes: well above any real one.
_MAX_BYTES = 200_000

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
_CLAIM = re.compile(r"\[=([a-z0-9][a-z0-9-]*)\]")
_PETITION = re.compile(r"petition(?:\.([A-Za-z-]+))?\.md")
#: The name of an update: its date, then a name of its own.
UPDATE_FILE = re.compile(r"(\d{4}-\d{2}-\d{2})-([a-z0-9-]+)\.md")


@dataclass(frozen=True)
class Document:
    """A Markdown file: its header's fields (TOML between `+++` lines) and its sections."""

    file: str
    header: Mapping[str, Any]
    header_text: str
    body: str
    body_line: int
    parts: tuple[Section, ...]

    def part(self, heading: str) -> tuple[SourceText, ...]:
        """Return the paragraphs under a heading, ignoring case; "" means before the first."""
        wanted = heading.casefold()
        return tuple(
            row for part in self.parts if part.heading.casefold() == wanted
            for row in part.paragraphs
        )  # fmt: skip

    def field(self, key: str) -> SourceText:
        """Return a field of the header, with empty text if it is missing."""
        value = self.header.get(key, "")
        text = " ".join(value.split()) if isinstance(value, str) else ""
        return SourceText(text, self.file, toml.line_of(self.header_text, key, 2))


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

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a setting that is a list of texts, or ()."""
        return tuple(self.settings.get(key, ()))


def read(folder: Path) -> tuple[CampaignSource, tuple[Problem, ...]]:
    """Read a campaign folder; each thing that cannot be read is a Problem, the rest is returned."""
    problems: list[Problem] = []
    settings_text = toml.with_current_names(_text(folder, "campaign.toml", problems))
    no_settings: dict[str, Any] = {}
    settings = read_errors.read_or_report(
        "campaign.toml", problems, lambda: read_settings(settings_text, problems), no_settings
    )
    facts_text = _text(folder, "facts.toml", problems)
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
        story=_document(folder, "story.md", facts, problems),
        points=_points(folder, facts, problems),
        letters=_document(folder, "letters.md", facts, problems),
        updates=_updates(folder, facts, problems),
        outcome=_document(folder, "outcome.md", facts, problems)
        if os.path.lexists(folder / "outcome.md")
        else None,
        targets=found_targets,
        asks=asks.read(settings.get("asks"), settings_text, found_targets, problems),
        campaign_bills=campaign_bills,
    )
    return source, tuple(dict.fromkeys(problems))


def _text(folder: Path, file: str, problems: list[Problem]) -> str:
    try:
        # Opening a pipe or a device could block forever.
        if not stat.S_ISREG((folder / file).stat().st_mode):
            problems.append(Problem(file, 0, "This is not a regular file."))
            return ""
        with (folder / file).open("rb") as opened:
            raw = opened.read(_MAX_BYTES + 1)
        if len(raw) > _MAX_BYTES:
            problems.append(Problem(file, 0, f"The file is larger than {_MAX_BYTES:,} bytes."))
            return ""
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
        found = toml.UNPRINTABLE.search(text)
        if found is None:
            return text
        line = text.count("\n", 0, found.start()) + 1
        problems.append(Problem(file, line, toml.unprintable(found[0])))
    except FileNotFoundError:
        problems.append(Problem(file, 0, "The file is missing."))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.append(Problem(file, line, "The file is not UTF-8 text. Save it as UTF-8."))
    except OSError:
        problems.append(Problem(file, 0, "The file cannot be read."))
    return ""


def _targets(folder: Path, value: object, settings_text: str, problems: list[Problem]) -> Targets:
    has_table = os.path.lexists(folder / local_targets.FILE)
    content = _text(folder, local_targets.FILE, problems) if has_table else ""
    local = local_targets.read(content, problems) if content else ()
    return targets.read(value, settings_text, local, problems)


def _document(
    folder: Path, file: str, facts: Mapping[str, Fact], problems: list[Problem]
) -> Document:
    text = _text(folder, file, problems)
    empty = Document(file, {}, "", "", 1, ())
    return read_errors.read_or_report(
        file, problems, lambda: _read_document(text, file, facts, problems), empty
    )


def _read_document(
    text: str, file: str, facts: Mapping[str, Fact], problems: list[Problem]
) -> Document:
    header_text, body, body_line = _split_header(text)
    body = _CLAIM.sub(lambda match: _expand_claim(match[1], facts), body)
    header = toml.read(header_text, file, problems, 2)
    toml.require_printable(header, text, file, problems)
    for key, value in header.items():
        if not isinstance(value, str):
            line = toml.line_of(header_text, key, 2)
            problems.append(Problem(file, line, f"Write {key} as text, in quotation marks."))
    return Document(
        file=file,
        header=header,
        header_text=header_text,
        body=body,
        body_line=body_line,
        parts=sections(body, file, body_line),
    )


def _expand_claim(fact_id: str, facts: Mapping[str, Fact]) -> str:
    """Put a fact's own claim where a text says `[=id]`, each of its sentences marked."""
    fact = facts.get(fact_id)
    claim = " ".join(fact.claim.split()) if fact else ""
    sentences = split(claim or "Not reviewed yet.")
    return " ".join(f"{sentence.rstrip()}[^{fact_id}]" for sentence in sentences)


def _displayable(name: str) -> str:
    """Return a file name that can be shown: on disk it may not be UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def _split_header(text: str) -> tuple[str, str, int]:
    rows = text.split("\n")
    if rows[0].strip() == "+++":
        for index in range(1, len(rows)):
            if rows[index].strip() == "+++":
                return "\n".join(rows[1:index]), "\n".join(rows[index + 1 :]), index + 2
    return "", text, 1


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
    found: dict[str, Document] = {"en": _document(folder, "petition.md", facts, problems)}
    for path in sorted(folder.glob("petition.*.md")):
        language = _PETITION.fullmatch(path.name)
        if language is None or language[1] not in LANGUAGES or language[1] == "en":
            allowed = ", ".join(code for code in LANGUAGES if code != "en")
            reason = f"Pages are not available in this language. Use one of: {allowed}."
            problems.append(Problem(_displayable(path.name), 0, reason))
        else:
            found[language[1]] = _document(folder, path.name, facts, problems)
    return {code: found[code] for code in LANGUAGES if code in found}


def _points(
    folder: Path, facts: Mapping[str, Fact], problems: list[Problem]
) -> tuple[PointSource, ...]:
    document = _document(folder, "points.md", facts, problems)
    points: list[PointSource] = []
    for part in document.parts:
        if part.level == 0:
            continue
        if points and part.heading.casefold() == "in brief":
            points[-1] = replace(points[-1], brief=points[-1].brief + part.paragraphs)
            continue
        found = _POINT.fullmatch(part.heading)
        if found is None:
            reason = "Write the heading of a point as: ## Heading {#id .audience}"
            problems.append(Problem(document.file, part.line, reason))
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
        document = _document(folder, file, facts, problems)
        found.append(UpdateSource(path.stem, day, document))
    return tuple(sorted(found, key=lambda update: (update.date, update.id), reverse=True))
