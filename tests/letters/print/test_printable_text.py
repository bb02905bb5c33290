"""What of a text is printed: emoji and what no font has are left out, and named."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import given
from hypothesis import strategies as st

from campaign.letters.print import fonts, machine_fonts, printable_text
from campaign.letters.print.printable_text import LeftOut

FAMILY = "Made Up for Tests"


@pytest.fixture
def made_up_font(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine whose one font has two ideographs."""
    path = tmp_path / "made-up.ttf"
    _make_font(path, "明王")
    found = SimpleNamespace(family=FAMILY, path=str(path), index=0)
    monkeypatch.setattr(machine_fonts, "text_fonts", lambda: (found,))
    _forget()
    yield
    _forget()


def _make_font(path: Path, characters: str) -> None:
    names = {ord(char): f"uni{ord(char):04X}" for char in characters}
    order = [".notdef", *names.values()]
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    pen.lineTo((100, 700))
    pen.lineTo((900, 700))
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(names)
    builder.setupGlyf(dict.fromkeys(order, pen.glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(order, (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": FAMILY, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)


def _forget() -> None:
    machine_fonts.family_for.cache_clear()
    printable_text.split_printable.cache_clear()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("I love my town ❤️.", "I love my town."),
        ("❤️ my town", "my town"),
        ("A 👍🏽 day", "A day"),
        ("Families 👩‍👩‍👧‍👦, too", "Families, too"),
        (
            "From 🇦🇲 and 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f.",
            "From and.",
        ),
        ("One\n🌉\ntwo", "One\ntwo"),
        ("(🌉)", "()"),
        ("town🌉hall", "townhall"),
    ],
)
def test_emoji_leave_without_a_gap(typed: str, expected: str) -> None:
    assert printable_text.printable(typed) == expected
    assert printable_text.left_out([typed]) == LeftOut(emoji=True)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1️⃣ point", "1 point"),
        ("𝐁𝐨𝐥𝐝 and 𝒾𝓉𝒶𝓁𝒾𝒸", "Bold and italic"),
        ("Ｂridge", "Bridge"),
        ("I ♥ it, and ♥️ too", "I ♥ it, and ♥ too"),
        ("José, Łukasz, Նարե, Ελένη, Юлія, נועה", "José, Łukasz, Նարե, Ελένη, Юлія, נועה"),
        ("გიორგი, अनिल, สมชาย, অমিত, ਗੁਰ, અમિત, குமார், రవి, ರವಿ, രവി, សុខា, ລາວ, አበበ, ليلى",) * 2,
    ],
)
def test_what_can_be_printed_is(no_machine_fonts: None, typed: str, expected: str) -> None:
    assert printable_text.printable(typed) == expected
    assert not printable_text.left_out([typed])


def test_letters_that_no_font_has_are_named(no_machine_fonts: None) -> None:
    found = printable_text.left_out(["明 and 王", "明 🌉"])

    assert printable_text.printable("明 Petrosyan") == "Petrosyan"
    assert found == LeftOut(emoji=True, characters=("明", "王"))
    assert [str(sentence) for sentence in found.sentences] == [
        "We left out the emoji, which cannot be printed. The other ways to send the letter keep "
        "them.",
        "We left out 明 王, for which this site has no font. The page to print, the Word file and "
        "the other ways to send the letter keep them.",
    ]


def test_signs_between_lost_words_are_lost_too(no_machine_fonts: None) -> None:
    assert printable_text.printable("我. 爱, 我!") == ""
    assert printable_text.printable("我. Yes.") == ". Yes."


def test_only_the_mark_that_a_font_lacks_is_left_out(no_machine_fonts: None) -> None:
    assert printable_text.printable("Ա\u0483") == "Ա"
    assert printable_text.left_out(["Ա\u0483"]) == LeftOut(characters=("\u0483",))


def test_a_roster_shows_a_square_for_a_letter_and_nothing_for_an_emoji(
    no_machine_fonts: None,
) -> None:
    assert printable_text.printable("李 Ani 🌉", instead="□") == "□ Ani"


def test_the_machines_fonts_print_what_ours_lack(made_up_font: None) -> None:
    assert printable_text.printable("明, 王, 山") == "明, 王,"
    assert printable_text.left_out(["明山"]) == LeftOut(characters=("山",))
    assert fonts.families("Ani 明") == (*fonts.FAMILIES, FAMILY)
    assert fonts.families("Ani Նարե") == tuple(fonts.FAMILIES)


def test_a_font_that_cannot_be_read_has_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "broken.ttf").write_bytes(b"no font")
    broken = SimpleNamespace(family="Broken", path=str(tmp_path / "broken.ttf"), index=0)
    monkeypatch.setattr(machine_fonts, "text_fonts", lambda: (broken,))
    _forget()

    assert printable_text.printable("明 Ani") == "Ani"
    _forget()


@given(st.text(max_size=60))
def test_what_is_printed_stays_as_it_is(typed: str) -> None:
    once = printable_text.printable(typed)

    assert printable_text.printable(once) == once
    assert not printable_text.left_out([once])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("שלום Ani", True),
        ("12 رقم", True),
        ("Ani שלום", False),
        ("Նարե", False),
        ("12", False),
        ("", False),
    ],
)
def test_a_paragraph_runs_as_its_first_letter_does(text: str, expected: bool) -> None:
    assert printable_text.is_right_to_left(text) is expected
