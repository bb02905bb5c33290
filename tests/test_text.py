"""The normaliser at the edge: what comes in clean, bounded and Unicode-safe."""

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
        ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian spelling needs
    ],
)
def test_a_line_is_trimmed_composed_and_free_of_controls(typed: str, clean: str) -> None:
    assert text.line(typed) == clean


def test_a_block_keeps_paragraphs_and_drops_runs_of_blank_lines() -> None:
    assert text.block("One.\r\n\r\n\r\n\r\nTwo.\nThree.  \n") == "One.\n\nTwo.\nThree."


@pytest.mark.parametrize(
    "hostile",
    ["a\x00b", "a\ud800b", "a\u202eb", "Z" + "\u0301" * 10_000],
    ids=["NUL", "lone surrogate", "right-to-left override", "piled accents"],
)
@pytest.mark.parametrize("normalise", [text.line, text.block])
def test_hostile_text_is_refused_with_the_field_named(normalise, hostile: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput) as refusal:
        normalise(hostile, limit=20_000, field="first_name")

    assert refusal.value.field == "first_name"


def test_a_text_that_is_too_long_says_how_long_it_may_be() -> None:
    with pytest.raises(InvalidInput, match="Shorten it to 1,000 at most"):
        text.block("x" * 1_000_000, limit=1_000)


def test_spaces_do_not_count_towards_the_limit() -> None:
    assert text.line(" " * 500 + "x", limit=1) == "x"


@given(st.text(max_size=300))
def test_normalising_twice_changes_nothing(typed: str) -> None:
    for normalise in (text.line, text.block):
        try:
            once = normalise(typed, limit=1_000)
        except InvalidInput:
            continue

        assert normalise(once, limit=1_000) == once
        assert unicodedata.is_normalized("NFC", once)
        assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in once)
