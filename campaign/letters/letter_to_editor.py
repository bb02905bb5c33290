"""Letters to the editor: the writer's own words, then campaign text within the word limit.

Papers print short, signed letters from local readers.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from campaign import text
from campaign.lazy_import import lazy_import
from campaign.letters.compose import MAX_OWN_CHARACTERS, Constituent
from campaign.messages import day_in_words
from campaign.packs import wording
from campaign.packs.pack import Pack

if TYPE_CHECKING:
    from campaign.letters.print import docx
else:
    docx = lazy_import("campaign.letters.print.docx")

#: Papers seldom print longer letters. Salutation and name do not count.
MAX_WORDS = 200
_TEXT_WIDTH = 72
_SALUTATION = "To the Editor:"


@dataclass(frozen=True)
class EditorLetter:
    """A draft for a newspaper: the writer's `own` paragraphs, then those of the `campaign`.

    `left_out` are campaign paragraphs that did not fit within the word limit. `disclosure` follows
    the signature and does not count as words.
    """

    subject: str
    own: tuple[str, ...]
    campaign: tuple[str, ...]
    left_out: tuple[str, ...]
    name: str
    town: str
    on_date: date
    disclosure: str = ""

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """All paragraphs, the writer's own first."""
        return (*self.own, *self.campaign)

    @property
    def words(self) -> int:
        """The word count."""
        return count_words(self.paragraphs)

    @property
    def over(self) -> int:
        """The number of words above MAX_WORDS, or 0."""
        return max(0, self.words - MAX_WORDS)

    @property
    def signature(self) -> tuple[str, ...]:
        """The lines of the signature: name, and town with state, if known."""
        return tuple(line for line in (self.name, self.town) if line)


def draft(pack: Pack, writer: Constituent, *, personal: str = "", on_date: date) -> EditorLetter:
    """Return a campaign's letter to the editor for this writer.

    The writer's own words are never cut. The first and last campaign paragraphs stay; those between
    are dropped from the end until the letter is within MAX_WORDS. A campaign without such a text
    uses its first talking points. Raises InvalidInput (field "personal") for text that cannot be
    used or is longer than MAX_OWN_CHARACTERS.
    """
    own = _paragraphs(text.block(personal, limit=MAX_OWN_CHARACTERS, field="personal"))
    ours = _campaign_text(pack, writer, on_date)
    kept = list(ours)
    left_out: list[str] = []
    while len(kept) > 2 and count_words((*own, *kept)) > MAX_WORDS:
        left_out.insert(0, kept.pop(-2))
    return EditorLetter(
        subject=pack.text().headline,
        own=own,
        campaign=tuple(kept),
        left_out=tuple(left_out),
        name=writer.name,
        town=", ".join(part for part in (writer.city, writer.state) if part),
        on_date=on_date,
        disclosure=pack.funding.disclosure()[0],
    )


def count_words(paragraphs: Sequence[str]) -> int:
    """Return the number of words, separated by white space."""
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def plain_text(letter: EditorLetter) -> str:
    """Return the letter as plain text, one line per paragraph, to paste into an email."""
    parts = (_SALUTATION, *letter.paragraphs, "\n".join(letter.signature), letter.disclosure)
    return "\n\n".join(part for part in parts if part) + "\n"


def wrapped_text(letter: EditorLetter) -> str:
    """Return the letter as plain text wrapped at 72 columns, for a file."""
    wrapper = textwrap.TextWrapper(_TEXT_WIDTH, break_long_words=False, break_on_hyphens=False)
    return "\n".join(wrapper.fill(row) for row in plain_text(letter).split("\n"))


def word_document(letter: EditorLetter) -> bytes:
    """Return the letter as a Word document (.docx)."""
    rows = (_SALUTATION, *letter.paragraphs, "\n".join(letter.signature), letter.disclosure)
    return docx.paragraphs(
        f"Letter to the editor: {letter.subject}",
        [row for row in rows if row],
        on_date=letter.on_date,
    )


def _campaign_text(pack: Pack, writer: Constituent, on_date: date) -> tuple[str, ...]:
    if not pack.letters.editor:
        return _from_points(pack, writer)
    values: dict[str, str | dict[str, str]] = {
        "constituent": {"name": writer.name, "city": writer.city},
        "organizer": {"name": pack.organizer.name, "email": pack.organizer.email},
        "campaign": {"title": pack.text().title},
        "date": day_in_words(on_date),
    }
    return _paragraphs(text.block(wording.render(pack.letters.editor, values)))


def _from_points(pack: Pack, writer: Constituent) -> tuple[str, ...]:
    """Return two talking points and the campaign's demand as the text of the letter."""
    points = [
        " ".join(passage.plain for passage in point.passages) for point in pack.talking_points[:2]
    ]
    readers = f"other readers in {writer.city}" if writer.city else "other readers"
    demand = pack.text().headline.rstrip(".")
    closing = f"I ask those who represent us: {demand}. I hope that {readers} will ask it too."
    return (*points, closing)


def _paragraphs(whole: str) -> tuple[str, ...]:
    return tuple(part for part in whole.split("\n\n") if part)
