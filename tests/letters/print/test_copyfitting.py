"""That the foreseen height of a letter is near its true one, so that few letters are measured."""

import json
import random
from collections.abc import Callable
from dataclasses import asdict

import typst

from campaign import paths
from campaign.letters.letter import Letter
from campaign.letters.print import copyfitting, document, fonts


def test_estimates_stay_within_the_doubt_they_are_given(
    make_letter: Callable[..., Letter],
) -> None:
    chance = random.Random(907)
    words = ["the", "bridge", "quickly,", "Montana's", "WORK", "appropriations", "1992", "I", "—"]
    letters = [
        make_letter(
            *(
                " ".join(chance.choice(words) for _ in range(chance.randint(3, 90)))
                for _ in range(chance.randint(1, 9))
            )
        )
        for _ in range(25)
    ]
    sheets = [document._letter_data(letter) for letter in letters]

    wrong = []
    for sheet, heights in zip(sheets, _true_heights(sheets), strict=True):
        between = [f"Re: {sheet['subject']}", str(sheet["salutation"]), *sheet["paragraphs"]]
        words_of = [[copyfitting._widths(row) for row in each.split("\n")] for each in between]
        for step, height in zip(copyfitting.STEPS, heights, strict=True):
            estimate, line = copyfitting._height(words_of, step, reach=bool(sheet["reach"]))
            wrong.append((estimate - height) / line)

    assert min(wrong) > -copyfitting._TOO_LOW
    assert max(wrong) < copyfitting._TOO_HIGH


def test_a_short_letter_needs_no_measuring_and_a_long_one_takes_two_pages() -> None:
    assert copyfitting.plan_steps(["Short."], reach=False) == ([], 0, True)
    assert copyfitting.plan_steps(["word " * 2000], reach=False) == ([], 0, False)


def test_widths_are_those_of_the_font() -> None:
    assert fonts.width("mm") == 2 * fonts.width("m") > fonts.width("ii") > 0


def _true_heights(sheets: list[document.LetterData]) -> list[list[float]]:
    """Return the height of each letter at each step, as Typst lays it out."""
    folder = paths.templates() / "letters"
    source = (folder / "letter.typ").read_text(encoding="utf-8")
    printing = "#for letter in data.letters { one(letter) }"
    assert printing in source
    measuring = source.replace(
        printing,
        "#context for letter in data.letters [#metadata(steps.map(step => "
        "measure(block(width: 6.5in, body(letter, step))).height.pt())) <height>]",
    )
    data = {
        "title": "",
        "author": "",
        "quick": False,
        "steps": [asdict(step) for step in copyfitting.STEPS],
        "letters": [dict(sheet) for sheet in sheets],
    }
    compiler = typst.Compiler(
        measuring.encode(),
        root=folder,
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[paths.data() / "fonts"],
        ),
        sys_inputs={"data": json.dumps(data), "fonts": json.dumps(list(fonts.FAMILIES))},
    )
    return [found["value"] for found in json.loads(compiler.query("<height>"))]
