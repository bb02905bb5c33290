"""Parse one line of a paper sheet: clean its fields and find its district."""

from dataclasses import dataclass
from datetime import date, datetime

from campaign import civil_time, text
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import District, ZipCode
from campaign.congress.routing import route_zip
from campaign.errors import InvalidInput, LineRefused
from campaign.letters.batch.person_row import Repair
from campaign.letters.print.signup_sheet import PageId
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.identity import Email


@dataclass(frozen=True, repr=False)
class PaperSignature:
    """One valid line of a sign-up sheet. `repr()` is redacted.

    `sheet` is the page id of its sheet, `namesake` tells people with one name and ZIP apart,
    `repairs` lists what was corrected in the row of a table. `mail_consent` is the sentence beside
    the box for updates if the signer checked it, or "".
    """

    first_name: str
    last_name: str
    zip: str
    state: str
    district: str
    signed_on: date
    email: Email | None = None
    comment: str = ""
    sheet: str = ""
    namesake: int = 1
    repairs: tuple[Repair, ...] = ()
    mail_consent: str = ""

    def __repr__(self) -> str:
        return "PaperSignature(…)"

    @property
    def name_key(self) -> str:
        """The key that all spellings of the name share."""
        return identity.name_key(self.first_name, self.last_name)


def parse_signature(
    *,
    first_name: str,
    last_name: str,
    zip: str,
    state: str = "",
    country: str = "",
    district: str = "",
    email: str = "",
    comment: str = "",
    signed_on: str = "",
    sheet: str = "",
    namesake: str = "",
    mail_consent: str = "",
    pack: Pack,
    congress: Congress,
    now: datetime,
) -> PaperSignature:
    """Parse one line as copied from a sheet.

    District and state are those of the ZIP at `now`, where they are certain. `state`, `country` and
    `district`, such as `CA-30`, must agree with the ZIP if given. `signed_on` is an ISO day, or ""
    for today. `mail_consent` is the sentence beside the box for updates if it is checked, or "".
    Raises LineRefused, also for a checked box without an address, and InvalidInput for text that is
    unusable or contradictory.
    """
    code = parse_zip(zip)
    home = require_agreement(
        congress,
        code,
        state=text.line(state, limit=60, field="state"),
        country=text.line(country, limit=60, field="country"),
        district=_written_district(district),
    )
    by_zip, district = place_from_zip(congress, code, now)
    if mail_consent and not email.strip():
        raise LineRefused(_NO_ADDRESS, column="email")
    # If the ZIP crosses a state line, the written state decides.
    state_code = by_zip or home.state
    return PaperSignature(
        first_name=_required(first_name, "first_name"),
        last_name=_required(last_name, "last_name"),
        zip=code.five,
        state=state_code,
        district=district,
        signed_on=_parse_day(signed_on, pack, pack.day_of(now)),
        email=Email.parse(email) if email.strip() else None,
        comment=text.block(comment, limit=1000, field="comment"),
        sheet=_parse_sheet(sheet),
        namesake=_parse_namesake(namesake),
        mail_consent=mail_consent,
    )


_NO_ADDRESS = (
    "The box for updates is checked, but the email address is missing. Compare both with the sheet."
)


def _written_district(typed: str) -> District | None:
    """Return a congressional district that was written; a bare number may be that of any
    council."""
    try:
        return District.parse(typed)
    except InvalidInput:
        return None


def parse_zip(typed: str) -> ZipCode:
    """Parse a ZIP as copied from a sheet. Raises InvalidInput (field "zip")."""
    try:
        return ZipCode.parse(text.line(typed, limit=20, field="zip"))
    except InvalidInput:
        raise InvalidInput(
            "A ZIP has five digits. Compare it with the sheet.", field="zip"
        ) from None


def place_from_zip(congress: Congress, code: ZipCode, now: datetime) -> tuple[str, str]:
    """Return the state and district of a ZIP, each "" if uncertain. Raises LineRefused."""
    found = route_zip(congress, code, civil_time.congress_day(now))
    if not found.states and found.need not in {"residence", "refresh"}:
        raise LineRefused(
            f"We do not know ZIP code {code.five}. Compare it with the sheet.", column="zip"
        )
    district = str(found.districts[0]) if found.certainty == "certain" else ""
    return found.state, district


def _required(typed: str, field: str) -> str:
    value = text.line(typed, limit=80, field=field)
    if not value:
        raise LineRefused(f"The {field.replace('_', ' ')} is missing.", column=field)
    return value


def _parse_day(typed: str, pack: Pack, today: date) -> date:
    try:
        day = date.fromisoformat(typed.strip()) if typed.strip() else today
    except ValueError:
        raise LineRefused(
            "Give signed_on as a day such as 2026-06-15.", column="signed_on"
        ) from None
    if day > today:
        raise LineRefused("The day of signing is in the future.", column="signed_on")
    # A closed petition still accepts sheets that were signed before it closed.
    if not pack.is_open_on(day):
        raise LineRefused(
            f"The petition took no signatures on {day.isoformat()}.", column="signed_on"
        )
    return day


def _parse_sheet(typed: str) -> str:
    """Return a printed sheet's id in canonical form, and any other name as given."""
    try:
        return str(PageId.parse(typed))
    except InvalidInput:
        return text.line(typed, limit=40, field="sheet")


def _parse_namesake(typed: str) -> int:
    number = typed.strip() or "1"
    if not (number.isascii() and number.isdigit() and len(number) < 3 and int(number)):
        raise LineRefused("Give namesake as a number from 1 to 99.", column="namesake")
    return int(number)
