"""A volume takes the parts of any writer, and its numbers and references are those of one file."""

from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from campaign.letters.letter import Letter
from campaign.letters.print import document, merge_pdf, streaming_pdf
from campaign.letters.print.streaming_pdf import Mark, Volume
from tests.letters.conftest import DAY


@pytest.fixture
def parts(make_letter: Callable[..., Letter]) -> list[bytes]:
    letters = [make_letter(f"Words (of {number} 0 R)", name=f"A P{number}") for number in range(6)]
    return [document.run(letters[at : at + 3], title="T", on=DAY) for at in (0, 3)]


def volume_of(parts: list[bytes]) -> bytes:
    made = BytesIO()
    whole = Volume(made)
    for part in parts:
        whole.mark(Mark("Each", page) for page in whole.add(part))
    whole.finish()
    return made.getvalue()


def words(made: bytes) -> list[bytes]:
    """Return what the pages draw, whatever their objects are numbered."""
    with pikepdf.open(BytesIO(made)) as opened:
        assert opened.check_pdf_syntax() == []
        return [page.Contents.read_bytes() for page in opened.pages]


def test_pages_are_those_of_the_parts(parts: list[bytes]) -> None:
    made = volume_of(parts)

    assert words(made) == [content for part in parts for content in words(part)]
    with pikepdf.open(BytesIO(made)) as opened, opened.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Each"] * 6
        first = outline.root[3].destination
        assert first is not None
        assert first[0].objgen == opened.pages[3].obj.objgen  # type: ignore[index]


def test_a_part_that_was_packed_otherwise_is_taken_apart_by_the_library(
    parts: list[bytes],
) -> None:
    packed = [merge_pdf.bind([part]) for part in parts]
    assert streaming_pdf._bodies(packed[0], 10) == {}
    assert len(streaming_pdf._bodies(parts[0], _objects(parts[0]))) > 30

    assert words(volume_of(packed)) == words(volume_of(parts))


def test_a_table_that_does_not_fit_is_not_trusted(parts: list[bytes]) -> None:
    assert streaming_pdf._bodies(parts[0], _objects(parts[0]) + 1) == {}
    assert (
        streaming_pdf._bodies(parts[0].replace(b"5 0 obj\n", b"5 0 obj "), _objects(parts[0])) == {}
    )
    assert streaming_pdf._bodies(b"%PDF-1.7", 0) == {}


def _objects(part: bytes) -> int:
    with pikepdf.open(BytesIO(part)) as opened:
        return len(opened.objects)
