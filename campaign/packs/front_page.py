"""What the petition's page shows around its text: large figures, the milestone, the picture.

All three are optional. Figures and the milestone are in petition.md, in each language; the picture
is a file of the folder, and petition.md describes it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from campaign.errors import Problem
from campaign.packs import picture
from campaign.packs.document import Document
from campaign.packs.markdown import SourceText
from campaign.packs.sentences import facts_of
from campaign.packs.source import CampaignSource

#: Fields of the header of petition.md that may be left out.
OPTIONAL_FIELDS = ("milestone", "picture_alt", "picture_caption")
#: What the milestone may use beside the public fields, and what stands for it until a page has it.
GOAL_FIELD, GOAL = "goal", "{goal}"

#: The number of figures that a page has room for: one beside the form and three in a row.
MOST_FIGURES = 4
_OPENS = "**"
#: Characters of a figure's number, so that it stays on one line of a phone.
_MAX_NUMBER = 14


@dataclass(frozen=True)
class Figure:
    """A large figure: `number` is set large, `html` says what it counts and cites its source."""

    number: str
    html: str


def figure(html: str) -> Figure | None:
    """Return the figure of a paragraph as inline HTML, which begins with its number in bold.

    None where it begins with anything else, such as after its fact has lapsed.
    """
    number, end, rest = html.removeprefix("<strong>").partition("</strong>")
    if not html.startswith("<strong>") or not end or not rest.strip():
        return None
    return Figure(number, rest.strip())


def reading_order(source: CampaignSource) -> tuple[str, ...]:
    """Return the ids of all facts in the order in which the petition's page first cites them.

    Facts that it does not cite follow in the order of the ledger.
    """
    page = source.petitions["en"]
    story = source.story.parts if source.story else ()
    figures = page.part("figures")
    rows: tuple[SourceText, ...] = (
        *figures[:1],
        *page.part(""),
        *figures[1:],
        *(row for part in story for row in part.paragraphs),
    )
    cited = (fact for row in rows for fact in facts_of(row.text))
    return tuple(dict.fromkeys(fact for fact in (*cited, *source.facts) if fact in source.facts))


def problems(document: Document, source: CampaignSource) -> Iterator[Problem]:
    """Yield what is wrong with the figures of one language, and with what it says of the picture.

    Lengths and fields are checked with those of the other texts.
    """
    figures = document.part("figures")
    if len(figures) > MOST_FIGURES:
        line = figures[MOST_FIGURES].line
        yield Problem(document.file, line, f"Keep to {MOST_FIGURES} figures at most.")
    for row in figures:
        number, end, rest = row.text.removeprefix(_OPENS).partition(_OPENS)
        if not row.text.startswith(_OPENS) or not end or not rest.strip():
            reason = "Begin a figure with its number in bold: **100,000+** people fled.[^fact]"
            yield Problem(row.file, row.line, reason)
        elif len(number) > _MAX_NUMBER:
            reason = f"Write the figure's number in {_MAX_NUMBER} characters at most."
            yield Problem(row.file, row.line, reason)
        elif not facts_of(row.text):
            yield Problem(row.file, row.line, "End the figure with the fact it rests on: [^fact].")
    has_picture = picture.file_of(source.folder) is not None
    alt = document.field("picture_alt")
    if has_picture and not alt.text:
        reason = "Describe the picture in picture_alt, for people who cannot see it."
        yield Problem(document.file, 0, reason)
    elif not has_picture and document.header.keys() & {"picture_alt", "picture_caption"}:
        reason = f"There is no picture to describe. Add {', '.join(picture.FILES)} or remove it."
        yield Problem(document.file, alt.line, reason)
    if _differs(figures, source.petitions["en"].part("figures")):
        yield Problem(document.file, 0, "Its figures cite other facts than those of petition.md.")


def _differs(ours: tuple[SourceText, ...], theirs: tuple[SourceText, ...]) -> bool:
    """True where figures of a translation cite other facts; a translation may have none."""
    if not ours:
        return False
    return [facts_of(row.text) for row in ours] != [facts_of(row.text) for row in theirs]
