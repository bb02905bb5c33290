"""Read the TOML files of organizers; each fault becomes a Problem with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from campaign.errors import Problem

#: Control characters except tab and line feed, lone surrogates, and noncharacters.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LONG_NUMBER = re.compile(r"[0-9_]{1000}")
_AT_LINE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")
_OLD_SPELLING = re.compile(r"^(\s*\[?\s*)organiser(?=\s*[\]=.])", re.MULTILINE)


def with_current_names(settings_text: str) -> str:
    """Return campaign.toml with the former table `[organiser]` renamed to `[organizer]`.

    Line numbers do not change.
    """
    return _OLD_SPELLING.sub(r"\1organizer", settings_text)


def read(text: str, file: str, problems: list[Problem], first_line: int = 1) -> dict[str, Any]:
    """Parse TOML; return {} and add a Problem if it is not valid.

    `first_line` is the line of the file where the text begins.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = _AT_LINE.search(message)
        row = int(found[1]) if found and found[1] else len(text.splitlines())
        line = first_line - 1 + row
        reason = _AT_LINE.sub("", message).strip()
        problems.append(Problem(file, line, f"This is not valid TOML: {reason}."))
    except RecursionError:
        rows = text.splitlines()
        deepest = max(
            range(len(rows)), key=lambda index: rows[index].count("[") + rows[index].count("{")
        )
        problems.append(Problem(file, first_line + deepest, "This is nested too deeply."))
    except ValueError:  # a whole number of thousands of digits
        at = _LONG_NUMBER.search(text)
        line = first_line + text.count("\n", 0, at.start()) if at else 0
        problems.append(Problem(file, line, "This is not valid TOML: a number is too long."))
    return {}


def texts(value: object) -> Iterator[str]:
    """Yield every string in a TOML value at any depth, including keys."""
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
    """Return the line of the first `key = …`, `[key]` or `[[key]]`, or 0."""
    pattern = re.compile(rf"\s*(?:{re.escape(key)}\s*=|\[{{1,2}}{re.escape(key)}\])")
    for number, row in enumerate(text.splitlines(), start=first_line):
        if pattern.match(row):
            return number
    return 0


def line_in_table(text: str, table: str, key: str) -> int:
    """Return the line of `key = …` within the table `[table]`, of its heading, or 0.

    Of a table written as `table = …` it is that line.
    """
    start = 0
    for number, row in enumerate(text.splitlines(), start=1):
        heading = re.match(r"\s*\[{1,2}\s*([^\]]+?)\s*\]", row)
        if heading is not None:
            if start:
                break
            start = number if heading[1] == table else 0
        elif start and re.match(rf"\s*{re.escape(key)}\s*=", row) and key:
            return number
    return start or line_of(text, table.partition(".")[0])


def unprintable(char: str) -> str:
    """Return the message for a character that pages and mails cannot contain."""
    return f"The character U+{ord(char):04X} cannot be shown or mailed. Remove it."


def require_printable(value: object, text: str, file: str, problems: list[Problem]) -> None:
    """Add a Problem for each unprintable character written as a TOML escape, such as `\\u0000`."""
    for string in texts(value):
        found = UNPRINTABLE.search(string)
        if found is not None:
            escape = re.compile(rf"\\u(?:0000)?{ord(found[0]):04X}|\\[bfr]", re.IGNORECASE)
            at = escape.search(text)
            line = text.count("\n", 0, at.start()) + 1 if at else 0
            problems.append(Problem(file, line, unprintable(found[0])))
