"""Parse the filters of an export into a selection of signers, and format them back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from campaign import civil_time, text
from campaign.congress.places import STATES, District
from campaign.errors import InvalidInput, PlaceUnknown
from campaign.store.db.column_types import as_text
from campaign.store.exports.query import Selection
from campaign.store.statuses import Origin

#: The filters, as the command line, forms and saved exports name them.
NAMES = ("state", "district", "since", "until", "source", "origin", "consent")


def read(campaign: str, asked: Mapping[str, str], place: ZoneInfo) -> Selection:
    """Return the selection of confirmed signers for these filters; "" does not filter.

    `since` and `until` are civil days in the zone `place`, or times (in UTC if they name no zone).
    Raises InvalidInput with the field's name.
    """
    typed = {name: asked.get(name, "").strip() for name in NAMES}
    return Selection(
        campaign=campaign,
        state=_state(typed["state"]),
        district=_district(typed["district"]),
        since=_moment(typed["since"], place, "since"),
        until=_moment(typed["until"], place, "until"),
        source=text.line(typed["source"], limit=80, field="source"),
        origin=_one_of(typed["origin"], tuple(Origin), "origin"),
        only_mail=_one_of(typed["consent"], ("mail",), "consent") == "mail",
    )


def as_words(selection: Selection) -> dict[str, str]:
    """Return the filters that `read` parses into this selection, without empty ones."""
    words = {
        "state": selection.state,
        "district": selection.district,
        "since": as_text(selection.since) if selection.since else "",
        "until": as_text(selection.until) if selection.until else "",
        "source": selection.source,
        "origin": selection.origin,
        "consent": "mail" if selection.only_mail else "",
    }
    return {name: word for name, word in words.items() if word}


def _state(typed: str) -> str:
    if typed and typed.upper() not in STATES:
        raise InvalidInput("Enter the state as two letters, such as CA.", field="state")
    return typed.upper()


def _district(typed: str) -> str:
    try:
        return str(District.parse(typed)) if typed else ""
    except (InvalidInput, PlaceUnknown):
        raise InvalidInput("Enter the district, such as CA-30 or WY-0.", field="district") from None


def _moment(typed: str, place: ZoneInfo, field: str) -> datetime | None:
    if not typed:
        return None
    try:
        if len(typed) == len("2026-06-15"):
            return civil_time.start_of(date.fromisoformat(typed), place)
        moment = datetime.fromisoformat(typed)
    except ValueError:
        raise InvalidInput(
            "Enter a day such as 2026-06-15, or a time such as 2026-06-15T12:00:00Z.", field=field
        ) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _one_of(typed: str, words: tuple[str, ...], field: str) -> str:
    if typed and typed not in words:
        raise InvalidInput(f"Choose {' or '.join(words)}, or leave it empty.", field=field)
    return typed
