"""Letters on paper and on screen: PDF by Typst, plain text, a printable page."""

import json
import re
import textwrap
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache

import jinja2
import typst

from campaign import paths
from campaign.errors import InvalidInput
from campaign.letters import binding, fitting, fonts
from campaign.letters.letter import Letter
from campaign.messages import Message

#: A letter as the template takes it: texts by name.
Sheet = Mapping[str, str | list[str]]

# Letters set in one run. Typst remembers the layouts of its last runs, 1.6 MB a page: 500 letters
# held 900 MB in one run, hold 175 MB in runs of 50 that are forgotten, and take no longer.
_CHUNK = 50
# Typst forgets what this many runs in a row had no use for.
_RUNS_TO_FORGET = 12
#: A letter's characters, all told. Setting takes time linear in them, at the worst text found
#: (19,000 paragraphs) 0.8 s for this many, so no text can hold a server up: the bound stands where
#: a time limit that kills would. Composed letters stay far below by their own limits.
MOST_CHARACTERS = 40_000
_TEXT_WIDTH = 72
# Lines hold at least this many of the widest letters: in the text, and in the blocks above it.
_LONGEST_WORD = re.compile(r"\S{45}(?=\S)")
_LONGEST_IN_BLOCK = re.compile(r"\S{24}(?=\S)")

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
    sheets = [_sheet(letter) for letter in letters]
    for sheet in sheets:
        _require_bounded(sheet)
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


def _sheet(letter: Letter) -> Sheet:
    writer, to = letter.constituent, letter.recipient
    return {
        "sender": [_parted(line, _LONGEST_IN_BLOCK) for line in writer.block],
        "date": letter.dated,
        "inside": [_parted(line, _LONGEST_IN_BLOCK) for line in to.block],
        "to": _parted(to.name, _LONGEST_IN_BLOCK),
        "subject": _parted(letter.subject),
        "salutation": _parted(letter.salutation),
        "paragraphs": [_parted(paragraph.text) for paragraph in letter.paragraphs],
        "sign-off": _parted(letter.sign_off),
        "name": _parted(writer.name),
        "reach": [_parted(line) for line in writer.reach],
    }


def _parted(text: str, longest: re.Pattern[str] = _LONGEST_WORD) -> str:
    """Return text as it is printed; a word longer than a line may be parted, to stay on the paper.

    Only such words are changed: what is copied out of the file else has no more in it than was
    typed.
    """
    return longest.sub("\\g<0>\u200b", fonts.printable(text))


def _texts(sheet: Sheet) -> Sequence[str]:
    return [
        text for value in sheet.values() for text in ([value] if isinstance(value, str) else value)
    ]


def _require_bounded(sheet: Sheet) -> None:
    """Refuse what would break Typst's data, or take long; the edge lets neither come this far."""
    whole = "".join(_texts(sheet))
    if len(whole) > MOST_CHARACTERS:
        raise InvalidInput(
            Message(
                "The letter is too long. Shorten it to %(limit)s characters.",
                limit=f"{MOST_CHARACTERS:,}",
            )
        )
    if "\x00" in whole or any("\ud800" <= char <= "\udfff" for char in whole):
        raise InvalidInput("The letter holds text that is not valid Unicode. Type it again.")
    if not sheet["paragraphs"]:
        raise InvalidInput("The letter says nothing yet. Write something.")


def _title(letters: Sequence[Letter]) -> str:
    if len(letters) > 1:
        return f"{len(letters)} letters: {letters[0].subject}"
    return f"Letter to {letters[0].recipient.short}: {letters[0].subject}"


def _author(letters: Sequence[Letter]) -> str:
    names = {letter.constituent.name for letter in letters}
    return names.pop() if len(names) == 1 else ""


def _compile(sheets: Sequence[Sheet], title: str, author: str, stamp: int) -> bytes:
    data = {
        "title": fonts.printable(title),
        "author": author,
        "steps": [asdict(step) for step in fitting.STEPS],
        "letters": [{**sheet, **_plan(sheet)} for sheet in sheets],
    }
    with _setting:
        made = _compiler().compile(
            format="pdf",
            sys_inputs={"letters": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=stamp,
        )
        if len(sheets) == _CHUNK:
            _forget()
    assert isinstance(made, bytes)
    return made


def _forget() -> None:
    """Let Typst drop the layouts that it remembers: the next letters are other ones."""
    for _ in range(_RUNS_TO_FORGET):
        _blank().compile(b" ", format="svg")


def _plan(sheet: Sheet) -> dict[str, object]:
    between = [f"Re: {sheet['subject']}", str(sheet["salutation"]), *sheet["paragraphs"]]
    doubtful, otherwise = fitting.plan(between, reach=bool(sheet["reach"]))
    return {"measure": doubtful, "otherwise": otherwise}


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
def _blank() -> typst.Compiler:
    no_fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    return typst.Compiler(root=paths.templates() / "letters", font_paths=no_fonts)


@cache
def _pages() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.templates() / "letters"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
