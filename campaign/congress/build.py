"""Upstream's folder becomes a folder of fact tables: the same input gives the same bytes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from campaign.congress import crosswalk, upstream
from campaign.congress.apportionment import congress_on, last_day
from campaign.congress.tables import Meta, Source, decode, encode, sha256, write
from campaign.errors import DatasetInvalid, InvalidInput

#: The Congress whose lines the crosswalk follows, where the note beside it does not say.
_CROSSWALK_CONGRESS = 119
_NAMED_CONGRESS = re.compile(r"([0-9]{3})th Congress")


@dataclass(frozen=True)
class Built:
    """What a build made: its meta, and sentences on what was left out or added.

    `strangers` are the ids that upstream's other files have, and the members' file lacks.
    """

    meta: Meta
    notes: tuple[str, ...]
    strangers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Crosswalk:
    """The two tables of ZIPs, encoded, with the Congress whose district lines they follow."""

    congress: int
    contents: Mapping[str, bytes]
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()


def build(
    folder: Path,
    out: Path,
    *,
    as_of: date | None = None,
    corrections: Path | None = None,
    crosswalk_kept: Callable[[], Crosswalk] | None = None,
) -> Built:
    """Read the upstream files in `folder` and write the fact tables into `out`.

    `as_of` is the day that the files describe; without it, the day in the folder's README.md is
    taken. `crosswalk_kept` stands in where the folder has no crosswalk.
    Raises DatasetInvalid with every fault, and InvalidInput where no day is known; then `out` is
    as it was.
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

    def zips() -> Crosswalk:
        if (folder / crosswalk.FILE).is_file():
            return _read_crosswalk(folder, known, corrections)
        if crosswalk_kept is None:
            raise DatasetInvalid(f"{folder} has no {crosswalk.FILE}; nothing was changed.")
        return crosswalk_kept()

    return build_from(
        contents, out, as_of=as_of, zips=zips, known=known, origin=upstream.LEGISLATORS_ORIGIN
    )


def build_from(
    contents: Mapping[str, bytes],
    out: Path,
    *,
    as_of: date,
    zips: Callable[[], Crosswalk],
    known: Mapping[str, upstream.Provenance],
    origin: str,
) -> Built:
    """Write the fact tables into `out` from the legislator files' bytes and a crosswalk.

    `zips` is asked only once the files have passed: it is the slow part.
    Raises DatasetInvalid where the files are not whole; then nothing was written.
    """
    people = upstream.legislators(contents, as_of)
    postal = zips()
    seats = {row["seat"] for row in people.tables["seats"]}
    cells = {row[1] for row in decode("zip_districts", postal.contents["zip_districts"])}
    strangers = {district for cell in cells for district in cell.split()} - seats
    if strangers:
        raise DatasetInvalid(
            "The crosswalk lists districts that have no seat.", sorted(strangers)[:20]
        )
    congress = congress_on(as_of)
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


def _read_crosswalk(
    folder: Path, known: Mapping[str, upstream.Provenance], corrections: Path | None
) -> Crosswalk:
    content = _read(folder / crosswalk.FILE)
    listed = crosswalk.read(content)
    places = crosswalk.postal_places()
    added = crosswalk.repairs(
        listed, places, crosswalk.read_corrections(corrections) if corrections else {}
    )
    entry = known.get(crosswalk.FILE)
    named = _NAMED_CONGRESS.search(entry.origin) if entry else None
    return Crosswalk(
        congress=int(named[1]) if named else _CROSSWALK_CONGRESS,
        contents={
            "zip_districts": crosswalk.district_table(listed, added),
            "zips": crosswalk.postal_table(),
        },
        sources=(
            Source(
                crosswalk.FILE,
                entry.origin if entry else "",
                entry.version if entry else "",
                entry.license if entry else "",
                sha256(content),
            ),
            Source(
                "zipcodes (Python package)",
                "https://pypi.org/project/zipcodes/",
                version("zipcodes"),
                "MIT",
                "",
            ),
        ),
        notes=(f"{crosswalk.FILE}: added a district to {len(added)} ZIPs on state lines",)
        if added
        else (),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetInvalid(f"{path} cannot be read; nothing was changed.") from error
