"""A key that the different spellings of one address share.

`12 Main Street, Apt. 4`, `12 MAIN ST #4` and `12 Main St` with `Unit 4` on the next line are one
address. Words are abbreviated as the Postal Service's Publication 28 does, by the tables of
`usaddress-scourgify`: its appendices B (directions), C1 (street suffixes) and C2 (units).
"""

import re
import unicodedata
from typing import TYPE_CHECKING

from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    from scourgify import address_constants as tables
else:
    tables = lazy_import("scourgify.address_constants")

#: Words that only announce a unit; its number or letter distinguishes it.
_DESIGNATORS = frozenset({"APT", "UNIT", "STE", "RM", "NO", "NUM", "NUMBER", "#"})
_PHRASES = (
    (re.compile(r"\b(?:POST OFFICE|P O) BOX\b"), "PO BOX"),
    (re.compile(r"\b(?:RURAL ROUTE|RURAL RT|R R|RFD)\b"), "RR"),
    (re.compile(r"\b(?:HIGHWAY CONTRACT|H C)\b"), "HC"),
    (re.compile(r"\bCOUNTY (?:ROAD|RD|RTE)\b"), "CR"),
    (re.compile(r"\bSAINT\b"), "ST"),
)
_WORD = re.compile(r"[^\W_]+(?:[-/][^\W_]+)*|#")
_ENDINGS = {1: "ST", 2: "ND", 3: "RD"}
_ORDINALS = {
    word: f"{number}{_ENDINGS.get(number, 'TH')}"
    for number, word in enumerate(
        (
            *("FIRST", "SECOND", "THIRD", "FOURTH", "FIFTH", "SIXTH", "SEVENTH", "EIGHTH"),
            *("NINTH", "TENTH", "ELEVENTH", "TWELFTH", "THIRTEENTH", "FOURTEENTH", "FIFTEENTH"),
            *("SIXTEENTH", "SEVENTEENTH", "EIGHTEENTH", "NINETEENTH", "TWENTIETH"),
        ),
        start=1,
    )
}


def address_key(*lines: str) -> str:
    """Return the key of an address from its street lines, "" if they are empty.

    The key is uppercase words separated by spaces, such as `12 MAIN ST 4`. Source: Postal Service,
    Publication 28, appendices B and C.
    """
    typed = re.sub("([¼-¾⅐-⅞])", r" \1 ", " ".join(lines))
    plain = unicodedata.normalize("NFKD", typed).upper().replace("⁄", "/")
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    plain = re.sub(r"\b([A-Z])\.\s?([A-Z])\.", r"\1\2 ", plain)  # `N.W.`, `P. O.`
    plain = " ".join(re.sub(r"[.,;:()]", " ", re.sub(r"['’]", "", plain)).split())
    for phrase, short in _PHRASES:
        plain = phrase.sub(short, plain)
    words = [_short(word) for word in _WORD.findall(plain)]
    kept = [word for word in words if word not in _DESIGNATORS]
    # `4-B` and `4 B` are `4B`; `12-14` is a number of its own.
    joined = " ".join(
        re.sub(r"^(\d+)-([A-Z])$|^([A-Z])-(\d+)$", r"\1\2\3\4", word) for word in kept
    )
    return re.sub(r"(?<= )(\d+) ([A-Z])$", r"\1\2", joined)


def _short(word: str) -> str:
    for table in (
        tables.DIRECTIONAL_REPLACEMENTS,
        tables.STREET_TYPE_ABBREVIATIONS,
        tables.OCCUPANCY_TYPE_ABBREVIATIONS,
        _ORDINALS,
    ):
        if word in table:
            return str(table[word])
    return word
