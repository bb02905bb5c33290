"""Letters as Word documents (.docx) with the text and layout of the PDF, for editing.

Styles have the names that word processors know. The file's metadata say nothing about its maker.
"""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.section import WD_SECTION
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Inches, Length, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from campaign.errors import InvalidInput
from campaign.letters.letter import Letter
from campaign.letters.print import copyfitting, printable_text
from campaign.letters.print.copyfitting import Step

# As wide as the PDF's Libertinus. Windows, macOS and iOS have it; where it is missing, word
# processors set Liberation Serif or Tinos, whose letters have the same widths.
_FONT = "Times New Roman"
_TEXT_WIDTH = Inches(6.5)

# Positions of the PDF (templates/letters/letter.typ), measured from the one-inch top margin: the
# inside address begins 2.5 in below the top of the sheet, the text 3.65 in. Lines above the text
# have an exact height, so that the space to the next position can be computed.
_INSIDE = Inches(1.5)
_BODY = Inches(2.65)
_LINE = Pt(13)
_WINDOW = Pt(copyfitting.WINDOW_WIDTH)
_SIGNATURE = Inches(0.52)
_BLOCK_SIZE, _NAME_SIZE, _DATE_SIZE = 10, 11.5, 11
# The line to sign on: its width, and its color and thickness as Word has them.
_SIGN_ON, _SIGN_COLOR, _SIGN_EIGHTHS = Inches(2.75), "8D897F", "4"

# XML knows neither control characters nor these two (XML 1.0, section 2.2).
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Setting:
    """The format of a paragraph style: size and spacing in points."""

    size: float
    before: float = 0
    after: float = 0
    exact: bool = False
    bold: bool = False
    keep_with_next: bool = False


def letters(made: Sequence[Letter]) -> bytes:
    """Return one file with all letters on US Letter paper, each starting a new page.

    The same letters give the same bytes. Raises InvalidInput for no letters.
    Source: ECMA-376 (Office Open XML), part 1.
    """
    if not made:
        raise InvalidInput("There is no letter to print.")
    first = made[0]
    title = (
        f"{len(made)} letters: {first.subject}"
        if len(made) > 1
        else f"Letter to {first.recipient.short}: {first.subject}"
    )
    document = _blank(title, first.date)
    _add_styles(document, _step(made))
    for number, letter in enumerate(made):
        section = document.add_section(WD_SECTION.NEW_PAGE) if number else document.sections[0]
        _set_page(section)
        _head_later_pages(section, letter)
        _write(document, letter)
    return _saved(document)


def paragraphs(title: str, rows: Sequence[str], *, on_date: date) -> bytes:
    """Return a file of plain paragraphs, such as a letter to the editor."""
    document = _blank(title, on_date)
    _add_styles(document, copyfitting.STEPS[0])
    _set_page(document.sections[0])
    for row in rows:
        paragraph = _add(document, row, "Letter Text")
        if printable_text.is_right_to_left(row):
            _run_right_to_left(paragraph)
    return _saved(document)


# -- One letter ------------------------------------------------------------------------------------


def _write(document: Document, letter: Letter) -> None:
    writer = letter.constituent
    used = _write_sender(document, writer.block, letter.dated)
    size = copyfitting.address_size(letter.recipient.block)
    for number, line in enumerate(letter.recipient.block):
        paragraph = _add(document, line, "Inside Address")
        paragraph.paragraph_format.line_spacing = Pt(size.pitch)
        for run in paragraph.runs:
            run.font.size = Pt(size.size)
        if not number:
            paragraph.paragraph_format.space_before = _left(_INSIDE, used)
    used = round(size.lines * Pt(size.pitch))
    subject = _add(document, f"Re: {letter.subject}", "Heading 1")
    subject.paragraph_format.space_before = _left(Length(_BODY - _INSIDE), used)
    _add(document, letter.salutation, "Salutation")
    for part in letter.paragraphs:
        last = _add(document, part.text, "Letter Text")
        if printable_text.is_right_to_left(part.text):
            _run_right_to_left(last)
    # Keep the signature on one page with the last paragraph.
    last.paragraph_format.keep_with_next = True
    last.paragraph_format.keep_together = True
    _add(document, letter.sign_off, "Closing")
    name = _add(document, writer.name, "Signature")
    if writer.reach:
        name.paragraph_format.keep_with_next = True
        _add(document, "  ·  ".join(writer.reach), "Contact")
    if letter.disclosure:
        _add(document, letter.disclosure, "Disclosure")


def _write_sender(document: Document, block: Sequence[str], dated: str) -> int:
    """Write the sender's lines, with the date at the right of the first that has room.

    Returns their height. A name of sixty characters leaves no room for the date.
    """
    rows = 0
    date_is_written = False
    for number, line in enumerate(block):
        paragraph = _add(document, line, "Sender")
        if number == 0:
            paragraph.runs[0].font.small_caps = True
            paragraph.runs[0].font.size = Pt(_NAME_SIZE)
        width = copyfitting.width(line, _BLOCK_SIZE if number else _NAME_SIZE * 1.05)
        if (
            not date_is_written
            and width + copyfitting.width(dated, _DATE_SIZE) + 24 < _TEXT_WIDTH.pt
        ):
            paragraph.add_run(f"\t{dated}").font.size = Pt(_DATE_SIZE)
            date_is_written = True
        rows += _rows(line, _BLOCK_SIZE if number else _NAME_SIZE)
    if not date_is_written:
        alone = _add(document, f"\t{dated}", "Sender")
        alone.runs[0].font.size = Pt(_DATE_SIZE)
        rows += 1
    return rows * _LINE


def _rows(line: str, size: float) -> int:
    return copyfitting.line_count(line, size, _TEXT_WIDTH.pt)


def _left(place: Length, used: int) -> Length:
    """Return the space to the next position, at least 6 points."""
    return Length(max(place - used, Pt(6)))


def _add(document: Document, text: str, style: str) -> Paragraph:
    return document.add_paragraph(_NO_XML.sub("", text), style=style)


def _run_right_to_left(paragraph: Paragraph) -> None:
    """Make a paragraph right-to-left (ECMA-376, 17.3.1.6 and 17.3.2.30)."""
    wanted = paragraph._p.get_or_add_pPr()
    wanted.insert_element_before(
        OxmlElement("w:bidi"),  # type: ignore[arg-type]
        *("w:adjustRightInd", "w:snapToGrid", "w:spacing", "w:ind", "w:contextualSpacing", "w:jc"),
        *("w:textDirection", "w:textAlignment", "w:outlineLvl", "w:rPr", "w:sectPr"),
    )
    for run in paragraph.runs:
        run.font.rtl = True


# -- The file --------------------------------------------------------------------------------------


def _blank(title: str, on_date: date) -> Document:
    """Return an empty document whose metadata hold only title, day and language."""
    document = docx.Document()
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype in {RELATIONSHIP_TYPE.THUMBNAIL, RELATIONSHIP_TYPE.EXTENDED_PROPERTIES}:
            del package.rels[key]
    about = document.core_properties
    stamp = datetime.combine(on_date, time(12))
    about.title, about.language = _NO_XML.sub("", title)[:255], "en-US"
    about.author = about.last_modified_by = about.comments = ""
    about.created = about.modified = stamp
    about.revision = 1
    return document


def _step(made: Sequence[Letter]) -> Step:
    """Return the copyfitting step of the letter that needs the tightest one."""
    chosen = 0
    for letter in made:
        between = [letter.subject, letter.salutation, *(part.text for part in letter.paragraphs)]
        if letter.disclosure:
            between.append(letter.disclosure)
        doubtful, otherwise, _ = copyfitting.plan_steps(
            between, reach=bool(letter.constituent.reach)
        )
        chosen = max(chosen, otherwise, *doubtful)
    return copyfitting.STEPS[chosen]


def _add_styles(document: Document, step: Step) -> None:
    gap = step.gap * step.size
    settings = {
        "Sender": _Setting(_BLOCK_SIZE, exact=True),
        "Inside Address": _Setting(_BLOCK_SIZE, exact=True),
        "Heading 1": _Setting(step.size, after=gap * 1.2, bold=True, keep_with_next=True),
        "Salutation": _Setting(step.size, after=gap, keep_with_next=True),
        "Letter Text": _Setting(step.size, after=gap),
        "Closing": _Setting(step.size, before=gap * 0.5, keep_with_next=True),
        "Signature": _Setting(step.size, before=_SIGNATURE.pt),
        "Contact": _Setting(step.size - 1),
        "Disclosure": _Setting(step.size - 1.5, before=gap),
    }
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)
    _use_font(normal)
    for name, setting in settings.items():
        known = name in document.styles
        style = (
            document.styles[name]
            if known
            else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        )
        assert isinstance(style, ParagraphStyle)
        _set_style(style, setting, step)
    _draw_line_above(document.styles["Signature"])
    document.styles["Inside Address"].paragraph_format.right_indent = _TEXT_WIDTH - _WINDOW
    document.styles["Sender"].paragraph_format.tab_stops.add_tab_stop(
        _TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT
    )


def _draw_line_above(style: ParagraphStyle) -> None:
    """Draw the line to sign on above the printed name (ECMA-376, 17.3.1.24)."""
    style.paragraph_format.right_indent = Length(_TEXT_WIDTH - _SIGN_ON)
    wanted = style.element.get_or_add_pPr()
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in {
        "val": "single", "sz": _SIGN_EIGHTHS, "space": "3", "color": _SIGN_COLOR,
    }.items():  # fmt: skip
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    wanted.insert_element_before(
        borders,
        *("w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"),
    )


def _set_style(style: ParagraphStyle, setting: _Setting, step: Step) -> None:
    _use_font(style)
    style.quick_style = True
    style.font.size = Pt(setting.size)
    style.font.bold = setting.bold
    style.font.color.rgb = None
    wanted = style.paragraph_format
    wanted.space_before, wanted.space_after = Pt(setting.before), Pt(setting.after)
    wanted.line_spacing_rule = (
        WD_LINE_SPACING.EXACTLY if setting.exact else WD_LINE_SPACING.AT_LEAST
    )
    wanted.line_spacing = _LINE if setting.exact else Pt(copyfitting.line_height(step))
    wanted.widow_control = True
    wanted.keep_with_next = setting.keep_with_next


def _use_font(style: ParagraphStyle) -> None:
    """Use one font for all scripts; the word processor substitutes another where it lacks them."""
    style.font.name = _FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "theme" in name.lower():
            del fonts.attrib[name]
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), _FONT)


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Inches(8.5), Inches(11)
    section.left_margin = section.right_margin = Inches(1)
    section.top_margin = section.bottom_margin = Inches(1)
    section.header_distance = section.footer_distance = Inches(0.5)


def _head_later_pages(section: Section, letter: Letter) -> None:
    """Head every page after the first with recipient, date and page number."""
    section.different_first_page_header_footer = True
    section.first_page_header.is_linked_to_previous = False
    section.header.is_linked_to_previous = False
    columns = section._sectPr.find(qn("w:cols"))
    if columns is not None and section._sectPr.find(qn("w:pgNumType")) is None:
        # New sections copy the last one, so each must restart its page numbers.
        numbering = OxmlElement("w:pgNumType")
        numbering.set(qn("w:start"), "1")
        columns.addprevious(numbering)
    head = section.header.paragraphs[0]
    head.paragraph_format.tab_stops.add_tab_stop(Length(_TEXT_WIDTH // 2), WD_TAB_ALIGNMENT.CENTER)
    head.paragraph_format.tab_stops.add_tab_stop(_TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    head.add_run(_NO_XML.sub("", f"{letter.recipient.name}\t{letter.dated}\tPage "))
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    head._p.append(field)


def _saved(document: Document) -> bytes:
    """Return the file's bytes without timestamps, so that they are reproducible."""
    made, again = BytesIO(), BytesIO()
    document.save(made)
    with (
        zipfile.ZipFile(made) as found,
        zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        for name in found.namelist():
            written.writestr(
                zipfile.ZipInfo(name, _LONG_AGO), found.read(name), zipfile.ZIP_DEFLATED
            )
    return again.getvalue()
