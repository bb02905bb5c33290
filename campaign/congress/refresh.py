"""New upstream files replace the data in force: fetched, staged, validated, swapped.

The refreshed tables live in folders of their own under CAMPAIGN_HOME/congress, and the file
`current` names the one in force. The swap is one rename of that file, so a reader sees the old
tables or the new, never a mix; whatever fails before leaves everything as it was. The folder in
force before is kept.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from campaign.congress import upstream
from campaign.congress.build import Built, Crosswalk, build, build_from
from campaign.congress.dataset import POINTER, Congress, current_folder, load
from campaign.congress.tables import CROSSWALK_TABLES, read_bytes, read_table
from campaign.errors import DatasetInvalid

_LARGEST_FILE = 30_000_000
_SECONDS = 30.0

#: A Congress has 541 seats; more vacancies than this have not been seen, and mean a cut file.
_LEAST_SENATORS = 95
_LEAST_HOUSE = 415

#: Tables that a refresh within the same Congress may shrink to this share at least.
_LEAST_SHARE = {
    "members": 0.97,
    "offices": 0.90,
    "committees": 0.90,
    "memberships": 0.85,
    "social": 0.80,
    "zip_districts": 0.97,
    "zips": 0.95,
}
#: With a new Congress committees and offices start anew, but seats and ZIPs do not.
_SHRINK_WITH_A_NEW_CONGRESS = {"offices", "committees", "memberships", "social"}


@dataclass(frozen=True)
class Refreshed:
    """The tables now in force: their folder, and what the build has to say."""

    folder: Path
    built: Built


def refresh(
    source: str,
    home: Path,
    current: Congress,
    *,
    today: date,
    as_of: date | None = None,
    corrections: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Refreshed:
    """Replace the data in force by what `source`, a URL or a folder, holds.

    `home` is `Settings.congress_folder`; `current` the data in force, whose ZIPs are kept where
    the source has none and against which shrinkage is judged. `progress` is told each file's name.
    Raises DatasetInvalid (or InvalidInput for a folder without a day); then nothing has changed.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=home))
    except OSError as error:
        raise DatasetInvalid(f"{home} cannot be written to; nothing was changed.") from error
    try:
        built = _stage(source, staging, current, today, as_of, corrections, progress)
        staged = load(staging)
        problems = (*seat_problems(staged), *shrinkage(current, staged))
        if problems:
            raise DatasetInvalid("The new data fails its checks; nothing was changed.", problems)
        return Refreshed(_swap(staging, home, staged), built)
    except OSError as error:
        raise DatasetInvalid("The new data could not be written; nothing was changed.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def seat_problems(congress: Congress) -> tuple[str, ...]:
    """Return what is wrong with the counts of a dataset: seats, and people who hold them."""
    problems: list[str] = []
    rows = read_table(congress.folder, "seats", congress.meta)
    for chamber, wanted, least in (
        ("senate", 100, _LEAST_SENATORS),
        ("house", 441, _LEAST_HOUSE),
    ):
        seats = [row for row in rows if row[1] == chamber]
        held = sum(1 for row in seats if row[6])
        if len(seats) != wanted:
            problems.append(f"the {chamber} has {len(seats)} seats, not {wanted}")
        if held < least:
            problems.append(f"only {held} of the {wanted} seats of the {chamber} are held")
    return tuple(problems)


def shrinkage(current: Congress, new: Congress) -> tuple[str, ...]:
    """Return which tables lost more rows than a real change takes away, and an older day."""
    problems: list[str] = []
    if new.meta.as_of < current.meta.as_of:
        problems.append(f"the new data is of {new.meta.as_of}, before the {current.meta.as_of}")
    same = new.meta.congress == current.meta.congress
    for table, share in _LEAST_SHARE.items():
        if not same and table in _SHRINK_WITH_A_NEW_CONGRESS:
            continue
        before, after = current.meta.tables[table][0], new.meta.tables[table][0]
        if after < before * share:
            problems.append(f"{table} would shrink from {before:,} rows to {after:,}")
    return tuple(problems)


def kept_crosswalk(congress: Congress) -> Crosswalk:
    """Return the ZIP tables of the data in force, to build upon."""
    legislator_files = {f"{name}.yaml" for name in upstream.FILES}
    return Crosswalk(
        congress=congress.meta.crosswalk_congress,
        contents={
            table: read_bytes(congress.folder, table, congress.meta) for table in CROSSWALK_TABLES
        },
        sources=tuple(
            source for source in congress.meta.sources if source.file not in legislator_files
        ),
    )


def _stage(
    source: str,
    staging: Path,
    current: Congress,
    today: date,
    as_of: date | None,
    corrections: Path | None,
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
            corrections=corrections,
            crosswalk_kept=lambda: kept_crosswalk(current),
        )
    contents: dict[str, bytes] = {}
    days: list[date] = []
    for name in upstream.FILES:
        progress(name)
        contents[name], day = _fetch(f"{source.rstrip('/')}/{name}.yaml", name)
        days += [day] if day else []
    return build_from(
        contents,
        staging,
        # The files change together; the youngest says as of which day they speak.
        as_of=as_of or min(max(days, default=today), today),
        zips=lambda: kept_crosswalk(current),
        known={},
        origin=source.rstrip("/"),
    )


def _fetch(url: str, name: str) -> tuple[bytes, date | None]:
    """Return a file's bytes and the day it was last changed, where the server says.

    Raises DatasetInvalid for an answer that is not the whole file.
    """
    try:
        with requests.get(
            url, timeout=_SECONDS, stream=True, headers={"User-Agent": "campaign-toolkit"}
        ) as reply:
            if reply.status_code != 200:
                raise DatasetInvalid(
                    f"{url} answered {reply.status_code}; nothing was changed. Try again later."
                )
            body = bytearray()
            for chunk in reply.iter_content(65_536):
                body += chunk
                if len(body) > _LARGEST_FILE:
                    raise DatasetInvalid(f"{url} is larger than a legislator file can be.")
            return bytes(body), _day(reply.headers.get("Last-Modified", ""))
    except requests.RequestException as error:
        raise DatasetInvalid(
            f"{name}.yaml could not be fetched whole; nothing was changed. Try again later."
        ) from error


def _day(header: str) -> date | None:
    try:
        return parsedate_to_datetime(header).astimezone(UTC).date()
    except (TypeError, ValueError):
        return None


def _swap(staging: Path, home: Path, staged: Congress) -> Path:
    """Put the staged tables in force; keep those in force until now, drop older ones."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    folder = home / f"{staged.meta.as_of.isoformat()}-{stamp}"
    previous = current_folder(home)
    staging.chmod(0o755)
    staging.rename(folder)
    beside = home / f".{POINTER}.{stamp}"
    with beside.open("w", encoding="utf-8") as out:
        out.write(folder.name + "\n")
        out.flush()
        os.fsync(out.fileno())
    beside.replace(home / POINTER)
    _sync(home)
    _tidy(home, {folder, previous})
    return folder


def _tidy(home: Path, kept: set[Path | None]) -> None:
    """Delete older tables, and what a refresh that was killed left behind a day ago."""
    yesterday = time.time() - 86_400
    for other in home.iterdir():
        if not other.is_dir() or other in kept:
            continue
        if not other.name.startswith(".") or other.stat().st_mtime < yesterday:
            shutil.rmtree(other, ignore_errors=True)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
