"""Join PDFs into one file of any length, writing each part to disk as it is added.

PDF libraries keep all objects of a file in memory until it is saved, 46 KB per letter (see
docs/decisions/streaming-pdf.md). Here qpdf, through pikepdf, reads each part, renumbers its objects
and serializes them. This module packs and writes them, and keeps only their positions. Tags and
bookmarks are preserved, so that the file conforms to PDF/UA. The same parts give the same bytes.

Source: ISO 32000-1, 7.5.7 (object streams), 7.5.8 (cross-reference streams), 7.7.3 (page tree),
7.9.7 (number trees), 12.3.3 (outlines), 14.7 (logical structure).
"""

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from pikepdf import Array, Dictionary, Name, NumberTree, Object, Pdf, Stream

# The numbers of the objects that every file has.
_CATALOG, _PAGES, _TAGS, _DOCUMENT, _PARENTS, _OUTLINES, _INFO, _METADATA = range(1, 9)
_FIRST_FREE = 9
# Objects per object stream. A reader must unpack a whole stream to read one object.
_OBJECTS_PER_STREAM = 200


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A bookmark: title, object number of its page, and whether it is a child.

    A child belongs to the last bookmark before it that is not a child.
    """

    title: str
    page: int
    is_child: bool = False


class StreamingPdf:
    """Writes one PDF: `add` parts and their `bookmarks` in order, then `finish`.

    Title, language and other metadata come from the first part. Parts must be tagged and give tag
    roles the same meaning, as PDFs from one template do.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._objects = _ObjectFile(file, reserved=_FIRST_FREE - 1)
        # Object numbers, with the pages below each.
        self._page_nodes: list[tuple[int, int]] = []
        self._divisions: list[int] = []
        self._parent_nodes: list[int] = []
        self._next_key = 0
        self._bookmarks: list[Bookmark] = []
        self._roles = Dictionary()
        self._description: dict[str, bytes] = {}

    @property
    def pages(self) -> int:
        """The number of pages so far."""
        return sum(count for _, count in self._page_nodes)

    def add(self, part: bytes) -> list[Bookmark]:
        """Write the pages of a part, and return its top-level bookmarks for `bookmark`."""
        with Pdf.open(BytesIO(part)) as source:
            if not self._page_nodes:
                self._describe(source)
            with _workspace(self._objects.next) as copy:
                return self._write_part(source, copy)

    def bookmark(self, bookmarks: Iterable[Bookmark]) -> None:
        """Add bookmarks, in the order of the pages."""
        self._bookmarks += bookmarks

    def finish(self) -> None:
        """Write the objects that join the parts. Nothing can be added afterwards."""
        description = b"".join(b"%s %s" % (k.encode(), v) for k, v in self._description.items())
        self._objects.write(
            [
                (
                    _CATALOG,
                    b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/Outlines %d 0 R"
                    b"/Metadata %d 0 R%s>>" % (_PAGES, _TAGS, _OUTLINES, _METADATA, description),
                ),
                (
                    _PAGES,
                    b"<</Type/Pages/Count %d/Kids%s>>"
                    % (self.pages, _references(node for node, _ in self._page_nodes)),
                ),
                (
                    _TAGS,
                    b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d"
                    b"/RoleMap%s>>" % (_DOCUMENT, _PARENTS, self._next_key, self._roles.unparse()),
                ),
                (
                    _DOCUMENT,
                    b"<</Type/StructElem/S/Document/P %d 0 R/K%s>>"
                    % (_TAGS, _references(self._divisions)),
                ),
                (_PARENTS, b"<</Kids%s>>" % _references(self._parent_nodes)),
                *self._outlines(),
            ]
        )
        self._objects.finish()

    def _describe(self, source: Pdf) -> None:
        """Copy the metadata of the first part."""
        for name in ("/Lang", "/MarkInfo", "/ViewerPreferences"):
            self._description[name] = source.Root[name].unparse(resolved=True)
        metadata = source.Root.Metadata
        self._objects.write_stream(_METADATA, metadata.stream_dict, metadata.read_raw_bytes())
        self._objects.write([(_INFO, source.trailer.Info.unparse(resolved=True))])

    def _write_part(self, source: Pdf, copy: Pdf) -> list[Bookmark]:
        copy.pages.extend(source.pages)
        del copy.pages[0]
        # The tags come after the pages, so that they refer to the copied pages.
        tags = copy.copy_foreign(source.Root.StructTreeRoot)
        [document] = tags.K
        document.S = Name.Part
        document.P = copy.get_object(_DOCUMENT, 0)
        parents = self._move_keys(copy, tags)
        copy.Root.Pages.Parent = copy.get_object(_PAGES, 0)
        self._page_nodes.append((_number(copy.Root.Pages), len(copy.pages)))
        self._divisions.append(_number(document))
        self._parent_nodes.append(_number(parents))
        for role, standard in tags.get(Name.RoleMap, Dictionary()).items():
            self._roles[role] = Name(str(standard))
        self._write_copies(copy, left_out=_number(tags))
        return _bookmarks(source, copy)

    def _move_keys(self, copy: Pdf, tags: Object) -> Object:
        """Shift the parent-tree keys of a part past those already used, and return the
        part's node of the whole's parent tree.
        """
        pairs = list(NumberTree(tags.ParentTree).items())
        numbers = Array()
        for key, parent in pairs:
            numbers.append(self._next_key + key)
            numbers.append(parent)
        for page in copy.pages:
            for item in (page.obj, *page.obj.get(Name.Annots, ())):
                for name in (Name.StructParents, Name.StructParent):
                    if name in item:
                        item[name] = self._next_key + int(item[name])
        limits = Array([numbers[0], numbers[-2]])
        self._next_key += pairs[-1][0] + 1
        return copy.make_indirect(Dictionary(Limits=limits, Nums=numbers))

    def _write_copies(self, copy: Pdf, *, left_out: int) -> None:
        """Write a part's objects under the numbers that they have in its workspace."""
        first = self._objects.next
        end = _number(copy.make_indirect(Dictionary()))
        self._objects.reserve(end - first)
        plain: list[tuple[int, bytes]] = []
        for number in range(first, end):
            item = copy.get_object(number, 0)
            if isinstance(item, Stream):
                self._objects.write_stream(number, item.stream_dict, item.read_raw_bytes())
            elif number != left_out:
                plain.append((number, item.unparse(resolved=True)))
        self._objects.write(plain)

    def _outlines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the outline and its bookmarks; children are collapsed."""
        upper: list[tuple[Bookmark, list[Bookmark]]] = []
        for bookmark in self._bookmarks:
            if bookmark.is_child and upper:
                upper[-1][1].append(bookmark)
            else:
                upper.append((bookmark, []))
        first = self._objects.reserve(len(upper))
        numbers = range(first, first + len(upper))
        yield (
            _OUTLINES,
            b"<</Type/Outlines%s/Count %d>>" % (_ends(numbers), len(numbers)),
        )
        for place, (bookmark, children) in enumerate(upper):
            begin = self._objects.reserve(len(children))
            below = range(begin, begin + len(children))
            fold = b"%s/Count %d" % (_ends(below), -len(below)) if below else b""
            yield numbers[place], _outline_item(bookmark, _OUTLINES, numbers, place, fold)
            for at, child in enumerate(children):
                yield below[at], _outline_item(child, numbers[place], below, at)


def join(parts: Iterable[bytes], file: BinaryIO) -> None:
    """Write all pages of the parts as one PDF, with the tags and top-level bookmarks of each."""
    whole = StreamingPdf(file)
    for part in parts:
        whole.bookmark(whole.add(part))
    whole.finish()


class _ObjectFile:
    """Writes the objects of a PDF as they come, and keeps only their positions."""

    def __init__(self, file: BinaryIO, *, reserved: int) -> None:
        self._file = file
        self._at = 0
        self.next = reserved + 1
        # Object number -> type and position, as in the cross-reference stream.
        self._places = bytearray(7 * self.next)
        self._digest = hashlib.sha256()
        self._put(b"%PDF-1.7\n%\x80\x80\x80\x80\n")

    def reserve(self, count: int) -> int:
        """Reserve consecutive object numbers, and return the first."""
        first = self.next
        self.next += count
        self._places += bytes(7 * count)
        return first

    def write_stream(self, number: int, dictionary: Dictionary | Object, content: bytes) -> None:
        """Write a stream with that content, which is encoded as the dictionary says."""
        self._note(number, 1, self._at, 0)
        self._digest.update(content)
        dictionary[Name.Length] = len(content)
        head = dictionary.unparse(resolved=True)
        self._put(b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (number, head, content))

    def write(self, objects: Sequence[tuple[int, bytes]]) -> None:
        """Write numbered objects that are not streams, packed into object streams."""
        for begin in range(0, len(objects), _OBJECTS_PER_STREAM):
            pack = objects[begin : begin + _OBJECTS_PER_STREAM]
            holder = self.reserve(1)
            heads, at = [], 0
            for index, (number, body) in enumerate(pack):
                self._note(number, 2, holder, index)
                heads.append(b"%d %d" % (number, at))
                at += len(body) + 1
            head = b" ".join(heads) + b"\n"
            self.write_stream(
                holder,
                Dictionary(Type=Name.ObjStm, N=len(pack), First=len(head), Filter=Name.FlateDecode),
                zlib.compress(head + b"\n".join(body for _, body in pack)),
            )

    def finish(self) -> None:
        """Write the cross-reference stream at the end of the file."""
        begin, number = self._at, self.reserve(1)
        self._note(number, 1, begin, 0)
        self._places[:7] = b"\0" * 5 + b"\xff\xff"
        identity = self._digest.hexdigest()[:32].encode()
        content = zlib.compress(bytes(self._places))
        self._put(
            b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]"
            b"/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n"
            b"startxref\n%d\n%%%%EOF\n"
            % (
                *(number, self.next, _CATALOG, _INFO, identity, identity),
                *(len(content), content, begin),
            )
        )

    def _note(self, number: int, kind: int, place: int, index: int) -> None:
        entry = bytes([kind]) + place.to_bytes(4) + index.to_bytes(2)
        self._places[7 * number : 7 * number + 7] = entry

    def _put(self, content: bytes) -> None:
        self._file.write(content)
        self._at += len(content)


def _workspace(first: int) -> Pdf:
    """Return a PDF in which the page tree is object `first`, and new objects follow it.

    Objects copied into it get the numbers that they will have in the file, and refer to the objects
    that every file has by their fixed numbers. It has one page and padding, because qpdf treats a
    file without pages, or with more than one object per three bytes, as damaged.
    """
    out = bytearray(b"%PDF-1.7\n%" + b" " * (3 * first) + b"\n")
    table = [b"xref\n0 1\n0000000000 65535 f \n"]
    texts = dict.fromkeys(range(1, _FIRST_FREE), b"<<>>")
    texts[_CATALOG] = b"<</Type/Catalog/Pages %d 0 R>>" % first
    texts[_METADATA] = b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 1 1]>>" % first
    texts[first] = b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % _METADATA
    for number, text in texts.items():
        table.append(b"%d 1\n%010d 00000 n \n" % (number, len(out)))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, text)
    begin = len(out)
    out += b"".join(table)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\n" % (first + 1, _CATALOG)
    out += b"startxref\n%d\n%%%%EOF\n" % begin
    return Pdf.open(BytesIO(out), attempt_recovery=False)


def _bookmarks(source: Pdf, copy: Pdf) -> list[Bookmark]:
    """Return the top-level bookmarks of a part, with the new object numbers of their pages."""
    if Name.Outlines not in source.Root:
        return []
    numbers = {
        _number(page.obj): _number(copied.obj)
        for page, copied in zip(source.pages, copy.pages, strict=True)
    }
    found: list[Bookmark] = []
    item = source.Root.Outlines.get(Name.First)
    while item is not None:
        found.append(Bookmark(str(item.Title), numbers[_number(item.Dest[0])]))
        item = item.get(Name.Next)
    return found


def _outline_item(
    bookmark: Bookmark, parent: int, siblings: Sequence[int], place: int, fold: bytes = b""
) -> bytes:
    title = ("\ufeff" + bookmark.title).encode("utf-16-be").hex().encode()
    before = b"/Prev %d 0 R" % siblings[place - 1] if place else b""
    after = b"/Next %d 0 R" % siblings[place + 1] if place + 1 < len(siblings) else b""
    return b"<</Title<%s>/Parent %d 0 R%s%s%s/Dest[%d 0 R/Fit]>>" % (
        *(title, parent, before, after),
        *(fold, bookmark.page),
    )


def _ends(numbers: Sequence[int]) -> bytes:
    return b"/First %d 0 R/Last %d 0 R" % (numbers[0], numbers[-1]) if numbers else b""


def _references(numbers: Iterable[int]) -> bytes:
    return b"[%s]" % b" ".join(b"%d 0 R" % number for number in numbers)


def _number(item: Object) -> int:
    return int(item.objgen[0])
