"""Bills that a campaign is about: the tables `[[bill]]` of campaign.toml, and `119 H.R. 1234`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal, get_args

from campaign.errors import Problem
from campaign.packs import toml

BillType = Literal["hr", "hres", "hjres", "hconres", "s", "sres", "sjres", "sconres"]
BILL_TYPES: tuple[BillType, ...] = get_args(BillType)

#: Whether the campaign is for its bills or against them, in the terms of CWC 2.0.
Stance = Literal["", "pro", "con"]
STANCES: tuple[Stance, ...] = get_args(Stance)

#: The campaign's side on a bill.
Side = Literal["for", "against"]
SIDES: tuple[Side, ...] = get_args(Side)
#: Limits of `[[bill]]`: how many, and the length of a title in characters.
MAX_BILLS, MAX_TITLE = 20, 200

#: The kinds of bills as they are printed.
ABBREVIATIONS: dict[BillType, str] = {
    "hr": "H.R.",
    "hres": "H.Res.",
    "hjres": "H.J.Res.",
    "hconres": "H.Con.Res.",
    "s": "S.",
    "sres": "S.Res.",
    "sjres": "S.J.Res.",
    "sconres": "S.Con.Res.",
}

_BILL = re.compile(
    r"([1-9][0-9]{0,2})(?:th|st|nd|rd)?[\s,-]+([a-z. ]+?)[\s.-]*([1-9][0-9]{0,4})", re.I
)

_GAP = r"(?:\s|&nbsp;)*"
#: Each kind of bill as it stands in a text: `H.R.`, `HR`, `H. R.`; a lone "s" is no bill.
_SPELLINGS = {
    kind: _GAP.join(rf"{letter}\.?" for letter in kind) if kind != "s" else r"(?-i:S)\.?"
    for kind in BILL_TYPES
}
# "U.S. 5" and the mark "[^119-hr-7000]" name no bill, nor does "S. 5,000".
_NAMED = re.compile(
    rf"(?<![\w.-])(?:{'|'.join(f'(?P<{kind}>{_SPELLINGS[kind]})' for kind in BILL_TYPES)})"
    rf"(?:{_GAP}No\.)?{_GAP}(?P<number>[1-9][0-9]{{0,4}})(?![0-9]|[.,][0-9])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Bill:
    """A bill or resolution of one Congress."""

    congress: int
    type: BillType
    number: int

    def __str__(self) -> str:
        """`H.R. 6840 (119th Congress)`."""
        return f"{self.abbreviation} {self.number} ({self.congress_in_words})"

    @property
    def congress_in_words(self) -> str:
        """Its Congress in English: `119th Congress`."""
        return f"{_ordinal(self.congress)} Congress"

    @property
    def abbreviation(self) -> str:
        """The kind of bill as it is printed: `H.R.`, `S.J.Res.`."""
        return ABBREVIATIONS[self.type]

    @classmethod
    def parse(cls, text: str) -> "Bill | None":
        """Read `119 H.R. 1234`, `119-hr-1234` or `119 S.J.Res. 5`; None for anything else."""
        found = _BILL.fullmatch(text.strip())
        if found is None:
            return None
        spelled = re.sub(r"[^a-z]", "", found[2].lower())
        for known in BILL_TYPES:
            if spelled == known:
                return cls(int(found[1]), known, int(found[3]))
        return None

    @property
    def mark(self) -> str:
        """The id by which sentences cite it, such as `119-hr-6840` in `[^119-hr-6840]`."""
        return f"{self.congress}-{self.type}-{self.number}"

    @property
    def chamber(self) -> Literal["house", "senate"]:
        """The chamber in which it was introduced."""
        return "house" if self.type.startswith("h") else "senate"

    @property
    def ends_on(self) -> date:
        """The day on which its Congress ends, at noon (Twentieth Amendment)."""
        return date(1789 + 2 * self.congress, 1, 3)

    def is_open(self, on_date: date) -> bool:
        """True before the day on which its Congress ends: unfinished bills end with it."""
        return on_date < self.ends_on


@dataclass(frozen=True)
class CampaignBill:
    """A bill with the campaign's side on it, and its title or ""."""

    bill: Bill
    side: Side
    title: str = ""

    @property
    def mark(self) -> str:
        """The id by which sentences cite it, such as `119-hr-6840` in `[^119-hr-6840]`."""
        return self.bill.mark


class BillNames:
    """The numbers of some bills as texts name them: `H.R. 7000`, `HR 7000`, `h. r. 7000`."""

    def __init__(self, bills: Iterable[Bill]) -> None:
        self._bills = {(bill.type, bill.number): bill for bill in bills}

    def within(self, text: str) -> tuple[Bill, ...]:
        """Return those of the bills whose number the text names, in order, each once."""
        named = numbers_in(text) if self._bills else ()
        return tuple(self._bills[number] for number in named if number in self._bills)


@lru_cache(maxsize=2048)
def numbers_in(text: str) -> tuple[tuple[BillType, int], ...]:
    """Return the numbers of bills that a text names, in order, each once; no Congress is known."""
    if not any(character.isdigit() for character in text):
        return ()
    return tuple(dict.fromkeys(_numbers(text)))


def _numbers(text: str) -> Iterator[tuple[BillType, int]]:
    for found in _NAMED.finditer(text):
        kind = next(kind for kind in BILL_TYPES if found[kind])
        yield kind, int(found["number"])


def read(rows: object, text: str, problems: list[Problem]) -> tuple[CampaignBill, ...]:
    """Return the bills of the setting `bill`, a list of tables; () if it is missing.

    `text` is campaign.toml, for the lines of problems. Adds a Problem for each table that cannot be
    used.
    """
    if rows is None:
        return ()
    headings = [
        number
        for number, row in enumerate(text.splitlines(), start=1)
        if row.replace(" ", "").startswith("[[bill]]")
    ]
    found: dict[Bill, CampaignBill] = {}
    for index, row in enumerate(rows if isinstance(rows, list) else [rows]):
        line = headings[index] if index < len(headings) else toml.line_of(text, "bill")
        campaign_bill = _parsed(row)
        reason = campaign_bill if isinstance(campaign_bill, str) else ""
        if isinstance(campaign_bill, CampaignBill):
            if campaign_bill.bill in found:
                reason = f"{campaign_bill.bill} is listed twice."
            elif len(found) >= MAX_BILLS:
                reason = f"List {MAX_BILLS} bills at most."
            else:
                found[campaign_bill.bill] = campaign_bill
        if reason:
            problems.append(Problem("campaign.toml", line, reason))
    return tuple(found.values())


def _parsed(row: object) -> CampaignBill | str:
    """Return the bill of a table, or what is wrong with the table."""
    if not isinstance(row, Mapping):
        return "Write each bill under [[bill]], with number, congress and side."
    if strange := sorted(row.keys() - {"number", "congress", "side", "title"}):
        return f'A bill has no setting "{strange[0]}".'
    congress, number = row.get("congress"), row.get("number")
    if not isinstance(congress, int) or isinstance(congress, bool) or not 1 <= congress <= 999:
        return "Write the bill's congress as a number (119)."
    bill = Bill.parse(f"{congress} {number}") if isinstance(number, str) else None
    if bill is None:
        return 'Write the bill\'s number as in "H.R. 6840" or "S. 567".'
    side = next((side for side in SIDES if side == row.get("side")), None)
    if side is None:
        return 'Set the bill\'s side to "for" or "against".'
    title = row.get("title", "")
    if not isinstance(title, str) or len(title) > MAX_TITLE:
        return f"Write the bill's title as text of {MAX_TITLE} characters at most."
    return CampaignBill(bill, side, " ".join(title.split()))


def _ordinal(number: int) -> str:
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"
