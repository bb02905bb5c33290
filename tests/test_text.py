"""The normalizer at the edge: what comes in clean, bounded and Unicode-safe."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import text
from campaign.errors import InvalidInput


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  Ani   Petrosyan\t", "Ani Petrosyan"),
        ("Jose\u0301", "José"),
        ("Ա\u00a0Բ", "Ա Բ"),
        ("two\r\nlines", "two lines"),
        ("zero\u200bwidth", "zerowidth"),
        ("bell\x07", "bell"),
        ("A\u200dn\u200ci", "Ani"),  # joiners that change no letter
        ("A\ufe0fni\U000e0101", "Ani"),
        ("e\u200b\u0301", "é"),
        ("葛\U000e0100", "葛\U000e0100"),  # which form of the character a family writes
        ("❤\ufe0f 1\ufe0f\u20e3", "❤\ufe0f 1\ufe0f\u20e3"),
        ("👩\u200d🌾", "👩\u200d🌾"),
        ("\U0001f3f4" + "".join(chr(0xE0000 + ord(c)) for c in "gbsct") + "\U000e007f",) * 2,
        ("क\u094d\u200dष", "क\u094d\u200dष"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian spelling needs
    ],
)
def test_a_line_is_trimmed_composed_and_free_of_controls(typed: str, clean: str) -> None:
    assert text.line(typed) == clean


def test_a_block_keeps_paragraphs_and_drops_runs_of_blank_lines() -> None:
    assert text.block("One.\r\n\r\n\r\n\r\nTwo.\nThree.  \n") == "One.\n\nTwo.\nThree."


@pytest.mark.parametrize(
    "hostile",
    [
        "a\x00b",
        "a\ud800b",
        "a\u202eb",
        "Z" + "\u0301" * 10_000,
        "a\uffffb",
        "a\ufdd0b",
        "a\U0010fffeb",
        "Ani\U000e0068\U000e0069",
        "\U000e0001",
        "\U0001f3f4\U000e0068\U000e0069",
    ],
    ids=[
        "NUL",
        "lone surrogate",
        "right-to-left override",
        "piled accents",
        "U+FFFF",
        "U+FDD0",
        "U+10FFFE",
        "tags",
        "language tag",
        "a flag without its end",
    ],
)
@pytest.mark.parametrize("normalize", [text.line, text.block])
def test_hostile_text_is_refused_with_the_field_named(normalize, hostile: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput) as refusal:
        normalize(hostile, limit=20_000, field="first_name")

    assert refusal.value.field == "first_name"


def test_a_text_that_is_too_long_says_how_long_it_may_be() -> None:
    with pytest.raises(InvalidInput, match="Shorten it to 1,000 at most"):
        text.block("x" * 1_000_000, limit=1_000)


def test_spaces_do_not_count_towards_the_limit() -> None:
    assert text.line(" " * 500 + "x", limit=1) == "x"


@given(st.text(max_size=300))
def test_normalizing_twice_changes_nothing(typed: str) -> None:
    for normalize in (text.line, text.block):
        try:
            once = normalize(typed, limit=1_000)
        except InvalidInput:
            continue

        assert normalize(once, limit=1_000) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in once)


@pytest.mark.parametrize(
    "invisible",
    [
        "\u3164", "\uffa0", "\u115f\u1160", "\u200b\u200b", "\u200d", "\u200c\u200d", "\ufe0f",
        "\U000e0100", "\u2800", "\u2800\u3164", "\u2060", "\u00ad", "\u034f", "\u061c", "\u17b4",
        "\u180e", "\u180b", "\ufeff", "\ufff0", "\ufffb", "\U0001d173", "\U0001bca0", "\U000e0fff",
        "\ue000", "\U0010fffd", "\u0301", "\u3164\u0301",
    ],
)  # fmt: skip
@pytest.mark.parametrize("normalize", [text.line, text.block])
def test_text_that_shows_nothing_is_empty(normalize, invisible: str) -> None:  # type: ignore[no-untyped-def]
    assert normalize(invisible) == ""
    assert normalize(f" {invisible} ") == ""


@given(st.text(st.characters(categories=["Cf", "Co", "Mn", "Zs", "Cc"]), max_size=8))
def test_what_is_kept_can_be_seen(typed: str) -> None:
    try:
        kept = text.line(typed)
    except InvalidInput:
        return

    assert kept == "" or any(unicodedata.category(char)[0] in "LNPS" for char in kept)


@pytest.mark.parametrize(
    "dash", list("-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d\u00ad")
)
def test_every_dash_is_a_hyphen_in_a_code(dash: str) -> None:
    assert text.with_hyphens(f"59001{dash}1234") == "59001-1234"
