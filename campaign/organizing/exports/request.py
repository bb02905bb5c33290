"""What an export is asked for with: a preset, which signers, by whom, when and what for."""

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

#: Bytes of a file, piece by piece, each with how many signers it holds.
Pieces = Iterator[tuple[bytes, int]]


@dataclass(frozen=True)
class Preset:
    """A format by its name: what it is for, its columns in order, and how it is written.

    A preset `is_for_mail` when the tool that takes it in writes to everyone in the file: it gets
    only signers who asked for news. There is no default: a preset that forgot to say so would mail
    people who never agreed. Of up to `most_at_once` signers it is made while the browser waits.
    `extra` is the optional package that writes it, where it needs one.
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
        """True for text that Excel reads right only after a byte-order mark."""
        return self.suffix == ".csv"

    @property
    def is_installed(self) -> bool:
        """True where all that writes it is installed here."""
        return self.extra is None or self.extra.is_installed


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """One export as it was asked for.

    `purpose` is what it is for, in the words of whoever asks. `reason` says why signers who did not
    ask for news shall go into a mail tool; without one they stay out. Whether it may be given is
    for the caller to ask.
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
        """Who leaves: of those selected, the ones that the preset's tool may have.

        Whoever said no to more mail goes into no mail tool, whatever the reason.
        """
        if not self.preset.is_for_mail:
            return self.selection
        asked_for_news = self.selection.only_mail or not self.reason
        return replace(self.selection, for_mail=True, only_mail=asked_for_news)

    @property
    def file_name(self) -> str:
        """The file's name, which says what, when and who: `…-generic-20261124T0930Z-user17.csv`."""
        who = re.sub(r"[^A-Za-z0-9]+", "-", self.actor.replace(":", "", 1)).strip("-")
        moment = f"{self.now:%Y%m%dT%H%MZ}"
        name = f"{self.selection.campaign}-{self.preset.name}-{moment}-{who or 'somebody'}"
        return name + self.preset.suffix

    def record(self) -> dict[str, Any]:
        """What the audit keeps of it, beside who and when."""
        kept: dict[str, Any] = {
            "preset": self.preset.name,
            "filter": filters.as_words(self.selection),
            "purpose": self.purpose,
        }
        if self.reason:
            kept["reason"] = self.reason
        return kept
