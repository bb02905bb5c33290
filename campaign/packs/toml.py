"""TOML as organizers write it: read with every fault as a Problem that names its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from campaign.errors import Problem

#: Control characters but tab and line feed, lone surrogates and noncharacters.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LONG_NUMBER = re.compile(r"[0-9_]{1000}")
_AT_LINE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
_OLD_SPELLING = re.compile(r"^(\s*\[?\s*)organiser(?=\s*[\]=.])", re.MULTILINE)


def with_current_names(settings_text: str) -> str:
    """Return campaign.toml with the table `[organiser]`, its earlier name, as `[organizer]`.

    Nothing else changes, and every line keeps its number.
    """
    return _OLD_SPELLING.sub(r"\1organizer", settings_text)


def read(text: str, file: str, problems: list[Problem], first_line: int = 1) -> dict[str, Any]:
    """Read TOML; a syntax error becomes a Problem and the result is empty.

    `first_line` is the line of its file where the text begins.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        found = _AT_LINE.search(said)
        row = int(found[1]) if found and found[1] else len(text.splitlines())
        line = first_line - 1 + row
        reason = _AT_LINE.sub("", said).strip()
        problems.append(Problem(file, line, f"This is not valid TOML: {reason}."))
    except RecursionError:
        rows = text.splitlines()
        most = max(
            range(len(rows)), key=lambda index: rows[index].count("[") + rows[index].count("{")
        )
        problems.append(Problem(file, first_line + most, "This is nested too deeply."))
    except ValueError:  # a whole number of thousands of digits
        at = _LONG_NUMBER.search(text)
        line = first_line + text.count("\n", 0, at.start()) if at else 0
        problems.append(Problem(file, line, "This is not valid TOML: a number is too long."))
    return {}


def texts(value: object) -> Iterator[str]:
    """Yield every text that a value read from TOML holds, however deep; keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def line_of(text: str, key: str, first_line: int = 1) -> int:
    """The line on which `key = …`, `[key]` or `[[key]]` first stands; 0 where none does."""
    pattern = re.compile(rf"\s*(?:{re.escape(key)}\s*=|\[{{1,2}}{re.escape(key)}\])")
    for number, row in enumerate(text.splitlines(), start=first_line):
        if pattern.match(row):
            return number
    return 0


def unprintable(char: str) -> str:
    """Return the reason for a character that no page and no mail can hold."""
    return f"The character U+{ord(char):04X} can be neither shown nor mailed; take it out."


def require_printable(value: object, text: str, file: str, problems: list[Problem]) -> None:
    """Add a Problem for what an escape of TOML, such as `\\u0000`, puts into a text."""
    for said in texts(value):
        found = UNPRINTABLE.search(said)
        if found is not None:
            escape = re.compile(rf"\\u(?:0000)?{ord(found[0]):04X}|\\[bfr]", re.IGNORECASE)
            at = escape.search(text)
            line = text.count("\n", 0, at.start()) + 1 if at else 0
            problems.append(Problem(file, line, unprintable(found[0])))
