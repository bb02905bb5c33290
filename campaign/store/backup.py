"""The whole database as one file, taken while the site runs, and put back.

SQLite copies itself by its online backup (https://www.sqlite.org/backup.html). PostgreSQL copies
each table out of one snapshot by COPY, and back in one transaction: no program of the server's own
version has to be on the machine. The file is a gzipped tar: `about.json`, which holds the SHA-256
of everything behind it, then the database, then the campaigns that were made here. A file in which
one byte was changed is refused before anything is restored.
"""

import gzip
import io
import json
import os
import sqlite3
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
import sqlalchemy as sa
from alembic import command
from psycopg import sql as pg

from campaign.errors import BackupInvalid, StoreConflict, StoreUnavailable
from campaign.store.db.column_types import as_text
from campaign.store.db.engine import Database
from campaign.store.models import metadata

_FORMAT = 2
#: Formats that can be restored. The first had no checksums.
_KNOWN_FORMATS = (1, 2)
_ABOUT = "about.json"
_SQLITE = "database.sqlite"
_TABLES = "tables"
_CAMPAIGNS = "campaigns"
_NOT_ONE = "This file is not a backup of this product, or it is damaged. Nothing was changed."


@dataclass(frozen=True)
class About:
    """What a backup says of itself: when it was made, of which database, and how many rows."""

    made_at: str
    dialect: str
    revision: str
    rows: int


def write(db: Database, campaigns: Path, out: BinaryIO, *, now: datetime) -> About:
    """Write the database and the folder `campaigns` (or nothing, where there is none) to `out`.

    The database is of one moment; the site can go on meanwhile. Raises StoreUnavailable.
    """
    with tempfile.TemporaryDirectory(prefix="campaign-backup-") as name:
        folder = Path(name)
        members = _copied_sqlite(db, folder) if db.dialect == "sqlite" else _copied_out(db, folder)
        about = About(as_text(now), db.dialect, db.revision(), members.rows)
        # Texts may be edited while the backup is written: what is read is what is hashed.
        texts = {
            f"{_CAMPAIGNS}/{path.relative_to(campaigns)}": path.read_bytes()
            for path in (sorted(campaigns.rglob("*")) if campaigns.is_dir() else ())
            if path.is_file() and not path.is_symlink()
        }
        tables = {str(path.relative_to(folder)): path for path in members.files}
        told = {
            "format": _FORMAT,
            **vars(about),
            "sha256": {name: _sha256(path) for name, path in tables.items()}
            | {name: sha256(content).hexdigest() for name, content in texts.items()},
        }
        with tarfile.open(fileobj=out, mode="w|gz") as tar:
            _add_bytes(tar, _ABOUT, json.dumps(told).encode())
            for name, path in tables.items():
                _add_file(tar, path, name)
            for name, content in texts.items():
                _add_bytes(tar, name, content)
    return about


@contextmanager
def opened(source: BinaryIO) -> Iterator["Backup"]:
    """Yield the backup in `source`, unpacked and checked. Raises BackupInvalid."""
    with tempfile.TemporaryDirectory(prefix="campaign-restore-") as name:
        folder = Path(name)
        try:
            with gzip.GzipFile(fileobj=source) as whole:
                with tarfile.open(fileobj=whole, mode="r|") as tar:
                    # The filter refuses members that would land outside the folder.
                    tar.extractall(folder, filter="data")
                # The checksum of the whole comes last, behind the end of the archive.
                while whole.read(1 << 20):
                    pass
            told = json.loads((folder / _ABOUT).read_bytes())
            if told.pop("format") not in _KNOWN_FORMATS:
                raise BackupInvalid("A newer version made this backup. Restore it with that one.")
            checksums = told.pop("sha256", None)
            about = About(**told)
        except (
            tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError, zlib.error
        ):  # fmt: skip
            raise BackupInvalid(_NOT_ONE) from None
        if checksums is not None and checksums != _checksums(folder):
            raise BackupInvalid(_NOT_ONE)
        backup = Backup(about, folder)
        backup.check()
        yield backup


@dataclass(frozen=True)
class Backup:
    """A backup, unpacked into a folder for as long as it is needed."""

    about: About
    folder: Path

    @property
    def campaigns(self) -> Path:
        """The folder of campaigns that were made on the site; it need not be there."""
        return self.folder / _CAMPAIGNS

    def check(self) -> None:
        """Raise BackupInvalid for a database that is not whole."""
        if self.about.dialect == "postgresql":
            if not (self.folder / _TABLES).is_dir():
                raise BackupInvalid(_NOT_ONE)
            return
        try:
            with closing(sqlite3.connect(self.folder / _SQLITE)) as connection:
                whole = (
                    connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    and connection.execute("PRAGMA foreign_key_check").fetchone() is None
                )
        except sqlite3.Error:
            whole = False
        if not whole:
            raise BackupInvalid(_NOT_ONE)

    def restore(self, db: Database) -> None:
        """Put the database back in place of whatever is there, and bring it to this version.

        No site and no worker may run on the database: ask in `Database.exclusive_use`. Raises
        BackupInvalid where it is of the other kind of database, StoreUnavailable; then what was
        there is there still.
        """
        if db.dialect != self.about.dialect:
            raise BackupInvalid(
                f"This backup is of a database of the kind {self.about.dialect}. "
                "Set DATABASE_URL to one of that kind."
            )
        if db.dialect == "sqlite":
            _restore_sqlite(db, self.folder / _SQLITE)
        else:
            _restore_tables(db, self.folder / _TABLES, self.about.revision)


@dataclass(frozen=True)
class _Members:
    files: tuple[Path, ...]
    rows: int


# -- SQLite ----------------------------------------------------------------------------------------


def _copied_sqlite(db: Database, folder: Path) -> _Members:
    path = folder / _SQLITE
    path.touch(mode=0o600)
    with db.reading() as connection, closing(sqlite3.connect(path)) as copy:
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.backup(copy)
        rows = sum(
            copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
            for name in metadata.tables
        )
    return _Members((path,), rows)


def _restore_sqlite(db: Database, source: Path) -> None:
    db.create_file()
    # The backup goes through SQLite's own locks, so that whoever reads meanwhile reads one or the
    # other, and the restored file keeps the write-ahead mode of the connections to come.
    with db.exclusive_connection() as target, closing(sqlite3.connect(source)) as copy:
        try:
            copy.backup(target)
        except sqlite3.OperationalError:
            raise StoreUnavailable(
                "The database is in use. Stop `campaign serve` and the workers first."
            ) from None
    db.upgrade()


# -- PostgreSQL ------------------------------------------------------------------------------------


def _copied_out(db: Database, folder: Path) -> _Members:
    (folder / _TABLES).mkdir()
    files, rows = [], 0
    with db.snapshot() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        for table in metadata.sorted_tables:
            path = folder / _TABLES / f"{table.name}.copy"
            columns = [column.name for column in table.columns]
            query = pg.SQL("COPY {} ({}) TO STDOUT").format(
                pg.Identifier(table.name), pg.SQL(", ").join(map(pg.Identifier, columns))
            )
            with path.open("wb") as file, raw.cursor() as cursor:
                file.write(json.dumps(columns).encode() + b"\n")
                with cursor.copy(query) as copy:
                    for line in copy:
                        file.write(line)
                        rows += 1
            files.append(path)
    return _Members(tuple(files), rows)


def _restore_tables(db: Database, folder: Path, revision: str) -> None:
    config = db.alembic_config()
    try:
        _replace_tables(db, config, folder, revision)
    except (psycopg.Error, sa.exc.SQLAlchemyError, StoreConflict, ValueError) as error:
        # What the server says quotes the row, and so a person.
        raise BackupInvalid(
            f"The tables of this backup cannot be put back ({type(error).__name__}). Nothing was "
            "changed."
        ) from None


def _replace_tables(db: Database, config: Any, folder: Path, revision: str) -> None:
    with db.writing() as connection:
        metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        raw = connection.connection.driver_connection
        assert raw is not None
        for table in metadata.sorted_tables:
            path = folder / f"{table.name}.copy"
            if path.is_file():
                _copy_in(raw, table, path)
        command.upgrade(config, "head")


def _copy_in(raw: Any, table: sa.Table, path: Path) -> None:
    with path.open("rb") as file, raw.cursor() as cursor:
        columns = json.loads(file.readline())
        query = pg.SQL("COPY {} ({}) FROM STDIN").format(
            pg.Identifier(table.name), pg.SQL(", ").join(map(pg.Identifier, columns))
        )
        with cursor.copy(query) as copy:
            while chunk := file.read(1 << 16):
                copy.write(chunk)
        if "id" in columns and table.c.id.identity is not None:
            cursor.execute(
                pg.SQL(
                    "SELECT setval(pg_get_serial_sequence({name}, 'id'),"
                    " coalesce(max(id), 1), max(id) IS NOT NULL) FROM {table}"
                ).format(name=pg.Literal(table.name), table=pg.Identifier(table.name))
            )


def _checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that was unpacked, but for `about.json` itself."""
    return {
        str(path.relative_to(folder)): _sha256(path)
        for path in folder.rglob("*")
        if path.is_file() and path != folder / _ABOUT
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


# -- Members of the file ---------------------------------------------------------------------------


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), 0o600
    tar.addfile(member, io.BytesIO(content))


def _add_file(tar: tarfile.TarFile, path: Path, name: str) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = os.stat(path).st_size, 0o600
    with path.open("rb") as file:
        tar.addfile(member, file)
