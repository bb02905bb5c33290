"""The picture beside a shared link: its size, and that texts are data."""

import dataclasses
import io

import pytest
from PIL import Image

from campaign.letters.print.share_card import HEIGHT, WIDTH, Card, png

CARD = Card(
    kicker="Save the library",
    headline="Keep the library on Main Street open",
    number="1,200+",
    words="have signed",
    place="example.org",
    accent="#8c1c2b",
    share=0.5,
)


def image(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("RGB")


def test_the_picture_is_1200_by_630_on_paper_with_a_bar_half_full() -> None:
    picture = image(png(CARD))

    assert picture.size == (1200, 630) == (WIDTH, HEIGHT)
    assert picture.getpixel((5, 5)) == (0xFB, 0xFA, 0xF6)
    assert picture.getpixel((200, 572)) == (0x8C, 0x1C, 0x2B)
    assert picture.getpixel((1000, 572)) == (0xFB, 0xFA, 0xF6)


def test_the_same_card_is_the_same_bytes_and_another_count_another_picture() -> None:
    assert png(CARD) == png(CARD)
    assert png(CARD) != png(dataclasses.replace(CARD, number="1,300+"))


@pytest.mark.parametrize(
    "text",
    [
        '#read("/etc/passwd") *b* $x$ {{7*7}} \\ " ]',
        "Կիրառե՛ք 907-րդ հոդվածը",
        "Ñandú ¿qué? “Σ” 中文 🕊",
        "Supercalifragilistic" * 40,
        "",
    ],
)
def test_any_text_makes_a_picture_of_the_right_size(text: str) -> None:
    made = png(dataclasses.replace(CARD, kicker=text, headline=text, words=text))

    assert image(made).size == (WIDTH, HEIGHT)


def test_a_headline_of_any_length_leaves_the_count_in_its_place() -> None:
    below = (0, 480, WIDTH, HEIGHT)
    long = dataclasses.replace(CARD, headline="A headline that does not end " * 40)

    assert image(png(long)).crop(below) == image(png(CARD)).crop(below)
    assert image(png(long)) != image(png(CARD))
