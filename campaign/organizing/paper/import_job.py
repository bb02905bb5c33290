"""Jobs that import a table of paper signatures: a dry run first, then the import."""

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

#: Files in the job's folder: the uploaded table, its rejects, and the report.
INPUT = "table"
REJECTS = "rejects.csv"
_REPORT = "report.json"

KIND = "paper"


#: Opens the session in which a job's table is entered.
FindSession = Callable[[JobContext], EntrySession[Any]]


def handler(find_session: FindSession) -> Handler:
    """Return the handler of import jobs.

    After a crash it starts over: lines that were entered are known by then, and count once.
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
    """What the job's page shows: the first rejected lines, unused columns, and notes."""

    reasons: tuple[Reason, ...] = ()
    passed_over: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_summary(folder: Path) -> Summary:
    """Return the summary of a table, or an empty one if the folder is gone."""
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
    summary = {
        "reasons": [[one.line, one.column, one.says] for one in report.reasons],
        "passed_over": [name[:80] for name in report.passed_over[:20]],
        "notes": list(report.notes),
    }
    files.write(folder / _REPORT, json.dumps(summary).encode())


def _in_words(report: Report, *, dry_run: bool) -> str:
    verb = "entered" if report.done else "would be entered"
    text = (
        f"{report.entered:,} of {counted(report.lines, 'line')} {verb}; "
        f"{counted(report.known, 'was', 'were')} counted before, {report.refused:,} refused."
    )
    if not (report.done or dry_run):
        text += " Nothing was entered, because some lines were refused."
    return text
