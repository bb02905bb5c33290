"""The representatives of a home, found in the same way for every page that asks."""

from dataclasses import dataclass, replace

from flask_babel import gettext
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from campaign.congress.apportionment import congress_on, first_day
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import District, StreetAddress, ZipCode
from campaign.congress.routing import (
    Representation,
    SeatHolder,
    house_choices,
    in_state,
    route_address,
    route_district,
    route_zip,
)
from campaign.congress.seat_holders import is_unknown_note
from campaign.errors import InvalidInput, PlaceUnknown
from campaign.letters.targets import street_matters
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.web.core.services import Services
from campaign.web.core.template_filters import say, states_by_name


def state_choices() -> list[SelectChoice]:
    """Return the states and territories for a select field, after an empty first choice."""
    return [
        SelectChoice("", gettext("Choose a state")),
        *(SelectChoice(code, name) for code, name in states_by_name()),
    ]


@dataclass(frozen=True)
class Home:
    """A home as entered in a form. `district` is one that the person chose, or that was found."""

    zip: ZipCode | None = None
    street: str = ""
    city: str = ""
    state: str = ""
    district: District | None = None


def represented(home: Home, services: Services) -> Representation:
    """Return who represents the home.

    A given district decides, otherwise the ZIP. The street address is sent to the geocoder only
    where the ZIP is not enough; if the geocoder fails, candidates are offered, of the given state
    only. Raises PlaceUnknown
    for a district that does not exist, PlaceContradicted (field "state" or "district") for a ZIP, a
    state and a district that disagree, and ValueError where neither district nor ZIP is given.
    """
    on_date = services.today()
    if home.zip is not None:
        require_agreement(services.congress, home.zip, state=home.state, district=home.district)
    if home.district is not None:
        answer = route_district(services.congress, home.district, on_date)
        # The ZIP picks the nearest office, where paper mail goes.
        return replace(answer, query=str(home.zip)) if home.zip else answer
    if home.zip is None:
        raise ValueError("a home needs a district or a ZIP")
    answer = route_zip(services.congress, home.zip, on_date)
    if home.street and (answer.certainty in {"split", "unknown"} or answer.need == "residence"):
        address = StreetAddress(home.street, home.city, home.state, home.zip.five)
        answer = route_address(services.congress, address, services.geocoder, on_date)
    return in_state(services.congress, answer, home.state) if is_open(answer) else answer


def to_choose_from(
    answer: Representation, state: str, services: Services
) -> tuple[SeatHolder, ...]:
    """Return the House seats from which a person can choose their own, in district order.

    These are the candidates of a split ZIP or, where the ZIP names none, every seat of `state`.
    """
    if not (answer.candidates or state):
        return ()
    return house_choices(services.congress, answer, state)


def seat_label(held: SeatHolder) -> str:
    """Return a House seat as a choice: the member with the district, or the district only.

    A person may know the number of a new district before anyone holds its seat.
    """
    district = held.seat.house_district
    where = say(district.title if district is not None else held.seat.title)
    if held.member is not None:
        return f"{held.member.name.full} ({where})"
    return where if held.status == "unknown" else f"{where} ({say(held.absence)})"


def known_district(text: str, services: Services) -> District | None:
    """Return the district that a form or link names, or None where it does not exist."""
    try:
        district = District.parse(text)
        route_district(services.congress, district, services.today())
    except (InvalidInput, PlaceUnknown):
        return None
    return district


def is_open(answer: Representation) -> bool:
    """Return True where a street address or a member's name can settle the district."""
    return answer.certainty in {"split", "unknown"} and answer.need != "refresh"


def asks_place(answer: Representation, pack: Pack, services: Services, state: str = "") -> bool:
    """Return True where a street or a member's name could change whom the campaign asks to act.

    `state` is the one that the person named, "" for none. Otherwise no street is asked for.
    """
    return is_open(answer) and street_matters(pack.targets, services.congress, answer, state)


def notes(answer: Representation) -> tuple[str, ...]:
    """Return notes for the person beside those of the seats, in the language of the page.

    The first says that a new Congress began if its House is not known yet; the last names the
    district lines if they are of an earlier Congress.
    """
    of_seats = [
        f"{held.member.name.full}: {held.note}." if held.member else ""
        for held in (*answer.holders, *answer.candidates)
    ]
    found = [note for note in answer.notes if note not in of_seats and not is_unknown_note(note)]
    if answer.need == "refresh":
        began = first_day(congress_on(answer.on_date))
        found.insert(
            0,
            Message(
                "A new Congress began on %(day)s. We do not know yet who is in its House.",
                day=began,
            ),
        )
    if answer.lines_note is not None:
        found.append(answer.lines_note)
    return tuple(say(note) for note in found)
