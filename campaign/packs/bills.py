"""Bills that a campaign is about, as an organizer writes them: `119 H.R. 1234`."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

BillType = Literal["hr", "hres", "hjres", "hconres", "s", "sres", "sjres", "sconres"]
BILL_TYPES: tuple[BillType, ...] = get_args(BillType)

#: Whether the campaign is for its bills or against them.
Stance = Literal["", "pro", "con"]
STANCES: tuple[Stance, ...] = get_args(Stance)

_ABBREVIATIONS: dict[BillType, str] = {
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


@dataclass(frozen=True)
class Bill:
    """A bill or resolution of one Congress."""

    congress: int
    type: BillType
    number: int

    def __str__(self) -> str:
        """`H.R. 6840 (119th Congress)`."""
        return f"{self.abbreviation} {self.number} ({_ordinal(self.congress)} Congress)"

    @property
    def abbreviation(self) -> str:
        """The kind of bill as it is printed: `H.R.`, `S.J.Res.`."""
        return _ABBREVIATIONS[self.type]

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

    def is_open(self, on_date: date) -> bool:
        """True while its Congress has not ended: bills die with it (noon of 3 January)."""
        return on_date < date(1789 + 2 * self.congress, 1, 3)


def _ordinal(number: int) -> str:
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"
