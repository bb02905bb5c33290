"""Campaign files as people and programs spoil them: wrong kinds, pasted links, broken bytes."""

import os
import re
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

FILES = (
    "campaign.toml",
    "facts.toml",
    "petition.md",
    "petition.es.md",
    "petition.hy.md",
    "points.md",
    "letters.md",
    "story.md",
    "outcome.md",
    "targets.csv",
    "updates/2026-06-15-hearing.md",
)

#: A value as somebody may write it after `key =`, right kind or not.
VALUES = (
    '"https://[www.x.gov](https://www.x.gov)"',
    '"https://[::1"',
    '"https://x.example:99999999/"',
    '"javascript:alert(1)"',
    '"{{ 7 * 7 }}"',
    '"{% for x in y %}"',
    '"\\u0000"',
    '"\\uFFFF"',
    '"\\r\\nBcc: x@example.org"',
    '"' + "x" * 5000 + '"',
    '"[^nowhere]"',
    '"&lbrace;{ organizer.name }}"',
    '""',
    "0",
    "-1",
    "1" + "0" * 400,
    "9" * 5000,
    "1e400",
    "nan",
    "true",
    "2026-06-15",
    "2026-99-99",
    "0001-01-01",
    "9999-12-31",
    "2026-06-15T12:00:00Z",
    "12:00:00",
    "[]",
    "[1, 2]",
    "[[]]",
    '["a", 1]',
    "{}",
    "{ a = 1 }",
    "[" * 3000 + "]" * 3000,
    "",
)
_SETTING = re.compile(r"^(\s*[\w-]+\s*=)([^\n]*)$", re.MULTILINE)

BLOBS = (
    b"",
    b"\x00",
    b"\xff\xfe\x00a",
    b"\xef\xbb\xbf+++\n+++\n",
    b"+++\n",
    b"+++\ntitle = 3\n+++\n# {{ a }}\n",
    b"PK\x03\x04" + bytes(range(256)),
    b"\xc3\x28 broken",
    b"<script>alert(1)</script>\n",
    b">" * 5000,
    b"- " * 5000,
    b"[" * 20_000,
    b"*" * 20_000,
    b"{{" * 5000,
    b"#\n" * 500,
    b"x" * 300_000,
    b"fact = [1, 2]\n",
    b"fact = 3\n",
    b"[fact]\nid = 1\n",
    b"[[fact]]\nid = []\nstatus = {}\n",
    b"organizer = 3\n",
    b"[organizer]\npostal_address = { a = 1 }\nemail = []\n",
    b"goals = [true]\n",
    b"\r\r\r",
)

_SNIPPETS = (b"\x00", b"\xff", b"{{", b"[^", b'"', b"\n+++\n", b"\r", b"[](", b"\n## x\n")

Spoil = Callable[[Path], None]


def _with_value(file: str, which: int, value: str) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        found = list(_SETTING.finditer(text))
        if found:
            one = found[which % len(found)]
            text = f"{text[: one.end(1)]} {value}{text[one.end() :]}"
        else:
            text = f"+++\ntitle = {value}\n+++\n{text}"
        _write(path, text.encode())

    return spoil


def _with_bytes(file: str, content: bytes) -> Spoil:
    return lambda folder: _write(folder / file, content)


def _with_insertion(file: str, at: int, content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / file
        before = path.read_bytes() if path.exists() else b""
        place = at % (len(before) + 1)
        _write(path, before[:place] + content + before[place:])

    return spoil


def _with_cut(file: str, at: int) -> Spoil:
    def spoil(folder: Path) -> None:
        path = folder / file
        before = path.read_bytes() if path.exists() else b""
        _write(path, before[: at % (len(before) + 1)])

    return spoil


def gone(file: str) -> Spoil:
    """Take the file away."""
    return lambda folder: (folder / file).unlink(missing_ok=True)


def circle(file: str) -> Spoil:
    """Put a link to itself in the file's place."""

    def spoil(folder: Path) -> None:
        _clear(folder / file)
        (folder / file).symlink_to(folder / file)

    return spoil


def a_folder(file: str) -> Spoil:
    """Put a folder in the file's place."""

    def spoil(folder: Path) -> None:
        _clear(folder / file)
        (folder / file).mkdir()

    return spoil


def a_pipe(file: str) -> Spoil:
    """Put a pipe that nobody writes to in the file's place."""

    def spoil(folder: Path) -> None:
        _clear(folder / file)
        os.mkfifo(folder / file)

    return spoil


def _clear(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)


_FILE = st.sampled_from(FILES)

#: Any one way in which one file may be spoiled.
SPOILED: st.SearchStrategy[Spoil] = st.one_of(
    st.builds(_with_value, _FILE, st.integers(0, 200), st.sampled_from(VALUES)),
    st.builds(_with_bytes, _FILE, st.sampled_from(BLOBS) | st.binary(max_size=200)),
    st.builds(
        _with_insertion,
        _FILE,
        st.integers(0, 100_000),
        st.sampled_from(
            (b"\x00", b"\xff", b"{{", b"[^", b'"', b"\n+++\n", b"\r", b"[](", b"\n## x\n")
        )
        | st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace")),
    ),
    st.builds(_with_cut, _FILE, st.integers(0, 100_000)),
    st.builds(gone, _FILE),
    st.builds(circle, _FILE),
    st.builds(a_folder, _FILE),
    st.builds(a_pipe, _FILE),
)
