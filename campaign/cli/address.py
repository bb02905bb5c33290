"""A writer's postal address from the command line, completed from the ZIP if that is certain."""

import re
from dataclasses import dataclass

from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import STATES, ZipCode
from campaign.congress.postal import is_military
from campaign.errors import InvalidInput
from campaign.letters.compose import Constituent
from campaign.text import line, with_hyphens

_STATE_AND_ZIP = re.compile(r"([A-Za-z]{2})\.?(?:\s+([0-9]{5}(?:-?[0-9]{4})?))?")
_UNIT = re.compile(r"(?:#|(?:apt|apartment|unit|suite|ste|room|rm|floor|fl|lot)\b)", re.IGNORECASE)


@dataclass(frozen=True)
class _Typed:
    """An address as typed, in parts; missing parts are empty."""

    street: str
    unit: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""


def home_at(congress: Congress, place: ZipCode, address: str, city: str, state: str) -> Constituent:
    """Return a nameless Constituent at the full address.

    Offices answer only constituents with a full address. City and state come from --city and
    --state, then from the address, then from the ZIP's post office, whose name the Postal Service
    accepts for every address of the ZIP. Raises InvalidInput if the parts disagree or are missing.
    """
    typed = _typed_address(line(address, limit=200, field="address"))
    if typed.zip and typed.zip[:5] != place.five:
        raise InvalidInput(
            f"The address ends in {typed.zip}, but --zip says {place}. Correct one of the two.",
            field="zip",
        )
    post_office = congress.zips.get(place.five)
    town = line(city, limit=60, field="city") or typed.city
    home = require_agreement(
        congress, place, state=line(state, limit=40, field="state") or typed.state
    )
    code = home.state
    if not code and len(home.states) > 1:
        raise InvalidInput(
            f"{place} crosses a state line: add --state, such as {min(home.states)}.",
            field="state",
        )
    if not code and post_office is not None and post_office.state in STATES:
        code = post_office.state
    if not town and post_office is not None and code == post_office.state:
        town = post_office.city
    if not code and is_military(place.five):
        raise InvalidInput(
            f"{place.five} is a military address, in no state. Give the address where you vote.",
            field="zip",
        )
    if not town or not code:
        raise InvalidInput(
            f"No post office is known for {place}: add --city and --state.", field="city"
        )
    return Constituent(
        first_name="",
        last_name="",
        address1=typed.street,
        address2=typed.unit,
        city=town,
        state=code,
        zip=str(place),
    )


def _typed_address(address: str) -> _Typed:
    """Read `12 Main St`, `12 Main St, Apt 4`, `12 Main St, Apt 4, Billings, MT 59101`.

    The part before a state is the city. Without a state, everything after the street is its second
    line and must look like one, because a city without a state would be printed in the wrong place.
    Raises InvalidInput.
    """
    parts = [part.strip() for part in address.split(",") if part.strip()]
    state = _STATE_AND_ZIP.fullmatch(with_hyphens(parts[-1])) if len(parts) > 2 else None
    if state is not None and state[1].upper() in STATES:
        return _Typed(parts[0], ", ".join(parts[1:-2]), parts[-2], state[1].upper(), state[2] or "")
    if not parts:
        raise InvalidInput("Enter the street and number, as in 12 Main St.", field="address")
    if any(not _UNIT.match(part) for part in parts[1:]):
        raise InvalidInput(
            "Give the address as '12 Main St, Billings, MT', or only the street with --city and "
            "--state.",
            field="address",
        )
    return _Typed(parts[0], ", ".join(parts[1:]))
