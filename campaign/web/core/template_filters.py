"""Template filters: how pages show numbers, dates, places and offices."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.lists import format_list
from flask import Flask
from flask_babel import format_decimal

from campaign import civil_time
from campaign import languages as catalogs
from campaign.congress.contact import (
    map_url,
    office_lines,
    party_in_words,
    spoken_name,
    washington_address,
)
from campaign.congress.places import STATES, District
from campaign.congress.routing import SeatHolder
from campaign.messages import clock_in_words, counted
from campaign.web.core import languages


def init_app(app: Flask) -> None:
    """Register the filters of this module under their short names."""
    app.jinja_env.filters.update(
        number=number,
        day=day,
        local_day=local_day,
        local_time=local_time,
        until=until,
        iso=iso,
        state=state_name,
        district=district_name,
        party=party_in_words,
        say=say,
        style=style,
        washington_address=washington_address,
        office_lines=office_lines,
        map_url=map_url,
        bound=bound,
        counted=counted,
        listed=listed,
        say_first=say_first,
    )


def say(text: str) -> str:
    """Return a message in the language of the page."""
    return catalogs.translate(text, languages.current())


def say_first(text: str) -> str:
    """Return a message in the language of the page, to begin a line: `The President`."""
    said = say(text)
    return said[:1].upper() + said[1:]


def listed(texts: Iterable[str]) -> str:
    """Return messages as a list in the language of the page: `A, B, and C`."""
    return format_list([say(text) for text in texts], locale=languages.current())


def bound(text: str) -> str:
    """Return a headline in which no line breaks between a word and its number (`Section 907`)."""
    return re.sub(r"(?<=\w) (?=\d)", "\u00a0", text)


def number(value: int) -> str:
    """Return a number with the separators of the page's language, such as `12,418`."""
    return str(format_decimal(value))


def day(value: date) -> str:
    """Return `June 15, 2026` in the page's language. Raises TypeError for a time (`local_day`)."""
    if isinstance(value, datetime):
        raise TypeError("The day of a time depends on the zone: use local_day.")
    return catalogs.day(value, languages.current())


def local_day(value: datetime, place: ZoneInfo) -> str:
    """Return the civil day of an instant in a time zone, formatted as `day` does."""
    return day(civil_time.day_of(value, place))


def until(end: datetime, place: ZoneInfo) -> str:
    """Return the last minute before an instant, such as `December 10, 2026, 11:59 p.m. EST`."""
    return catalogs.until(end, place, languages.current())


def local_time(value: datetime, place: ZoneInfo, *, seconds: bool = False) -> str:
    """Return `June 15, 2026, 2:05 p.m. EDT` for an instant in a time zone, for organizers."""
    return f"{local_day(value, place)}, {clock_in_words(value, place, seconds=seconds)}"


def iso(value: date | datetime) -> str:
    """Return the date or time as ISO 8601, for `<time datetime>`."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def state_name(code: str) -> str:
    """Return `Montana` for `MT`, without an article; an unknown code is returned unchanged."""
    return say(STATES.get(code, code)).removeprefix("the ")


def states_by_name() -> list[tuple[str, str]]:
    """Return `(MT, Montana)` for every state and territory, sorted by name."""
    return sorted(
        ((code, state_name(code)) for code in STATES), key=lambda state: in_alphabet(state[1])
    )


def in_alphabet(name: str) -> str:
    """Return the key by which names are sorted: `Míchigan` comes before `Misisipi`."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(char for char in plain if not unicodedata.combining(char)).casefold()


def district_name(code: str) -> str:
    """Return `Montana's 2nd district` for `MT-2`, or "" for no district."""
    return say(District.parse(code).title) if code else ""


def style(holder: SeatHolder) -> str:
    """Return the title and last name of a seat's holder: `Senator Daines`, `Representative
    Zinke`.
    """
    if holder.member is None:
        return say(holder.seat.title)
    return say(spoken_name(holder.seat, holder.member))
