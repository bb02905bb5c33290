"""That the foreseen height of a letter is near its true one, so that few letters are measured."""

import random
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO

import pikepdf

from campaign.letters.letter import Letter
from campaign.letters.print import copyfitting, document, fonts

WORDS = ["the", "bridge", "quickly,", "Montana's", "WORK", "appropriations", "1992", "I", "—"]
MakeLetter = Callable[..., Letter]
Plan = tuple[list[int], int, bool]


def _paragraph(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(words))


def _plan(letter: Letter) -> Plan:
    texts = [paragraph.text for paragraph in letter.paragraphs]
    texts = [f"Re: {letter.subject}", letter.salutation, *texts]
    return copyfitting.plan_steps(texts, reach=bool(letter.constituent.reach))


def _fits_at(step: int, plan: Plan) -> bool:
    return plan[2] and plan[1] <= step


def _longest(
    make_letter: MakeLetter, paragraphs: Sequence[str], is_so: Callable[[Plan], bool]
) -> Letter:
    """Return the letter with as many words of the last paragraph as leave its plan so."""
    *kept, last = paragraphs
    words = last.split(" ")
    shortest, longest = 1, len(words)
    while longest - shortest > 1:
        middle = (shortest + longest) // 2
        if is_so(_plan(make_letter(*kept, " ".join(words[:middle])))):
            shortest = middle
        else:
            longest = middle
    return make_letter(*kept, " ".join(words[:shortest]))


def _beginnings(chance: random.Random) -> list[str]:
    """Return up to six paragraphs, and one that is longer than a page."""
    before = [_paragraph(chance, chance.randint(3, 40)) for _ in range(chance.randint(1, 6))]
    return [*before, _paragraph(chance, 900)]


def _pages(letters: Sequence[Letter]) -> int:
    with pikepdf.open(BytesIO(document.pdf(letters))) as made:
        return len(made.pages)


def test_a_letter_that_is_taken_to_fit_does_fit(make_letter: MakeLetter) -> None:
    """The longest letters that are printed at each step without being measured."""
    chance = random.Random(907)
    letters = [
        _longest(make_letter, _beginnings(chance), partial(_fits_at, step))
        for step in range(len(copyfitting.STEPS))
        for _ in range(6)
    ]

    assert {_plan(letter)[1] for letter in letters} == set(range(len(copyfitting.STEPS)))
    assert _pages(letters) == len(letters)


def test_a_letter_that_is_not_measured_would_not_have_fit(make_letter: MakeLetter) -> None:
    """The longest letters that are measured take two pages, so none longer takes one."""
    chance = random.Random(907)
    letters = [
        _longest(make_letter, _beginnings(chance), lambda plan: plan[2] or plan[0] != [])
        for _ in range(12)
    ]

    assert all(_plan(letter) == ([len(copyfitting.STEPS) - 1], 0, False) for letter in letters)
    assert _pages(letters) == 2 * len(letters)


def test_a_short_letter_needs_no_measuring_and_a_long_one_takes_two_pages() -> None:
    assert copyfitting.plan_steps(["Short."], reach=False) == ([], 0, True)
    assert copyfitting.plan_steps(["word " * 2000], reach=False) == ([], 0, False)


def test_widths_are_those_of_the_font() -> None:
    assert fonts.width("mm") == 2 * fonts.width("m") > fonts.width("ii") > 0
