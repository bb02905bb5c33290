"""Enter a table of paper signatures: rehearsed or for good, line by line or whole.

The command line and the worker do the same; both are told what became of the lines.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from campaign.congress.dataset import Congress
from campaign.errors import CampaignError, InvalidInput, LineRefused, TableRefused
from campaign.organising import paper as tables
from campaign.organising.paper import Line, Table
from campaign.packs.pack import Pack
from campaign.petition import paper
from campaign.petition.paper import Handwritten, Outcome
from campaign.store.engine import Database
from campaign.tables.rejects import Rejects

#: Lines in one transaction: long enough to be fast, short enough to keep nobody from signing.
BATCH = 500
#: All or nothing is one transaction; nobody else signs while it is written (a second or two).
MOST_AT_ONCE = 10_000
#: So many lines that were not entered are told one by one; the rejects have all.
MOST_TOLD = 100


@dataclass(frozen=True)
class Reason:
    """Why a line was not entered: its number (1 is the heading), the column, and a sentence."""

    line: int
    column: str
    says: str


@dataclass(frozen=True)
class Report:
    """What became of a table. `entered` is what would be, where nothing was `done`."""

    lines: int
    entered: int
    known: int
    refused: int
    passed_over: tuple[str, ...]
    reasons: tuple[Reason, ...]
    done: bool

    @property
    def left(self) -> int:
        """How many lines are not entered."""
        return self.known + self.refused


@dataclass(frozen=True)
class Desk:
    """Where paper is entered: the campaign, who enters it, and when.

    `is_discreet` for somebody who may not look signers up.
    """

    db: Database
    pack: Pack
    congress: Congress
    now: datetime
    secret_key: str
    actor: str
    is_discreet: bool = False


def enter(
    desk: Desk,
    table: Table,
    rejects: Rejects,
    *,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    progress: Callable[[int], None] = lambda lines: None,
) -> Report:
    """Enter a table and return what became of it; `progress` is told the lines of each batch.

    With `all_or_nothing` a single refused line keeps out all of them; lines that are known already
    do not. Raises TableRefused where it has too many lines for that, or cannot be read on, and
    StoreUnavailable.
    """
    if all_or_nothing and table.lines > MOST_AT_ONCE:
        raise TableRefused(
            f"All or nothing takes {MOST_AT_ONCE:,} lines at most, and this table has "
            f"{table.lines:,}. Cut it in several."
        )
    if not (dry_run or all_or_nothing):
        return _by_batches(desk, table, rejects, _entering(desk, table), progress, done=True)
    if dry_run:
        return _by_batches(desk, table, rejects, _rehearsing(desk), progress, done=False)
    told = _by_batches(desk, table, rejects, _rehearsing(desk), progress, done=False)
    return told if told.refused else _whole(desk, table, told)


_Enter = Callable[[Sequence[Handwritten], int], tuple[Outcome, ...]]


def _entering(desk: Desk, table: Table) -> _Enter:
    def enter(people: Sequence[Handwritten], first: int) -> tuple[Outcome, ...]:
        return _entered(desk, people, {"table": table.sha256, "from_line": first})

    return enter


def _rehearsing(desk: Desk) -> _Enter:
    rehearsal = paper.Rehearsal(desk.db, desk.pack, secret_key=desk.secret_key)
    return lambda people, first: rehearsal.enter(people)


def _entered(
    desk: Desk,
    people: Sequence[Handwritten],
    details: dict[str, Any],
    *,
    all_or_nothing: bool = False,
) -> tuple[Outcome, ...]:
    return paper.enter(
        desk.db,
        desk.pack,
        people,
        now=desk.now,
        secret_key=desk.secret_key,
        actor=desk.actor,
        details=details,
        all_or_nothing=all_or_nothing,
    )


def _whole(desk: Desk, table: Table, told: Report) -> Report:
    """Enter all lines of a table in one transaction."""
    people = [_handwritten(line, desk) for line in table]
    outcomes = _entered(desk, people, {"table": table.sha256, "from_line": 2}, all_or_nothing=True)
    kinds = Counter(outcome.kind for outcome in outcomes)
    return Report(
        told.lines,
        kinds["entered"],
        kinds["known"],
        kinds["refused"],
        told.passed_over,
        told.reasons,
        done=True,
    )


@dataclass
class _Tally:
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: list[Reason] = field(default_factory=list)


def _by_batches(
    desk: Desk,
    table: Table,
    rejects: Rejects,
    enter: _Enter,
    progress: Callable[[int], None],
    *,
    done: bool,
) -> Report:
    tally = _Tally()
    for batch in _batches(table):
        for line, outcome in _became(batch, desk, enter):
            tally.kinds[outcome.kind] += 1
            if outcome.says:
                rejects.add(line.number, line.cells, outcome.says, outcome.column)
                if len(tally.reasons) < MOST_TOLD:
                    tally.reasons.append(Reason(line.number, outcome.column, outcome.says))
        progress(len(batch))
    kinds = tally.kinds
    return Report(
        table.lines,
        kinds["entered"],
        kinds["known"],
        kinds["refused"],
        table.passed_over,
        tuple(tally.reasons),
        done=done,
    )


def _batches(source: Table) -> Iterator[list[Line]]:
    lines = iter(source)
    while batch := list(islice(lines, BATCH)):
        yield batch


def _became(batch: Sequence[Line], desk: Desk, enter: _Enter) -> list[tuple[Line, Outcome]]:
    """Enter the lines that are fit for it, and return what became of each line, in order."""
    fit: list[tuple[Line, Handwritten]] = []
    outcomes: dict[int, Outcome] = {}
    for line in batch:
        try:
            fit.append((line, _handwritten(line, desk)))
        except (InvalidInput, LineRefused) as error:
            column = error.column if isinstance(error, LineRefused) else error.field
            outcomes[line.number] = Outcome("refused", str(error), column)
        except CampaignError as error:
            outcomes[line.number] = Outcome("refused", str(error))
    became = enter([person for _, person in fit], batch[0].number)
    if desk.is_discreet:
        became = tuple(outcome.discreet() for outcome in became)
    outcomes |= {line.number: it for (line, _), it in zip(fit, became, strict=True)}
    return [(line, outcomes[line.number]) for line in batch]


def _handwritten(line: Line, desk: Desk) -> Handwritten:
    if line.fault:
        raise LineRefused(line.fault)
    said = {column: line.values.get(column, "") for column in tables.COLUMNS}
    return paper.handwritten(**said, pack=desk.pack, congress=desk.congress, today=desk.now.date())
