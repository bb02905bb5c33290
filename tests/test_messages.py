"""Sentences that are put together: numbers with their nouns, and nouns with their articles."""

import re
from typing import get_args

import pytest

from campaign import paths
from campaign.messages import counted
from campaign.packs.letter_headings import RecipientKind
from campaign.web.organize import texts


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 signatures"), (1, "1 signature"), (2, "2 signatures"), (1204, "1,204 signatures")],
)
def test_a_number_goes_with_its_noun(number: int, expected: str) -> None:
    assert counted(number, "signature") == expected


def test_a_verb_goes_with_its_noun() -> None:
    assert counted(1, "letter is", "letters are") == "1 letter is"
    assert counted(3, "letter is", "letters are") == "3 letters are"


def test_every_recipient_of_a_preview_has_its_article() -> None:
    assert set(texts.RECIPIENT_NAMES) == set(get_args(RecipientKind))
    assert all(re.match(r"(a|an|the) \S", words) for words in texts.RECIPIENT_NAMES.values())


def test_no_text_puts_an_article_before_what_may_have_one() -> None:
    """`a {{ … }}` becomes "a the President": the words that are put in bring their own article."""
    pasted = re.compile(r"\b[Aa]n? (?:\{\{|%\(|\{%)")

    found = [
        f"{path.relative_to(paths.templates())}: {line.strip()[:80]}"
        for path in sorted(paths.templates().rglob("*"))
        if path.suffix in {".html", ".txt", ".xml", ".typ"}
        for line in path.read_text(encoding="utf-8").splitlines()
        if pasted.search(line)
    ]

    assert found == []
