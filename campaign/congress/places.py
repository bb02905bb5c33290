"""Places as people write them: ZIP codes, states, districts, street addresses."""

import re
from dataclasses import dataclass

from campaign.errors import InvalidInput
from campaign.messages import Message
from campaign.text import with_hyphens

#: The states, and the six places that send a delegate or a resident commissioner
#: (2 U.S.C. 25a; 48 U.S.C. 891, 1711, 1731, 1751). Codes are the Postal Service's.
STATES: dict[str, Message] = {
    "AL": Message("Alabama"),
    "AK": Message("Alaska"),
    "AZ": Message("Arizona"),
    "AR": Message("Arkansas"),
    "CA": Message("California"),
    "CO": Message("Colorado"),
    "CT": Message("Connecticut"),
    "DE": Message("Delaware"),
    "FL": Message("Florida"),
    "GA": Message("Georgia"),
    "HI": Message("Hawaii"),
    "ID": Message("Idaho"),
    "IL": Message("Illinois"),
    "IN": Message("Indiana"),
    "IA": Message("Iowa"),
    "KS": Message("Kansas"),
    "KY": Message("Kentucky"),
    "LA": Message("Louisiana"),
    "ME": Message("Maine"),
    "MD": Message("Maryland"),
    "MA": Message("Massachusetts"),
    "MI": Message("Michigan"),
    "MN": Message("Minnesota"),
    "MS": Message("Mississippi"),
    "MO": Message("Missouri"),
    "MT": Message("Montana"),
    "NE": Message("Nebraska"),
    "NV": Message("Nevada"),
    "NH": Message("New Hampshire"),
    "NJ": Message("New Jersey"),
    "NM": Message("New Mexico"),
    "NY": Message("New York"),
    "NC": Message("North Carolina"),
    "ND": Message("North Dakota"),
    "OH": Message("Ohio"),
    "OK": Message("Oklahoma"),
    "OR": Message("Oregon"),
    "PA": Message("Pennsylvania"),
    "RI": Message("Rhode Island"),
    "SC": Message("South Carolina"),
    "SD": Message("South Dakota"),
    "TN": Message("Tennessee"),
    "TX": Message("Texas"),
    "UT": Message("Utah"),
    "VT": Message("Vermont"),
    "VA": Message("Virginia"),
    "WA": Message("Washington"),
    "WV": Message("West Virginia"),
    "WI": Message("Wisconsin"),
    "WY": Message("Wyoming"),
    "AS": Message("American Samoa"),
    "DC": Message("the District of Columbia"),
    "GU": Message("Guam"),
    "MP": Message("the Northern Mariana Islands"),
    "PR": Message("Puerto Rico"),
    "VI": Message("the U.S. Virgin Islands"),
}

#: Places with a delegate (or, Puerto Rico, a resident commissioner) and no senators.
DELEGATIONS = frozenset({"AS", "DC", "GU", "MP", "PR", "VI"})

#: FIPS code -> state or delegation (ANSI INCITS 38).
FIPS_STATES: dict[str, str] = {
    "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", "10": "DE",
    "11": "DC", "12": "FL", "13": "GA", "15": "HI", "16": "ID", "17": "IL", "18": "IN", "19": "IA",
    "20": "KS", "21": "KY", "22": "LA", "23": "ME", "24": "MD", "25": "MA", "26": "MI", "27": "MN",
    "28": "MS", "29": "MO", "30": "MT", "31": "NE", "32": "NV", "33": "NH", "34": "NJ", "35": "NM",
    "36": "NY", "37": "NC", "38": "ND", "39": "OH", "40": "OK", "41": "OR", "42": "PA", "44": "RI",
    "45": "SC", "46": "SD", "47": "TN", "48": "TX", "49": "UT", "50": "VT", "51": "VA", "53": "WA",
    "54": "WV", "55": "WI", "56": "WY", "60": "AS", "66": "GU", "69": "MP", "72": "PR", "78": "VI",
}  # fmt: skip

_STATE_CODES = {
    **{code.casefold(): code for code in STATES},
    **{
        "".join(char for char in str(name).removeprefix("the ").casefold() if char.isalnum()): code
        for code, name in STATES.items()
    },
    "washingtondc": "DC",
    "virginislands": "VI",
    "commonwealthofthenorthernmarianaislands": "MP",
}

_ZIP = re.compile(r"([0-9]{5})(?:\s*-?\s*([0-9]{4}))?")
_DISTRICT = re.compile(r"([A-Za-z]{2})[- ]?(?:([0-9]{1,2})|(AL|al|At-Large|at-large))?")


@dataclass(frozen=True, order=True, slots=True)
class ZipCode:
    """A five-digit ZIP with its optional add-on, as text: leading zeros matter."""

    five: str
    plus4: str = ""

    @classmethod
    def parse(cls, text: str) -> "ZipCode":
        """Parse `97201`, ` 97201 `, `97201-1234` or `972011234`, with any kind of dash.

        Raises InvalidInput (field "zip") for anything else.
        """
        found = _ZIP.fullmatch(with_hyphens(text).strip())
        if found is None:
            raise InvalidInput("Enter the ZIP code where you live, such as 59001.", field="zip")
        return cls(found[1], found[2] or "")

    def __str__(self) -> str:
        return f"{self.five}-{self.plus4}" if self.plus4 else self.five


@dataclass(frozen=True, order=True)
class District:
    """A congressional district: state and number, 0 if it is the whole state or territory."""

    state: str
    number: int

    @classmethod
    def parse(cls, text: str) -> "District":
        """Parse `CA-30`, `ca30`, `WY-0`, `WY-AL`, `WY`, without checking that it exists.

        Raises InvalidInput (field "district") for anything else.
        """
        found = _DISTRICT.fullmatch(with_hyphens(text).strip())
        if found is None or found[1].upper() not in STATES:
            raise InvalidInput(
                "Enter a state and district such as CA-30, or WY-0 for a state with one district.",
                field="district",
            )
        return cls(found[1].upper(), int(found[2] or 0))

    def __str__(self) -> str:
        return f"{self.state}-{self.number}"

    @property
    def has_senators(self) -> bool:
        """False for the six places that send only a delegate or a resident commissioner."""
        return self.state not in DELEGATIONS

    @property
    def title(self) -> Message:
        """The district in words: `California's 30th district`, `Wyoming, at large`."""
        name = STATES[self.state]
        if self.state in DELEGATIONS:
            return name
        if self.number == 0:
            return Message("%(state)s, at large", state=name)
        possessive = f"{name}'" if name.endswith("s") else f"{name}'s"
        return Message(
            "%(state)s, district %(number)s",
            english=f"{possessive} {ordinal(self.number)} district",
            state=name,
            number=self.number,
        )


@dataclass(frozen=True)
class StreetAddress:
    """A street with its city, state and ZIP for the geocoder; city and state may be empty."""

    street: str
    city: str = ""
    state: str = ""
    zip: str = ""

    @property
    def one_line(self) -> str:
        """`421 8th Ave, New York, NY 10001`."""
        tail = " ".join(part for part in (self.state, self.zip) if part)
        return ", ".join(part for part in (self.street, self.city, tail) if part)


def state_code(typed: str) -> str:
    """Return the code of a state or delegation by its code or English name, "" for none.

    Accepts `mt`, `Montana`, `D.C.`, `Washington, D.C.` and `Northern Mariana Islands`.
    """
    plain = "".join(char for char in typed.casefold() if char.isalnum())
    return _STATE_CODES.get(plain, "")


def join_names(names: list[Message]) -> Message:
    """Return `Montana, South Dakota and Wyoming`; a single name is returned unchanged.

    Raises ValueError for an empty list.
    """
    if len(names) == 1:
        return names[0]
    first, *others, last = names
    for name in others:
        first = Message("%(first)s, %(last)s", first=first, last=name)
    return Message("%(first)s and %(last)s", first=first, last=last)


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `3rd`, `11th` for a positive number."""
    if number % 100 in {11, 12, 13}:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
