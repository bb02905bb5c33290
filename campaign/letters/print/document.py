"""Letters on paper and on screen: PDF by Typst, plain text, a printable page."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
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
from campaign.letters.print.typst_compiler import RUN, Press, forget
from campaign.messages import Message

if TYPE_CHECKING:
    from campaign.letters.print import streaming_pdf
else:
    streaming_pdf = lazy_import("campaign.letters.print.streaming_pdf")

#: A letter as the template takes it: texts by name.
Sheet = Mapping[str, Any]

#: A letter's characters, all told. Setting takes time linear in them, at the worst text found
#: (19,000 paragraphs) 0.8 s for this many, so no text can hold a server up: the bound stands where
#: a time limit that kills would. Composed letters stay far below by their own limits.
MOST_CHARACTERS = 40_000
_TEXT_WIDTH = 72
# Lines hold at least this many of the widest letters: in the text, and in the blocks above it.
_LONGEST_WORD = re.compile(r"\S{45}(?=\S)")
_NO_UNICODE = re.compile("[\x00\ud800-\udfff]")
_LONGEST_IN_BLOCK = re.compile(r"\S{24}(?=\S)")

_press = Press("letter.typ")


def pdf(letters: Sequence[Letter]) -> bytes:
    """Return one PDF/UA-1 file with all letters, each on US Letter paper from a page of its own.

    The same letters make the same bytes on every machine: the file's time is the first letter's
    date, and the fonts that ship are used before any of the machine's. What none of them has is
    left out, as `left_out` says. Raises InvalidInput for no letters, or text that is no Unicode or
    beyond any letter.
    """
    if not letters:
        raise InvalidInput("There is no letter to print.")
    title, author = _title(letters), _author(letters)
    runs = [
        run(letters[start : start + RUN], title=title, author=author, on=letters[0].date)
        for start in range(0, len(letters), RUN)
    ]
    if len(runs) == 1:
        return runs[0]
    made = BytesIO()
    streaming_pdf.join(runs, made)
    return made.getvalue()


def run(
    letters: Sequence[Letter], *, title: str, author: str = "", on: date, quick: bool = False
) -> bytes:
    """Return one run of letters, RUN at most, as a PDF/UA-1 file of that title and day.

    `quick` breaks each line as soon as it is full, where else a paragraph's lines are weighed
    against each other: a third less work for an edge that is a little less even.

    Runs of one title can be joined (see `streaming_pdf`). A full run is forgotten by the page
    setter, so that any number of them takes the memory of one. Raises InvalidInput, as `pdf` does.
    """
    sheets = _checked(letters)
    made = _press.print(
        {
            "title": printable_text.printed(title),
            "author": author,
            "quick": quick,
            "steps": [asdict(step) for step in copyfitting.STEPS],
            "letters": [{**sheet, **_plan(sheet)} for sheet in sheets],
        },
        stamp=int(datetime.combine(on, time(12), UTC).timestamp()),
    )
    if len(letters) == RUN:
        forget()
    return made


def left_out(letters: Iterable[Letter]) -> LeftOut:
    """Return what the PDF of these letters leaves out, at a hundredth of its cost."""
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
    )
    return "\n\n".join(parts) + "\n"


def html(letter: Letter, *more: Letter) -> str:
    """Return a complete page that prints each letter on a sheet of its own; no request leaves it.

    Its style is embedded, for a file must stand alone; a page of the site draws its own preview.
    """
    letters = (letter, *more)
    return _pages().get_template("letter.html").render(letters=letters, title=_title(letters))


# -- What goes into Typst --------------------------------------------------------------------------


def _checked(letters: Sequence[Letter]) -> list[Sheet]:
    for letter in letters:
        _require_bounded(letter)
    sheets = [_sheet(letter) for letter in letters]
    if not all(sheet["paragraphs"] for sheet in sheets):
        raise InvalidInput("The letter says nothing yet. Write something.")
    return sheets


def _texts(letter: Letter) -> Iterator[str]:
    yield from letter.constituent.block
    yield from letter.recipient.block
    yield from (letter.subject, letter.salutation)
    yield from (paragraph.text for paragraph in letter.paragraphs)
    yield from (letter.sign_off, *letter.constituent.reach)


def _sheet(letter: Letter) -> Sheet:
    writer, to = letter.constituent, letter.recipient
    paragraphs = [part for each in letter.paragraphs if (part := _parted(each.text))]
    return {
        "sender": _lines(writer.block),
        "date": letter.dated,
        "inside": _lines(to.block),
        "to": _parted(to.name, _LONGEST_IN_BLOCK),
        "subject": _parted(letter.subject),
        "salutation": _parted(letter.salutation),
        "paragraphs": paragraphs,
        "right-to-left": [
            place for place, part in enumerate(paragraphs) if printable_text.is_right_to_left(part)
        ],
        "sign-off": _parted(letter.sign_off),
        "name": printable_text.isolated(_parted(writer.name)),
        "reach": _lines(writer.reach),
    }


def _lines(block: Sequence[str]) -> list[str]:
    parted = (_parted(line, _LONGEST_IN_BLOCK) for line in block)
    return [printable_text.isolated(line) for line in parted if line]


def _parted(text: str, longest: re.Pattern[str] = _LONGEST_WORD) -> str:
    """Return text as it is printed; a word longer than a line may be parted, to stay on the paper.

    Only such words are changed: what is copied out of the file else has no more in it than was
    typed.
    """
    whole = longest.sub("\\g<0>\u200b", printable_text.printed(text))
    if whole.isascii() or "\u200b" not in whole:
        return whole
    # A mark stays with its letter.
    parts = whole.split("\u200b")
    for place, part in enumerate(parts[1:], start=1):
        own = next((at for at, char in enumerate(part) if not fonts.belongs(char)), len(part))
        parts[place - 1] += part[:own]
        parts[place] = part[own:]
    return "\u200b".join(parts)


def _require_bounded(letter: Letter) -> None:
    """Refuse what would break Typst's data, or take long; the edge lets neither come this far."""
    whole = "".join(_texts(letter))
    if len(whole) > MOST_CHARACTERS:
        raise InvalidInput(
            Message(
                "The letter is too long. Shorten it to %(limit)s characters.",
                limit=f"{MOST_CHARACTERS:,}",
            )
        )
    if _NO_UNICODE.search(whole):
        raise InvalidInput("The letter holds text that is not valid Unicode. Type it again.")


def _title(letters: Sequence[Letter]) -> str:
    if len(letters) > 1:
        return f"{len(letters)} letters: {letters[0].subject}"
    return f"Letter to {letters[0].recipient.short}: {letters[0].subject}"


def _author(letters: Sequence[Letter]) -> str:
    names = {letter.constituent.name for letter in letters}
    return names.pop() if len(names) == 1 else ""


def _plan(sheet: Sheet) -> dict[str, object]:
    between = [f"Re: {sheet['subject']}", str(sheet["salutation"]), *sheet["paragraphs"]]
    doubtful, otherwise, fits = copyfitting.plan(between, reach=bool(sheet["reach"]))
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
