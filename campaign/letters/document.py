"""Letters on paper and on screen: PDF by Typst, plain text, a printable page."""

import json
import re
import textwrap
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, time
from functools import cache
from io import BytesIO

import jinja2
import typst

from campaign import paths
from campaign.errors import InvalidInput
from campaign.letters import binding, fonts
from campaign.letters.letter import Letter

#: Letters set in one run: Typst keeps about a third of a megabyte a page until it is done.
_CHUNK = 500
#: A letter's characters, all told. Setting is linear in them (about 20 ms for this many), so no
#: text can hold a server up; composed letters stay below by their own limits.
MOST_CHARACTERS = 40_000
_TEXT_WIDTH = 72
# A line of the page holds about this many: longer words, such as web addresses, may be parted.
_LONGEST_WORD = re.compile(r"\S{60}(?=\S)")

# One warm compiler for the process: it has read the fonts and the template. It is not to be used
# by two threads at once.
_setting = threading.Lock()


def pdf(letters: Sequence[Letter]) -> bytes:
    """Return one PDF/UA-1 file with all letters, each on US Letter paper from a page of its own.

    The same letters make the same bytes on every machine: the file's time is the first letter's
    date, and only the shipped fonts are used. Raises GlyphMissing, which names the characters that
    they lack, and InvalidInput for no letters, or text that is no Unicode or beyond any letter.
    """
    if not letters:
        raise InvalidInput("There is no letter to print.")
    for letter in letters:
        _require_bounded(letter)
    sheets = [_sheet(letter) for letter in letters]
    fonts.require_printable(text for sheet in sheets for text in _texts(sheet))
    stamp = int(datetime.combine(letters[0].on, time(12), UTC).timestamp())
    title, author = _title(letters), _author(letters)
    chunks = [
        _compile(sheets[start : start + _CHUNK], title, author, stamp)
        for start in range(0, len(sheets), _CHUNK)
    ]
    return chunks[0] if len(chunks) == 1 else binding.bind(chunks)


def text(letter: Letter) -> str:
    """Return the letter as plain text, wrapped at 72 columns, to paste into a form or a mail."""
    wrapper = textwrap.TextWrapper(_TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)

    def wrapped(paragraph: str) -> str:
        return "\n".join(wrapper.fill(row) for row in paragraph.split("\n"))

    parts = (
        "\n".join(letter.constituent.block),
        letter.dated,
        "\n".join(letter.recipient.block),
        wrapped(f"Re: {letter.subject}"),
        letter.salutation,
        *(wrapped(paragraph.text) for paragraph in letter.paragraphs),
        letter.sign_off,
        "\n".join((letter.constituent.name, *letter.constituent.reach)),
    )
    return "\n\n".join(parts) + "\n"


def html(letter: Letter, *more: Letter) -> str:
    """Return a complete page that prints each letter on a sheet of its own; no request leaves it.

    Its style is embedded, for a file must stand alone; a page of the site draws its own preview.
    """
    letters = (letter, *more)
    return _pages().get_template("letter.html").render(letters=letters, title=_title(letters))


# -- What goes into Typst --------------------------------------------------------------------------


def _sheet(letter: Letter) -> dict[str, str | list[str]]:
    return {
        "sender": [_parted(line) for line in letter.constituent.block],
        "date": letter.dated,
        "inside": [_parted(line) for line in letter.recipient.block],
        "to": letter.recipient.name,
        "subject": _parted(letter.subject),
        "salutation": letter.salutation,
        "paragraphs": [_parted(paragraph.text) for paragraph in letter.paragraphs],
        "sign-off": letter.sign_off,
        "name": letter.constituent.name,
        "reach": list(letter.constituent.reach),
    }


def _parted(text: str) -> str:
    """Let a word that is longer than a line be parted: else it would run off the paper."""
    return _LONGEST_WORD.sub("\\g<0>\u200b", text)


def _texts(sheet: dict[str, str | list[str]]) -> Sequence[str]:
    return [
        text for value in sheet.values() for text in ([value] if isinstance(value, str) else value)
    ]


def _require_bounded(letter: Letter) -> None:
    """Refuse what would break Typst's data, or take long; the edge lets neither come this far."""
    whole = "".join(_texts(_sheet(letter)))
    if len(whole) > MOST_CHARACTERS:
        raise InvalidInput(f"The letter is too long. Shorten it to {MOST_CHARACTERS:,} characters.")
    if "\x00" in whole or any("\ud800" <= char <= "\udfff" for char in whole):
        raise InvalidInput("The letter holds text that is not valid Unicode. Type it again.")
    if not letter.paragraphs:
        raise InvalidInput("The letter says nothing yet. Write something.")


def _title(letters: Sequence[Letter]) -> str:
    if len(letters) > 1:
        return f"{len(letters)} letters: {letters[0].subject}"
    return f"Letter to {letters[0].recipient.short}: {letters[0].subject}"


def _author(letters: Sequence[Letter]) -> str:
    names = {letter.constituent.name for letter in letters}
    return names.pop() if len(names) == 1 else ""


def _compile(
    sheets: Sequence[dict[str, str | list[str]]], title: str, author: str, stamp: int
) -> bytes:
    data = json.dumps({"title": title, "author": author, "letters": sheets}, ensure_ascii=False)
    with _setting:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"letters": data},
            pdf_standards=["ua-1"],
            timestamp=stamp,
        )
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> typst.Compiler:
    """Return the compiler: it sees the letters' templates and the shipped fonts, and no more."""
    folder = paths.templates() / "letters"
    shipped = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[paths.data() / "fonts"],
    )
    return typst.Compiler(folder / "letter.typ", root=folder, font_paths=shipped)


@cache
def _pages() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.templates() / "letters"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
