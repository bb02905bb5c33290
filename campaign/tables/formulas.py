"""Text that a spreadsheet would run as a formula: escaped on the way out, restored on the way in.

A cell is dangerous where it begins like a formula, and where a formula follows a character at which
some spreadsheets split cells: Excel splits a comma-separated file at `;` in many countries, so that
`a;=1+1` becomes two cells, the second of them live. Quotes do not help there. An apostrophe goes
before each such place. Where apostrophes are already there, one more makes the escape reversible
(OWASP, "CSV injection").
"""

import re

#: First characters that a spreadsheet reads as the beginning of a formula, full-width ones too.
FORMULA = "=+-@\t\r＝＋－＠"

#: Characters inside a cell at which some spreadsheets begin another cell or row.
SEPARATORS = ";\t\r\n"

_STARTS = re.escape(FORMULA)
# Behind a separator, `-)` is left as it is: it begins no formula, and ends many a smile.
_INSIDE = r"(?:[=+@＝＋－＠]|-(?!\)))"

#: Where an apostrophe goes, as a regular expression that Python and PostgreSQL read alike.
#: Quotes right behind a separator vanish in a program that splits there, so they are looked past.
ESCAPE_AT = rf"^'*[{_STARTS}]|(?<=[;\t\r\n])['\"]*{_INSIDE}"

_ESCAPE_AT = re.compile(ESCAPE_AT)
_UNESCAPE_AT = re.compile(rf"^'('*[{_STARTS}])|(?<=[;\t\r\n])'(['\"]*{_INSIDE})")


def escaped(cell: str) -> str:
    """Return a cell that every spreadsheet takes for text, whatever separates its cells."""
    return _ESCAPE_AT.sub(r"'\g<0>", cell)


def unescaped(cell: str) -> str:
    """Return the text that `escaped` was given. Line breaks must be as they were then."""
    return _UNESCAPE_AT.sub(lambda found: found[1] or found[2], cell)
