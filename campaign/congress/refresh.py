"""Replace the current data by new upstream files: fetch, stage, validate, swap.

Each refresh writes a folder of its own under CAMPAIGN_HOME/congress, and the file `current` names
the folder in use. The swap is one rename of that file, so a reader sees the old tables or the new,
never a mix, and a failure before the swap changes nothing. The previous folder is kept.
"""

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from campaign import civil_time, files
from campaign.congress import crosswalk, former_members, upstream
from campaign.congress.build import Built, ZipTables, build, build_from, zip_tables
from campaign.congress.completeness import (
    lost_details,
    seat_problems,
    shrunken_tables,
    unreachable_districts,
)
from campaign.congress.dataset import POINTER, Congress, current_folder, load
from campaign.congress.lost_members import MissingMember, ended_terms, missing_members
from campaign.congress.places import ordinal
from campaign.congress.tables import ZIP_TABLES, read_bytes
from campaign.congress.upstream_files import HISTORICAL
from campaign.errors import DatasetInvalid, InvalidInput

_LARGEST_FILE = 30_000_000
#: How many missing members are listed by name.
_MAX_NAMED = 20
_SECONDS = 30.0


@dataclass(frozen=True)
class Refreshed:
    """The tables now in use: their folder, and what the build reported."""

    folder: Path
    built: Built


def refresh(
    source: str,
    home: Path,
    current: Congress,
    *,
    today: date,
    as_of: date | None = None,
    zip_districts_url: str = "",
    accept_missing: Collection[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Refreshed:
    """Replace the current data by the files of `source`, a URL or a folder.

    `home` is `Settings.congress_folder`; `current` the data in use. Its ZIP tables are kept if the
    folder `source` has none, or if the Census Bureau's folder `zip_districts_url` has none for the
    Congress of the new data. The data is refused if a member of `current` is missing without a
    reason, unless `accept_missing` has their id. `progress` is called with each file's name. Raises
    DatasetInvalid, and InvalidInput for a folder without a day or a day in the future; then nothing
    has changed.
    """
    if as_of is not None and as_of > today:
        raise InvalidInput(
            f"{as_of} is still to come. Give the day that the files describe.", field="as-of"
        )
    try:
        home.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=home))
    except OSError as error:
        raise DatasetInvalid(f"{home} cannot be written to; nothing was changed.") from error
    try:
        built = _stage(source, staging, current, today, as_of, zip_districts_url, progress)
        staged = load(staging)
        lost = _unexplained_losses(source, current, staged, built, accept_missing)
        problems = (
            *seat_problems(staged),
            *shrunken_tables(current, staged),
            *lost_details(current, staged),
            *unreachable_districts(staged),
        )
        if lost:
            raise DatasetInvalid(_LOST, (*_missing_by_name(lost, built.notes), *problems))
        if problems:
            raise DatasetInvalid("The new data fails its checks; nothing was changed.", problems)
        _keep_former(home, current, staged)
        return Refreshed(_swap(staging, home, staged), built)
    except OSError as error:
        raise DatasetInvalid("The new data could not be written; nothing was changed.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def kept_zip_tables(congress: Congress) -> ZipTables:
    """Return the ZIP tables of the current data, to use with new legislator files."""
    legislator_files = {f"{name}.yaml" for name in upstream.FILES}
    return ZipTables(
        congress=congress.meta.crosswalk_congress,
        contents={
            table: read_bytes(congress.zip_folder, table, congress.meta) for table in ZIP_TABLES
        },
        sources=tuple(
            source for source in congress.meta.sources if source.file not in legislator_files
        ),
    )


def newest_zip_tables(current: Congress, congress: int, url: str) -> ZipTables:
    """Return the ZIP tables for a Congress, fetched if the current ones have older lines.

    `url` is the folder of the Census Bureau's relationship files, "" to fetch nothing. If the
    Bureau has no usable file for the Congress, the current tables are returned, with a note that
    says why: a failure there must not keep out new members.
    """
    kept = kept_zip_tables(current)
    if kept.congress >= congress or not url:
        return kept
    name = crosswalk.census_file_name(congress)
    address = f"{url.rstrip('/')}/{name}"
    try:
        content, _ = _fetch(address, name)
        read = crosswalk.read(content, name)
    except DatasetInvalid as error:
        return replace(kept, notes=(_kept_lines(kept.congress, str(error)),))
    known_zips = current.meta.tables["zip_districts"][0]
    if problems := crosswalk.problems(read, congress, known_zips):
        return replace(kept, notes=(_kept_lines(kept.congress, f"{name}: {'; '.join(problems)}."),))
    return zip_tables(read, name, content, address)


def _kept_lines(congress: int, reason: str) -> str:
    return f"ZIPs keep the district lines of the {ordinal(congress)} Congress: {reason}"


_LOST = (
    "Members are missing from the new data without an end of term, a successor or a vacancy, as "
    "in a file that was cut short; nothing was changed. Try again later. If they have left, add "
    "--accept-missing with each id."
)


def _unexplained_losses(
    source: str,
    current: Congress,
    staged: Congress,
    built: Built,
    accept_missing: Collection[str],
) -> tuple[MissingMember, ...]:
    """Return who is missing, also by upstream's file of former members."""
    lost = tuple(
        one
        for one in missing_members(current, staged, built.strangers)
        if one.bioguide not in accept_missing
    )
    if not lost:
        return ()
    ended = ended_terms(_historical(source), [one.bioguide for one in lost])
    return tuple(one for one in lost if ended.get(one.bioguide, date.max) > staged.meta.as_of)


def _historical(source: str) -> bytes:
    """Return upstream's file of former members, empty if the source has none."""
    try:
        if source.startswith(("http://", "https://")):
            return _fetch(f"{source.rstrip('/')}/{HISTORICAL}.yaml", f"{HISTORICAL}.yaml")[0]
        return (Path(source) / f"{HISTORICAL}.yaml").read_bytes()
    except (DatasetInvalid, OSError):
        return b""


def _missing_by_name(lost: Sequence[MissingMember], notes: Sequence[str]) -> tuple[str, ...]:
    """Return who is missing, by name, and the notes about their entries."""
    names = [str(member) for member in lost[:_MAX_NAMED]]
    if len(lost) > _MAX_NAMED:
        names.append(f"and {len(lost) - _MAX_NAMED:,} more")
    about = [note for note in notes if any(member.bioguide in note for member in lost)]
    return (*names, *about[:_MAX_NAMED])


def _stage(
    source: str,
    staging: Path,
    current: Congress,
    today: date,
    as_of: date | None,
    zip_districts_url: str,
    progress: Callable[[str], None],
) -> Built:
    if not source.startswith(("http://", "https://")):
        folder = Path(source)
        if not folder.is_dir():
            raise DatasetInvalid(f"There is no folder {source}; nothing was changed.")
        return build(
            folder,
            staging,
            as_of=as_of,
            kept_zips=lambda: kept_zip_tables(current),
        )
    contents: dict[str, bytes] = {}
    days: list[date] = []
    for name in upstream.FILES:
        progress(name)
        contents[name], day = _fetch(f"{source.rstrip('/')}/{name}.yaml", f"{name}.yaml")
        days += [day] if day else []
    return build_from(
        contents,
        staging,
        # The files change together, so the newest one gives the day that they describe.
        as_of=as_of or min(max(days, default=today), today),
        zips=lambda congress: newest_zip_tables(current, congress, zip_districts_url),
        known={},
        origin=source.rstrip("/"),
    )


def _fetch(url: str, name: str) -> tuple[bytes, date | None]:
    """Return a file's bytes, and the day of its last change if the server gives one.

    Raises DatasetInvalid for an answer that is not the whole file.
    """
    try:
        with requests.get(
            url, timeout=_SECONDS, stream=True, headers={"User-Agent": "campaign-toolkit"}
        ) as reply:
            if reply.status_code != 200:
                raise DatasetInvalid(f"{url} answered {reply.status_code}. Try again later.")
            body = bytearray()
            for chunk in reply.iter_content(65_536):
                body += chunk
                if len(body) > _LARGEST_FILE:
                    raise DatasetInvalid(f"{url} is larger than such a file can be.")
            return bytes(body), _day(reply.headers.get("Last-Modified", ""))
    except requests.RequestException as error:
        raise DatasetInvalid(f"{name} could not be fetched whole. Try again later.") from error


def _day(header: str) -> date | None:
    try:
        return civil_time.congress_day(parsedate_to_datetime(header))
    except (TypeError, ValueError):
        return None


def _keep_former(home: Path, current: Congress, staged: Congress) -> None:
    """Record who left, so that what was done with them keeps a name."""
    left = former_members.after_refresh(
        current.former, current.members, staged.members, as_of=staged.meta.as_of
    )
    former_members.write(home / former_members.FILE, left)


def _swap(staging: Path, home: Path, staged: Congress) -> Path:
    """Put the staged tables into use; keep the previous ones, delete older ones."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    folder = home / f"{staged.meta.as_of.isoformat()}-{stamp}"
    previous = current_folder(home)
    staging.chmod(0o755)
    staging.rename(folder)
    files.write(home / POINTER, f"{folder.name}\n".encode(), mode=files.PUBLIC, durable=True)
    files.sync_folder(home)
    _tidy(home, {folder, previous})
    return folder


def _tidy(home: Path, kept: set[Path | None]) -> None:
    """Delete older tables, and what a killed refresh left behind more than a day ago."""
    yesterday = time.time() - 86_400
    for other in home.iterdir():
        if not other.is_dir() or other in kept:
            continue
        if not other.name.startswith(".") or other.stat().st_mtime < yesterday:
            shutil.rmtree(other, ignore_errors=True)
