"""Letters for a word processor: the words of the PDF, styles with names, and no other traces."""

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import docx as word
import pytest
from docx.document import Document
from docx.oxml.ns import qn
from docx.shared import Inches, Length, Pt

from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput
from campaign.letters.compose import Letter, recipients
from campaign.letters.print import document, docx
from campaign.packs.pack import Pack
from tests.golden import Golden
from tests.letters.conftest import Represented
from tests.letters.reading import words_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(made: bytes) -> Document:
    return word.Document(BytesIO(made))


def outline(found: Document) -> str:
    """Each paragraph as `style | text`, a break in it as ` / `."""
    rows = (
        f"{paragraph.style.name if paragraph.style else ''} | {paragraph.text}"
        for paragraph in found.paragraphs
    )
    return "\n".join(row.replace("\n", " / ") for row in rows) + "\n"


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_a_letter_has_its_parts_in_styles_of_their_own(
    make_letter: Callable[..., Letter], golden: Golden
) -> None:
    letter = make_letter("My own line.\nAnd another.", "The campaign's point.")
    letter = replace(
        letter,
        constituent=replace(letter.constituent, email="ani@example.org", phone="406-555-0100"),
    )

    made = outline(read(docx.letters([letter])))

    golden.check("letter.docx.txt", made)


def test_the_words_are_those_of_the_pdf(
    congress: Congress,
    represented: Represented,
    bundled: Pack,
    written: Callable[..., Letter],
    tmp_path: Path,
) -> None:
    to = recipients(congress, represented("MT-2"), bundled, ("senate", "house"))
    letters = [written(each, "Why it matters:\nmy grandmother.") for each in to]

    made = read(docx.letters(letters))
    printed = words_of(document.pdf(letters), tmp_path)

    in_document = squeezed("".join(paragraph.text for paragraph in made.paragraphs))
    assert sorted(in_document) == sorted(squeezed(printed))
    for letter in letters:
        for paragraph in letter.paragraphs:
            assert squeezed(paragraph.text) in in_document


def test_each_letter_begins_a_page_that_counts_from_one(make_letter: Callable[..., Letter]) -> None:
    made = read(docx.letters([make_letter("One."), make_letter("Two."), make_letter("Three.")]))

    assert len(made.sections) == 3
    for section in made.sections:
        assert section.start_type.name == "NEW_PAGE"
        assert (section.page_width, section.page_height) == (Inches(8.5), Inches(11))
        assert section.different_first_page_header_footer
        assert section.header.paragraphs[0].text.startswith("Jo Doe\tJune 15, 2026\tPage")
        numbering = section._sectPr.findall(f"{_W}pgNumType")
        assert [each.get(f"{_W}start") for each in numbering] == ["1"]


def test_the_address_is_in_the_window_whatever_is_above_it(
    make_letter: Callable[..., Letter],
) -> None:
    """The heights above the inside address, and above the text, always add up to the same place."""
    short = make_letter("Please.")
    long = replace(
        short,
        constituent=replace(short.constituent, address2="Apartment 1,204, Building C, rear"),
        recipient=replace(short.recipient, block=(*short.recipient.block[:2], "a", "b", "c")),
    )

    for letter, above, inside in ((short, 3, 3), (long, 4, 5)):
        found = read(docx.letters([letter])).paragraphs
        address = found[above]
        subject = found[above + inside]
        assert address.text == "The Honorable Jo Doe"
        assert subject.text == "Re: The bridge"
        used = address.paragraph_format.space_before
        assert used is not None
        assert used + above * Pt(13) == Inches(1.5)
        left, pitch = subject.paragraph_format.space_before, address.paragraph_format.line_spacing
        assert left is not None
        assert isinstance(pitch, Length)
        assert abs(left + inside * pitch - Inches(1.15)) < Pt(0.1)
        # The window always shows two thirds of an inch.
        assert inside * pitch <= Inches(0.667)


def test_a_name_that_needs_its_line_leaves_the_date_to_the_next(
    make_letter: Callable[..., Letter],
) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff Hovhannisyan-Petrosyants de la Santísima Trinidad"

    rows = [each.text for each in read(docx.letters([make_letter(name=name)])).paragraphs[:3]]

    assert rows == [name, "12 Main Street\tJune 15, 2026", "Billings, MT 59101"]


def test_the_file_tells_its_title_and_language_and_nothing_of_its_making(
    make_letter: Callable[..., Letter],
) -> None:
    made = docx.letters([make_letter("Please.")])

    about = read(made).core_properties
    assert about.title == "Letter to Senator Doe: The bridge"
    assert about.language == "en-US"
    assert (about.author, about.last_modified_by, about.comments, about.keywords) == ("",) * 4
    assert (
        about.created
        == about.modified
        == datetime(2026, 6, 15, 12).astimezone(about.created.tzinfo)
    )
    with zipfile.ZipFile(BytesIO(made)) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        everything = b"".join(file.read(name) for name in file.namelist())
        styles = ElementTree.fromstring(file.read("word/styles.xml"))
    assert b"python-docx" not in everything
    assert not any("thumbnail" in name or "app.xml" in name for name in file.namelist())
    assert [each.get(f"{_W}val") for each in styles.iter(f"{_W}lang")] == ["en-US"]


def test_the_signature_stays_with_the_last_paragraph(make_letter: Callable[..., Letter]) -> None:
    made = read(docx.letters([make_letter("One.", "Two.")]))

    last, closing, _ = made.paragraphs[-3:]
    assert last.text == "Two."
    assert last.paragraph_format.keep_with_next
    assert last.paragraph_format.keep_together
    assert closing.style is not None
    assert closing.style.paragraph_format.keep_with_next
    for style in ("Letter Text", "Closing"):
        assert made.styles[style].paragraph_format.widow_control


def test_above_the_text_it_has_the_sizes_of_the_pdf_and_below_it_a_line_to_sign_on(
    make_letter: Callable[..., Letter],
) -> None:
    made = read(docx.letters([make_letter("Please.")]))
    sender = [each for each in made.paragraphs if each.style and each.style.name == "Sender"]
    signature = made.styles["Signature"]

    assert [run.font.size for run in sender[0].runs] == [Pt(11.5), Pt(11)]  # name and date
    assert made.styles["Sender"].font.size == Pt(10)
    assert signature.element.find(f".//{_W}pBdr/{_W}top") is not None
    assert signature.paragraph_format.right_indent == Inches(6.5 - 2.75)


def test_a_long_letter_is_set_tighter(make_letter: Callable[..., Letter]) -> None:
    def size(letter: Letter) -> float:
        return float(read(docx.letters([letter])).styles["Letter Text"].font.size.pt)

    assert size(make_letter("Please.")) == 11
    assert size(make_letter(*["A sentence of a letter that goes on. " * 10] * 6)) < 11


def test_the_same_letters_make_the_same_bytes(make_letter: Callable[..., Letter]) -> None:
    assert docx.letters([make_letter("Please.")]) == docx.letters([make_letter("Please.")])


def test_what_xml_cannot_hold_is_left_out(make_letter: Callable[..., Letter]) -> None:
    made = read(docx.letters([make_letter("<b>One</b> & \x0btwo\uffff.")]))

    assert any(each.text == "<b>One</b> & two." for each in made.paragraphs)


def test_names_of_many_scripts_are_written(make_letter: Callable[..., Letter]) -> None:
    for name in ("Անի Պետրոսյան", "Nguyễn Thị Ngọc Ánh", "ليلى حداد"):
        made = read(docx.letters([make_letter(name=name)]))

        assert made.paragraphs[0].text.startswith(name)


def test_no_letters_are_refused() -> None:
    with pytest.raises(InvalidInput, match="no letter"):
        docx.letters([])


def test_plain_paragraphs_make_a_file() -> None:
    made = read(
        docx.paragraphs(
            "Letter to the editor", ["To the Editor:", "One."], on_date=date(2026, 6, 15)
        )
    )

    assert [each.text for each in made.paragraphs] == ["To the Editor:", "One."]
    assert made.core_properties.title == "Letter to the editor"


def test_a_paragraph_from_right_to_left_is_set_so(make_letter: Callable[..., Letter]) -> None:
    made = word.Document(BytesIO(docx.letters([make_letter("שלום רב.", "Please.")])))

    [hebrew] = [each for each in made.paragraphs if each.text.startswith("שלום")]
    [english] = [each for each in made.paragraphs if each.text == "Please."]
    assert hebrew._p.get_or_add_pPr().find(qn("w:bidi")) is not None
    assert hebrew.runs[0].font.rtl
    assert english._p.get_or_add_pPr().find(qn("w:bidi")) is None
