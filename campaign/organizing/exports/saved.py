"""Saved exports: requests that organizers keep under a name and repeat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from campaign import text
from campaign.errors import InvalidInput
from campaign.organizing.exports import filters, presets
from campaign.store import saved_exports
from campaign.store.db.engine import Database
from campaign.store.saved_exports import SavedExport


@dataclass(frozen=True)
class SavedRequest:
    """A request to save: the preset's name, filters as typed, and the purpose."""

    preset: str
    filter: Mapping[str, str]
    purpose: str = ""


def save(
    db: Database,
    campaign: str,
    name: str,
    asked: SavedRequest,
    *,
    zone: ZoneInfo,
    actor: str,
    now: datetime,
) -> None:
    """Save an export under a name, replacing any of that name; its days are those of `zone`.

    Raises InvalidInput.
    """
    named = text.line(name, limit=60, field="name")
    if not named:
        raise InvalidInput("Enter a name for the saved export.", field="name")
    presets.find(asked.preset)
    words = filters.as_words(filters.read(campaign, asked.filter, zone))
    with db.writing() as connection:
        saved_exports.save(
            connection,
            campaign,
            named,
            preset=asked.preset,
            filter=words,
            purpose=text.line(asked.purpose, limit=200, field="purpose"),
            actor=actor,
            now=now,
        )


def find(db: Database, campaign: str, name: str) -> SavedExport:
    """Return a saved export. Raises InvalidInput, which names the existing ones."""
    with db.reading() as connection:
        found = saved_exports.find(connection, campaign, name)
        if found is not None:
            return found
        names = [one.name for one in saved_exports.of_campaign(connection, campaign)]
    there = f"There are: {', '.join(names)}." if names else "None has been saved yet."
    raise InvalidInput(f"There is no saved export with that name. {there}", field="saved")
