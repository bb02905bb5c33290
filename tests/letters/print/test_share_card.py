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


def test_a_disclosure_stands_below_the_bar_and_cuts_off_nothing() -> None:
    line = "Distributed by River Friends on behalf of the Example Institute of Exampleland. "
    long = dataclasses.replace(CARD, headline="A headline that does not end " * 40)
    for text in (line, (line * 4)[:300], "Տարածում է River Friends-ը" * 9):
        shown = dataclasses.replace(CARD, disclosure=text, disclosure_language="hy")

        with_line, without = image(png(shown)), image(png(CARD))

        below = (0, 578, WIDTH, 620)
        assert with_line.crop(below) != without.crop(below)
        assert without.crop((0, 580, WIDTH, HEIGHT)).getcolors() == [
            (WIDTH * 50, (0xFB, 0xFA, 0xF6))
        ]
        # The margin stays free, and the longest headline leaves the count in its place.
        assert with_line.crop((0, 590, WIDTH, HEIGHT)).getcolors() == [
            (WIDTH * 40, (0xFB, 0xFA, 0xF6))
        ]
        count = (0, 440, WIDTH, HEIGHT)
        with_long = image(png(dataclasses.replace(long, disclosure=text, disclosure_language="hy")))
        assert with_long.crop(count) == with_line.crop(count)


def test_a_headline_of_any_length_leaves_the_count_in_its_place() -> None:
    below = (0, 480, WIDTH, HEIGHT)
    long = dataclasses.replace(CARD, headline="A headline that does not end " * 40)

    assert image(png(long)).crop(below) == image(png(CARD)).crop(below)
    assert image(png(long)) != image(png(CARD))
