"""Letters as PDF (Typst), plain text, and a printable HTML page."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

import jinja2

from campaign import paths
from campaign.errors import InvalidInput
from campaign.lazy_import import lazy_import
from campaign.letters.letter import Letter
from campaign.letters.print import copyfitting, fonts, printable_text
from campaign.letters.print.printable_text import LeftOut
from campaign.letters.print.typst_compiler import RUN_SIZE, TypstCompiler, drop_layout_cache
from campaign.messages import Message

if TYPE_CHECKING:
    from campaign.letters.print import streaming_pdf
else:
    streaming_pdf = lazy_import("campaign.letters.print.streaming_pdf")

#: A letter's texts by the names that the Typst template uses.
LetterData = Mapping[str, Any]

#: The most characters in a whole letter. Layout time is linear in them: the worst text tried
#: (19,000 paragraphs) takes 0.8 s at this limit, so no text can block a server. Composed letters
#: stay far below it.
MAX_CHARACTERS = 40_000
_TEXT_WIDTH = 72
# A line holds at least this many of the widest letters, in the text and in the address blocks.
_LONGEST_WORD = re.compile(r"\S{45}(?=\S)")
_NO_UNICODE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_IN_BLOCK = re.compile(r"\S{24}(?=\S)")

_compiler = TypstCompiler("letter.typ")


def pdf(letters: Sequence[Letter]) -> bytes:
    """Return one PDF/UA-1 file with all letters on US Letter paper, each starting a new page.

    The same letters give the same bytes on every machine: the file's time is the first letter's
    date, and shipped fonts are tried before system fonts. Characters that no font has are left out
    (see `left_out`). Raises InvalidInput for no letters, invalid Unicode, or more than
    MAX_CHARACTERS.
    """
    if not letters:
        raise InvalidInput("There is no letter to print.")
    title, author = _title(letters), _author(letters)
    runs = [
        pdf_run(
            letters[start : start + RUN_SIZE], title=title, author=author, on_date=letters[0].date
        )
        for start in range(0, len(letters), RUN_SIZE)
    ]
    if len(runs) == 1:
        return runs[0]
    made = BytesIO()
    streaming_pdf.join(runs, made)
    return made.getvalue()


def pdf_run(
    letters: Sequence[Letter], *, title: str, author: str = "", on_date: date, quick: bool = False
) -> bytes:
    """Return up to RUN_SIZE letters as one PDF/UA-1 file of that title and day.

    `quick` breaks lines greedily instead of optimizing whole paragraphs: a third less time for a
    slightly more ragged edge. Files of one title can be joined (`streaming_pdf`). After a full run
    the layout cache is dropped, so any number of runs takes the memory of one. Raises InvalidInput
    as `pdf` does.
    """
    sheets = _checked(letters)
    made = _compiler.compile(
        {
            "title": printable_text.printable(title),
            "author": author,
            "quick": quick,
            "steps": [asdict(step) for step in copyfitting.STEPS],
            "letters": [{**sheet, **_plan(sheet)} for sheet in sheets],
        },
        day=on_date,
    )
    if len(letters) == RUN_SIZE:
        drop_layout_cache()
    return made


def left_out(letters: Iterable[Letter]) -> LeftOut:
    """Return what the PDF of these letters leaves out, at a hundredth of the PDF's cost."""
    return printable_text.left_out(text for letter in letters for text in _texts(letter))


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
        *filter(None, (wrapped(letter.disclosure),)),
    )
    return "\n\n".join(parts) + "\n"


def html(letter: Letter, *more: Letter) -> str:
    """Return a self-contained HTML page that prints each letter on its own sheet.

    The style sheet is embedded, because people save the page as a file.
    """
    letters = (letter, *more)
    return _pages().get_template("letter.html").render(letters=letters, title=_title(letters))


# -- What goes into Typst --------------------------------------------------------------------------


def _checked(letters: Sequence[Letter]) -> list[LetterData]:
    for letter in letters:
        _require_bounded(letter)
    sheets = [_letter_data(letter) for letter in letters]
    if not all(sheet["paragraphs"] for sheet in sheets):
        raise InvalidInput("The letter says nothing yet. Write something.")
    return sheets


def _texts(letter: Letter) -> Iterator[str]:
    yield from letter.constituent.block
    yield from letter.recipient.block
    yield from (letter.subject, letter.salutation)
    yield from (paragraph.text for paragraph in letter.paragraphs)
    yield from (letter.sign_off, *letter.constituent.reach, letter.disclosure)


def _letter_data(letter: Letter) -> LetterData:
    writer, to = letter.constituent, letter.recipient
    address = copyfitting.address_size(to.block)
    paragraphs = [part for each in letter.paragraphs if (part := _with_break_points(each.text))]
    return {
        "sender": _lines(writer.block),
        "date": letter.dated,
        "inside": _lines(to.block),
        "inside-size": address.size,
        "inside-leading": address.leading,
        "to": _with_break_points(to.name, _LONGEST_IN_BLOCK),
        "subject": _with_break_points(letter.subject),
        "salutation": _with_break_points(letter.salutation),
        "paragraphs": paragraphs,
        "right-to-left": [
            place for place, part in enumerate(paragraphs) if printable_text.is_right_to_left(part)
        ],
        "sign-off": _with_break_points(letter.sign_off),
        "name": printable_text.bidi_isolated(_with_break_points(writer.name)),
        "reach": _lines(writer.reach),
        "disclosure": _with_break_points(letter.disclosure),
    }


def _lines(block: Sequence[str]) -> list[str]:
    parted = (_with_break_points(line, _LONGEST_IN_BLOCK) for line in block)
    return [printable_text.bidi_isolated(line) for line in parted if line]


def _with_break_points(text: str, longest: re.Pattern[str] = _LONGEST_WORD) -> str:
    """Return printable text, with break points (U+200B) in words longer than a line.

    Other words are unchanged, so that text copied from the PDF is what was typed.
    """
    whole = longest.sub("\\g<0>\u200b", printable_text.printable(text))
    if whole.isascii() or "\u200b" not in whole:
        return whole
    # Combining marks stay with their letter.
    parts = whole.split("\u200b")
    for place, part in enumerate(parts[1:], start=1):
        own = next(
            (at for at, char in enumerate(part) if not fonts.joins_previous(char)), len(part)
        )
        parts[place - 1] += part[:own]
        parts[place] = part[own:]
    return "\u200b".join(parts)


def _require_bounded(letter: Letter) -> None:
    """Raise InvalidInput for text that would break Typst's data or take long to lay out."""
    whole = "".join(_texts(letter))
    if len(whole) > MAX_CHARACTERS:
        raise InvalidInput(
            Message(
                "The letter is too long. Shorten it to %(limit)s characters.",
                limit=f"{MAX_CHARACTERS:,}",
            )
        )
    if _NO_UNICODE.search(whole):
        raise InvalidInput("The letter contains text that is not valid Unicode. Type it again.")


def _title(letters: Sequence[Letter]) -> str:
    if len(letters) > 1:
        return f"{len(letters)} letters: {letters[0].subject}"
    return f"Letter to {letters[0].recipient.short}: {letters[0].subject}"


def _author(letters: Sequence[Letter]) -> str:
    names = {letter.constituent.name for letter in letters}
    return names.pop() if len(names) == 1 else ""


def _plan(sheet: LetterData) -> dict[str, object]:
    between = [f"Re: {sheet['subject']}", str(sheet["salutation"]), *sheet["paragraphs"]]
    if sheet["disclosure"]:
        between.append(sheet["disclosure"])
    doubtful, otherwise, fits = copyfitting.plan_steps(between, reach=bool(sheet["reach"]))
    return {
        "measure": doubtful,
        "otherwise": otherwise,
        "fits": fits,
        "small-caps": fonts.takes_small_caps(sheet["sender"][0]),
    }


@cache
def _pages() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(paths.templates() / "letters"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
