"""A letter to the editor: the person's own words, then as much of the campaign's as there is room.

Papers print short letters, from readers of their own town, over a name.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from campaign import text
from campaign.lazy_import import lazy_import
from campaign.letters.compose import MOST_OWN, Constituent
from campaign.messages import day_in_words
from campaign.packs import wording
from campaign.packs.pack import Pack

if TYPE_CHECKING:
    from campaign.letters.print import docx
else:
    docx = lazy_import("campaign.letters.print.docx")

#: Longer letters are seldom printed. Salutation and name do not count.
MOST_WORDS = 200
_TEXT_WIDTH = 72
_SALUTATION = "To the Editor:"


@dataclass(frozen=True)
class EditorLetter:
    """A draft for a newspaper. `own` and `campaign` are its paragraphs, in the order of printing.

    `left_out` are paragraphs of the campaign for which there was no room beside the person's own.
    """

    subject: str
    own: tuple[str, ...]
    campaign: tuple[str, ...]
    left_out: tuple[str, ...]
    name: str
    town: str
    on: date

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """All of the letter's text, the person's own words first."""
        return (*self.own, *self.campaign)

    @property
    def words(self) -> int:
        """How many words the paper would count."""
        return count_words(self.paragraphs)

    @property
    def over(self) -> int:
        """How many words it has above MOST_WORDS, 0 for none."""
        return max(0, self.words - MOST_WORDS)

    @property
    def signature(self) -> tuple[str, ...]:
        """Name, and town with state, a line each: those that are known."""
        return tuple(line for line in (self.name, self.town) if line)


def draft(pack: Pack, writer: Constituent, *, personal: str = "", on: date) -> EditorLetter:
    """Return the letter to the editor of a campaign, for a person who writes from a town.

    The person's words are never cut. Of the campaign's paragraphs the first and the last stay, and
    those between as far as MOST_WORDS allows; what is left out is told. A campaign that has no such
    text speaks by its first talking points. Raises InvalidInput (field "personal") for words that
    cannot be used or are more than MOST_OWN characters.
    """
    own = _paragraphs(text.block(personal, limit=MOST_OWN, field="personal"))
    ours = _campaign_text(pack, writer, on)
    kept = list(ours)
    left_out: list[str] = []
    while len(kept) > 2 and count_words((*own, *kept)) > MOST_WORDS:
        left_out.insert(0, kept.pop(-2))
    return EditorLetter(
        subject=pack.text().headline,
        own=own,
        campaign=tuple(kept),
        left_out=tuple(left_out),
        name=writer.name,
        town=", ".join(part for part in (writer.city, writer.state) if part),
        on=on,
    )


def count_words(paragraphs: Sequence[str]) -> int:
    """Return how many words the paragraphs have, as an editor counts them: by the spaces."""
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def plain(letter: EditorLetter) -> str:
    """Return the letter as plain text, a paragraph a line, to paste into a mail."""
    parts = (_SALUTATION, *letter.paragraphs, "\n".join(letter.signature))
    return "\n\n".join(part for part in parts if part) + "\n"


def wrapped(letter: EditorLetter) -> str:
    """Return the letter as plain text wrapped at 72 columns, to keep as a file."""
    wrapper = textwrap.TextWrapper(_TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapper.fill(row) for row in plain(letter).split("\n"))


def document(letter: EditorLetter) -> bytes:
    """Return the letter as a file for a word processor."""
    rows = (_SALUTATION, *letter.paragraphs, "\n".join(letter.signature))
    return docx.paragraphs(
        f"Letter to the editor: {letter.subject}", [row for row in rows if row], on=letter.on
    )


def _campaign_text(pack: Pack, writer: Constituent, on: date) -> tuple[str, ...]:
    if not pack.letters.editor:
        return _from_points(pack, writer)
    values: dict[str, str | dict[str, str]] = {
        "constituent": {"name": writer.name, "city": writer.city},
        "organizer": {"name": pack.organizer.name, "email": pack.organizer.email},
        "campaign": {"title": pack.text().title},
        "date": day_in_words(on),
    }
    return _paragraphs(text.block(wording.render(pack.letters.editor, values)))


def _from_points(pack: Pack, writer: Constituent) -> tuple[str, ...]:
    """Return two points of the campaign and its demand, as a letter without a text of its own."""
    points = [
        " ".join(passage.plain for passage in point.passages) for point in pack.talking_points[:2]
    ]
    readers = f"other readers in {writer.city}" if writer.city else "other readers"
    demand = pack.text().headline.rstrip(".")
    closing = f"I ask those who represent us: {demand}. I hope that {readers} will ask it too."
    return (*points, closing)


def _paragraphs(whole: str) -> tuple[str, ...]:
    return tuple(part for part in whole.split("\n\n") if part)
