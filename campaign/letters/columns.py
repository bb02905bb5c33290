"""The columns of a table of constituents, by the many names that other programs give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from campaign.errors import TableRefused
from campaign.tables.table import REJECTED, require_once, shown

#: Ours -> what it is called elsewhere, in small letters and figures alone (`First Name`,
#: `first_name` and `FIRSTNAME` are one). Sources: the import formats of Action Network,
#: NationBuilder, EveryAction, CiviCRM, Mailchimp and ActionKit, and the usual words in forms.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("firstname", "first", "fname", "givenname", "given", "forename"),
    "middle_name": ("middlename", "middle", "middleinitial", "mi"),
    "last_name": ("lastname", "last", "lname", "surname", "familyname", "family"),
    "name": ("name", "fullname", "constituent", "constituentname", "yourname", "displayname"),
    "prefix": ("prefix", "nameprefix", "honorific", "title"),
    "suffix": ("suffix", "namesuffix"),
    "street": (
        "street", "street1", "streetaddress", "streetaddress1", "address", "address1",
        "addressline", "addressline1", "addressaddress1", "mailingaddress", "homeaddress",
        "can2useraddress", "streetline1", "postaladdress",
    ),
    "street2": (
        "street2", "streetaddress2", "address2", "addressline2", "addressaddress2", "streetline2",
        "apt", "apartment", "unit", "suite", "aptunit", "aptsuite",
    ),
    "city": ("city", "town", "locality", "addresscity", "can2usercity", "cityname", "citytown"),
    "state": (
        "state", "statecode", "stateabbreviation", "stateabbreviated", "stateorprovince",
        "stateprovince", "region", "addressstate", "can2stateabbreviated", "st",
    ),
    "zip": (
        "zip", "zipcode", "zip5", "zipplus4", "zip4", "postalcode", "postcode", "postal",
        "ziporpostalcode", "zippostalcode", "addresszip", "homezip",
    ),
    "country": (
        "country", "countrycode", "countryname", "countryregion", "addresscountry",
        "addresscountrycode", "primarycountry", "primarycountrycode", "homecountry", "nation",
    ),
    "district": (
        "district", "congressionaldistrict", "cd", "housedistrict", "usdistrict", "ushousedistrict",
    ),
    "email": ("email", "emailaddress", "mail", "eaddress", "primaryemail"),
    "phone": (
        "phone", "phonenumber", "telephone", "telephonenumber", "tel", "mobile", "mobilephone",
        "mobilenumber", "cell", "cellphone", "can2phone", "homephone",
    ),
    "points": ("points", "point", "talkingpoints", "talkingpoint"),
    "personal": (
        "personal", "personalwords", "personalmessage", "ownwords", "personalparagraph", "message",
        "story", "comment", "comments", "why", "actioncomment",
    ),
    "consent": (
        "consent", "consents", "consented", "consentgiven", "agree", "agrees", "agreed", "iagree",
        "permission", "mayprint",
    ),
}  # fmt: skip

_OURS = {word: ours for ours, words in SYNONYMS.items() for word in words}
_EITHER_NAME = "first_name and last_name (or name)"


@dataclass(frozen=True)
class Columns:
    """Which cell of a line is which of ours; `passed_over` are the headings that are none."""

    places: Mapping[str, int]
    passed_over: tuple[str, ...]

    def cell(self, cells: Sequence[str], column: str) -> str:
        """Return that cell of a line, "" where the line or the table has none."""
        place = self.places.get(column, -1)
        return cells[place] if 0 <= place < len(cells) else ""


def ours(heading: str) -> str:
    """Return which of our columns a heading means, "" for none: case and punctuation are alike."""
    return _OURS.get("".join(char for char in heading.lower() if char.isalnum()), "")


def is_known(heading: str) -> bool:
    """True for a heading that means one of our columns."""
    return ours(heading) != ""


def match(heading: Sequence[str]) -> Columns:
    """Return which column is which.

    Raises TableRefused that names what is missing beside what was found, or two columns of one
    meaning. The district, the address's town and its state may be missing, consent may not.
    """
    names = [ours(name) for name in heading]
    require_once(heading, names)
    missing = [
        *(
            [_EITHER_NAME]
            if not ({"first_name", "last_name"} <= {*names} or "name" in names)
            else []
        ),
        *(name for name in ("street", "zip", "consent") if name not in names),
    ]
    if missing:
        found = ", ".join(f"“{shown(name)}”" for name in heading[:12] if name.strip()) or "nothing"
        raise TableRefused(
            f"The table lacks the columns {', '.join(missing)}. Its first line names: {found}."
        )
    return Columns(
        places={name: place for place, name in enumerate(names) if name},
        passed_over=tuple(
            heading
            for heading, name in zip(heading, names, strict=True)
            if not name and heading.strip() and heading.strip().lower() not in REJECTED
        ),
    )
