"""Figures, the milestone and the picture of the petition's page."""

import struct
from datetime import date

import pytest

from campaign import paths
from campaign.packs import front_page, pack, picture
from campaign.packs.pack import Pack

DAY = date(2026, 7, 1)


def webp(width: int, height: int, extra: bytes = b"") -> bytes:
    """The first bytes of a lossy WebP of that size."""
    head = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0" + b"\0\0\0\x9d\x01\x2a"
    return head + struct.pack("<HH", width, height) + extra + b"\0" * 20


def avif(width: int, height: int) -> bytes:
    return b"\0\0\0\x1cftypavif\0\0\0\0avifmif1" + b"\0\0\0\x14ispe\0\0\0\0" + struct.pack(
        ">II", width, height
    ) + b"\0" * 20  # fmt: skip


@pytest.mark.parametrize(
    ("content", "ending", "size"),
    [
        (webp(800, 600), ".webp", (800, 600)),
        (avif(1200, 630), ".avif", (1200, 630)),
        (b'<svg xmlns="x" viewBox="0 0 960 560"></svg>', ".svg", (960, 560)),
        (b"GIF89a", ".webp", None),
        (b"", ".avif", None),
        (b"<html>", ".svg", None),
    ],
)
def test_a_pictures_size_is_read_from_its_file(
    content: bytes, ending: str, size: tuple[int, int] | None
) -> None:
    assert picture.size_of(content, ending) == size


@pytest.mark.parametrize(
    ("content", "ending", "reason"),
    [
        (webp(800, 600), ".webp", ""),
        (webp(100, 100), ".webp", "320 to 4,096 pixels wide"),
        (webp(800, 600, b"EXIF"), ".webp", "camera data"),
        (b"x" * 200_001, ".webp", "larger than 200 KB"),
        (b'<svg viewBox="0 0 960 560"><script>1</script></svg>', ".svg", "can run code"),
        (b'<svg viewBox="0 0 960 560"><a href="x"/></svg>', ".svg", "links to something"),
        (b'<svg viewBox="0 0 960 560" onload="x"/>', ".svg", "can run code"),
        (b"plain", ".webp", "not a WebP, AVIF or SVG"),
    ],
)
def test_a_picture_that_could_harm_or_slow_a_visitor_is_refused(
    content: bytes, ending: str, reason: str
) -> None:
    found = picture.fault(content, ending)

    assert reason in found
    assert bool(found) == bool(reason)


def test_facts_are_numbered_as_the_page_first_cites_them(bundled: Pack) -> None:
    assert bundled.fact_number("offensive-2023") == 1  # the first figure
    assert bundled.fact_number("icj-2023") == 2  # the petition
    numbers = [bundled.fact_number(fact.id) for fact in bundled.usable_facts()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_milestone_names_the_goal_that_the_page_shows(bundled: Pack) -> None:
    for texts in bundled.texts.values():
        assert "1,000" in texts.at_goal("1,000")
        assert front_page.GOAL not in texts.at_goal("1,000")


def test_figures_are_large_numbers_with_their_source(bundled: Pack) -> None:
    for texts in bundled.texts.values():
        assert len(texts.figures) == 4
        assert all('<sup class="fact">' in figure.html for figure in texts.figures)
        assert texts.figures[0].number == texts.figures[0].number.strip("* ")


def test_a_figure_disappears_with_its_fact() -> None:
    assert front_page.figure("had fled.") is None
    assert front_page.figure("<strong>9</strong> had fled.") == front_page.Figure("9", "had fled.")


@pytest.fixture(scope="module")
def bundled() -> Pack:
    return pack.load(paths.data() / "campaigns" / "section-907", DAY)
