"""A PDF of any number of pages, written part by part to the disk: its memory is that of one part.

Joining in memory costs 50 KB a letter, for every page stays there until the last. Here each part's
objects are numbered on, packed and written as they come; what stays is where each of them lies. The
parts' tags and bookmarks are kept, and with them PDF/UA. The same parts make the same bytes.

Source: ISO 32000-1, 7.5.7 (object streams), 7.5.8 (cross-reference streams), 7.7.3 (page tree),
12.3.3 (outlines), 14.7 (logical structure).
"""

import hashlib
import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import BinaryIO

from pikepdf import Dictionary, Object, Pdf, Stream

# Objects that every file has, by their numbers here.
_CATALOG, _PAGES, _TAGS, _DOCUMENT, _PARENTS, _OUTLINES, _INFO, _METADATA = range(1, 9)
# More in one object stream would have to be unpacked together.
_PACKED = 200

# Strings are passed over; a reference, and a key of the parent tree, are moved up.
_MOVED = re.compile(
    rb"\((?:[^\\()]|\\.)*\)|<[0-9A-Fa-f]*>|(?<=[ \[])(\d+) 0 R|/StructParents? (\d+)", re.DOTALL
)


# Between bodies that are moved at once: no object has it, for strings are passed over.
_PARTED = b"\nendobj\n"
_TOP = re.compile(rb"/S ?/Document")
_PARENT = re.compile(rb"/P \d+ 0 R")
_END = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\n0 (\d+)\n")


@dataclass(frozen=True, slots=True)
class Mark:
    """A bookmark: its words, the page that it opens, and whether it stands below the last one."""

    title: str
    page: int
    is_below: bool = False


class Volume:
    """A PDF in the making, of parts that the press made from one style: `add` each, then `finish`.

    Title, language and the rest come from the first part.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._at = 0
        self._next = _METADATA + 1
        # Object number -> kind and place, as the cross-reference stream has it.
        self._places = bytearray(7 * self._next)
        self._digest = hashlib.sha256()
        self._kids: list[tuple[int, int]] = []
        self._divisions: list[int] = []
        self._parents: list[tuple[int, int, int]] = []
        self._next_key = 0
        self._marks: list[Mark] = []
        self._roles: dict[bytes, bytes] = {}
        self._catalog = b""
        self._write(b"%PDF-1.7\n%\x80\x80\x80\x80\n")

    @property
    def pages(self) -> int:
        """How many pages there are so far."""
        return sum(count for _, count in self._kids)

    def add(self, part: bytes) -> list[int]:
        """Write the pages of a part, and return where its own bookmarks lead, in their order.

        Such a place is for `mark`; the part's bookmarks themselves are not kept.
        """
        with Pdf.open(BytesIO(part)) as pdf:
            return self._add(pdf, part)

    def mark(self, marks: Iterable[Mark]) -> None:
        """Add bookmarks, in the order of the pages."""
        self._marks += marks

    def finish(self) -> None:
        """Write what ties the parts together. Nothing can be added afterwards."""
        self._pack(
            [
                (_CATALOG, self._catalog),
                (_PAGES, _pages(self._kids)),
                (_TAGS, self._tags()),
                (
                    _DOCUMENT,
                    b"<</Type/StructElem/S/Document/P %d 0 R/K%s>>"
                    % (_TAGS, _references(self._divisions)),
                ),
                (_PARENTS, b"<</Kids%s>>" % _references(node for _, _, node in self._parents)),
                *self._outlines(),
            ]
        )
        self._write_places()

    # -- one part ----------------------------------------------------------------------------------

    def _add(self, pdf: Pdf, part: bytes) -> list[int]:
        root = pdf.Root
        tags = root.StructTreeRoot
        [document] = tags.K
        base = self._next - 1
        # Not by its list of objects, which would take every one of them apart.
        many = int(pdf.trailer.Size) - 1
        self._next += many
        self._places += bytes(7 * many)
        top, leaves = _number(document), _number(root.Pages)
        moved = {_number(tags): _TAGS, _number(root): _CATALOG}
        starts, bookmarks = _bookmarks(root)
        left_out = {*moved, *bookmarks}
        left_out |= {*_numbers(pdf.trailer.get("/Info")), *_numbers(root.get("/Metadata"))}
        if not self._kids:
            self._begin(pdf)
        numbers, bodies, streams = _taken_apart(pdf, part, many, left_out)
        move = _mover(many, base, moved, self._next_key)
        # All at once: each body by itself would cost as much again.
        bodies = move(_PARTED.join([b"", *bodies])).split(_PARTED)[1:]
        plain: list[tuple[int, bytes]] = []
        for number, body in zip(numbers, bodies, strict=True):
            if number in streams:
                self._write_stream(base + number, body, streams[number])
                continue
            if number == top:
                body = _TOP.sub(b"/S /Part", body, count=1)
                body = _PARENT.sub(b"/P %d 0 R" % _DOCUMENT, body, count=1)
            elif number == leaves:
                body = body.rstrip()[:-2] + b"/Parent %d 0 R >>" % _PAGES
            plain.append((base + number, body))
        self._kids.append((base + leaves, int(root.Pages.Count)))
        self._divisions.append(base + top)
        plain.append(self._parent_node(tags, move))
        for name, role in dict(tags.get("/RoleMap", Dictionary())).items():
            self._roles[name.encode()] = role.unparse()
        self._pack(plain)
        return [base + page for page in starts]

    def _begin(self, pdf: Pdf) -> None:
        """Take from the first part what describes the whole."""
        root = pdf.Root
        kept = b"".join(
            b"%s %s" % (name.encode(), root[name].unparse(resolved=True))
            for name in ("/Lang", "/MarkInfo", "/ViewerPreferences")
        )
        self._catalog = (
            b"<</Type/Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/Outlines %d 0 R/Metadata %d 0 R"
            b"%s>>" % (_PAGES, _TAGS, _OUTLINES, _METADATA, kept)
        )
        metadata = root.Metadata
        self._write_stream(
            _METADATA, metadata.stream_dict.unparse(resolved=True), metadata.read_raw_bytes()
        )
        self._pack([(_INFO, pdf.trailer.Info.unparse(resolved=True))])

    def _parent_node(self, tags: Object, move: Callable[[bytes], bytes]) -> tuple[int, bytes]:
        """Return the part's share of the parent tree, its keys moved up."""
        pairs = list(tags.ParentTree.Nums)
        keys = [self._next_key + int(key) for key in pairs[::2]]
        values = [move(b" " + value.unparse()) for value in pairs[1::2]]
        nums = b" ".join(b"%d%s" % pair for pair in zip(keys, values, strict=True))
        number = self._new()
        self._parents.append((keys[0], keys[-1], number))
        self._next_key += int(tags.ParentTreeNextKey)
        return number, b"<</Limits[%d %d]/Nums[%s]>>" % (keys[0], keys[-1], nums)

    # -- the whole ---------------------------------------------------------------------------------

    def _tags(self) -> bytes:
        roles = b"".join(b"%s %s" % role for role in sorted(self._roles.items()))
        return (
            b"<</Type/StructTreeRoot/K[%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d"
            b"/RoleMap<<%s>>>>" % (_DOCUMENT, _PARENTS, self._next_key, roles)
        )

    def _outlines(self) -> list[tuple[int, bytes]]:
        """Return the bookmarks: those below another are folded away until it is opened."""
        upper: list[tuple[Mark, list[Mark]]] = []
        for mark in self._marks:
            if mark.is_below and upper:
                upper[-1][1].append(mark)
            else:
                upper.append((mark, []))
        numbers = [self._new() for _ in upper]
        items: list[tuple[int, bytes]] = []
        for place, (mark, below) in enumerate(upper):
            under = [self._new() for _ in below]
            fold = (
                b"/First %d 0 R/Last %d 0 R/Count %d" % (under[0], under[-1], -len(under))
                if under
                else b""
            )
            items.append((numbers[place], _bookmark(mark, _OUTLINES, numbers, place, fold)))
            items += [
                (under[at], _bookmark(one, numbers[place], under, at))
                for at, one in enumerate(below)
            ]
        ends = b"/First %d 0 R/Last %d 0 R" % (numbers[0], numbers[-1]) if numbers else b""
        return [(_OUTLINES, b"<</Type/Outlines%s/Count %d>>" % (ends, len(numbers))), *items]

    # -- the file ----------------------------------------------------------------------------------

    def _new(self) -> int:
        self._next += 1
        self._places += bytes(7)
        return self._next - 1

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._at += len(content)

    def _write_stream(self, number: int, dictionary: bytes, content: bytes) -> None:
        """Write a stream as an object of its own."""
        self._place(number, 1, self._at, 0)
        self._digest.update(content)
        body = re.sub(rb"/Length \d+( 0 R)?", b"", dictionary.rstrip(), count=1)[:-2]
        self._write(b"%d 0 obj\n%s/Length %d>>\nstream\n" % (number, body, len(content)))
        self._write(content)
        self._write(b"\nendstream\nendobj\n")

    def _pack(self, items: Sequence[tuple[int, bytes]]) -> None:
        """Write other objects, many of them in one compressed stream."""
        for begin in range(0, len(items), _PACKED):
            pack = items[begin : begin + _PACKED]
            holder = self._new()
            heads, bodies, at = [], [], 0
            for index, (number, body) in enumerate(pack):
                self._place(number, 2, holder, index)
                heads.append(b"%d %d" % (number, at))
                bodies.append(body)
                at += len(body) + 1
            head = b" ".join(heads) + b"\n"
            self._write_stream(
                holder,
                b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode>>" % (len(pack), len(head)),
                zlib.compress(head + b"\n".join(bodies)),
            )

    def _place(self, number: int, kind: int, place: int, index: int) -> None:
        entry = bytes([kind]) + place.to_bytes(4) + index.to_bytes(2)
        self._places[7 * number : 7 * number + 7] = entry

    def _write_places(self) -> None:
        number = self._new()
        self._place(number, 1, self._at, 0)
        self._places[:7] = b"\0" * 5 + b"\xff\xff"
        content = zlib.compress(bytes(self._places))
        begin = self._at
        identity = self._digest.hexdigest()[:32].encode()
        self._write(
            b"%d 0 obj\n<</Type/XRef/Size %d/W[1 4 2]/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]"
            b"/Filter/FlateDecode/Length %d>>\nstream\n"
            % (number, self._next, _CATALOG, _INFO, identity, identity, len(content))
        )
        self._write(content)
        self._write(b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % begin)


def _taken_apart(
    pdf: Pdf, part: bytes, many: int, left_out: Collection[int]
) -> tuple[list[int], list[bytes], dict[int, bytes]]:
    """Return the numbers of a part's objects, their bodies, and what its streams hold."""
    plain = _bodies(part, many)
    numbers, bodies, streams = [], [], {}
    for number in range(1, many + 1):
        if number in left_out:
            continue
        body = plain.get(number)
        if body is None:
            item = pdf.get_object(number, 0)
            if isinstance(item, Stream):
                streams[number] = item.read_raw_bytes()
                body = item.stream_dict.unparse(resolved=True)
            else:
                body = item.unparse(resolved=True)
        numbers.append(number)
        bodies.append(body)
    return numbers, bodies, streams


def _mover(many: int, base: int, moved: Mapping[int, int], key: int) -> Callable[[bytes], bytes]:
    """Return what moves the references of a part up by `base`, and its keys by `key`."""
    references = [b"%d 0 R" % moved.get(number, base + number) for number in range(many + 1)]

    def one(match: re.Match[bytes]) -> bytes:
        if match.lastindex == 1:
            return references[int(match[1])]
        if match.lastindex == 2:
            name = match[0].partition(b" ")[0]
            return b"%s %d" % (name, key + int(match[2]))
        return match[0]

    return lambda body: _MOVED.sub(one, body)


def _bodies(part: bytes, objects: int) -> dict[int, bytes]:
    """Return the objects of a part as they stand in it, by number, where that is plain to see.

    That is a third of the work of taking each apart. Streams, and what holds a string, in which
    anything may stand, are left to the library; so is all of a file that lacks a plain table.
    """
    end = _END.search(part, len(part) - 60)
    table = _TABLE.match(part, int(end[1])) if end else None
    if end is None or table is None or int(table[1]) != objects + 1:
        return {}
    places = [
        int(part[at : at + 10])
        for at in range(table.end() + 20, table.end() + 20 * objects + 20, 20)
    ]
    ends = dict(pairwise(sorted([*places, int(end[1])])))
    found: dict[int, bytes] = {}
    for number, place in enumerate(places, start=1):
        head, tail = b"%d 0 obj\n" % number, b"\nendobj\n"
        body = part[place : ends[place]].rstrip() + b"\n"
        if not body.startswith(head) or not body.endswith(tail):
            return {}
        body = body[len(head) : -len(tail)]
        if b"(" not in body and b"stream" not in body:
            found[number] = body
    return found


def _bookmarks(root: Object) -> tuple[list[int], set[int]]:
    """Return the pages that a part's bookmarks lead to, and the objects that they are made of."""
    pages: list[int] = []
    objects: set[int] = set()
    if "/Outlines" not in root:
        return pages, objects
    objects.add(_number(root.Outlines))
    item = root.Outlines.get("/First")
    while item is not None:
        objects.add(_number(item))
        objects |= {*_numbers(item.Dest)}
        pages.append(_number(item.Dest[0]))
        item = item.get("/Next")
    return pages, objects


def _bookmark(
    mark: Mark, parent: int, siblings: Sequence[int], place: int, fold: bytes = b""
) -> bytes:
    title = ("\ufeff" + mark.title).encode("utf-16-be").hex().encode()
    before = b"/Prev %d 0 R" % siblings[place - 1] if place else b""
    after = b"/Next %d 0 R" % siblings[place + 1] if place + 1 < len(siblings) else b""
    return b"<</Title<%s>/Parent %d 0 R%s%s%s/Dest[%d 0 R/Fit]>>" % (
        title,
        parent,
        before,
        after,
        fold,
        mark.page,
    )


def _pages(kids: Sequence[tuple[int, int]]) -> bytes:
    count = sum(count for _, count in kids)
    return b"<</Type/Pages/Count %d/Kids%s>>" % (count, _references(kid for kid, _ in kids))


def _references(numbers: Iterable[int]) -> bytes:
    return b"[%s]" % b" ".join(b"%d 0 R" % number for number in numbers)


def _number(item: Object) -> int:
    return int(item.objgen[0])


def _numbers(item: Object | None) -> Iterable[int]:
    """Yield the number of an object that is one of its own."""
    if item is not None and item.is_indirect:
        yield _number(item)
