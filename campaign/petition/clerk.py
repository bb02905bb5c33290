"""Whoever enters paper: with a campaign, a name for the record, and what may be told to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaign.congress.dataset import Congress
from campaign.packs.pack import Pack
from campaign.petition import paper
from campaign.petition.paper import Handwritten, Outcome, Rehearsal
from campaign.store.engine import Database


@dataclass(frozen=True)
class Clerk:
    """Reads, rehearses and enters lines of paper.

    `is_discreet` is for somebody who may not look signers up.
    """

    db: Database
    pack: Pack
    congress: Congress
    now: datetime
    secret_key: str
    actor: str
    is_discreet: bool = False
    _rehearsal: list[Rehearsal] = field(default_factory=list, repr=False, compare=False)

    def read(self, said: Mapping[str, str]) -> Handwritten:
        """Return a line as it was copied from a sheet. Raises LineRefused, InvalidInput."""
        return paper.handwritten(
            **said,
            pack=self.pack,
            congress=self.congress,
            today=self.pack.day_of(self.now),
        )

    def rehearse(self, lines: Sequence[Handwritten]) -> tuple[Outcome, ...]:
        """Return what would become of lines, after those rehearsed before."""
        if not self._rehearsal:
            self._rehearsal.append(Rehearsal(self.db, self.pack, secret_key=self.secret_key))
        return self._told(self._rehearsal[0].enter(lines))

    def enter(
        self, lines: Sequence[Handwritten], details: dict[str, Any], *, all_or_nothing: bool = False
    ) -> tuple[Outcome, ...]:
        """Enter lines and return what became of each, as `paper.enter` does."""
        return self._told(
            paper.enter(
                self.db,
                self.pack,
                lines,
                now=self.now,
                secret_key=self.secret_key,
                actor=self.actor,
                details=details,
                all_or_nothing=all_or_nothing,
            )
        )

    def _told(self, outcomes: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
        if not self.is_discreet:
            return outcomes
        return tuple(outcome.discreet() for outcome in outcomes)
