"""The fact tables: a CSV file for each kind of thing, sorted so that diffs are readable.

`meta.json` beside them holds the Congress they describe, their day and sources, and each table's
SHA-256, so that a file that was cut short or edited by hand is not accepted.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from campaign import files
from campaign.errors import DatasetInvalid

Row = Mapping[str, str]

#: Increased when a column is added or removed, or changes its meaning.
SCHEMA = 2
#: The schema whose ZIP tables cannot be read any more; its other tables are the same.
SCHEMA_WITH_OLD_ZIPS = 1

COLUMNS: dict[str, tuple[str, ...]] = {
    "members": (
        "bioguide", "first", "middle", "last", "suffix", "nickname", "official_full", "gender",
        "leadership",
    ),
    "terms": (
        "bioguide", "seat", "start", "end", "party", "caucus", "appointed", "end_type",
        "state_rank", "room", "address", "phone", "url", "contact_form",
    ),
    "seats": ("seat", "chamber", "state", "district", "class", "status", "holder"),
    "offices": (
        "id", "bioguide", "address", "suite", "building", "city", "state", "zip", "phone",
        "latitude", "longitude", "hours",
    ),
    "committees": ("code", "name", "chamber", "parent", "url"),
    "memberships": ("committee", "bioguide", "side", "rank", "title"),
    "social": ("bioguide", "network", "handle"),
    "zip_districts": ("zip", "districts"),
    "zips": ("zip", "kind", "state", "city", "latitude", "longitude"),
}  # fmt: skip

#: The tables of ZIPs; the others come from the legislator files.
ZIP_TABLES = ("zip_districts", "zips")


@dataclass(frozen=True)
class Source:
    """An input of a build: file name, origin, version, license, SHA-256 in hexadecimal or ""."""

    file: str
    origin: str
    version: str
    license: str
    sha256: str


@dataclass(frozen=True)
class Meta:
    """What the tables describe.

    `crosswalk_congress` is the Congress whose district lines the ZIP table has; it is older than
    `congress` until the Census Bureau publishes the new one. `valid_until` is the day on which the
    Congress ends, at noon. `tables` is table name -> (rows, SHA-256). `notes` are sentences about
    what was left out of upstream's files, or was odd in them. `schema` is that of the ZIP tables.
    """

    congress: int
    as_of: date
    valid_until: date
    crosswalk_congress: int
    sources: tuple[Source, ...]
    tables: Mapping[str, tuple[int, str]]
    notes: tuple[str, ...] = ()
    schema: int = SCHEMA

    def age(self, on_date: date) -> int:
        """Return the age of the data in days on a day."""
        return (on_date - self.as_of).days

    def has_ended(self, on_date: date) -> bool:
        """Return True if the Congress that the data describes is over on a day.

        `on_date` is a day of `civil_time.congress_day`.
        """
        return on_date >= self.valid_until

    def is_aging(self, on_date: date) -> bool:
        """Return True after 60 days: organizers are then shown how old the data is."""
        return self.age(on_date) > 60


def encode(table: str, rows: Iterable[Row]) -> bytes:
    """Return a table as CSV bytes: header, rows in the order given, line feeds, UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    columns = COLUMNS[table]
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)
    return out.getvalue().encode()


def decode(table: str, content: bytes) -> list[list[str]]:
    """Return a table's rows as lists of text in the order of `COLUMNS`.

    Raises DatasetInvalid when the header differs or a row has another number of cells.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise DatasetInvalid(f"{table}.csv is not UTF-8 text.") from error
    columns = COLUMNS[table]
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if tuple(next(rows, ())) != columns:
            raise DatasetInvalid(f"{table}.csv does not begin with its columns.")
        found = list(rows)
    except csv.Error as error:
        raise DatasetInvalid(f"{table}.csv cannot be read: {error}.") from error
    width = len(columns)
    for number, row in enumerate(found, 2):
        if len(row) != width:
            raise DatasetInvalid(f"{table}.csv, row {number} has {len(row)} cells, not {width}.")
    return found


def sha256(content: bytes) -> str:
    """Return the SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def write(folder: Path, contents: Mapping[str, bytes], meta: Meta) -> Meta:
    """Write every table, encoded, and `meta.json` into `folder`, each file whole or not at all.

    Returns `meta` with the tables' row counts and checksums. No cell contains a line break, so the
    rows are the lines.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sums: dict[str, tuple[int, str]] = {}
    for table in COLUMNS:
        content = contents[table]
        files.write(folder / f"{table}.csv", content, mode=files.PUBLIC, durable=True)
        sums[table] = (content.count(b"\n") - 1, sha256(content))
    complete = Meta(
        meta.congress,
        meta.as_of,
        meta.valid_until,
        meta.crosswalk_congress,
        meta.sources,
        sums,
        meta.notes,
    )
    files.write(folder / "meta.json", _meta_bytes(complete), mode=files.PUBLIC, durable=True)
    files.sync_folder(folder)
    return complete


def read_meta(folder: Path) -> Meta:
    """Return the content of `meta.json` in `folder`. Raises DatasetInvalid if it cannot be read."""
    try:
        raw = json.loads((folder / "meta.json").read_bytes())
        if raw["schema"] not in {SCHEMA, SCHEMA_WITH_OLD_ZIPS}:
            raise DatasetInvalid(
                f"The legislator data in {folder} has another schema: run `campaign data refresh`."
            )
        return Meta(
            congress=int(raw["congress"]),
            as_of=date.fromisoformat(raw["as_of"]),
            valid_until=date.fromisoformat(raw["valid_until"]),
            crosswalk_congress=int(raw["crosswalk_congress"]),
            sources=tuple(
                Source(
                    str(entry["file"]),
                    str(entry["origin"]),
                    str(entry["version"]),
                    # A folder that an earlier version built has the British word.
                    str(entry["license"] if "license" in entry else entry["licence"]),
                    str(entry["sha256"]),
                )
                for entry in raw["sources"]
            ),
            tables={
                table: (int(raw["tables"][table]["rows"]), str(raw["tables"][table]["sha256"]))
                for table in COLUMNS
            },
            notes=tuple(str(note) for note in raw.get("notes", ())),
            schema=int(raw["schema"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DatasetInvalid(
            f"The legislator data in {folder} has no readable meta.json."
        ) from error


def read_bytes(folder: Path, table: str, meta: Meta) -> bytes:
    """Return a table's bytes after checking its checksum.

    Raises DatasetInvalid when the file is missing, cut short or changed.
    """
    try:
        content = (folder / f"{table}.csv").read_bytes()
    except OSError as error:
        raise DatasetInvalid(f"The legislator data in {folder} lacks {table}.csv.") from error
    if sha256(content) != meta.tables[table][1]:
        raise DatasetInvalid(
            f"{table}.csv in {folder} is not the file that meta.json names: it was changed or cut."
        )
    return content


def read_table(folder: Path, table: str, meta: Meta) -> list[list[str]]:
    """Return a table's rows as lists of text after checking its checksum.

    Raises DatasetInvalid as `read_bytes` and `decode` do.
    """
    return decode(table, read_bytes(folder, table, meta))


def _meta_bytes(meta: Meta) -> bytes:
    raw: dict[str, Any] = {
        "schema": SCHEMA,
        "congress": meta.congress,
        "as_of": meta.as_of.isoformat(),
        "valid_until": meta.valid_until.isoformat(),
        "crosswalk_congress": meta.crosswalk_congress,
        "sources": [vars(source) for source in meta.sources],
        "notes": list(meta.notes),
        "tables": {
            table: {"rows": rows, "sha256": digest}
            for table, (rows, digest) in sorted(meta.tables.items())
        },
    }
    return (json.dumps(raw, indent=2, ensure_ascii=False) + "\n").encode()
