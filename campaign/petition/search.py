"""Parse an organizer's search for signers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from campaign import civil_time, text
from campaign.congress.dataset import Congress
from campaign.congress.places import STATES, District
from campaign.congress.seat_holders import holder
from campaign.errors import InvalidInput
from campaign.petition.identity import Email, name_key
from campaign.store.signers import Search
from campaign.store.statuses import Origin, SignatureStatus

_MAX_LENGTH = 254
_ZIP = re.compile(r"\d{3,5}")
_SOURCE = re.compile(r"[A-Za-z0-9._-]{1,40}")
_HOUR = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}")


@dataclass(frozen=True)
class SearchForm:
    """The fields of a search as typed. `member` is a bioguide id."""

    q: str = ""
    status: str = ""
    origin: str = ""
    state: str = ""
    district: str = ""
    member: str = ""
    source: str = ""
    since: str = ""
    until: str = ""
    flag: str = ""
    network: str = ""
    domain: str = ""
    hour: str = ""
    flagged: str = ""
    like: str = ""

    @property
    def is_narrow(self) -> bool:
        """True if any field is filled."""
        return bool(self.given())

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> "SearchForm":
        """Return the form of these values; unknown fields are ignored."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value.strip() for name, value in typed.items() if name in names})

    def given(self) -> dict[str, str]:
        """Return the filled fields, for a link that repeats the search."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name))}


def parse(
    campaign: str, form: SearchForm, congress: Congress, today: date, *, zone: ZoneInfo
) -> Search:
    """Return the search of a form. Raises InvalidInput, which names the field.

    `form.q` is an email address, the first three to five digits of a ZIP, or words of a name in any
    case and order. `today` is the day in Washington; the form's days are those of `zone`.
    """
    hour = _hour(form.hour)
    found = Search(
        campaign,
        status=_one_of(form.status, tuple(SignatureStatus), "status"),
        origin=_one_of(form.origin, tuple(Origin), "origin"),
        source=_matching(form.source, _SOURCE, "source", "Enter the source tag, such as mail."),
        since=hour[0] if hour else _begin(_day(form.since, "since"), zone),
        until=hour[1] if hour else _end(_day(form.until, "until"), zone),
        flag=text.line(form.flag, limit=40, field="flag"),
        network=_matching(form.network, re.compile(r"[0-9a-f]{4,32}"), "network", _NETWORK),
        domain=text.line(form.domain, limit=_MAX_LENGTH, field="domain").lower(),
        only_flagged=bool(form.flagged),
        like=_matching(
            form.like, re.compile(r"[0-9a-v]{26}"), "like", "Choose a comment from the list."
        ),
    )
    return _with_place(_with_person(found, form.q), form, congress, today)


_NETWORK = "Enter the network as the list of unusual sign-ups shows it."


def _with_person(search: Search, q: str) -> Search:
    typed = text.line(q, limit=_MAX_LENGTH, field="q")
    if not typed:
        return search
    if "@" in typed:
        try:
            return replace(search, email_key=Email.parse(typed).canonical)
        except InvalidInput:
            raise InvalidInput(
                "Enter the full email address, such as name@example.org.", field="q"
            ) from None
    if _ZIP.fullmatch(typed):
        return replace(search, zip=typed)
    return replace(search, name_words=tuple(name_key(typed, "").split()))


def _with_place(search: Search, form: SearchForm, congress: Congress, today: date) -> Search:
    if form.member:
        return _with_member(search, form.member, congress, today)
    search = replace(search, state=_one_of(form.state.upper(), tuple(STATES), "state"))
    if form.district:
        try:
            district = District.parse(form.district)
        except InvalidInput:
            raise InvalidInput("Enter the district, such as CA-30.", field="district") from None
        search = replace(search, district=str(district))
    return search


def _with_member(search: Search, bioguide: str, congress: Congress, today: date) -> Search:
    """Narrow the search to a senator's state or a representative's district."""
    for seat in congress.seats.values():
        held = holder(congress, seat, today)
        if held.member is not None and held.member.bioguide == bioguide:
            if seat.chamber == "house":
                return replace(search, district=seat.id)
            return replace(search, state=seat.state)
    raise InvalidInput("This member holds no seat now. Choose one from the list.", field="member")


def _one_of(given: str, allowed: tuple[str, ...], field: str) -> str:
    if given and given not in allowed:
        raise InvalidInput(f"Choose the {field} from the list.", field=field)
    return given


def _matching(given: str, pattern: re.Pattern[str], field: str, sentence: str) -> str:
    if given and pattern.fullmatch(given) is None:
        raise InvalidInput(sentence, field=field)
    return given


def _day(given: str, field: str) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InvalidInput("Enter the day, such as 2026-06-15.", field=field) from None


def _begin(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else civil_time.start_of(day, zone)


def _end(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else civil_time.end_of(day, zone)


def _hour(given: str) -> tuple[datetime, datetime] | None:
    """Return an hour in UTC as a half-open interval."""
    if not given:
        return None
    if _HOUR.fullmatch(given) is None:
        raise InvalidInput("Enter the hour, such as 2026-06-15T12.", field="hour")
    try:
        begin = datetime.fromisoformat(f"{given}:00+00:00")
        return begin, begin + timedelta(hours=1)
    except (ValueError, OverflowError):
        raise InvalidInput("Enter the hour, such as 2026-06-15T12.", field="hour") from None
