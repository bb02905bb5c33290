"""Letters as PDF, text and page: what is printed, how it is tagged, and what is refused."""

import re
import subprocess
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import text
from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput
from campaign.letters.compose import Letter, Paragraph, recipients
from campaign.letters.print import document, fonts, typst_compiler
from campaign.letters.print.printable_text import LeftOut
from campaign.packs.pack import Pack
from tests.golden import Golden
from tests.letters.conftest import Represented
from tests.letters.reading import pages_of, words_of


@pytest.mark.parametrize(
    ("district", "chamber", "lines"),
    [
        ("MT-2", "senate", ("The Honorable Steve Daines", "Dear Senator Daines:")),
        ("MA-4", "house", ("Washington, DC 20515-2104", "Dear Representative Auchincloss:")),
        ("DC-0", "house", ("The Honorable Eleanor Holmes Norton", "Dear Delegate Norton:")),
        (
            "PR-0",
            "house",
            ("The Honorable Pablo José Hernández", "Dear Resident Commissioner Hernández Rivera:"),
        ),
        ("CA-1", "house", ("U.S. House of Representatives", "Dear Representative Gallagher:")),
    ],
)
def test_print_has_the_block_above_the_salutation(
    congress: Congress,
    represented: Represented,
    pack: Pack,
    written: Callable[..., Letter],
    tmp_path: Path,
    district: str,
    chamber: str,
    lines: tuple[str, ...],
) -> None:
    to = recipients(congress, represented(district), pack, (chamber,))[0]  # type: ignore[arg-type]

    printed = words_of(document.pdf([written(to)]), tmp_path)

    rows = [row.strip() for row in printed.splitlines()]
    start = rows.index(to.block[0])
    assert tuple(rows[start : start + len(to.block)]) == to.block
    assert set(lines) <= set(rows)
    assert start < rows.index(to.salutation)
    assert rows[:3] == ["Ani Petrosyan" + rows[0][13:], "12 Main Street", "Billings, MT 59101"]
    assert rows[0].endswith("June 15, 2026")


def test_names_with_markup_are_printed_as_typed(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    name = '#read("/etc/passwd") {{7*7}} *b* $x$'
    letter = make_letter(name, "= no heading\n- no list\n// no comment", name=name)

    printed = words_of(document.pdf([letter]), tmp_path)

    # In the sender's block, in the text and below the signature.
    assert printed.count(name) == 3
    assert "// no comment" in printed


@pytest.mark.parametrize(
    "name",
    [
        "Անի Պետրոսյան",
        "Ñusta Özdemir-Łukasiewicz",
        "Нина Щербакова",
        "Ελένη Παπαδοπούλου",
        "Nguyễn Thị Ngọc Ánh",
        "ليلى عبد الرحمن حداد",
    ],
)
def test_names_of_many_scripts_are_printed(
    make_letter: Callable[..., Letter], tmp_path: Path, name: str
) -> None:
    printed = words_of(document.pdf([make_letter(f"I am {name}.", name=name)]), tmp_path)

    # Small capitals are drawn from the same letters, and are read as them.
    assert unicodedata.normalize("NFC", printed).count(name) == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("José O'Neill-Łukasz, Jr.", True),
        # The font has no small capital for these: half a name in small capitals is a mistake.
        ("Nguyễn Thị Ngọc Ánh", False),
        ("Անի Պետրոսյան", False),
        ("Нина", False),
        ("ليلى", False),
    ],
)
def test_a_name_is_in_small_capitals_all_of_it_or_not_at_all(name: str, expected: bool) -> None:
    assert fonts.takes_small_caps(name) is expected


def test_line_spacing_is_the_same_in_every_script(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    """The text begins at the same place, whether names above it are Latin, Armenian or Arabic."""
    places = set()
    for name in ("Ani Petrosyan", "Անի Պետրոսյան", "ليلى حداد", "Nguyễn Ánh"):
        file = tmp_path / "letter.pdf"
        file.write_bytes(document.pdf([make_letter("Please.", name=name)]))
        run = subprocess.run(
            ["pdftotext", "-bbox", str(file), "-"], check=True, capture_output=True, text=True
        )
        places |= set(re.findall(r'yMin="([0-9.]+)"[^>]*>(?:12|Please\.|Sincerely,)<', run.stdout))

    assert len(places) == 3


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Ani", "Petrosyan"),
        ("Wolfeschlegelsteinhausenbergerdorff", "Hovhannisyan-Petrosyants"),  # 60 letters
        ("Nguyễn Thị Ngọc", "Ánh"),
        ("ليلى", "عبد الرحمن حداد"),
        ("דוד", "בן גוריון " + "ד" * 60),
        ("สมชาย", "ที่" * 40),
    ],
)
def test_the_inside_address_is_in_the_window_of_a_number_10_envelope(
    make_letter: Callable[..., Letter], tmp_path: Path, first: str, last: str
) -> None:
    """However long the sender's name and address are: five lines each, in the window (see
    test_window.py), and nothing of the sender's within.
    """
    letter = make_letter("x" * 3000, "Please.")
    writer = replace(
        letter.constituent, first_name=first, last_name=last, address2="Apartment 1204, Building C"
    )
    block = (
        "INSIDE The Honorable Jo Doe",
        "INSIDE United States Senate",
        "INSIDE William J. Jameson Federal Building",
        "INSIDE 2900 4th Avenue North, Suite 201",
        "INSIDE Billings, MT 59101",
    )
    letter = replace(letter, constituent=writer, recipient=replace(letter.recipient, block=block))
    file = tmp_path / "letter.pdf"
    file.write_bytes(document.pdf([letter]))

    run = subprocess.run(
        ["pdftotext", "-bbox-layout", "-l", "1", str(file), "-"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    lines = [
        (tuple(float(side) / 72 for side in found[:4]), found[4])
        for found in re.findall(
            r'<line xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</line>',
            run.stdout,
            re.DOTALL,
        )
    ]
    window = [box for box, words in lines if "INSIDE" in words]
    others = [box for box, words in lines if "INSIDE" not in words]
    assert len(window) == 5
    # Boxes of lines have room for accents above and descenders below the ink.
    assert all(top >= 2.46 and low <= 3.2 and right <= 4.37 for _, top, right, low in window)
    assert all(low <= 2.04 or top >= 3.6 for _, top, _, low in others)
    assert all(left >= 0.98 and right <= 7.52 and low <= 10.02 for left, _, right, low in others)


def test_what_no_font_has_is_left_out_and_named(
    make_letter: Callable[..., Letter], tmp_path: Path, no_machine_fonts: None
) -> None:
    letter = make_letter("A 🌉 for 山 and 🌉, today.")

    assert "A for and, today." in words_of(document.pdf([letter]), tmp_path)
    assert document.left_out([letter]) == LeftOut(emoji=True, characters=("山",))


def test_a_letter_of_nothing_that_can_be_printed_is_no_letter(
    make_letter: Callable[..., Letter], no_machine_fonts: None
) -> None:
    with pytest.raises(InvalidInput, match="says nothing"):
        document.pdf([make_letter("🌉🌉", "山")])


@pytest.mark.parametrize("own", ["אני אוהב את העיר (Helena).", "أحب مدينتي Helena كثيرا."])
def test_a_paragraph_from_right_to_left_begins_at_the_right(
    make_letter: Callable[..., Letter], tmp_path: Path, own: str
) -> None:
    file = tmp_path / "letter.pdf"
    file.write_bytes(document.pdf([make_letter(own, "Please.")]))
    run = subprocess.run(
        ["pdftotext", "-bbox", str(file), "-"], check=True, capture_output=True, text=True
    )

    ends = [
        float(right) / 72
        for right, word in re.findall(r'xMax="([0-9.]+)"[^>]*>([^<]+)<', run.stdout)
        if unicodedata.bidirectional(word[0]) in {"R", "AL"}
    ]
    assert max(ends) == pytest.approx(7.5, abs=0.05)


def test_a_mark_stays_with_its_letter_where_a_long_word_is_broken(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    word = "A" + "M\u0304" * 200  # the 45th and the 90th character are letters

    made = words_of(document.pdf([make_letter(word)]), tmp_path)

    lines = [line.strip() for line in made.splitlines() if "\u0304" in line]
    assert len(lines) > 2
    assert not [line for line in lines if line.startswith("\u0304")]


def test_equals_of_what_a_font_lacks_are_printed(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    """What people paste, from a PDF or another keyboard, is not refused for its form."""
    made = document.pdf([make_letter("The ﬁrst\ufe0f\u3000Ｂridge.")])

    assert "The first Bridge." in words_of(made, tmp_path)


def test_every_character_of_the_fonts_that_ship_is_set(make_letter: Callable[..., Letter]) -> None:
    """One by one and all at once, each mark on letters of several scripts."""
    shipped = [char for char in map(chr, range(0x20000)) if fonts.shipped_font_has(char)]
    known = sorted(char for char in shipped if unicodedata.category(char)[0] not in "CMZ")
    marks = sorted(char for char in shipped if unicodedata.category(char)[0] == "M")
    rows = ["".join(known[start : start + 60]) for start in range(0, len(known), 60)]
    on_letters = [f"o{mark} ա{mark} क{mark} ב{mark} ع{mark}" for mark in marks]

    assert len(known) > 3000
    for start in range(0, len(on_letters), 100):
        assert document.pdf([make_letter(*on_letters[start : start + 100])]).startswith(b"%PDF")
    assert document.pdf([make_letter(*rows)]).startswith(b"%PDF")


@given(st.text(min_size=1, max_size=80))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_passes_the_edge_makes_a_pdf(
    make_letter: Callable[..., Letter], typed: str
) -> None:
    try:
        own = text.block(typed, limit=200)
    except InvalidInput:
        return

    assert document.pdf([make_letter(own or "x", "Please.")]).startswith(b"%PDF")


def test_a_pdf_is_tagged_titled_and_whole(make_letter: Callable[..., Letter]) -> None:
    with pikepdf.open(BytesIO(document.pdf([make_letter("Անի and I.")]))) as made:
        assert made.Root.MarkInfo.Marked
        assert str(made.Root.Lang) == "en-US"
        assert str(made.docinfo.Title) == "Letter to Senator Doe: The bridge"
        assert str(made.docinfo.Author) == "Ani Petrosyan"
        assert made.Root.ViewerPreferences.DisplayDocTitle
        assert "pdfuaid:part" in str(made.Root.Metadata.read_bytes())
        assert {"/H1", "/P"} <= set(_roles(made.Root.StructTreeRoot))
        assert [float(side) for side in made.pages[0].MediaBox] == [0, 0, 612, 792]
        assert _font_names(made) == {"LibertinusSerif-Regular", "NotoSerifArmenian-Regular"} | {
            "LibertinusSerif-Semibold"
        }


def test_the_same_letters_make_the_same_bytes(make_letter: Callable[..., Letter]) -> None:
    letters = [make_letter(f"Letter {number}.") for number in range(3)]

    assert document.pdf(letters) == document.pdf(letters)


def test_a_letter_is_tightened_before_it_takes_a_second_page(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    sentence = "A bridge would bring the two halves of our town together again. " * 3
    fits = [pages_of(document.pdf([make_letter(*[sentence] * many)])) for many in range(1, 22)]

    # One page for long, then two: never back, and never a third.
    assert fits == sorted(fits)
    assert fits[7] == 1
    assert set(fits) == {1, 2}


def test_a_second_page_says_whose_letter_it_is_and_keeps_the_signature_in_company(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    sentence = "A bridge would bring the two halves of our town together again. " * 3

    for many in range(8, 26):
        made = document.pdf([make_letter(*[sentence] * many, "The last paragraph.")])
        pages = words_of(made, tmp_path).removesuffix("\f").split("\f")
        assert len(pages) == pages_of(made)
        if len(pages) == 2:
            rows = [row for row in pages[1].splitlines() if row.strip()]
            assert re.fullmatch(r"\s*Jo Doe\s+June 15, 2026\s+Page 2", rows[0])
            assert rows.index("The last paragraph.") < rows.index("Sincerely,")


def test_every_letter_of_a_batch_begins_with_its_writer_whatever_came_before(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    """The second letter once began under the header of the first one's second page."""
    long = make_letter(*["A bridge would bring us together again, and soon. " * 6] * 12, "Last.")

    made = document.pdf([make_letter("One."), long, make_letter("Three.")])

    first_rows = [page.split("\n")[0] for page in words_of(made, tmp_path).split("\f")]
    assert ["Page 2" in row for row in first_rows[:4]] == [False, False, True, False]


def test_a_word_longer_than_a_line_stays_on_the_paper(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    made = document.pdf([make_letter("https://example.org/" + "m" * 300, name="N" * 100 + " M")])

    # `-x … -W` reads only the right margin, where nothing may stand.
    margin = words_of(made, tmp_path, "-x", "545", "-y", "0", "-W", "67", "-H", "792")
    assert not margin.replace("\u200b", "").strip()


def test_many_letters_are_joined_with_their_tags_and_bookmarks(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    letters = [
        make_letter(f"Number {number}.", subject=f"Bridge {number}")
        for number in range(2 * typst_compiler.RUN_SIZE + 1)
    ]

    made = document.pdf(letters)

    with pikepdf.open(BytesIO(made)) as bound:
        tree = bound.Root.StructTreeRoot
        assert len(bound.pages) == len(letters)
        assert list(_roles(tree)).count("/H1") == len(letters)
        keys = [int(page.obj.StructParents) for page in bound.pages]
        parents = dict(pikepdf.NumberTree(tree.ParentTree).items())
        assert keys == list(parents)
        # Each page's entry in the parent tree leads to elements of that page.
        for page, elements in zip(bound.pages, parents.values(), strict=True):
            assert page.obj.objgen in {
                element.Pg.objgen for element in elements if "/Pg" in element
            }
        with bound.open_outline() as outline:
            assert [item.title for item in outline.root] == [
                f"Re: Bridge {number}" for number in range(len(letters))
            ]
    assert words_of(made, tmp_path).count("Dear Senator Doe:") == len(letters)
    assert document.pdf(letters) == made


def test_threads_share_the_compiler(make_letter: Callable[..., Letter]) -> None:
    letters = [make_letter(f"Thread {number}.") for number in range(8)]
    alone = [document.pdf([letter]) for letter in letters]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda letter: document.pdf([letter]), letters))

    assert together == alone


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        ({"subject": "NUL \x00"}, "not valid Unicode"),
        ({"subject": "\udc80"}, "not valid Unicode"),
        ({"paragraphs": ()}, "says nothing"),
        ({"paragraphs": (Paragraph("own", "a" * 50_000),)}, "too long"),
    ],
)
def test_what_would_break_the_page_setter_is_refused(
    make_letter: Callable[..., Letter], broken: dict[str, object], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        document.pdf([make_letter(**broken)])


def test_no_letters_are_refused() -> None:
    with pytest.raises(InvalidInput):
        document.pdf([])


def test_text_is_wrapped_and_whole(make_letter: Callable[..., Letter], golden: Golden) -> None:
    letter = make_letter("Own words. " * 20 + "\nA second row.", "Please build it.")
    with_mail = replace(letter, constituent=replace(letter.constituent, email="ani@example.org"))

    made = document.text(with_mail)

    golden.check("letter.txt", made)
    assert max(map(len, made.splitlines())) <= 72


def test_a_page_has_the_letters_parts_in_order(
    make_letter: Callable[..., Letter], golden: Golden
) -> None:
    letter = make_letter("My own line.\nAnd another.", "The campaign's point.")

    page = document.html(letter)

    golden.check("letter.html", page)


def test_a_page_is_complete_and_escapes_what_was_typed(
    make_letter: Callable[..., Letter],
) -> None:
    letter = make_letter("<script>alert(1)</script> & more", name="<b>Ani</b> P")

    made = document.html(letter, make_letter("Another."))

    assert made.startswith("<!doctype html>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in made
    assert "<script" not in made
    assert "<b>" not in made
    assert " style=" not in made
    assert not re.search(r"(?:src|href)=|url\(|@import", made)
    assert made.count("<article>") == 2
    assert made.count("<h1>") == 2


def _roles(tree: pikepdf.Object) -> list[str]:
    """Return the roles of all elements below a structure tree's root."""
    found: list[str] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Array):
            waiting.extend(node)
        elif isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found.append(str(node.S))
            if "/K" in node:
                waiting.append(node.K)
    return found


def _font_names(made: pikepdf.Pdf) -> set[str]:
    """Return the names of the fonts on all pages, each of which must be in the file."""
    names = set()
    for page in made.pages:
        for font in page.obj.Resources.Font.values():
            for descendant in font.get("/DescendantFonts", [font]):
                described = descendant.FontDescriptor
                assert any(key in described for key in ("/FontFile", "/FontFile2", "/FontFile3"))
                names.add(str(described.FontName).lstrip("/").split("+")[-1])
    return names
