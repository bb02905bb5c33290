"""Blank sheets: ten large lines, a code that a telephone reads, and an id that finds slips."""

import io
import re
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pikepdf
import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from campaign import paths
from campaign.errors import InvalidInput
from campaign.letters.print import signup_sheet
from campaign.letters.print.signup_sheet import PageId
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY
from tests.letters.measuring import pages_in
from tests.letters.reading import words_of

BASE = "https://petition.example.org"
ALPHABET = "23456789BCDFGHJKMNPQRTV"


def is_page_id(typed: str) -> bool:
    try:
        return PageId.parse(typed).code == typed
    except InvalidInput:
        return False


def test_ids_are_distinct_and_can_be_parsed() -> None:
    ids = signup_sheet.new_ids(50)

    assert len(set(ids)) == 50
    for one in ids:
        assert re.fullmatch(r"[0-9A-Z]{3}-[0-9A-Z]{4}", str(one))
        assert PageId.parse(str(one).lower()) == one
        assert PageId.parse(one.source) == one
        assert PageId.parse(f" {one.code} ") == one


@settings(max_examples=50)
@given(st.text(ALPHABET, min_size=6, max_size=6), st.integers(0, 6), st.data())
def test_one_wrong_character_or_two_that_changed_places_are_found(
    chosen: str, place: int, data: st.DataObject
) -> None:
    [code] = [chosen + check for check in ALPHABET if is_page_id(chosen + check)]
    wrong = data.draw(st.sampled_from(ALPHABET).filter(lambda c: c != code[place]))
    slips = [code[:place] + wrong + code[place + 1 :]]
    if place and code[place - 1] != code[place]:
        slips.append(code[: place - 1] + code[place] + code[place - 1] + code[place + 1 :])

    for slip in slips:
        with pytest.raises(InvalidInput):
            PageId.parse(slip)


@pytest.mark.parametrize("typed", ["", "O0I-1111", "paper-", "x" * 30, "K7M-3Q", "Ա" * 7])
def test_what_is_no_id_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput, match="no page id") as caught:
        PageId.parse(typed)

    example = str(caught.value).rpartition(" ")[2].rstrip(".")
    assert str(PageId.parse(example)) == example


def test_every_page_id_that_pages_and_docs_give_as_an_example_is_one() -> None:
    texts = [*paths.templates().rglob("*.html"), *Path("docs").glob("*.md")]
    examples = {
        found for text in texts for found in re.findall(r"\bK7M-\w{4}\b", text.read_text("utf-8"))
    }

    assert examples
    for example in examples:
        assert str(PageId.parse(example)) == example


def test_an_id_is_read_with_any_dash() -> None:
    assert str(PageId.parse("k7m\u20133q93")) == "K7M-3Q93"


@pytest.mark.parametrize("pages", [0, signup_sheet.MAX_PAGES + 1])
def test_no_sheets_and_too_many_are_refused(pages: int) -> None:
    with pytest.raises(InvalidInput):
        signup_sheet.new_ids(pages)


@pytest.mark.parametrize("kind", signup_sheet.SHEET_KINDS)
def test_a_page_has_its_lines_its_id_and_what_becomes_of_the_names(
    bundled: Pack, tmp_path: Path, kind: signup_sheet.SheetKind
) -> None:
    ids = signup_sheet.new_ids(3)

    made = signup_sheet.pdf(bundled, ids, kind=kind, base_url=BASE, today=DAY)

    pages = words_of(made, tmp_path).removesuffix("\f").split("\f")
    assert len(pages) == 3
    for page, one in zip(pages, ids, strict=True):
        assert f"Page {one}" in page
        assert "No U.S. military aid to Azerbaijan" in page
        assert "petition.example.org/c/section-907/" in page
        assert "only for this campaign" in page
        assert bundled.organizer.email in page
    assert ("Signature" in pages[0]) == (kind == "signup")
    assert ("Email me" in pages[0]) == (kind == "signup")
    assert (squeezed(bundled.text().mail_consent) in squeezed(pages[0])) == (kind == "signup")
    assert ("I will call" in pages[0]) == (kind == "pledge")
    assert [(page.width, page.height) for page in pages_in(made, tmp_path)] == [(792, 612)] * 3


def test_a_campaign_without_updates_offers_no_box_for_them(bundled: Pack, tmp_path: Path) -> None:
    texts = bundled.texts | {"en": replace(bundled.texts["en"], mail_consent="")}
    silent = replace(bundled, texts=texts)

    made = signup_sheet.pdf(
        silent, signup_sheet.new_ids(1), kind="signup", base_url=BASE, today=DAY
    )

    page = words_of(made, tmp_path)
    assert "Email me" not in page
    assert "signs you up for no email" in squeezed(page)


def squeezed(words: str) -> str:
    return " ".join(words.split())


def test_boxes_are_large_and_ten(bundled: Pack, tmp_path: Path) -> None:
    path = tmp_path / "sheet.pdf"
    path.write_bytes(
        signup_sheet.pdf(bundled, signup_sheet.new_ids(1), kind="signup", base_url=BASE, today=DAY)
    )

    with pikepdf.open(path) as made:
        rules = _rules(pikepdf.parse_content_stream(made.pages[0]))

    heights = [round((above - below) / 72, 2) for above, below in pairwise(rules)]
    assert heights == [0.24, *[0.52] * 10]


def test_the_code_leads_to_the_petition_and_names_the_sheet(bundled: Pack, tmp_path: Path) -> None:
    """Every module of the code as it is printed is that of the address with the page's id."""
    [one] = signup_sheet.new_ids(1)
    made = signup_sheet.pdf(bundled, [one], kind="pledge", base_url=BASE, today=DAY)

    words_of(made, tmp_path)  # lays the file down, or skips
    done = subprocess.run(
        ["pdftoppm", "-r", "300", "-gray", str(tmp_path / "letter.pdf")],
        capture_output=True,
        check=True,
    )

    with Image.open(io.BytesIO(done.stdout)) as page:
        begin = int(9.4 * 300)
        dark = page.point(lambda shade: 255 if shade < 128 else 0)
        left, top, right, bottom = dark.crop((begin, 0, page.width, 465)).getbbox() or (0, 0, 0, 0)
        code = segno.make(f"{BASE}/c/section-907/?source={one.source}", error="q", micro=False)
        size = (right - left) / len(code.matrix)
        assert abs((right - left) / 300 - 1.05) < 0.02

        def is_dark(column: int, row: int) -> bool:
            at = (begin + left + (column + 0.5) * size, top + (row + 0.5) * size)
            return dark.getpixel((int(at[0]), int(at[1]))) == 255

        places = range(len(code.matrix))
        seen = [[is_dark(column, row) for column in places] for row in places]
    assert seen == [[bool(module) for module in row] for row in code.matrix]
    assert abs((bottom - top) - (right - left)) < 4


def _rules(content: Sequence[object]) -> list[float]:
    """Return the heights of the lines across the page, from top to bottom, in points."""
    found = []
    for place, line in pairwise(
        [one for one in content if str(getattr(one, "operator", "")) in {"cm", "l"}]
    ):
        at, to = list(place.operands), list(line.operands)  # type: ignore[attr-defined]
        if len(at) == 6 and len(to) == 2 and float(to[0]) > 700 and abs(float(at[4]) - 35.6) < 0.1:
            found.append(float(at[5]))
    return sorted(set(found), reverse=True)
