"""Envelopes and labels, measured against the physical sizes; nothing is ever clipped."""

import re
import subprocess
import unicodedata
from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.letters.print import fonts, mailing
from campaign.letters.print.mailing import AddressArea, Block, Envelope
from tests.letters.conftest import DAY
from tests.letters.measuring import Page, pages_in

INCH = 72.0
SHORT = ("Ani Petrosyan", "12 Main Street", "Billings, MT 59101")
LONG = (
    "Wilhelmina Featherstonehaugh-Cholmondeley-Montgomery Sr. III",
    "c/o The Very Long Building Name of the Regional Federal Center",
    "12345 North Martin Luther King Junior Memorial Boulevard",
    "Apartment 1400, Third Entrance on the Left",
    "San Buenaventura (Ventura), CA 93001-1234",
)
ARMENIAN = ("Անահիտ Տեր-Գրիգորյան-Խաչատուրյան", "Apt 4", "Glendale, CA 91205")
VIETNAMESE = ("Nguyễn Thị Ngọc Ánh Tuyết", "1 Trần Hưng Đạo", "Westminster, CA 92683")
WIDE = ("W" * 60, "M" * 100, "W" * 100, "Q" * 60 + ", CA 90001-1234")


def envelopes(*pairs: tuple[Block, Block]) -> bytes:
    [made] = mailing.envelope_runs((Envelope(*pair) for pair in pairs), title="E", on_date=DAY)
    return made


def labels(*blocks: Block) -> bytes:
    [made] = mailing.label_runs(blocks, title="L", on_date=DAY)
    return made


def plain(words: list[str]) -> str:
    return unicodedata.normalize("NFC", "".join(words)).replace(" ", "")


def joined(block: Block) -> str:
    return "".join(block).replace(" ", "")


def label_box(place: int) -> tuple[float, float, float, float]:
    """Return where the Avery 5160 label of that place lies on its sheet."""
    row, column = divmod(place % 30, 3)
    left = (0.1875 + column * 2.75) * INCH
    top = (0.5 + row) * INCH
    return left, top, left + 2.625 * INCH, top + INCH


def test_an_envelope_is_a_number_10() -> None:
    with pikepdf.open(BytesIO(envelopes((SHORT, LONG)))) as made:
        assert [float(side) for side in made.pages[0].MediaBox] == [0, 0, 9.5 * 72, 4.125 * 72]
        assert "pdfuaid:part" in str(made.Root.Metadata.read_bytes())


@pytest.mark.parametrize("sender", [SHORT, LONG, ARMENIAN, VIETNAMESE, WIDE])
@pytest.mark.parametrize("recipient", [SHORT, LONG, WIDE])
def test_both_addresses_are_where_postal_machines_read(
    tmp_path: Path, sender: Block, recipient: Block
) -> None:
    [page] = pages_in(envelopes((sender, recipient)), tmp_path)

    # DMM 202: the address lies 5/8 in to 2 3/4 in above the lower edge, 1/2 in within the sides;
    # the lower right corner, for the bar code, and the upper right one, for the stamp, stay free.
    to = page.within(4 * INCH, 1.375 * INCH, 9 * INCH, 3.5 * INCH)
    of = page.within(0.25 * INCH, 0.25 * INCH, 4 * INCH, 1.5 * INCH)
    assert plain(to) == joined(recipient)
    assert plain(of) == joined(sender)
    assert len(to) + len(of) == len(page.words)


def test_labels_lie_on_their_labels(tmp_path: Path) -> None:
    blocks = [SHORT, LONG, ARMENIAN, VIETNAMESE, WIDE] * 7

    pages = pages_in(labels(*blocks), tmp_path)

    assert [(page.width, page.height) for page in pages] == [(612, 792)] * 2
    for place, block in enumerate(blocks):
        page: Page = pages[place // 30]
        assert plain(page.within(*label_box(place))) == joined(block), place


def test_labels_keep_clear_of_the_edges(tmp_path: Path) -> None:
    """A printer feeds a sheet a sixteenth of an inch off."""
    [page] = pages_in(labels(*[WIDE, LONG] * 15), tmp_path)

    for word in page.words:
        column = min(2, int((word.left / INCH - 0.1875) // 2.75))
        row = int(word.top / INCH - 0.5)
        left, top, right, bottom = label_box(3 * row + column)
        assert word.left - left > 4
        assert right - word.right > 4
        assert word.top - top > 3
        assert bottom - word.bottom > 3


def test_an_address_is_whole_before_it_is_large() -> None:
    room = AddressArea(width=2.385 * INCH, height=0.86 * INCH, largest=10.0)

    short, long = mailing.fit_address(SHORT, room), mailing.fit_address(ARMENIAN, room)

    assert short["size"] == 10.0
    assert not any(line["goes-on"] for line in long["lines"])
    assert 8.0 <= long["size"] < 10.0


@settings(max_examples=40)
@given(
    st.lists(
        st.text(st.sampled_from("WMil -Ագն,.ễÁ"), min_size=1, max_size=100).filter(str.strip),
        min_size=1,
        max_size=5,
    )
)
def test_any_address_has_room_and_loses_nothing(block: list[str]) -> None:
    room = AddressArea(width=2.385 * INCH, height=0.86 * INCH, largest=10.0)
    clean = [" ".join(line.split()) for line in block]

    found = mailing.fit_address(clean, room)

    lines = [line["text"] for line in found["lines"]]
    assert "".join(lines).replace(" ", "") == "".join(clean).replace(" ", "")
    assert len(lines) * 1.17 * found["size"] <= room.height or found["size"] == 4.0
    for line in found["lines"]:
        indent = 1.0 if line["goes-on"] else 0.0
        assert (fonts.width(line["text"]) + indent) * found["size"] <= room.width * 1.001


def test_many_come_in_runs_in_order(tmp_path: Path) -> None:
    many = [(f"Person {number}", "Town") for number in range(620)]

    runs = list(mailing.label_runs(many, title="L", on_date=date(2026, 6, 15)))

    assert len(runs) == 2
    words = [word.text for page in pages_in(runs[1], tmp_path) for word in page.words]
    assert words[:3] == ["Person", "600", "Town"]


@pytest.mark.parametrize(
    "line",
    ["רחוב הרצל 12, " + "ד" * 90, "شارع " * 30, "ที่" * 60, "X" * 150, "नमस्ते" * 20],
    ids=["hebrew", "arabic", "thai", "one-word", "devanagari"],
)
def test_a_line_of_any_script_stays_on_its_envelope_and_label(line: str, tmp_path: Path) -> None:
    block = ("Ani Petrosyan", line, "Helena, MT 59601")
    envelopes = mailing.envelope_runs([Envelope(block, block)], title="t", on_date=DAY)
    labels = mailing.label_runs([block] * 3, title="t", on_date=DAY)

    for made, width in ((envelopes, 9.5), (labels, 8.5)):
        file = tmp_path / "made.pdf"
        file.write_bytes(b"".join(made))
        run = subprocess.run(
            ["pdftotext", "-bbox", str(file), "-"], check=True, capture_output=True, text=True
        )
        sides = re.findall(r'<word xMin="([^"]*)"[^>]*xMax="([^"]*)"', run.stdout)
        assert sides
        assert all(float(left) / 72 > 0.25 for left, _ in sides)
        assert all(float(right) / 72 < width - 0.25 for _, right in sides)
    # No line begins with a mark that belongs to the letter before it.
    pieces = mailing.fit_address(block, AddressArea(170, 60, largest=10))["lines"]
    assert not any(fonts.joins_previous(piece["text"].lstrip("\u2068")[0]) for piece in pieces)
