"""Export presets and requests: a format, and who wants which signers, when and what for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import filters
from campaign.organizing.exports.extras import Extra
from campaign.store.exports.query import Cell, Selection

#: The pieces of a file: bytes, and the number of signers in them.
Pieces = Iterator[tuple[bytes, int]]


@dataclass(frozen=True)
class Preset:
    """An export format: what it is for, its columns in order, and how it is written.

    A preset `is_for_mail` if the tool that imports it mails everyone in the file: it gets only
    opted-in signers. There is no default, because a preset that forgot it would mail people who
    never agreed. Up to `most_at_once` signers are exported while the browser waits; larger exports
    are jobs. `extra` is the optional package that writes the format, if it needs one.
    """

    name: str
    title: str
    use: str
    suffix: str
    mimetype: str
    cells: tuple[Cell, ...]
    pieces: Callable[[Connection, "ExportRequest"], Pieces]
    is_for_mail: bool
    most_at_once: int = 50_000
    extra: Extra | None = None

    @property
    def takes_bom(self) -> bool:
        """True for CSV, which Excel reads as UTF-8 only after a byte-order mark."""
        return self.suffix == ".csv"

    @property
    def is_installed(self) -> bool:
        """True if the packages that write it are installed."""
        return self.extra is None or self.extra.is_installed


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """One requested export.

    `purpose` is the requester's own words. `reason` says why signers who did not opt in go into a
    mail tool; without one they are left out. The caller checks the permission to give a reason.
    """

    preset: Preset
    selection: Selection
    actor: str
    now: datetime
    origin: Origin
    purpose: str = ""
    reason: str = ""
    with_bom: bool = False

    @property
    def exported(self) -> Selection:
        """The selected signers whom the preset's tool may have.

        Signers who unsubscribed never go into a mail tool, whatever the reason.
        """
        if not self.preset.is_for_mail:
            return self.selection
        asked_for_news = self.selection.only_mail or not self.reason
        return replace(self.selection, for_mail=True, only_mail=asked_for_news)

    @property
    def file_name(self) -> str:
        """The file's name: campaign, preset, time, actor: `…-generic-20261124T0930Z-user17.csv`."""
        who = re.sub(r"[^A-Za-z0-9]+", "-", self.actor.replace(":", "", 1)).strip("-")
        moment = f"{self.now:%Y%m%dT%H%MZ}"
        name = f"{self.selection.campaign}-{self.preset.name}-{moment}-{who or 'somebody'}"
        return name + self.preset.suffix

    def record(self) -> dict[str, Any]:
        """Return the details for the audit record, besides actor and time."""
        kept: dict[str, Any] = {
            "preset": self.preset.name,
            "filter": filters.as_words(self.selection),
            "purpose": self.purpose,
        }
        if self.reason:
            kept["reason"] = self.reason
        return kept
