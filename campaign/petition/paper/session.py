"""Whoever enters paper: with a campaign, a name for the record, and what may be told to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from campaign.congress.dataset import Congress
from campaign.errors import LineRefused
from campaign.keys import Keyring
from campaign.letters.batch import person_row
from campaign.packs.pack import Pack
from campaign.petition.paper import enter_signatures, paper_row
from campaign.petition.paper.duplicates import Outcome
from campaign.petition.paper.enter_signatures import DryRun
from campaign.petition.paper.paper_row import PaperSignature
from campaign.store.db.engine import Database
from campaign.tables import yes_no

#: Fields of a table, the first that is filled going before the others.
_SIGNED_ON = ("signed_on", "date", "recorded_at")
_COMMENT = ("comment", "note")


@dataclass(frozen=True)
class PaperSession:
    """Reads, rehearses and enters lines of paper.

    `is_discreet` is for somebody who may not look signers up.
    """

    db: Database
    pack: Pack
    congress: Congress
    now: datetime
    keyring: Keyring
    actor: str
    hide_matches: bool = False
    _dry_run: list[DryRun] = field(default_factory=list, repr=False, compare=False)

    def read(self, said: Mapping[str, str]) -> PaperSignature:
        """Return a line of a table by its fields. Raises LineRefused, InvalidInput."""
        found = person_row.read(said, (), self.congress)
        if found.faults:
            raise LineRefused(
                " ".join(dict.fromkeys(fault.reason for fault in found.faults)),
                column=found.faults[0].column,
            )
        values = found.values
        if values.get("consent", "").strip() and yes_no.read(values["consent"]) is not True:
            raise LineRefused(
                "Consent is not a yes. Leave this person out, or correct it.", column="consent"
            )
        day = person_row.day_of(values, _SIGNED_ON, self.pack.zone)
        line = paper_row.parse_signature(
            first_name=values["first_name"],
            last_name=values["last_name"],
            zip=values.get("zip", ""),
            state=values.get("state", ""),
            country=values.get("country", ""),
            email=values.get("email", ""),
            comment=next((values[field] for field in _COMMENT if values.get(field)), ""),
            signed_on=day.isoformat() if day else "",
            sheet=values.get("sheet", ""),
            namesake=values.get("namesake", ""),
            pack=self.pack,
            congress=self.congress,
            today=self.pack.day_of(self.now),
        )
        return replace(line, repairs=found.repairs)

    def dry_run(self, lines: Sequence[PaperSignature]) -> tuple[Outcome, ...]:
        """Return what would become of lines, after those rehearsed before."""
        if not self._dry_run:
            self._dry_run.append(DryRun(self.db, self.pack, keyring=self.keyring))
        return self._told(self._dry_run[0].enter(lines))

    def enter(
        self,
        lines: Sequence[PaperSignature],
        details: dict[str, Any],
        *,
        unread: int = 0,
        all_or_nothing: bool = False,
    ) -> tuple[Outcome, ...]:
        """Enter lines and return what became of each, as `paper.enter` does."""
        return self._told(
            enter_signatures.enter(
                self.db,
                self.pack,
                lines,
                now=self.now,
                keyring=self.keyring,
                actor=self.actor,
                details=details,
                unread=unread,
                all_or_nothing=all_or_nothing,
                hide_matches=self.hide_matches,
            )
        )

    def _told(self, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        if not self.hide_matches:
            return outcomes
        return tuple(outcome.redacted() for outcome in outcomes)
