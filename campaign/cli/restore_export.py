"""Restore a generic export with its ids and times, instead of entering it as paper."""

import hashlib
import shutil
import sys
import tempfile
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import click

from campaign.errors import InvalidInput, TableRefused
from campaign.organizing.exports import parse_generic
from campaign.petition import restore_export
from campaign.petition.paper.duplicates import Outcome
from campaign.petition.paper.session import PaperSession
from campaign.petition.restore_export import ExportedSignature, Restorer

# Signatures in one transaction: enough to be fast, few enough not to block people who sign.
_BATCH = 500
# This many lines are listed one by one.
_LISTED = 20


def held(table: str, standard_input: BinaryIO) -> BinaryIO:
    """Return a copy of standard input that can be read twice, if the table comes from there."""
    if table != "-":
        return standard_input
    copy = tempfile.TemporaryFile(prefix="campaign-import-")  # noqa: SIM115 (its user's to close)
    shutil.copyfileobj(standard_input, copy)
    copy.seek(0)
    return copy


def is_export(table: str, standard_input: BinaryIO) -> bool:
    """True where the table is a generic export. Raises TableRefused."""
    if table == "-":
        return parse_generic.is_generic(standard_input)
    try:
        with Path(table).open("rb") as file:
            return parse_generic.is_generic(file)
    except OSError as error:
        raise TableRefused(f"The table cannot be read: {error.strerror}.") from None


def put_back(
    session: PaperSession,
    table: str,
    standard_input: BinaryIO,
    *,
    dry_run: bool,
    all_or_nothing: bool,
    rejects: Path | None,
) -> None:
    """Restore the signatures of an export, and print the results.

    Raises InvalidInput, TableRefused, StoreUnavailable.
    """
    if rejects is not None:
        raise InvalidInput("Leave --rejects out: this is an export, not a table of paper.")
    with standard_input if table == "-" else Path(table).open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
        # The whole table is read, and what is left out is listed, before anything is restored.
        outcomes, reasons = _pass(session, file, sha256, dry_run=True)
        _list_left_out(outcomes, reasons)
        if not dry_run:
            if all_or_nothing and outcomes["refused"]:
                _report(outcomes, is_done=False)
                click.echo("Nothing was restored, because some lines were refused.", err=True)
                sys.exit(1)
            before = reasons
            outcomes, reasons = _pass(session, file, sha256, dry_run=False)
            if reasons != before:
                _list_left_out(outcomes, reasons)
    _report(outcomes, is_done=not dry_run)
    if outcomes["refused"] and outcomes["refused"] == outcomes.total():
        sys.exit(1)


def _pass(
    session: PaperSession, file: BinaryIO, sha256: str, *, dry_run: bool
) -> tuple[Counter[str], list[str]]:
    """Go through the whole table once; return how many of each outcome, and the first reasons."""
    restorer = Restorer(
        session.db, session.pack, now=session.now, keyring=session.keyring, actor=session.actor
    )
    outcomes: Counter[str] = Counter()
    reasons: list[str] = []
    file.seek(0)
    lines = parse_generic.signers(file)
    while batch := list(islice(lines, _BATCH)):
        judged = [restore_export.parse_or_refuse(cells, session.congress) for _, cells in batch]
        fit = [one for one in judged if isinstance(one, ExportedSignature)]
        details = {"table": sha256, "to_line": batch[-1][0]}
        unread = len(batch) - len(fit)
        became = iter(restorer.restore(fit, details=details, unread=unread, dry_run=dry_run))
        for (number, _), one in zip(batch, judged, strict=True):
            outcome = one if isinstance(one, Outcome) else next(became)
            outcomes[outcome.kind] += 1
            if outcome.says and len(reasons) < _LISTED:
                reasons.append(f"  line {number:,}: {outcome.says}")
    return outcomes, reasons


def _report(outcomes: Counter[str], *, is_done: bool) -> None:
    verb = "Restored" if is_done else "Would restore"
    click.echo(
        f"{verb} {outcomes['entered']:,} of {outcomes.total():,}; "
        f"{outcomes['known']:,} already here, {outcomes['refused']:,} refused."
    )


def _list_left_out(outcomes: Counter[str], reasons: list[str]) -> None:
    for reason in reasons:
        click.echo(reason, err=True)
    left = outcomes["known"] + outcomes["refused"] - len(reasons)
    if left > 0:
        click.echo(f"  and {left:,} more.", err=True)
