"""Import a table of paper signatures, as a dry run or for real, in batches or all or nothing.

The command line and the worker share this code; both get a report of every line.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol, TypeVar

from campaign.errors import CampaignError, InvalidInput, LineRefused, TableRefused
from campaign.letters.batch.person_row import Repair, Repairs
from campaign.organizing.paper.table import Line, Table
from campaign.tables.rejects import Rejects
from campaign.tables.vocabulary import display_name


class Repaired(Protocol):
    """A person of a table, with the repairs of their row."""

    @property
    def mail_consent(self) -> str:
        """The sentence beside the box for updates if they checked it, or ""."""

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """What was corrected in the row."""


Person = TypeVar("Person", bound=Repaired)
#: Enters the people of a batch, given the number of its first line and of its unreadable lines.
_Enter = Callable[[Sequence[Person], int, int], Sequence["Outcome"]]

#: Lines per transaction: large enough to be fast, small enough not to delay sign-ups.
BATCH = 500
#: The most lines of an all-or-nothing import, whose one transaction blocks sign-ups for a second or
#: two.
MAX_AT_ONCE = 10_000
#: The most reasons in a report; the rejects file has all of them.
MAX_REASONS = 100


@dataclass(frozen=True)
class Reason:
    """Why a line was not entered: its number (1 is the heading), the column, and a sentence."""

    line: int
    column: str
    says: str


@dataclass(frozen=True)
class Report:
    """The result of an import; of a dry run, where `done` is False, what would have happened.

    `notes` say how the table was read, and what was corrected in its rows.
    """

    lines: int
    entered: int
    known: int
    refused: int
    passed_over: tuple[str, ...]
    reasons: tuple[Reason, ...]
    done: bool
    notes: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """How many lines are not entered."""
        return self.known + self.refused


class Outcome(Protocol):
    """The result of a line."""

    @property
    def kind(self) -> str:
        """One of "entered", "known" and "refused"."""

    @property
    def says(self) -> str:
        """Why it was not entered."""

    @property
    def column(self) -> str:
        """The column that the reason is about."""


class EntrySession(Protocol[Person]):
    """Parses lines of paper and enters them; `petition.paper.session.PaperSession` is one."""

    @property
    def mail_consent(self) -> str:
        """The sentence beside the box for updates on the sheets, or ""."""

    def read(self, fields: Mapping[str, str]) -> Person:
        """Parse a line. Raises LineRefused, InvalidInput."""

    def dry_run(self, lines: Sequence[Person]) -> Sequence[Outcome]:
        """Return what `enter` would do with lines."""

    def enter(
        self,
        lines: Sequence[Person],
        details: dict[str, Any],
        *,
        unread: int = 0,
        all_or_nothing: bool = False,
    ) -> Sequence[Outcome]:
        """Enter lines in one audited transaction, and return the result of each.

        The audit record counts `unread` further lines as refused.
        """


@dataclass(frozen=True)
class _Refused:
    says: str
    column: str = ""
    kind: str = "refused"


def enter(
    session: EntrySession[Person],
    table: Table,
    rejects: Rejects,
    *,
    dry_run: bool = False,
    all_or_nothing: bool = False,
    progress: Callable[[int], None] = lambda lines: None,
) -> Report:
    """Import a table and return the report; `progress(lines)` is called for each batch.

    With `all_or_nothing`, one refused line stops the whole import; a known line does not. Raises
    TableRefused if the table is too long for that, if it has no column for the updates that the
    session has a sentence for, or if it cannot be read further; StoreUnavailable.
    """
    require_opt_in(table, session.mail_consent)
    if all_or_nothing and table.lines > MAX_AT_ONCE:
        raise TableRefused(
            f"“All or nothing” works for up to {MAX_AT_ONCE:,} lines, and this table has "
            f"{table.lines:,}. Split it into several tables."
        )
    if not (dry_run or all_or_nothing):
        return _enter_by_batches(
            session, table, rejects, _entering(session, table), progress, done=True
        )
    if dry_run:
        return _enter_by_batches(session, table, rejects, _trying(session), progress, done=False)
    report = _enter_by_batches(session, table, rejects, _trying(session), progress, done=False)
    return report if report.refused else _enter_whole(session, table, report)


def require_opt_in(table: Table, mail_consent: str) -> None:
    """Raise TableRefused for a sentence on updates where no column says who checked the box."""
    if mail_consent and not table.has_opt_in:
        raise TableRefused(
            "You gave the sentence beside the box for updates, but no column says who checked it. "
            "Name that column mail_opt_in, or leave the sentence out."
        )


def _entering(session: EntrySession[Person], table: Table) -> "_Enter[Person]":
    def enter(people: Sequence[Person], first: int, unread: int) -> Sequence[Outcome]:
        return session.enter(people, {"table": table.sha256, "from_line": first}, unread=unread)

    return enter


def _trying(session: EntrySession[Person]) -> "_Enter[Person]":
    return lambda people, first, unread: session.dry_run(people)


def _enter_whole(session: EntrySession[Person], table: Table, report: Report) -> Report:
    """Enter all lines of a table in one transaction."""
    people = [_read(line, session) for line in table]
    details = {"table": table.sha256, "from_line": 2}
    outcomes = session.enter(people, details, all_or_nothing=True)
    kinds = Counter(outcome.kind for outcome in outcomes)
    return replace(
        report,
        entered=kinds["entered"],
        known=kinds["known"],
        refused=kinds["refused"],
        done=True,
    )


@dataclass
class _Tally:
    kinds: Counter[str] = field(default_factory=Counter)
    reasons: list[Reason] = field(default_factory=list)
    repairs: Repairs = field(default_factory=Repairs)
    opted_in: int = 0


def _enter_by_batches(
    session: EntrySession[Person],
    table: Table,
    rejects: Rejects,
    enter: "_Enter[Person]",
    progress: Callable[[int], None],
    *,
    done: bool,
) -> Report:
    tally = _Tally()
    for batch in _batches(table):
        for line, outcome in _enter_batch(batch, session, enter, tally):
            tally.kinds[outcome.kind] += 1
            if outcome.says:
                rejects.add(line.number, line.cells, outcome.says, outcome.column)
                if len(tally.reasons) < MAX_REASONS:
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
        notes=(
            *table.notes,
            *_mail_notes(session.mail_consent, table, tally.opted_in),
            *tally.repairs.notes,
        ),
    )


def _batches(source: Table) -> Iterator[list[Line]]:
    lines = iter(source)
    while batch := list(islice(lines, BATCH)):
        yield batch


def _enter_batch(
    batch: Sequence[Line], session: EntrySession[Person], enter: "_Enter[Person]", tally: _Tally
) -> list[tuple[Line, Outcome]]:
    """Enter the valid lines, and return the result of each line, in order."""
    fit: list[tuple[Line, Person]] = []
    outcomes: dict[int, Outcome] = {}
    for line in batch:
        try:
            fit.append((line, _read(line, session)))
        except (InvalidInput, LineRefused) as error:
            column = error.column if isinstance(error, LineRefused) else error.field
            outcomes[line.number] = _Refused(str(error), column)
        except CampaignError as error:
            outcomes[line.number] = _Refused(str(error))
    became = enter([person for _, person in fit], batch[0].number, len(outcomes))
    for (line, person), outcome in zip(fit, became, strict=True):
        outcomes[line.number] = outcome
        if outcome.kind == "entered":
            tally.repairs.add(line.number, person.repairs)
            tally.opted_in += bool(person.mail_consent)
    return [(line, outcomes[line.number]) for line in batch]


def _mail_notes(sentence: str, table: Table, opted_in: int) -> Iterator[str]:
    if sentence:
        yield f"Lines that say yes to updates: {opted_in:,}."
    elif table.mail_columns:
        shown = [f"“{display_name(name)}”" for name in table.mail_columns]
        yield (
            "No one in this table is signed up for mail, even if "
            f"{' and '.join(shown)} {'says' if len(shown) == 1 else 'say'} so. If the sheets had a "
            "box for updates, give the sentence beside it."
        )


def _read(line: Line, session: EntrySession[Person]) -> Person:
    if line.fault:
        raise LineRefused(line.fault, column=line.column)
    return session.read(line.values)
