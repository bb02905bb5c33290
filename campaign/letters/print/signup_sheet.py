"""Blank sign-up and pledge sheets for events: ten lines, a QR code, and a page id.

The id is unique to the sheet. It is printed on it and is part of the QR code's address (source
`paper-ID`), so that online signatures from the table are attributed to it. The person who types the
sheet in enters the same id.
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
from campaign.letters.print.typst_compiler import TypstCompiler
from campaign.packs.pack import Pack

SheetKind = Literal["signup", "pledge"]
SHEET_KINDS: tuple[SheetKind, ...] = get_args(SheetKind)
MAX_PAGES = 200
LINES = 10

# No easily confused characters, and no vowels, so that no words appear. Their number is prime, so
# the check character detects every single error and every transposition.
_ALPHABET = "23456789BCDFGHJKMNPQRTV"
_CHOSEN = 6

_compiler = TypstCompiler("signup-sheet.typ")


@dataclass(frozen=True)
class PageId:
    """A sheet's id: seven characters such as `K7M-3Q93`; the last is a check character."""

    code: str

    @classmethod
    def new(cls) -> "PageId":
        """Return a random id, one of 148 million."""
        chosen = "".join(secrets.choice(_ALPHABET) for _ in range(_CHOSEN))
        return cls(chosen + _check_character(chosen))

    @classmethod
    def parse(cls, typed: str) -> "PageId":
        """Parse an id typed from a sheet, in any case, with or without `paper-`.

        Raises InvalidInput (field "sheet") if a character is wrong.
        """
        code = text.with_hyphens(text.line(typed, limit=40, field="sheet"))
        code = code.upper().removeprefix("PAPER-")
        code = code.replace("-", "").replace(" ", "")
        is_one = len(code) == _CHOSEN + 1 and set(code) <= set(_ALPHABET)
        if not is_one or _check_character(code[:-1]) != code[-1]:
            raise InvalidInput(
                "This is no page id: look at the foot of the sheet, as in "
                f"{PageId('K7M3Q9' + _check_character('K7M3Q9'))}.",
                field="sheet",
            )
        return cls(code)

    def __str__(self) -> str:
        return f"{self.code[:3]}-{self.code[3:]}"

    @property
    def source(self) -> str:
        """The source recorded for signatures from this sheet: `paper-K7M-3Q93`."""
        return f"paper-{self}"


def _check_character(chosen: str) -> str:
    total = sum(place * _ALPHABET.index(char) for place, char in enumerate(chosen, start=2))
    return _ALPHABET[total % len(_ALPHABET)]


def new_ids(pages: int) -> tuple[PageId, ...]:
    """Return that many distinct ids. Raises InvalidInput for none or more than MAX_PAGES."""
    if not 1 <= pages <= MAX_PAGES:
        raise InvalidInput(f"Print from 1 to {MAX_PAGES} pages at once.", field="pages")
    ids: dict[PageId, None] = {}
    while len(ids) < pages:
        ids[PageId.new()] = None
    return tuple(ids)


def pdf(pack: Pack, ids: Sequence[PageId], *, kind: SheetKind, base_url: str, today: date) -> bytes:
    """Return the sheets as one PDF/UA-1 file on US Letter paper, one page per id.

    `base_url` is the site's address, to which the QR codes lead.
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
    return _compiler.compile(
        {
            "title": f"{_TITLES[kind]}: {printable_text.printable(texts.title)}",
            "kind": kind,
            "campaign": printable_text.printable(texts.title),
            "headline": printable_text.printable(texts.headline),
            "standfirst": printable_text.printable(texts.standfirst),
            "addressees": printable_text.printable(texts.addressees),
            "organizer": printable_text.printable(pack.organizer.name),
            "email": printable_text.printable(pack.organizer.email),
            "address": home.partition("://")[2],
            "privacy": f"{base_url.partition('://')[2]}/privacy",
            "updates": printable_text.printable(texts.mail_consent),
            "statement": printable_text.printable(pack.funding.statement()),
            "lines": LINES,
            "pages": pages,
        },
        day=today,
    )


_TITLES: dict[SheetKind, str] = {"signup": "Sign-up sheet", "pledge": "Pledge sheet"}


def _qr(url: str) -> str:
    """Return a QR code as SVG, readable even if a quarter is damaged (error correction Q)."""
    made = io.BytesIO()
    segno.make(url, error="q", micro=False).save(made, kind="svg", border=0, xmldecl=False)
    return made.getvalue().decode()
