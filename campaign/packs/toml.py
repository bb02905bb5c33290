"""TOML as organisers write it: read with every fault as a Problem that names its line."""

import re
import tomllib
from typing import Any

from campaign.errors import Problem

_AT_LINE = re.compile(r"\(at (?:line (\d+), column \d+|end of document)\)")


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
        return {}


def line_of(text: str, key: str, first_line: int = 1) -> int:
    """The line on which `key = …`, or `[key]`, stands; 0 where neither does."""
    pattern = re.compile(rf"\s*(?:{re.escape(key)}\s*=|\[{re.escape(key)}\])")
    for number, row in enumerate(text.splitlines(), start=first_line):
        if pattern.match(row):
            return number
    return 0
