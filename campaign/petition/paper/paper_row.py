"""A line of a sheet that was signed by hand, as it is copied from the paper: read and placed."""

from dataclasses import dataclass
from datetime import date

from campaign import text
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import agreed_place
from campaign.congress.places import ZipCode
from campaign.congress.routing import route_zip
from campaign.errors import InvalidInput, LineRefused
from campaign.letters.batch.person_row import Repair
from campaign.letters.print.signup_sheet import PageId
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.identity import Email


@dataclass(frozen=True, repr=False)
class PaperSignature:
    """One line of a sign-up sheet: clean and valid. Its `repr()` shows nobody.

    `sheet` is the page id of the sheet it was on, `namesake` tells people of one name in one ZIP
    apart, `repairs` say what was put right in the row of a table.
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

    def __repr__(self) -> str:
        return "PaperSignature(…)"

    @property
    def name_key(self) -> str:
        """The name as all of its spellings have it."""
        return identity.name_key(self.first_name, self.last_name)


def parse_signature(
    *,
    first_name: str,
    last_name: str,
    zip: str,
    state: str = "",
    country: str = "",
    email: str = "",
    comment: str = "",
    signed_on: str = "",
    sheet: str = "",
    namesake: str = "",
    pack: Pack,
    congress: Congress,
    today: date,
) -> PaperSignature:
    """Return one line as it was copied from a sheet, cleaned and placed.

    The district is the ZIP's where that is certain, the state where it lies in one. `state` and
    `country`, where they are given, must agree with the ZIP. `signed_on` is a day such as
    2026-06-15, today where it is empty. Raises LineRefused, and InvalidInput for text that cannot
    be used or contradicts itself.
    """
    code = parse_zip(zip)
    home = agreed_place(
        congress,
        code,
        state=text.line(state, limit=60, field="state"),
        country=text.line(country, limit=60, field="country"),
    )
    by_zip, district = place_from_zip(congress, code, today)
    # Where the ZIP crosses a state line, the state that was written settles it.
    state_code = by_zip or home.state
    return PaperSignature(
        first_name=_required(first_name, "first_name"),
        last_name=_required(last_name, "last_name"),
        zip=code.five,
        state=state_code,
        district=district,
        signed_on=_parse_day(signed_on, pack, today),
        email=Email.parse(email) if email.strip() else None,
        comment=text.block(comment, limit=1000, field="comment"),
        sheet=_parse_sheet(sheet),
        namesake=_parse_namesake(namesake),
    )


def parse_zip(typed: str) -> ZipCode:
    """Read a ZIP as it is copied from a sheet. Raises InvalidInput (field "zip")."""
    try:
        return ZipCode.parse(text.line(typed, limit=20, field="zip"))
    except InvalidInput:
        raise InvalidInput(
            "A ZIP has five digits. Compare it with the sheet.", field="zip"
        ) from None


def place_from_zip(congress: Congress, code: ZipCode, today: date) -> tuple[str, str]:
    """Return state and district as far as a ZIP settles them; nobody is there to be asked."""
    found = route_zip(congress, code, today)
    states = {district.state for district in found.districts}
    states = states or {holder.seat.state for holder in found.holders}
    if not states and found.need not in {"residence", "refresh"}:
        raise LineRefused(
            f"{code.five} is not a ZIP that we know. Compare it with the sheet.", column="zip"
        )
    district = str(found.districts[0]) if found.certainty == "certain" else ""
    return (states.pop() if len(states) == 1 else "", district)


def _required(typed: str, field: str) -> str:
    found = text.line(typed, limit=80, field=field)
    if not found:
        raise LineRefused(f"The {field.replace('_', ' ')} is missing.", column=field)
    return found


def _parse_day(typed: str, pack: Pack, today: date) -> date:
    try:
        day = date.fromisoformat(typed.strip()) if typed.strip() else today
    except ValueError:
        raise LineRefused(
            "Give signed_on as a day such as 2026-06-15.", column="signed_on"
        ) from None
    if day > today:
        raise LineRefused("The day of signing is still to come.", column="signed_on")
    # A closed petition still takes what was signed before its close.
    if not pack.is_open_on(day):
        raise LineRefused(
            f"The petition took no signatures on {day.isoformat()}.", column="signed_on"
        )
    return day


def _parse_sheet(typed: str) -> str:
    """Return a printed sheet's id as it is printed, and any other name as it was given."""
    try:
        return str(PageId.parse(typed))
    except InvalidInput:
        return text.line(typed, limit=40, field="sheet")


def _parse_namesake(typed: str) -> int:
    found = typed.strip() or "1"
    if not (found.isascii() and found.isdigit() and len(found) < 3 and int(found)):
        raise LineRefused("Give namesake as a number from 1 to 99.", column="namesake")
    return int(found)
