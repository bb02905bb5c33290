"""Escape text that a spreadsheet would run as a formula, and restore it (OWASP, "CSV injection").

A cell is dangerous if it begins like a formula, or if a formula follows a character at which some
spreadsheets split cells: in many countries Excel splits CSV at `;`, quoted or not, so that `a;=1+1`
becomes two cells, the second a live formula. An apostrophe goes before each such place. If
apostrophes are there already, one more is added, so that the escape is reversible.
"""

import re

#: First characters that a spreadsheet reads as the start of a formula, including full-width ones.
FORMULA = "=+-@\t\r＝＋－＠"

#: Characters inside a cell at which some spreadsheets begin another cell or row.
SEPARATORS = ";\t\r\n"

_STARTS = re.escape(FORMULA)
# After a separator, `-)` is not escaped: it begins no formula, and occurs in smileys.
_INSIDE = r"(?:[=+@＝＋－＠]|-(?!\)))"

#: Where an apostrophe goes: a regular expression for both Python and PostgreSQL. Quotes after a
#: separator vanish in a program that splits there, so they are skipped.
ESCAPE_AT = rf"^'*[{_STARTS}]|(?<=[;\t\r\n])['\"]*{_INSIDE}"

_ESCAPE_AT = re.compile(ESCAPE_AT)
_UNESCAPE_AT = re.compile(rf"^'('*[{_STARTS}])|(?<=[;\t\r\n])'(['\"]*{_INSIDE})")


def escape(cell: str) -> str:
    """Return a cell that every spreadsheet reads as text, at any delimiter."""
    return _ESCAPE_AT.sub(r"'\g<0>", cell)


def unescape(cell: str) -> str:
    """Reverse `escape`. Line breaks must be the same as then."""
    return _UNESCAPE_AT.sub(lambda match: match[1] or match[2], cell)
