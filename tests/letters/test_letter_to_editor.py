"""Letters to the editor: one's own words whole, the campaign's as far as two hundred words go."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import docx as word
import pytest

from campaign.errors import InvalidInput
from campaign.letters import letter_to_editor
from campaign.letters.compose import Constituent
from campaign.letters.letter import Constituent as Writer
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY


@pytest.fixture
def paper(pack: Pack) -> Pack:
    """A campaign whose text for newspapers has paragraphs of 40, 30, 20 and 10 words."""
    parts = [f"{word} " * count for word, count in (("a", 40), ("b", 30), ("c", 20))]
    parts.append("d " * 8 + "in {{ constituent.city }}.")
    return replace(pack, letters=replace(pack.letters, editor="\n\n".join(parts)))


@pytest.fixture
def ani(make_constituent: Callable[..., Constituent]) -> Constituent:
    return make_constituent()


def firsts(made: letter_to_editor.EditorLetter) -> str:
    return "".join(paragraph[0] for paragraph in made.campaign)


@pytest.mark.parametrize(
    ("own", "kept", "left_out", "words", "over"),
    [
        (0, "abcd", 0, 100, 0),
        (100, "abcd", 0, 200, 0),
        # From the end, but for the last: it makes the demand.
        (101, "abd", 1, 181, 0),
        (121, "ad", 2, 171, 0),
        (150, "ad", 2, 200, 0),
        # The person's words are never cut: they are told how many are too many.
        (163, "ad", 2, 213, 13),
    ],
)
def test_the_campaigns_words_make_room_for_ones_own(
    paper: Pack, ani: Constituent, own: int, kept: str, left_out: int, words: int, over: int
) -> None:
    mine = " ".join(["word"] * own)

    made = letter_to_editor.draft(paper, ani, personal=mine, on_date=DAY)

    assert made.own == ((mine,) if mine else ())
    assert firsts(made) == kept
    assert (len(made.left_out), made.words, made.over) == (left_out, words, over)


def test_the_letter_ends_with_name_and_town(paper: Pack, ani: Constituent) -> None:
    letter = letter_to_editor.draft(paper, ani, personal="My grandmother.", on_date=DAY)
    made = letter_to_editor.wrapped_text(letter)

    assert made.startswith("To the Editor:\n\nMy grandmother.\n\na a a")
    assert made.endswith("d in Billings.\n\nAni Petrosyan\nBillings, MT\n")
    assert max(len(row) for row in made.splitlines()) <= 72
    assert " ".join(made.split()) == " ".join(letter_to_editor.plain_text(letter).split())
    # A paper prints no street.
    assert "12 Main Street" not in made


def test_the_bundled_letter_keeps_to_the_measure_and_to_its_facts(
    bundled: Pack, ani: Constituent
) -> None:
    made = letter_to_editor.draft(bundled, ani, on_date=DAY)

    assert 100 < made.words <= letter_to_editor.MAX_WORDS
    assert made.left_out == ()
    assert "other readers in Billings" in made.campaign[-1]
    assert "According to the Government Accountability Office" in " ".join(made.campaign)


def test_a_campaign_without_such_a_text_speaks_by_its_points(
    pack: Pack, make_constituent: Callable[..., Constituent]
) -> None:
    assert pack.letters.editor == ""

    made = letter_to_editor.draft(pack, make_constituent(), on_date=DAY)
    from_nowhere = letter_to_editor.draft(pack, Writer("", "", "", "", "", ""), on_date=DAY)

    assert made.campaign[:2] == ("The first point.", "The second point.")
    assert made.campaign[2].startswith("I ask those who represent us: No U.S. military aid")
    assert made.campaign[2].endswith("I hope that other readers in Billings will ask it too.")
    assert "I hope that other readers will ask it too." in from_nowhere.campaign[2]
    assert from_nowhere.signature == ()


def test_words_that_cannot_be_used_are_refused(paper: Pack, ani: Constituent) -> None:
    with pytest.raises(InvalidInput) as caught:
        letter_to_editor.draft(paper, ani, personal="x" * 3001, on_date=DAY)

    assert caught.value.field == "personal"


def test_templates_in_what_a_person_types_stay_text(paper: Pack, ani: Constituent) -> None:
    made = letter_to_editor.draft(paper, ani, personal="{{ constituent.city }}", on_date=DAY)

    assert made.own == ("{{ constituent.city }}",)


def test_the_document_has_the_words_of_the_text(paper: Pack, ani: Constituent) -> None:
    letter = letter_to_editor.draft(paper, ani, personal="My own line.\nAnd another.", on_date=DAY)

    made = word.Document(BytesIO(letter_to_editor.word_document(letter)))

    assert " ".join(" ".join(each.text for each in made.paragraphs).split()) == " ".join(
        letter_to_editor.plain_text(letter).split()
    )
    assert made.core_properties.title == f"Letter to the editor: {letter.subject}"
    assert made.core_properties.author == ""
