"""How alike letters are: measured against the exact answer, on the letters that people make."""

import random
import re
import statistics
from collections.abc import Callable
from itertools import combinations

import pytest

from campaign.congress.dataset import Congress
from campaign.letters import similarity
from campaign.letters.compose import TONES, Constituent, Letter, Tone, compose, recipients
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY, Represented

KEY = b"k" * 32

Write = Callable[..., Letter]


@pytest.fixture
def write(congress: Congress, represented: Represented, bundled: Pack) -> Write:
    """Compose the bundled campaign's letter of a made-up person to one senator."""
    (senator, *_) = recipients(congress, represented("MT-2"), bundled, ("senate", "committee"))

    def made(number: int, personal: str = "", points: frozenset[str] = frozenset(),
             tone: Tone = "full") -> Letter:  # fmt: skip
        writer = Constituent(
            f"First{number}", f"Last{number}", f"{number} Main St", "Billings", "MT", "59101"
        )
        return compose(
            bundled, senator, writer, points=points, personal=personal, tone=tone, on_date=DAY
        )

    return made


def exactly(one: str, other: str) -> float:
    """The share of three-word runs that two texts have in common, counted."""
    runs = []
    for text in (one, other):
        words = re.findall(r"\w+", text.casefold())
        runs.append({tuple(words[at : at + 3]) for at in range(len(words) - 2)})
    return len(runs[0] & runs[1]) / len(runs[0] | runs[1])


def mean(letters: list[Letter]) -> float:
    sketches = [similarity.sketch(letter.body, KEY) for letter in letters]
    return statistics.mean(
        similarity.estimated_similarity(a, b) for a, b in combinations(sketches, 2)
    )


def test_a_sketch_estimates_the_share_in_common(write: Write) -> None:
    letters = [write(number, points=frozenset({"court", "road"})) for number in range(12)]
    errors = []
    for one, other in combinations(letters, 2):
        estimate = similarity.estimated_similarity(
            similarity.sketch(one.body, KEY), similarity.sketch(other.body, KEY)
        )
        errors.append(estimate - exactly(one.body, other.body))

    # A hundred values: a standard error of 0.05 at most.
    assert max(map(abs, errors)) < 0.2
    assert abs(statistics.mean(errors)) < 0.06


def test_case_punctuation_and_breaks_make_no_difference() -> None:
    one = similarity.sketch("Please enforce the law, and soon.\n\nThank you.", KEY)

    assert similarity.sketch("PLEASE enforce the law and soon thank you", KEY) == one
    assert (
        similarity.estimated_similarity(
            one, similarity.sketch("Nothing of it is like that one", KEY)
        )
        < 0.1
    )


@pytest.mark.parametrize("text", ["", "one", "one two", "Խաղաղություն", "…"])
def test_a_short_text_has_a_sketch_too(text: str) -> None:
    made = similarity.sketch(text, KEY)

    assert similarity.estimated_similarity(made, made) == 1
    assert len(similarity.band_hashes(made, "here")) == similarity.BANDS


def test_a_sketch_means_nothing_without_its_key() -> None:
    text = "A text that somebody might guess, word for word, from the campaign's own."

    one, other = similarity.sketch(text, KEY), similarity.sketch(text, b"o" * 32)

    assert similarity.estimated_similarity(one, other) < 0.2
    assert not set(similarity.band_hashes(one, "here")) & set(similarity.band_hashes(other, "here"))


def test_bands_of_two_places_never_meet() -> None:
    made = similarity.sketch("The same text to two offices, word for word.", KEY)

    assert not set(similarity.band_hashes(made, "here")) & set(
        similarity.band_hashes(made, "there")
    )
    assert all(-(2**63) <= band < 2**63 for band in similarity.band_hashes(made, "here"))


@pytest.mark.parametrize("tone", TONES)
def test_ten_unedited_letters_are_ten_letters(write: Write, tone: Tone) -> None:
    letters = [write(number, tone=tone) for number in range(10)]

    assert len({letter.body for letter in letters}) == 10
    assert mean(letters) < 0.45
    assert [write(number, tone=tone).body for number in range(10)] == [
        letter.body for letter in letters
    ]


def test_ten_people_who_tick_the_same_points_and_add_nothing_write_form_mail(write: Write) -> None:
    ticked = frozenset({"condition", "court", "taxpayers"})
    bare = [write(number, points=ticked) for number in range(10)]

    assert len({letter.body for letter in bare}) >= 9
    assert 0.6 < mean(bare) < 0.85


def test_a_few_lines_of_ones_own_make_a_letter_ones_own(write: Write) -> None:
    ticked = frozenset({"condition", "court", "taxpayers"})
    chance = random.Random(907)

    def own() -> str:
        return " ".join(f"word{chance.randrange(5_000)}" for _ in range(80))

    bare = [similarity.sketch(write(number, points=ticked).body, KEY) for number in range(20)]
    told = [similarity.sketch(write(number, own(), ticked).body, KEY) for number in range(20, 40)]

    assert sum(similarity.count_near_duplicates(one, bare) for one in told) <= 20  # of 400 pairs
    assert (
        sum(similarity.count_near_duplicates(one, bare) > 1 for one in bare) >= 15
    )  # itself is one


def test_letters_very_alike_share_a_band(write: Write) -> None:
    ticked = frozenset({"condition", "court", "taxpayers"})
    sketches = [similarity.sketch(write(n, points=ticked).body, KEY) for n in range(30)]
    bands = [set(similarity.band_hashes(made, "here")) for made in sketches]
    alike = [
        (a, b)
        for a, b in combinations(range(30), 2)
        if similarity.estimated_similarity(sketches[a], sketches[b]) >= similarity.NEAR_DUPLICATE
    ]

    missed = [pair for pair in alike if not bands[pair[0]] & bands[pair[1]]]

    assert len(alike) > 50
    assert len(missed) <= 0.01 * len(alike)
