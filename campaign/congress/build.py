"""Build a folder of fact tables from upstream's folder. The same input gives the same bytes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from campaign.congress import crosswalk, upstream
from campaign.congress.apportionment import congress_on, last_day
from campaign.congress.crosswalk import Crosswalk
from campaign.congress.post_offices import postal_table
from campaign.congress.tables import Meta, Source, decode, encode, sha256, write
from campaign.errors import DatasetInvalid, InvalidInput


@dataclass(frozen=True)
class Built:
    """The result of a build: its meta, and sentences on what was left out or added.

    `strangers` are the ids that upstream's other files have, but not the members' file.
    """

    meta: Meta
    notes: tuple[str, ...]
    strangers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ZipTables:
    """The two tables of ZIPs, encoded by table, and the Congress whose district lines they have."""

    congress: int
    contents: Mapping[str, bytes]
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()


def build(
    folder: Path,
    out: Path,
    *,
    as_of: date | None = None,
    kept_zips: Callable[[], ZipTables] | None = None,
) -> Built:
    """Read the upstream files in `folder` and write the fact tables into `out`.

    `as_of` is the day that the files describe, by default the day in the folder's README.md.
    `kept_zips` returns the ZIP tables to use if the folder has no file of ZIPs and districts.
    Raises DatasetInvalid with every fault, and InvalidInput if no day is known; then `out` is
    unchanged.
    """
    known = upstream.provenance(folder)
    contents = {name: _read(folder / f"{name}.yaml") for name in upstream.FILES}
    if as_of is None:
        entry = known.get("legislators-current.yaml")
        as_of = entry.day if entry else None
    if as_of is None:
        raise InvalidInput(
            "Say which day the files describe, such as --as-of 2026-06-15.", field="as_of"
        )

    def zips(congress: int) -> ZipTables:
        if (path := crosswalk.find(folder)) is not None:
            content = _read(path)
            read = crosswalk.read(content, path.name)
            return zip_tables(read, path.name, content, crosswalk.origin(read.congress))
        if kept_zips is None:
            raise DatasetInvalid(
                f"{folder} has no {crosswalk.census_file_name(congress)}; nothing was changed."
            )
        return kept_zips()

    return build_from(
        contents, out, as_of=as_of, zips=zips, known=known, origin=upstream.LEGISLATORS_ORIGIN
    )


def build_from(
    contents: Mapping[str, bytes],
    out: Path,
    *,
    as_of: date,
    zips: Callable[[int], ZipTables],
    known: Mapping[str, upstream.Provenance],
    origin: str,
) -> Built:
    """Write the fact tables into `out` from the legislator files and the ZIP tables.

    `contents` is name -> bytes of the five files. `zips` returns the ZIP tables to use with a
    Congress, given its number; it is called only after the files have passed, because it is slow.
    Raises DatasetInvalid if the files are not whole; then nothing was written.
    """
    people = upstream.legislators(contents, as_of)
    congress = congress_on(as_of)
    postal = zips(congress)
    seats = {row["seat"] for row in people.tables["seats"]}
    cells = {row[1] for row in decode("zip_districts", postal.contents["zip_districts"])}
    unknown = {district for cell in cells for district in cell.split()} - seats
    if unknown:
        raise DatasetInvalid(
            "The table of ZIPs lists districts that do not exist.", sorted(unknown)[:20]
        )
    meta = Meta(
        congress=congress,
        as_of=as_of,
        valid_until=last_day(congress),
        crosswalk_congress=postal.congress,
        sources=(*upstream.sources(contents, known, origin), *postal.sources),
        tables={},
        notes=(*people.notes, *postal.notes),
    )
    encoded = {table: encode(table, rows) for table, rows in people.tables.items()}
    try:
        written = write(out, {**encoded, **postal.contents}, meta)
    except OSError as error:
        raise DatasetInvalid(f"{out} cannot be written to.") from error
    return Built(written, written.notes, people.strangers)


def zip_tables(read: Crosswalk, name: str, content: bytes, origin: str) -> ZipTables:
    """Return both ZIP tables from a file of ZIPs and districts, and from the postal data.

    `name`, `content` and `origin` (a description or a URL) are recorded as the source.
    """
    return ZipTables(
        congress=read.congress,
        contents={
            "zip_districts": crosswalk.district_table(read),
            "zips": postal_table(),
        },
        sources=(
            Source(name, origin, "", crosswalk.LICENSE, sha256(content)),
            Source(
                "zipcodes (Python package)",
                "https://pypi.org/project/zipcodes/",
                version("zipcodes"),
                "MIT",
                "",
            ),
        ),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetInvalid(f"{path} cannot be read; nothing was changed.") from error
