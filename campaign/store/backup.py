"""Back up the whole database into one file while the site runs, and restore it.

SQLite uses its online backup (https://www.sqlite.org/backup.html). PostgreSQL writes each table
from one snapshot with COPY and restores them in one transaction, so the machine needs no client
programs of the server's version. The file is a gzipped tar: `about.json`, which holds the SHA-256
of all other members, the database, and the campaigns that were made on the site. A file that was
changed is refused before anything is restored.
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
_MANIFEST = "about.json"
_SQLITE = "database.sqlite"
_TABLES = "tables"
_CAMPAIGNS = "campaigns"
_INVALID = "This file is not a backup of this product, or it is damaged. Nothing was changed."


@dataclass(frozen=True)
class BackupInfo:
    """When a backup was made, of which kind of database, at which revision, with how many rows."""

    made_at: str
    dialect: str
    revision: str
    rows: int


def write(db: Database, campaigns: Path, out: BinaryIO, *, now: datetime) -> BackupInfo:
    """Write the database and the folder `campaigns`, if it exists, to `out`.

    The database is a snapshot; the site keeps running. Raises StoreUnavailable.
    """
    with tempfile.TemporaryDirectory(prefix="campaign-backup-") as name:
        folder = Path(name)
        members = _copy_sqlite(db, folder) if db.dialect == "sqlite" else _copy_tables(db, folder)
        about = BackupInfo(as_text(now), db.dialect, db.revision(), members.rows)
        # Texts may be edited while the backup is written, so hash exactly what is read.
        texts = {
            f"{_CAMPAIGNS}/{path.relative_to(campaigns)}": path.read_bytes()
            for path in (sorted(campaigns.rglob("*")) if campaigns.is_dir() else ())
            if path.is_file() and not path.is_symlink()
        }
        tables = {str(path.relative_to(folder)): path for path in members.files}
        manifest = {
            "format": _FORMAT,
            **vars(about),
            "sha256": {name: _sha256(path) for name, path in tables.items()}
            | {name: sha256(content).hexdigest() for name, content in texts.items()},
        }
        with tarfile.open(fileobj=out, mode="w|gz") as tar:
            _add_bytes(tar, _MANIFEST, json.dumps(manifest).encode())
            for name, path in tables.items():
                _add_file(tar, path, name)
            for name, content in texts.items():
                _add_bytes(tar, name, content)
    return about


@contextmanager
def opened(source: BinaryIO) -> Iterator["Backup"]:
    """Unpack and check the backup in `source`, and yield it. Raises BackupInvalid."""
    with tempfile.TemporaryDirectory(prefix="campaign-restore-") as name:
        folder = Path(name)
        try:
            with gzip.GzipFile(fileobj=source) as whole:
                with tarfile.open(fileobj=whole, mode="r|") as tar:
                    # The filter refuses members outside the folder.
                    tar.extractall(folder, filter="data")
                # The checksum of the whole file comes after the end of the archive.
                while whole.read(1 << 20):
                    pass
            manifest = json.loads((folder / _MANIFEST).read_bytes())
            if manifest.pop("format") not in _KNOWN_FORMATS:
                raise BackupInvalid("A newer version made this backup. Restore it with that one.")
            checksums = manifest.pop("sha256", None)
            about = BackupInfo(**manifest)
        except (
            tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError, zlib.error
        ):  # fmt: skip
            raise BackupInvalid(_INVALID) from None
        if checksums is not None and checksums != _checksums(folder):
            raise BackupInvalid(_INVALID)
        backup = Backup(about, folder)
        backup.check()
        yield backup


@dataclass(frozen=True)
class Backup:
    """A backup that is unpacked into a temporary folder."""

    about: BackupInfo
    folder: Path

    @property
    def campaigns(self) -> Path:
        """The folder of campaigns that were made on the site; it may be missing."""
        return self.folder / _CAMPAIGNS

    def check(self) -> None:
        """Raise BackupInvalid if the database is incomplete or damaged."""
        if self.about.dialect == "postgresql":
            if not (self.folder / _TABLES).is_dir():
                raise BackupInvalid(_INVALID)
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
            raise BackupInvalid(_INVALID)

    def restore(self, db: Database) -> None:
        """Replace the database with the backup, and migrate it to this version.

        No site and no worker may use the database: call it in `Database.exclusive_use`. Raises
        BackupInvalid if it is for the other kind of database, and StoreUnavailable; then nothing
        has changed.
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


def _copy_sqlite(db: Database, folder: Path) -> _Members:
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
    # The backup uses SQLite's own locks, so that concurrent readers see either state, and the file
    # stays in write-ahead mode.
    with db.exclusive_connection() as target, closing(sqlite3.connect(source)) as copy:
        try:
            copy.backup(target)
        except sqlite3.OperationalError:
            raise StoreUnavailable(
                "The database is in use. Stop `campaign serve` and the workers first."
            ) from None
    db.upgrade()


# -- PostgreSQL ------------------------------------------------------------------------------------


def _copy_tables(db: Database, folder: Path) -> _Members:
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
        # The server's message would quote the row, and so personal data.
        raise BackupInvalid(
            f"The tables of this backup cannot be restored ({type(error).__name__}). Nothing was "
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
    """Return the SHA-256 of every unpacked file except `about.json`."""
    return {
        str(path.relative_to(folder)): _sha256(path)
        for path in folder.rglob("*")
        if path.is_file() and path != folder / _MANIFEST
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
