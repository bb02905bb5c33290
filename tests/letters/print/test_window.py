"""The window of a #10 envelope, by the ink on the page, wherever the folded sheet has slid.

The envelope is 9.5 by 4.125 in; its window is 4.5 by 1.125 in, 0.875 in from the left edge and
0.5 in from the lower one. A sheet folded in thirds is 8.5 by 3.667 in, so it slides 1 in and 0.458.
"""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from campaign.letters.compose import Letter
from campaign.letters.print import document

_DPI = 144
#: Of the sheet, in inches from its upper left corner, as (left, top, right, bottom).
_ALWAYS_SHOWN = (0.875, 2.5, 4.375, 3.167)
_EVER_SHOWN = (0.0, 2.042, 5.375, 3.625)

BLOCKS = {
    "three lines": ("The Honorable Jo Doe", "United States Senate", "Washington, DC 20510"),
    "four": (
        "The Honorable Steve Daines",
        "United States Senate",
        "30 W. 14th St., Suite 206",
        "Helena, MT 59601",
    ),
    "five": (
        "The Honorable Jo Doe",
        "United States Senate",
        "William J. Jameson Federal Building",
        "2900 4th Avenue North, Suite 201",
        "Billings, MT 59101",
    ),
    "six": (
        "The Honorable Mike Johnson",
        "Speaker of the House",
        "U.S. House of Representatives",
        "Building 552",
        "3329 University Parkway, Room 24",
        "Leesville, LA 71446",
    ),
    "one that wraps": (
        "The Honorable Troy A. Carter",
        "U.S. House of Representatives",
        "River Parishes Community College Gonzales Technical Training Center",
        "925 W. Edenborne Pkwy, Room T117",
        "Gonzales, LA 70737",
    ),
}


def ink(page: Image.Image, within: tuple[float, float, float, float]) -> tuple[float, ...] | None:
    """Return the bounds of what is printed within these bounds, in inches, or None."""
    left, top = round(within[0] * _DPI), round(within[1] * _DPI)
    part = page.crop((left, top, round(within[2] * _DPI), round(within[3] * _DPI)))
    found = ImageChops.invert(part).point(lambda value: 255 if value > 64 else 0).getbbox()
    if found is None:
        return None
    return tuple((side + (left, top)[place % 2]) / _DPI for place, side in enumerate(found))


def first_page(letter: Letter, folder: Path) -> Image.Image:
    """Return the letter's first page in gray."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed")
    (folder / "letter.pdf").write_bytes(document.pdf([letter]))
    subprocess.run(
        ["pdftoppm", "-gray", "-png", "-singlefile", "-r", str(_DPI), "letter.pdf", "page"],
        check=True, cwd=folder,
    )  # fmt: skip
    return Image.open(folder / "page.png").convert("L")


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)
@pytest.mark.parametrize("sender", ["short", "long"])
def test_the_window_shows_the_whole_address_and_nothing_else_wherever_the_sheet_slides(
    make_letter: Callable[..., Letter], tmp_path: Path, block: tuple[str, ...], sender: str
) -> None:
    letter = make_letter("My grandmother was born in Shushi. " * 40, "Please.")
    if sender == "long":
        writer = replace(
            letter.constituent,
            first_name="Wolfeschlegelsteinhausenbergerdorff",
            last_name="Hovhannisyan-Petrosyants",
            address2="Apartment 1204, Building C",
        )
        letter = replace(letter, constituent=writer)
    page = first_page(replace(letter, recipient=replace(letter.recipient, block=block)), tmp_path)

    shown = ink(page, _EVER_SHOWN)

    assert shown is not None
    left, top, right, bottom = shown
    assert left >= _ALWAYS_SHOWN[0]
    assert top >= _ALWAYS_SHOWN[1]
    assert right <= _ALWAYS_SHOWN[2]
    assert bottom <= _ALWAYS_SHOWN[3]


def test_figures_stand_on_the_line_and_are_as_high_as_capitals(
    make_letter: Callable[..., Letter], tmp_path: Path
) -> None:
    heights = []
    for figures in ("HHHHHHHH", "13579246"):
        page = first_page(make_letter(figures, "Please."), tmp_path)
        rows = ink(page, (1.0, 4.3, 7.5, 4.75))
        assert rows is not None
        heights.append(rows[1::2])

    assert heights[0] == pytest.approx(heights[1], abs=1.5 / _DPI)
