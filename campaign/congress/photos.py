"""Photos of members that an operator put into a folder, named by Bioguide id. None are shipped."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

#: A photo of a card needs far less; more would make a page of three cards slow on a phone.
MAX_BYTES = 200_000

_NAME = re.compile(r"(?P<bioguide>[A-Z][0-9]{6})\.(?P<kind>webp|jpe?g)")
_TYPES = {"webp": "image/webp", "jpg": "image/jpeg", "jpeg": "image/jpeg"}


@dataclass(frozen=True)
class Photo:
    """A usable photo; `version` changes with the file, so that its URL can be cached forever."""

    path: Path
    bioguide: str
    content_type: str
    version: str


def find(folder: Path, bioguide: str) -> Photo | None:
    """Return the photo of a member, None if the folder has no usable one."""
    for kind in _TYPES:
        path = folder / f"{bioguide}.{kind}"
        if _NAME.fullmatch(path.name) and not _problem(path):
            try:
                status = path.stat()
            except OSError:
                continue
            version = hashlib.sha256(f"{status.st_mtime_ns} {status.st_size}".encode())
            return Photo(path, bioguide, _TYPES[kind], version.hexdigest()[:12])
    return None


def problems(folder: Path, members: Collection[str]) -> Iterator[str]:
    """Yield why each file in the folder that is not used is not, in order of names."""
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in paths:
        named = _NAME.fullmatch(path.name)
        if named is None:
            yield f"{path.name}: name it by the member's Bioguide id, such as D000618.webp."
        elif named["bioguide"] not in members:
            yield f"{path.name}: no current member has this Bioguide id."
        elif problem := _problem(path):
            yield f"{path.name}: {problem}"


def _problem(path: Path) -> str:
    """Return why a file cannot be used, "" if it can."""
    try:
        with path.open("rb") as file:
            begin = file.read(12)
            size = path.stat().st_size
    except OSError:
        return "it cannot be read."
    if size > MAX_BYTES:
        return f"make it smaller than {MAX_BYTES // 1000} KB."
    is_webp = begin[:4] == b"RIFF" and begin[8:] == b"WEBP"
    is_jpeg = begin[:3] == b"\xff\xd8\xff"
    if not (is_webp if path.suffix == ".webp" else is_jpeg):
        return "its content is not what its name says."
    return ""
