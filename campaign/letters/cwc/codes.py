"""Codes of Communicating With Congress 2.0: offices, prefixes, types of bills."""

import re

from campaign.congress.members import Chamber, Seat
from campaign.packs.bills import Bill

#: The prefixes that the Senate accepts, which every form here offers.
PREFIXES: tuple[str, ...] = ("Mr.", "Mrs.", "Miss", "Ms.", "Dr.")

# The code of American Samoa's office, which differs from the state code in its addresses.
_HOUSE_CODES = {"AS": "AQ"}

_PHONE = re.compile(r"(?:\+?1)?([2-9][0-9]{2})([0-9]{3})([0-9]{4})")


def office_code(seat: Seat) -> str:
    """Return the code of a seat's office: `HCA30`, `HWY00`, `HAQ00`; `SMT01` for a Senate class.

    At-large states, delegates and the resident commissioner have the number 00.
    """
    if seat.chamber == "senate":
        return f"S{seat.state}{seat.senate_class or 0:02d}"
    return f"H{_HOUSE_CODES.get(seat.state, seat.state)}{seat.district or 0:02d}"


def chamber_of(office: str) -> Chamber:
    """Return the chamber of an office by its code."""
    return "senate" if office.startswith("S") else "house"


def bill_type(bill: Bill, chamber: Chamber) -> str:
    """Return the type of bill as that chamber spells it: `hjres` or, in the Senate, `H.J.Res.`."""
    return bill.type if chamber == "house" else bill.abbreviation


def prefix(typed: str) -> str:
    """Return the prefix as Congress spells it (`Mrs.` for `mrs`), or "" for any other."""
    bare = typed.strip().rstrip(".").casefold()
    return next((known for known in PREFIXES if known.rstrip(".").casefold() == bare), "")


def phone(typed: str) -> str:
    """Return a phone number as `406-555-0100`, or "" for one outside the United States."""
    found = _PHONE.fullmatch(re.sub(r"[\s().\-/]", "", typed))
    return "-".join(found.groups()) if found else ""
