"""However parts are cut and packed, they join into one sound file that a screen reader follows."""

import os
import tracemalloc
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Dictionary, Name, Object

from campaign.letters.letter import Letter
from campaign.letters.print import document, mailing, streaming_pdf
from campaign.letters.print.mailing import Envelope
from campaign.letters.print.streaming_pdf import Bookmark, StreamingPdf
from tests.letters.conftest import DAY


def repacked(part: bytes, **how: object) -> bytes:
    """The same part as another program might write it."""
    made = BytesIO()
    with pikepdf.open(BytesIO(part)) as opened:
        opened.save(made, **how)  # type: ignore[arg-type]
    return made.getvalue()


@pytest.fixture
def pool(make_letter: Callable[..., Letter]) -> list[bytes]:
    """Parts of one, two and three pages, in every form that a PDF comes in."""
    letters = [
        make_letter(f"Words (of {number} 0 R) endobj /StructParents 7", name=f"A P{number}")
        for number in range(6)
    ]
    one, two, three = (
        document.pdf_run(letters[begin:end], title="T", on_date=DAY)
        for begin, end in ((0, 1), (1, 3), (3, 6))
    )
    [envelope] = mailing.envelope_runs(
        [Envelope(("Ani P", "1 Main St"), ("Senator Doe", "Washington"))], title="T", on_date=DAY
    )
    joined = BytesIO()
    streaming_pdf.join([one, two], joined)
    return [
        one,
        two,
        three,
        envelope,
        joined.getvalue(),
        repacked(two, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        repacked(three, linearize=True),
        repacked(one, stream_decode_level=pikepdf.StreamDecodeLevel.all, compress_streams=False),
    ]


def joined(parts: list[bytes]) -> bytes:
    made = BytesIO()
    streaming_pdf.join(parts, made)
    return made.getvalue()


def contents(made: bytes) -> list[bytes]:
    """What each page draws."""
    with pikepdf.open(BytesIO(made)) as opened:
        return [page.Contents.read_bytes() for page in opened.pages]


def titles(made: bytes) -> list[tuple[str, int]]:
    """The bookmarks, each with the number of its page."""
    with pikepdf.open(BytesIO(made)) as opened, opened.open_outline() as outline:
        pages = [page.obj.objgen for page in opened.pages]
        return [
            (item.title, pages.index(item.destination[0].objgen))  # type: ignore[index]
            for item in outline.root
        ]


def content_numbers(element: Any) -> list[int]:
    """The numbers of the content that the element itself marks on its page."""
    kids = element.get(Name.K, ())
    return [
        kid for kid in (kids if isinstance(kids, pikepdf.Array) else [kids]) if type(kid) is int
    ]


def elements(element: Object) -> Iterator[Object]:
    """The element and all that it holds, in the order of reading."""
    yield element
    kids = element.get(Name.K, ())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, Dictionary) and Name.S in kid:
            yield from elements(kid)


def marked(made: bytes) -> list[tuple[str, list[tuple[int, int]]]]:
    """Each element that marks content: its kind, and the page and number of each content."""
    found = []
    with pikepdf.open(BytesIO(made)) as opened:
        pages = {page.obj.objgen: number for number, page in enumerate(opened.pages)}
        for element in elements(opened.Root.StructTreeRoot.K[0]):
            if numbers := content_numbers(element):
                page = pages[element.Pg.objgen]
                found.append((str(element.S), [(page, number) for number in numbers]))
    return found


def require_sound(made: bytes) -> None:
    """Check syntax, and that each content of a page leads to the element that marks it."""
    with pikepdf.open(BytesIO(made)) as opened:
        assert opened.check_pdf_syntax() == []
        tags = opened.Root.StructTreeRoot
        tree = dict(pikepdf.NumberTree(tags.ParentTree).items())
        keys = [int(page.obj.StructParents) for page in opened.pages]
        assert len(set(keys)) == len(keys)
        assert int(tags.ParentTreeNextKey) > max(tree)
        for page, key in zip(opened.pages, keys, strict=True):
            for number, element in enumerate(tree[key]):
                assert element.Pg.objgen == page.obj.objgen
                assert number in content_numbers(element)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(0, 7), min_size=1, max_size=6))
def test_any_parts_in_any_order_join_into_one_sound_file(
    pool: list[bytes], order: list[int]
) -> None:
    parts = [pool[number] for number in order]

    made = joined(parts)

    require_sound(made)
    assert joined(parts) == made
    assert contents(made) == [content for part in parts for content in contents(part)]
    before, expected_titles, expected_marks = 0, [], []
    for part in parts:
        expected_titles += [(title, before + page) for title, page in titles(part)]
        expected_marks += [
            (kind, [(before + page, number) for page, number in numbers])
            for kind, numbers in marked(part)
        ]
        before += len(contents(part))
    assert titles(made) == expected_titles
    assert marked(made) == expected_marks


def test_the_whole_is_described_as_its_first_part(pool: list[bytes]) -> None:
    first = pool[0]

    made = joined(pool)

    with pikepdf.open(BytesIO(first)) as part, pikepdf.open(BytesIO(made)) as whole:
        assert whole.Root.Lang == part.Root.Lang
        assert whole.Root.MarkInfo.Marked
        assert whole.docinfo.Title == part.docinfo.Title
        assert whole.Root.Metadata.read_bytes() == part.Root.Metadata.read_bytes()
        assert b"pdfuaid" in whole.Root.Metadata.read_bytes()
        roles = {str(element.S) for element in elements(whole.Root.StructTreeRoot.K[0])}
    assert {"/Document", "/Part", "/P"} <= roles


def test_children_lie_folded_below_their_bookmark(pool: list[bytes]) -> None:
    made = BytesIO()
    whole = StreamingPdf(made)
    pages = [bookmark.page for bookmark in whole.add(pool[2])]
    whole.bookmark(
        [
            Bookmark("Ani Պետրոսյան", pages[0]),
            Bookmark("Senator (Doe)", pages[1], is_child=True),
            Bookmark("Senator Roe", pages[2], is_child=True),
            Bookmark("Bo Li", pages[2]),
        ]
    )
    whole.finish()

    with pikepdf.open(made) as opened, opened.open_outline() as outline:
        ani, bo = outline.root
        assert (ani.title, bo.title) == ("Ani Պետրոսյան", "Bo Li")
        assert [child.title for child in ani.children] == ["Senator (Doe)", "Senator Roe"]
        assert ani.is_closed


def test_more_parts_take_no_more_memory(pool: list[bytes]) -> None:
    """What stays is where each object begins, and one line a part."""

    def held(count: int) -> int:
        with (Path(os.devnull)).open("wb") as nowhere:
            whole = StreamingPdf(nowhere)
            tracemalloc.start()
            for _ in range(count):
                whole.add(pool[2])
            kept, _ = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            return kept

    few, many = held(10), held(110)

    assert many - few < 100 * 2_000
