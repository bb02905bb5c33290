"""Parse, try out and enter lines of a paper table on behalf of one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from campaign import text
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

#: Fields of a table in order of preference: the first that is filled is used.
_SIGNED_ON = ("signed_on", "date", "recorded_at")
_COMMENT = ("comment", "note")


@dataclass(frozen=True)
class PaperSession:
    """One person entering paper for a campaign.

    `hide_matches` is for a person who may not search signers (`Outcome.redacted`). `mail_consent`
    is the sentence beside the box for updates on the sheets; without it, no one gets updates.
    """

    db: Database
    pack: Pack
    congress: Congress
    now: datetime
    keyring: Keyring
    actor: str
    hide_matches: bool = False
    mail_consent: str = ""
    _dry_run: list[DryRun] = field(default_factory=list, repr=False, compare=False)

    def read(self, fields: Mapping[str, str]) -> PaperSignature:
        """Parse a line of a table, given by its fields. Raises LineRefused, InvalidInput."""
        person = person_row.read(fields, (), self.congress)
        if person.faults:
            raise LineRefused(
                " ".join(dict.fromkeys(fault.reason for fault in person.faults)),
                column=person.faults[0].column,
            )
        values = person.values
        if values.get("consent", "").strip() and yes_no.read(values["consent"]) is not True:
            raise LineRefused(
                "Consent is not a yes. Leave this person out, or correct it.", column="consent"
            )
        repairs = person.repairs
        is_checked = bool(self.mail_consent) and _is_checked(values)
        if is_checked and not values.get("email", "").strip():
            is_checked = False
            repairs = (*repairs, "no_address")
        day = person_row.day_of(values, _SIGNED_ON, self.pack.zone)
        line = paper_row.parse_signature(
            first_name=values["first_name"],
            last_name=values["last_name"],
            zip=values.get("zip", ""),
            state=values.get("state", ""),
            country=values.get("country", ""),
            district=values.get("district", ""),
            email=values.get("email", ""),
            comment=next((values[field] for field in _COMMENT if values.get(field)), ""),
            signed_on=day.isoformat() if day else "",
            sheet=values.get("sheet", ""),
            namesake=values.get("namesake", ""),
            mail_consent=self.mail_consent if is_checked else "",
            pack=self.pack,
            congress=self.congress,
            now=self.now,
        )
        return replace(line, repairs=repairs)

    def dry_run(self, lines: Sequence[PaperSignature]) -> tuple[Outcome, ...]:
        """Return what `enter` would do with lines, after those of earlier dry runs."""
        if not self._dry_run:
            self._dry_run.append(DryRun(self.db, self.pack, keyring=self.keyring))
        return self._redacted(self._dry_run[0].enter(lines))

    def enter(
        self,
        lines: Sequence[PaperSignature],
        details: dict[str, Any],
        *,
        unread: int = 0,
        all_or_nothing: bool = False,
    ) -> tuple[Outcome, ...]:
        """Enter lines and return the outcome of each (`enter_signatures.enter`)."""
        return self._redacted(
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

    def _redacted(self, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        if not self.hide_matches:
            return outcomes
        return tuple(outcome.redacted() for outcome in outcomes)


def parse_mail_consent(typed: str) -> str:
    """Parse the sentence beside the box for updates. Raises InvalidInput (field "mail_consent")."""
    return text.line(typed, limit=400, field="mail_consent")


def _is_checked(values: Mapping[str, str]) -> bool:
    """Return True if a row says yes to updates. Raises LineRefused if that is unclear."""
    cell = values.get("mail_opt_in", "")
    wants = yes_no.read(cell) if cell.strip() else False
    if wants is None:
        raise LineRefused(
            "Say yes or no to updates, or leave the cell empty. Compare it with the sheet.",
            column="mail_opt_in",
        )
    left = values.get("mail_opt_out", "").strip()
    if wants and left and yes_no.read(left) is not False:
        raise LineRefused(
            "One column says yes to updates, another says no. Correct one of them.",
            column="mail_opt_out",
        )
    return wants
