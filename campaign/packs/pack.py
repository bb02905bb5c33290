"""Load a campaign: find its folder, read it, check it, and resolve its texts for a day."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from campaign import paths
from campaign.errors import CampaignUnknown, PackInvalid, Problem
from campaign.packs import check_warnings, checks, read_errors, resolve, settings_rules, source
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.letter_headings import RECIPIENT_KINDS, RecipientKind
from campaign.packs.organizer import Organizer
from campaign.packs.resolve import Omission
from campaign.packs.source import LANGUAGES, CampaignSource
from campaign.packs.values import (
    LetterTexts,
    Pack,
    Passage,
    TalkingPoint,
    Texts,
    Update,
)
from campaign.settings import Settings

__all__ = [
    "LANGUAGES",
    "RECIPIENT_KINDS",
    "RESERVED",
    "LetterTexts",
    "Omission",
    "Organizer",
    "Pack",
    "Passage",
    "RecipientKind",
    "Review",
    "TalkingPoint",
    "Texts",
    "Update",
    "check",
    "find",
    "folders",
    "is_campaign",
    "is_name",
    "load",
    "load_at",
    "names",
    "predates_funding",
    "read_checked",
    "resolve_checked",
    "review",
    "review_at",
    "zone_of",
]

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

#: Words that take the place of a campaign's name in URLs of the back office.
RESERVED = frozenset({"log-in", "log-out", "verify", "own", "password", "invitation", "new"})


@dataclass(frozen=True)
class Review:
    """The result of `review`: problems prevent the use of a campaign, warnings need a second look.

    `pack` is None if there are problems; `left_out` lists the sentences left out on the day.
    `losses` are those of the warnings that name a text of which nothing is left once a bill ends.
    """

    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    pack: Pack | None
    left_out: tuple[Omission, ...]
    losses: tuple[Problem, ...] = ()


def is_name(text: str) -> bool:
    """True for a valid campaign name: up to 63 lowercase letters, digits and hyphens.

    The words in `RESERVED` are not valid, because their pages could not be reached.
    """
    return _NAME.fullmatch(text) is not None and text not in RESERVED


def folders(settings: Settings) -> tuple[Path, ...]:
    """Return the folders of campaigns by precedence: the site's own, CAMPAIGN_PATH, the shipped."""
    return (settings.campaigns_folder, *settings.campaign_paths, paths.data() / "campaigns")


def names(folders: Sequence[Path]) -> tuple[str, ...]:
    """Return the names of all campaigns in the folders, sorted."""
    return tuple(
        sorted(
            {
                found.name
                for folder in folders
                for found in _entries(folder)
                if is_name(found.name) and is_campaign(found)
            }
        )
    )


def _entries(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(folder.iterdir())
    except OSError:
        return ()


def is_campaign(folder: Path) -> bool:
    """True if the folder has a campaign.toml, even one that cannot be read."""
    return os.path.lexists(folder / "campaign.toml")


def find(name: str, folders: Sequence[Path]) -> Path:
    """Return the folder of a campaign, from the first of `folders` that has it.

    Raises CampaignUnknown, which lists the known campaigns.
    """
    if is_name(name):
        for folder in folders:
            if is_campaign(folder / name):
                return folder / name
    known = ", ".join(names(folders)) or "none"
    raise CampaignUnknown(f"There is no campaign of that name. Choose from: {known}.")


def load(folder: Path, on_date: date) -> Pack:
    """Load and check a campaign for a day.

    Raises PackInvalid with every problem found, such as a published campaign whose required fact
    has lapsed by that day.
    """
    return resolve_checked(read_checked(folder), CampaignDay.on(on_date))[0]


def resolve_checked(source: CampaignSource, day: CampaignDay) -> tuple[Pack, tuple[Omission, ...]]:
    """Return a checked source as the Pack of a day, and the sentences left out.

    Raises PackInvalid as `load` does.
    """
    return read_errors.resolve_or_raise("campaign.toml", lambda: resolve.resolve(source, day))


def load_at(folder: Path, now: datetime) -> Pack:
    """Load and check a campaign, as `load` does, for the day of an instant."""
    found = read_checked(folder)
    return resolve.resolve(found, CampaignDay.at(now, found.zone))[0]


def zone_of(folder: Path) -> ZoneInfo:
    """Return the time zone of a campaign, even if its texts do not pass their checks."""
    return source.read(folder)[0].zone


def read_checked(folder: Path) -> CampaignSource:
    """Read a campaign folder and check what does not depend on a day.

    Raises PackInvalid with every problem.
    """
    found, faults = source.read(folder)
    faults = faults or tuple(checks.problems(found))
    if faults:
        raise PackInvalid(f"The campaign {folder.name} does not pass its checks.", faults)
    return found


def check(folder: Path, on_date: date) -> tuple[Problem, ...]:
    """Return every problem that prevents the use of a campaign on a day; () if `load` succeeds."""
    return review(folder, on_date).problems


def review(folder: Path, on_date: date) -> Review:
    """Check a campaign for a day, as `load` does, and collect problems and warnings."""
    return _review(*source.read(folder), CampaignDay.on(on_date))


def predates_funding(folder: Path) -> bool:
    """True if the campaign is public and has no `[funding]`: it is older than that table."""
    found = source.read(folder)[0]
    return found.published and not found.funding.is_stated


def review_at(folder: Path, now: datetime, *, needs_funding: bool = False) -> Review:
    """Check a campaign, as `review` does, for the day of an instant.

    With `needs_funding`, a public campaign also needs `[funding]`, as those do that become public.
    """
    found, faults = source.read(folder)
    if found.published and needs_funding:
        faults = (*faults, *settings_rules.unanswered(found))
    return _review(found, faults, CampaignDay.at(now, found.zone))


def _review(source: CampaignSource, faults: tuple[Problem, ...], day: CampaignDay) -> Review:
    faults = (*faults, *checks.problems(source))
    warnings = tuple(check_warnings.warnings(source, day))
    if faults:
        return Review(faults, warnings, None, ())
    try:
        pack, left_out = resolve_checked(source, day)
    except PackInvalid as error:
        return Review(error.problems, warnings, None, ())
    losses = tuple(check_warnings.losses(source, day))
    return Review((), (*losses, *warnings), pack, left_out, losses)
