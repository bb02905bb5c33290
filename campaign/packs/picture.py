"""The picture of a campaign: one file of its folder, WebP, AVIF or SVG, with its size in pixels."""

import hashlib
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from campaign.errors import Problem

#: Names of the file, by preference.
FILES = ("picture.avif", "picture.webp", "picture.svg")
#: The same picture for a phone, beside `picture.webp`, with its width in pixels (optional).
SMALL_FILE, SMALL_WIDTH = "picture-small.webp", 800
#: Bytes: a picture that is larger would make a phone wait.
MAX_BYTES = 200_000
#: Pixels of its width.
MIN_WIDTH, MAX_WIDTH = 320, 4096

_TYPES = {".avif": "image/avif", ".webp": "image/webp", ".svg": "image/svg+xml"}
# What an SVG may not have: it is opened by strangers, and must load and run nothing.
_ACTIVE = re.compile(
    rb"<\s*(?:script|foreignObject|iframe|image|use|a|animate|set|!ENTITY|!DOCTYPE)\b"
    rb"|\son\w+\s*=|javascript:|@import|url\(\s*['\"]?(?!#)|href\s*=",
    re.I,
)
_VIEW_BOX = re.compile(rb"<svg\b[^>]*\bviewBox=[\"']\s*[\d.-]+\s+[\d.-]+\s+([\d.]+)\s+([\d.]+)")

Size = tuple[int, int]


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture as it is sent; `version` changes with its bytes.

    `small` is the same picture for a phone, where there is one.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    small: "Picture | None" = None

    @property
    def version(self) -> str:
        """The part of the picture's URL that changes with it."""
        return hashlib.sha256(self.content).hexdigest()[:12]


def file_of(folder: Path) -> Path | None:
    """Return the picture's file in a campaign folder, or None."""
    return next((folder / name for name in FILES if (folder / name).is_file()), None)


def read(folder: Path) -> Picture | None:
    """Return the picture of a checked campaign folder, or None where it has none."""
    file = file_of(folder)
    if file is None:
        return None
    found = _read(file)
    small = folder / SMALL_FILE
    if found is None or file.suffix != small.suffix or not small.is_file():
        return found
    return replace(found, small=_read(small))


def problems(folder: Path) -> Iterator[Problem]:
    """Yield what prevents the use of the folder's pictures."""
    for file in (file_of(folder), folder / SMALL_FILE):
        if file is not None and file.is_file():
            reason = fault(_content(file), file.suffix)
            if reason:
                yield Problem(file.name, 0, reason)


def fault(content: bytes, ending: str) -> str:
    """Return what is wrong with a picture, or "". `ending` is that of its name, such as `.webp`."""
    if len(content) > MAX_BYTES:
        return f"The picture is larger than {MAX_BYTES // 1000} KB. Save it smaller."
    if ending == ".svg" and _ACTIVE.search(content):
        return "The drawing links to something or can run code. Save it as plain shapes and text."
    if ending != ".svg" and (b"EXIF" in content or b"Exif" in content or b"<x:xmpmeta" in content):
        return "The picture holds camera data, which can tell where it was taken. Save it without."
    size = size_of(content, ending)
    if size is None:
        return "This is not a WebP, AVIF or SVG picture. Save it as one of these."
    if not MIN_WIDTH <= size[0] <= MAX_WIDTH:
        return f"Save the picture {MIN_WIDTH} to {MAX_WIDTH:,} pixels wide."
    return ""


def size_of(content: bytes, ending: str) -> Size | None:
    """Return width and height in pixels, or None if it is no picture of that kind."""
    return _SIZES[ending](content) if ending in _SIZES else None


def _read(file: Path) -> Picture | None:
    content = _content(file)
    size = size_of(content, file.suffix)
    return Picture(content, _TYPES[file.suffix], *size) if size else None


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _webp(content: bytes) -> Size | None:
    """Read the size from a WebP file's first chunk (RFC 9649)."""
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP" or len(content) < 30:
        return None
    kind = content[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", content, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        sides = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (24, 27))
        return next(sides), next(sides)
    return None


def _avif(content: bytes) -> Size | None:
    """Read the size from an AVIF file's first `ispe` property (ISO/IEC 23008-12)."""
    at = content.find(b"ispe")
    if content[4:8] != b"ftyp" or b"avif" not in content[8:40] or not 0 < at < len(content) - 16:
        return None
    width, height = struct.unpack_from(">II", content, at + 8)
    return width, height


def _svg(content: bytes) -> Size | None:
    found = _VIEW_BOX.search(content[:4000])
    if found is None:
        return None
    return round(float(found[1])), round(float(found[2]))


_SIZES: dict[str, Callable[[bytes], Size | None]] = {
    ".webp": _webp,
    ".avif": _avif,
    ".svg": _svg,
}
