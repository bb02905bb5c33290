"""Blank sheets for a table at an event: ten lines to sign or to pledge on, a QR code, a page id.

The page id tells a sheet from every other: it is printed on it, and in the address behind its QR
code as the source, `paper-ID`, so that who signs by telephone beside the table is known to come
from there. Whoever types the sheet up enters the same id.
"""

import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

import segno

from campaign import text
from campaign.errors import InvalidInput
from campaign.letters.print import printable_text
from campaign.letters.print.file_date import stamp_of
from campaign.letters.print.typst_compiler import Press
from campaign.packs.pack import Pack

Kind = Literal["signup", "pledge"]
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_PAGES = 200
LINES = 10

# No figure or letter that is taken for another, or makes words. A prime number of them, so that the
# last one, which checks the others, finds every wrong one and every two that changed places.
_ALPHABET = "23456789BCDFGHJKMNPQRTV"
_CHOSEN = 6

_press = Press("signup-sheet.typ")


@dataclass(frozen=True)
class PageId:
    """What a sheet is called: seven characters such as `K7M-3Q93`, the last of which checks."""

    code: str

    @classmethod
    def new(cls) -> "PageId":
        """Return an id that no other sheet has, as good as certainly: one of 148 million."""
        chosen = "".join(secrets.choice(_ALPHABET) for _ in range(_CHOSEN))
        return cls(chosen + _check(chosen))

    @classmethod
    def parse(cls, typed: str) -> "PageId":
        """Read an id as it is typed from a sheet, in any case, with or without `paper-`.

        Raises InvalidInput (field "sheet") where a character is wrong.
        """
        code = text.with_hyphens(text.line(typed, limit=40, field="sheet"))
        code = code.upper().removeprefix("PAPER-")
        code = code.replace("-", "").replace(" ", "")
        is_one = len(code) == _CHOSEN + 1 and set(code) <= set(_ALPHABET)
        if not is_one or _check(code[:-1]) != code[-1]:
            raise InvalidInput(
                "This is no page id: look at the foot of the sheet, as in "
                f"{PageId('K7M3Q9' + _check('K7M3Q9'))}.",
                field="sheet",
            )
        return cls(code)

    def __str__(self) -> str:
        return f"{self.code[:3]}-{self.code[3:]}"

    @property
    def source(self) -> str:
        """What a signature's source says that came by this sheet: `paper-K7M-3Q93`."""
        return f"paper-{self}"


def _check(chosen: str) -> str:
    total = sum(place * _ALPHABET.index(char) for place, char in enumerate(chosen, start=2))
    return _ALPHABET[total % len(_ALPHABET)]


def new_ids(pages: int) -> tuple[PageId, ...]:
    """Return ids for so many pages, each another. Raises InvalidInput for none or too many."""
    if not 1 <= pages <= MOST_PAGES:
        raise InvalidInput(f"Print from 1 to {MOST_PAGES} pages at once.", field="pages")
    ids: dict[PageId, None] = {}
    while len(ids) < pages:
        ids[PageId.new()] = None
    return tuple(ids)


def pdf(pack: Pack, ids: Sequence[PageId], *, kind: Kind, base_url: str, today: date) -> bytes:
    """Return the sheets as one PDF/UA-1 file on US Letter paper, a page an id.

    `base_url` is the site's own address, to which the QR codes lead.
    """
    texts = pack.text()
    home = f"{base_url}/c/{pack.name}/"
    pages = [
        {
            "id": str(page),
            "qr": _qr(f"{home}?source={page.source}"),
        }
        for page in ids
    ]
    return _press.print(
        {
            "title": f"{_TITLES[kind]}: {printable_text.printed(texts.title)}",
            "kind": kind,
            "campaign": printable_text.printed(texts.title),
            "headline": printable_text.printed(texts.headline),
            "standfirst": printable_text.printed(texts.standfirst),
            "addressees": printable_text.printed(texts.addressees),
            "organizer": printable_text.printed(pack.organizer.name),
            "email": printable_text.printed(pack.organizer.email),
            "address": home.partition("://")[2],
            "privacy": f"{base_url.partition('://')[2]}/privacy",
            "lines": LINES,
            "pages": pages,
        },
        stamp=stamp_of(today),
    )


_TITLES: dict[Kind, str] = {"signup": "Sign-up sheet", "pledge": "Pledge sheet"}


def _qr(url: str) -> str:
    """Return a QR code as an SVG; a quarter of it may be lost to a fold or a stain."""
    made = io.BytesIO()
    segno.make(url, error="q", micro=False).save(made, kind="svg", border=0, xmldecl=False)
    return made.getvalue().decode()
