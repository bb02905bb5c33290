"""Which letters this site can deliver through Communicating With Congress, and where they go."""

from collections.abc import Sequence
from typing import Literal

from flask import Flask

from campaign.congress.members import Seat
from campaign.congress.seat_holders import seat_of
from campaign.delivery import cwc_sender
from campaign.errors import StoreUnavailable
from campaign.letters.compose import Letter
from campaign.letters.cwc.codes import chamber_of, office_code
from campaign.settings import Settings
from campaign.store import cwc_offices
from campaign.web.core.services import Services, current_services

#: Where letters from this site go: to offices, to a test system that no office reads, or only into
#: a folder.
Destination = Literal["live", "test", "dry-run"]


def init_app(app: Flask) -> None:
    """Give templates `cwc_letters(letters)` and `cwc_destination()`."""
    app.jinja_env.globals.update(cwc_letters=_cwc_letters, cwc_destination=_destination_here)


def destination(settings: Settings, office: str = "") -> Destination:
    """Return where letters to an office go.

    Without an office, the answer is that for the House: the Senate has no test system.
    """
    if not settings.cwc_api_key:
        return "dry-run"
    is_house = not office or chamber_of(office) == "house"
    return "test" if is_house and settings.cwc_is_test else "live"


def accepts_letters(services: Services, listed: frozenset[str], seat: Seat) -> bool:
    """Return True where this site can deliver letters to the office of that seat.

    `listed` are the codes of the offices that take part. In development a dry run is offered too,
    so that people who run the site can try it.
    """
    settings, office = services.settings, office_code(seat)
    is_delivered = settings.env == "development" or destination(settings, office) == "live"
    return is_delivered and cwc_sender.takes_part(settings, listed, office)


def listed_offices(services: Services) -> frozenset[str]:
    """Return the codes of the offices that take part; empty while the database is down."""
    if not services.settings.cwc_api_key:
        return frozenset()
    try:
        with services.database.reading() as connection:
            return cwc_offices.listed(connection)[0]
    except StoreUnavailable:
        return frozenset()


def _destination_here() -> Destination:
    return destination(current_services().settings)


def _cwc_letters(letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """Return the letters that this site can deliver electronically."""
    services = current_services()
    listed = listed_offices(services)
    return tuple(letter for letter in letters if _is_deliverable(letter, services, listed))


def _is_deliverable(letter: Letter, services: Services, listed: frozenset[str]) -> bool:
    member = services.congress.members.get(letter.recipient.id)
    held = seat_of(services.congress, member, letter.on_date) if member else None
    return (
        held is not None
        and letter.recipient.kind != "chair"
        and accepts_letters(services, listed, held.seat)
    )
