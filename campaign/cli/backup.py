"""`campaign backup` and `campaign restore`: the database and own campaigns in one file."""

import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import click

from campaign import files
from campaign.cli.installation import Installation, actor_of
from campaign.errors import BackupInvalid, InvalidInput, SignatureUnknown, StoreUnavailable
from campaign.messages import counted
from campaign.organizing.accounts import after_restore
from campaign.organizing.accounts.after_restore import Access
from campaign.petition import erasure, replay_opt_outs
from campaign.petition.replay_opt_outs import OptOuts
from campaign.settings import Settings, require_safe
from campaign.settings import read as read_settings
from campaign.store import audit, jobs, outbox
from campaign.store import backup as backups
from campaign.store.backup import Backup
from campaign.store.db.engine import Database

#: The file beside backups that lists the ids of erased signatures; it names no people.
_ERASED = "erased-signatures.txt"


@click.command()
@click.argument("file", metavar="F")
def backup(file: str) -> None:
    """Write the database, and the campaigns made on this site, to the file F.

    The site can keep running. The file holds every signer's data: keep it as safe as the database.
    Only you can read it. SECRET_KEY and the other settings are not in it; without the same
    SECRET_KEY no mailed link works after a restore. A list beside F holds the ids of erased
    signatures, so that a restore does not bring them back.
    """
    site = Installation.read()
    with site.database() as database:
        about = (
            backups.write(database, site.settings.campaigns_folder, sys.stdout.buffer, now=site.now)
            if file == "-"
            else _write(database, site.settings, Path(file), site.now)
        )
        with database.writing() as connection:
            audit.record(
                connection,
                "backup",
                actor=actor_of(""),
                now=site.now,
                details={"rows": about.rows},
            )
    click.echo(f"{about.rows:,} rows are in the backup.", err=True)


@click.command()
@click.argument("file", metavar="F")
@click.option("--yes", is_flag=True, help="Do not ask before replacing what is there.")
@click.option(
    "--send-waiting",
    is_flag=True,
    help="Also send the mail that was waiting when the backup was made.",
)
def restore(file: str, yes: bool, send_waiting: bool) -> None:
    """Replace the database and the campaigns by those of the backup F.

    Stop `campaign serve` and every worker first: while one runs, nothing is restored. People who
    were erased after the backup was made are erased again, without a mail: the ids of their
    signatures come from the database that is replaced, and from the list beside F. Later opt-outs
    and withdrawals, and revoked keys, roles and passwords, are carried over if the database that is
    replaced can be read. Everyone has to log in again. Mail that was queued in the backup may have
    been sent since, so it is not sent.
    """
    settings = require_safe(read_settings())
    with (
        Database(settings.database_url, pool_size=2) as database,
        tempfile.TemporaryFile() as whole,
        _source(file) as source,
    ):
        while chunk := source.read(1 << 20):
            whole.write(chunk)
        whole.seek(0)
        with backups.opened(whole) as found:
            _confirm(found, yes)
            before = _before(database, file)
            with database.exclusive_use():
                _restore(database, settings, found, before, send_waiting)


def _write(database: Database, settings: Settings, path: Path, now: datetime) -> backups.BackupInfo:
    """Write the complete file, readable only by its owner, or none."""
    try:
        with files.atomic_write(path, durable=True) as out:
            about = backups.write(database, settings.campaigns_folder, out, now=now)
        # Keep what the list already has: an older backup may have been restored meanwhile.
        erased = _erased(database) | _listed(path.parent)
        if erased:
            listed = "\n".join(sorted(erased)) + "\n"
            files.write(path.parent / _ERASED, listed.encode("ascii"))
    except OSError as error:
        raise BackupInvalid(f"The backup cannot be written: {error.strerror}.") from error
    return about


def _source(file: str) -> BinaryIO:
    if file == "-":
        return sys.stdin.buffer
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.") from None


def _confirm(backup: Backup, yes: bool) -> None:
    click.echo(f"This backup is of {backup.about.made_at} and holds {backup.about.rows:,} rows.")
    if not yes:
        click.confirm("Replace the database with it?", abort=True)


def _restore(
    database: Database,
    settings: Settings,
    backup: Backup,
    before: "_Before",
    send_waiting: bool,
) -> None:
    backup.restore(database)
    again = _erase_again(database, settings, before.erased)
    now = datetime.now(UTC)
    left = replay_opt_outs.replay(database, before.left, now=now)
    shut = after_restore.revoke_again(database, before.doors, now=now)
    with database.writing() as connection:
        aside = 0 if send_waiting else outbox.fail_unsent(connection, now=now)
        jobs.cancel_all(connection, now=now)
        audit.record(
            connection,
            "restore",
            actor=actor_of(""),
            now=now,
            details={
                "made_at": backup.about.made_at,
                "erased": sorted(before.erased),
                "erased_again": again,
                "left_again": left,
                "keys_ended": shut.keys,
                "roles_taken": shut.roles,
                "accounts_closed": shut.accounts,
            },
        )
    folders = _put_campaigns(backup.campaigns, settings.campaigns_folder)
    click.echo(
        "Restored. Erased again, since they were erased after the backup: "
        f"{counted(again, 'signature')}. "
        f"Left again: {counted(left, 'signer')}. Set aside: {counted(aside, 'waiting message')}. "
        f"In place: {counted(folders, 'campaign folder')}."
    )
    click.echo(
        f"Everyone has to log in again. Ended since, and ended again: "
        f"{counted(shut.keys, 'key')}, {counted(shut.roles, 'role')}, the log-ins of "
        f"{counted(shut.accounts, 'account')}. Look through accounts and "
        "keys before you open the site."
    )


@dataclass(frozen=True)
class _Before:
    """What has ended since the backup, by the database to be replaced and the list beside it."""

    erased: frozenset[str]
    left: OptOuts = field(default_factory=OptOuts)
    doors: Access = field(default_factory=Access)


def _before(database: Database, file: str) -> _Before:
    listed = _listed(Path(file).parent)
    try:
        found = _Before(listed | _erased(database), replay_opt_outs.find_opt_outs(database))
    except StoreUnavailable:
        return _Before(listed)  # There is no database yet: a new machine.
    try:
        return replace(found, doors=after_restore.find_access(database))
    except StoreUnavailable:
        return found  # It is from before there were accounts.


def _listed(folder: Path) -> frozenset[str]:
    """Return the ids in the list beside backups; none if there is no list."""
    beside = folder / _ERASED
    return frozenset(beside.read_text("ascii").split()) if beside.is_file() else frozenset()


def _erased(database: Database) -> frozenset[str]:
    """Return the ids of all signatures erased here, before or after any restore.

    A restored database lacks the erasures made after its backup, and other backups may still hold
    those people, so each restore records these erasures.
    """
    with database.reading() as connection:
        erasures = audit.records(connection, action="erase", limit=None)
        restores = audit.records(connection, action="restore", limit=None)
    return frozenset(
        [one for record in erasures for one in record.details["signatures"]]
        + [one for record in restores for one in record.details.get("erased", ())]
    )


def _erase_again(database: Database, settings: Settings, erased: frozenset[str]) -> int:
    done = 0
    for public_id in sorted(erased):
        with suppress(SignatureUnknown):
            done += len(
                erasure.erase_signature(
                    database,
                    public_id,
                    actor="restore",
                    now=datetime.now(UTC),
                    keyring=settings.keyring,
                    is_silent=True,
                ).signatures
            )
    return done


def _put_campaigns(source: Path, target: Path) -> int:
    """Copy the backup's campaign folders over the existing ones; return how many."""
    folders = sorted(path for path in source.iterdir()) if source.is_dir() else []
    for path in folders:
        for file in path.rglob("*"):
            if file.is_file():
                put = target / file.relative_to(source)
                put.parent.mkdir(parents=True, exist_ok=True)
                put.write_bytes(file.read_bytes())
    return len(folders)
