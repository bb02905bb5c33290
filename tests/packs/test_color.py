"""Contrast as WCAG counts it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.packs import color

COLORS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#8c1c2b", "#8c1c2b", 1.0)],
)
def test_the_ratio_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert color.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert color.contrast(one, other) == color.contrast(other, one)


@given(COLORS)
def test_any_accent_can_be_lightened_enough_for_the_dark_page(accent: str) -> None:
    light = color.lighten(accent)

    assert color.is_color(light)
    assert color.lowest_contrast(light, color.DARK_GROUNDS) >= 4.5


def test_an_accent_that_is_light_enough_stays() -> None:
    assert color.lighten("#ffcc00") == "#ffcc00"


@pytest.mark.parametrize("text", ["", "#fff", "8c1c2b", "#8c1c2g", "#8c1c2b ", "red"])
def test_only_rrggbb_is_a_color(text: str) -> None:
    assert not color.is_color(text)


def test_dark_channels_are_linear() -> None:
    assert color.contrast("#0a0a0a", "#000000") == pytest.approx(1.0607, abs=0.0001)


@pytest.mark.parametrize("accent", ["#8c1c2b", "#000000", "#0000ff"])
def test_an_accent_is_lightened_only_as_far_as_needed(accent: str) -> None:
    light = color.lighten(accent)

    assert 4.5 <= color.lowest_contrast(light, color.DARK_GROUNDS) < 4.6
