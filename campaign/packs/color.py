"""Contrast of the accent color with the backgrounds of the pages (WCAG 2.2, 1.4.3)."""

import colorsys
import re

#: The backgrounds behind the accent: the page's, then a panel's.
LIGHT_GROUNDS = ("#fbfaf6", "#ffffff")
DARK_GROUNDS = ("#15171a", "#1d2024")
MIN_CONTRAST = 4.5

_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_color(text: str) -> bool:
    """True for `#rrggbb`."""
    return _HEX.fullmatch(text) is not None


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colors, from 1 to 21 (WCAG 2.2)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def lowest_contrast(color: str, grounds: tuple[str, ...]) -> float:
    """Return the lowest contrast ratio of the color with any of the backgrounds."""
    return min(contrast(color, ground) for ground in grounds)


def lighten(color: str, grounds: tuple[str, ...] = DARK_GROUNDS) -> str:
    """Return the color, lightened until its contrast is 4.5:1 on every background.

    Hue and saturation stay the same. Colors are `#rrggbb`.
    """
    red, green, blue = (channel / 255 for channel in _channels(color))
    hue, start, saturation = colorsys.rgb_to_hls(red, green, blue)
    for step in range(201):
        lightness = start + (1 - start) * step / 200
        channels = colorsys.hls_to_rgb(hue, lightness, saturation)
        mixed = "#" + "".join(f"{round(255 * channel):02x}" for channel in channels)
        if lowest_contrast(mixed, grounds) >= MIN_CONTRAST:
            return mixed
    return "#ffffff"


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _luminance(color: str) -> float:
    red, green, blue = (
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (channel / 255 for channel in _channels(color))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
