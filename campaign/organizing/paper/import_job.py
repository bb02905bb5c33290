"""A table of paper signatures as long work: looked through first, entered when that was read."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaign import files
from campaign.messages import counted
from campaign.organizing.jobs import Handler, JobContext, JobResult
from campaign.organizing.paper import import_table
from campaign.organizing.paper.import_table import EntrySession, Reason, Report
from campaign.organizing.paper.table import Table
from campaign.tables.rejects import Rejects

#: The table as it was handed in, and what came of it, in the job's folder.
INPUT = "table"
REJECTS = "rejects.csv"
_REPORT = "report.json"

KIND = "paper"


#: Finds who enters a job's table.
FindSession = Callable[[JobContext], EntrySession[Any]]


def handler(find_session: FindSession) -> Handler:
    """Return what does jobs of this kind.

    Called again after a crash it begins anew: what was entered is known then, and counts once.
    """

    def do(work: JobContext) -> JobResult:
        job = work.job
        dry_run = bool(job.params.get("dry_run"))
        table = Table((work.folder / INPUT).read_bytes())
        done = 0

        def progress(lines: int) -> None:
            nonlocal done
            done += lines
            work.report(done, table.lines)

        (work.folder / REJECTS).unlink(missing_ok=True)
        with Rejects(work.folder / REJECTS, table.heading) as rejects:
            report = import_table.enter(
                find_session(work),
                table,
                rejects,
                dry_run=dry_run,
                all_or_nothing=bool(job.params.get("all_or_nothing")),
                progress=progress,
            )
        _keep(work.folder, report)
        return JobResult(
            _in_words(report, dry_run=dry_run),
            (REJECTS,) if report.left else (),
            {
                "lines": report.lines,
                "entered": report.entered,
                "known": report.known,
                "refused": report.refused,
            },
        )

    return do


@dataclass(frozen=True)
class Summary:
    """What a page tells of a table: the first lines left out and why, columns not kept, notes."""

    reasons: tuple[Reason, ...] = ()
    passed_over: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_summary(folder: Path) -> Summary:
    """Return what there is to tell of a table; nothing once the folder is gone."""
    try:
        kept = json.loads((folder / _REPORT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Summary()
    return Summary(
        tuple(Reason(*one) for one in kept["reasons"]),
        tuple(kept["passed_over"]),
        tuple(kept.get("notes", ())),
    )


def _keep(folder: Path, report: Report) -> None:
    said = {
        "reasons": [[one.line, one.column, one.says] for one in report.reasons],
        "passed_over": [name[:80] for name in report.passed_over[:20]],
        "notes": list(report.notes),
    }
    files.write(folder / _REPORT, json.dumps(said).encode())


def _in_words(report: Report, *, dry_run: bool) -> str:
    verb = "entered" if report.done else "would be entered"
    said = (
        f"{report.entered:,} of {counted(report.lines, 'line')} {verb}; "
        f"{counted(report.known, 'was', 'were')} counted before, {report.refused:,} refused."
    )
    if not (report.done or dry_run):
        said += " Nothing was entered, because some lines were refused."
    return said
