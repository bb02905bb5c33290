"""Runs of pages bound into one file that stays as accessible as its parts."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pikepdf
from pikepdf import Dictionary, Name, Object, Pdf


def bind(parts: Sequence[bytes]) -> bytes:
    """Return one PDF of all pages, with the tags and bookmarks of every part, as the first's title.

    A plain joining of pages drops the structure that a screen reader follows, and with it PDF/UA.
    `parts` must come from the same template: their tags' roles are taken to be the same. The same
    parts give the same bytes. Source: ISO 32000-2, 12.3.3 (outlines), 14.7 (logical structure).
    """
    with Pdf.open(BytesIO(parts[0])) as whole:
        for part in parts[1:]:
            with Pdf.open(BytesIO(part)) as more:
                _append(whole, more)
        made = BytesIO()
        whole.save(
            made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate
        )
    return made.getvalue()


def bind_files(parts: Sequence[Path], out: Path) -> None:
    """As `bind`, from files into one: what their pages hold goes by without being kept."""
    with Pdf.open(parts[0]) as whole:
        for part in parts[1:]:
            with Pdf.open(part) as more:
                _append(whole, more)
        whole.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def _append(whole: Pdf, more: Pdf) -> None:
    first_page = len(whole.pages)
    # Pages come first: what is copied after them then points at the copies.
    whole.pages.extend(more.pages)
    tree = whole.copy_foreign(more.Root.StructTreeRoot)
    outlines = whole.copy_foreign(more.Root.Outlines)
    _append_tags(whole, tree, first_page)
    _append_bookmarks(whole.Root.Outlines, outlines)


def _append_tags(whole: Pdf, tree: Object, first_page: int) -> None:
    """Hang the part's structure below the whole's document element, its keys moved up."""
    root = whole.Root.StructTreeRoot
    document, other = root.K[0], tree.K[0]
    for element in other.K:
        element.P = document
        document.K.append(element)
    offset = int(root.ParentTreeNextKey)
    for key, value in _pairs(tree.ParentTree.Nums):
        root.ParentTree.Nums.append(key + offset)
        root.ParentTree.Nums.append(value)
    root.ParentTreeNextKey = offset + int(tree.ParentTreeNextKey)
    for page in whole.pages[first_page:]:
        page.obj.StructParents = int(page.obj.StructParents) + offset


def _append_bookmarks(outlines: Dictionary | Object, other: Object) -> None:
    if Name.First not in other:
        return  # pages that go on with what an earlier part began
    item: Object | None = other.First
    while item is not None:
        item.Parent = outlines
        item = item.get(Name.Next)
    outlines.Last.Next = other.First
    other.First.Prev = outlines.Last
    outlines.Last = other.Last
    outlines.Count = int(outlines.Count) + int(other.Count)


def _pairs(numbers: Object) -> Iterator[tuple[int, Object]]:
    items = list(numbers)
    return ((int(key), value) for key, value in zip(items[::2], items[1::2], strict=True))
