"""Check that the parts of a home address agree: its country, state, ZIP and district.

Every page, command and import checks here before it uses a place, whether a person typed it, a
table contained it or a geocoder answered it. A place that contradicts itself is refused; a missing
part is no contradiction. The city is not checked, because a ZIP has many names for its towns.
"""

from dataclasses import dataclass
from functools import cache

from babel import Locale

from campaign.congress.dataset import Congress
from campaign.congress.district_lines import have_changed
from campaign.congress.places import (
    DELEGATIONS,
    STATES,
    District,
    StreetAddress,
    ZipCode,
    join_names,
    state_code,
)
from campaign.congress.postal import ASSOCIATED_STATES, is_military, island_area
from campaign.congress.seat_holders import cache_answer
from campaign.errors import InvalidInput, PlaceContradicted
from campaign.messages import Message

#: Country codes under which addresses with a U.S. ZIP are written. The Postal Service also serves
#: the three states in free association.
_OWN_COUNTRIES = frozenset({"US", *(DELEGATIONS - {"DC"}), *ASSOCIATED_STATES})
_MORE_COUNTRY_NAMES = {
    "usa": "US",
    "unitedstatesofamerica": "US",
    "theunitedstates": "US",
    "theunitedstatesofamerica": "US",
    "america": "US",
    "estadosunidosdeamerica": "US",
    "eeuu": "US",
    "pri": "PR",
    "gum": "GU",
    "vir": "VI",
    "asm": "AS",
    "mnp": "MP",
    "virginislands": "VI",
    "usvirginislands": "VI",
    "virginislandsus": "VI",
    "commonwealthofthenorthernmarianaislands": "MP",
}
#: The languages in which country names are recognized: those of the site.
_LANGUAGES = ("en", "es", "hy")


@dataclass(frozen=True, slots=True)
class AgreedPlace:
    """A home whose parts agree.

    `state` is the one given, else the ZIP's if it lies in only one, else "". `states` are all that
    the ZIP may lie in: none for a ZIP abroad or one that no table has.
    """

    zip: ZipCode
    state: str
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Located:
    """A geocoder's answer: a district, and the ZIP of the matched address, "" if it has none."""

    district: District
    zip: str = ""


def require_agreement(
    congress: Congress,
    zip_code: ZipCode,
    *,
    state: str = "",
    country: str = "",
    district: District | None = None,
) -> AgreedPlace:
    """Return the place if the parts of a home agree; an empty part agrees with anything.

    `state` is a code or a name (`MT`, `Montana`, `D.C.`), and so is `country`. The United States is
    always accepted as the country; its territories and the states in free association are accepted
    if the ZIP is one of theirs. Other countries are refused. State and district must be in a state
    that the ZIP may lie in. A military ZIP lies in no state, so it agrees with any: the person
    votes elsewhere.

    Raises PlaceContradicted, whose `field` ("country", "state" or "district") names what to
    correct, and InvalidInput (field "state") for text that is not a state.
    """
    five = zip_code.five
    known = states_of(congress, five)
    if country.strip():
        _require_own_country(five, country, known)
    code = _state(state, five)
    # The first three digits of a ZIP that no table has still tell its state.
    possible = known or (frozenset() if is_military(five) else congress.prefix_states(five[:3]))
    if code and possible and code not in possible:
        raise PlaceContradicted(
            Message(
                "ZIP code %(zip)s is in %(state)s. Correct the state or the ZIP code.",
                zip=str(zip_code),
                state=_named(possible),
            ),
            field="state",
        )
    if district is not None:
        _require_district(zip_code, district, code, possible)
    if not code and len(known) == 1:
        [code] = known
    return AgreedPlace(zip_code, code, known)


def agrees(
    congress: Congress, address: StreetAddress, located: Located, *, lines: int | None = None
) -> bool:
    """Return True if a geocoder's answer agrees with the address in the request.

    The district must be in the given state, and in a state that the ZIP may lie in. The matched
    address must have the requested ZIP; for a ZIP where people do not live, such as one of PO
    boxes, the same first three digits are enough. If the answer has no ZIP, the district must be
    one of the ZIP's, if any are known by the lines of the answer. `lines` is the Congress whose
    lines those are, by default the Congress of the data.
    """
    try:
        asked = ZipCode.parse(address.zip)
    except InvalidInput:
        state = state_code(address.state)
        return not state or located.district.state == state
    try:
        require_agreement(congress, asked, state=address.state, district=located.district)
    except InvalidInput:
        return False
    if not located.zip:
        candidates = congress.zip_districts.get(asked.five, ())
        number = congress.meta.congress if lines is None else lines
        has_changed = have_changed(
            congress.new_lines, located.district.state, congress.meta.crosswalk_congress, number
        )
        return has_changed or not candidates or located.district in candidates
    if congress.zips.kind(asked.five) == "standard":
        return located.zip[:5] == asked.five
    return located.zip[:3] == asked.five[:3]


def states_of(congress: Congress, five: str) -> frozenset[str]:
    """Return the states that a ZIP may lie in: by its districts, and by its post office.

    The set is empty for a military ZIP, for one of a state in free association, and for one that no
    table has.
    """
    key = ("states", five)
    found: frozenset[str] | None = congress.answers.get(key)
    if found is None:
        office = congress.zips.get(five)
        named = {district.state for district in congress.zip_districts.get(five, ())}
        named |= {office.state if office else "", island_area(five)}
        found = cache_answer(congress, key, frozenset(named & STATES.keys()))
    return found


def country_code(typed: str) -> str:
    """Return the two-letter code of a country, by code or name, "" if it is unknown.

    Source: ISO 3166-1, and its names in the Unicode CLDR.
    """
    return _countries().get(_plain(typed), "")


def _state(typed: str, five: str) -> str:
    """Return the state's code, "" if empty or a postal code of the military or an island area."""
    if not typed.strip():
        return ""
    if code := state_code(typed):
        return code
    upper = typed.strip().upper()
    if (upper in {"AA", "AE", "AP"} and is_military(five)) or upper == island_area(five):
        return ""
    raise InvalidInput("This is not a state. Enter its two letters, such as MT.", field="state")


def _require_own_country(five: str, typed: str, known: frozenset[str]) -> None:
    code = country_code(typed)
    if not code:
        raise PlaceContradicted(
            "We do not know this country. Write United States, or leave the country empty.",
            field="country",
        )
    if code == "US" or (code in _OWN_COUNTRIES and code in {*known, island_area(five)}):
        return
    name = Locale("en").territories[code]
    where = f" in {_named(known)}" if known else ""
    if code in _OWN_COUNTRIES:
        what = "Correct the country or the ZIP."
    else:
        what = (
            "If this person votes in the United States, give their address there. If not, leave "
            "this person out."
        )
    raise PlaceContradicted(
        f"The country is {name}, but {five} is a U.S. ZIP{where}. {what}", field="country"
    )


def _require_district(
    zip_code: ZipCode, district: District, state: str, possible: frozenset[str]
) -> None:
    where = frozenset({state}) if state else possible
    if where and district.state not in where:
        raise PlaceContradicted(
            Message(
                "%(district)s is not in %(state)s, but ZIP code %(zip)s is. Correct one of them.",
                district=str(district),
                state=_named(where),
                zip=str(zip_code),
            ),
            field="district",
        )


def _named(states: frozenset[str]) -> Message:
    return join_names([STATES[one] for one in sorted(states)])


@cache
def _countries() -> dict[str, str]:
    codes = dict(_MORE_COUNTRY_NAMES)
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                codes.setdefault(_plain(name), code)
                codes[code.casefold()] = code
    return codes


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
