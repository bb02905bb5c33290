"""What the columns of a table mean, by the many names that other programs give them.

One list serves every way in: `campaign import`, `campaign letters`, and their pages. Sources: the
import and export formats of Action Network, NationBuilder, EveryAction (VAN), CiviCRM, Mailchimp,
ActionKit, Google Forms and Change.org, our own exports, and the usual words in forms.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaign.tables.formulas import unescaped

#: The columns that a rejects file has beyond those of its table; read again, they are passed over.
REJECTED = ("line", "column", "reason")

#: Field -> what it is called, in small letters and figures alone (`First Name`, `first_name` and
#: `FIRSTNAME` are one). Of several columns of one field, the one whose name stands first here goes
#: before the others.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "first_name": ("firstname", "first", "fname", "givenname", "given", "forename"),
    "middle_name": ("middlename", "middle", "middleinitial", "mi"),
    "last_name": ("lastname", "last", "lname", "surname", "familyname", "family"),
    "name": (
        "name", "fullname", "constituent", "constituentname", "yourname", "displayname",
        "contactname", "signername", "signer", "supportername",
    ),
    "prefix": ("prefix", "nameprefix", "individualprefix", "honorific", "title"),
    "suffix": ("suffix", "namesuffix", "individualsuffix"),
    "street": (
        "street", "street1", "streetaddress", "streetaddress1", "streetline1", "address",
        "address1", "addressline", "addressline1", "addressaddress1", "primaryaddress1",
        "primaryaddress", "primarystreet", "homeaddress", "homeaddress1", "homestreet",
        "registeredaddress1", "mailingaddress", "mailingaddress1", "mailingstreet",
        "postaladdress", "fulladdress", "can2useraddress", "maddress",
    ),
    "street2": (
        "street2", "streetaddress2", "streetline2", "address2", "addressline2", "addressaddress2",
        "primaryaddress2", "homeaddress2", "registeredaddress2", "mailingaddress2",
        "supplementaladdress", "supplementaladdress1", "supplementaladdress2",
        "supplementaladdress3", "street3", "address3", "addressline3", "addressaddress3",
        "primaryaddress3", "apt", "aptno", "aptnumber", "apartment", "apartmentnumber", "unit",
        "unitnumber", "flat", "flatnumber", "suite", "aptunit", "aptsuite", "streetunit",
    ),
    "city": (
        "city", "town", "locality", "cityname", "citytown", "addresscity", "primarycity",
        "homecity", "registeredcity", "mailingcity", "can2usercity",
    ),
    "state": (
        "state", "statecode", "stateabbreviation", "stateabbreviated", "stateorprovince",
        "stateprovince", "region", "addressstate", "primarystate", "homestate", "registeredstate",
        "mailingstate", "can2stateabbreviated", "st",
    ),
    "zip": (
        "zip", "zipcode", "zip5", "zipfive", "postalcode", "postcode", "postal", "ziporpostal",
        "ziporpostalcode", "zippostal", "zippostalcode", "addresszip", "addresszip5", "primaryzip",
        "primaryzip5", "homezip", "homezipcode", "registeredzip", "mailingzip", "mailingzipcode",
        "can2zip", "zipcode5",
    ),
    "zip4": (
        "zip4", "zipplus4", "plus4", "zipfour", "zipcode4", "zipextension", "postalcodesuffix",
        "postalcodeextension", "addresszip4", "primaryzip4",
    ),
    "country": (
        "country", "countrycode", "countryname", "countryregion", "addresscountry",
        "addresscountrycode", "primarycountry", "primarycountrycode", "homecountry",
        "homecountrycode", "registeredcountry", "mailingcountry", "can2country", "nation",
    ),
    "district": (
        "district", "congressionaldistrict", "cd", "housedistrict", "usdistrict", "ushousedistrict",
        "federaldistrict", "uscongressionaldistrict",
    ),
    "email": (
        "email", "emailaddress", "mail", "eaddress", "primaryemail", "preferredemail", "email1",
        "homeemail", "personalemail", "workemail", "otheremail", "email2",
    ),
    "phone": (
        "phone", "phonenumber", "telephone", "telephonenumber", "tel", "preferredphone",
        "primaryphone", "phone1", "mobile", "mobilephone", "mobilenumber", "mobilephonenumber",
        "cell", "cellphone", "cellphonenumber", "can2phone", "homephone", "homephonenumber",
        "workphone", "workphonenumber", "daytimephone", "eveningphone", "phone2",
    ),
    "points": ("points", "point", "talkingpoints", "talkingpoint"),
    "personal": ("personal", "personalwords", "personalmessage", "personalparagraph", "ownwords"),
    "comment": (
        "comment", "comments", "message", "story", "why", "actioncomment", "reasonforsigning",
        "whyareyousigning",
    ),
    "note": ("note",),
    "consent": (
        "consent", "consents", "consented", "consentgiven", "agree", "agrees", "agreed", "iagree",
        "permission", "mayprint",
    ),
    "mail_opt_in": (
        "mailoptin", "emailoptin", "optin", "optedin", "subscribed", "emailsubscribed",
        "isemailsubscribed", "newsletter", "canemail",
    ),
    "mail_opt_out": (
        "mailoptout", "optout", "optedout", "isoptout", "emailoptout", "donotemail", "nobulkemail",
        "nobulkemails", "nobulkemailsuseroptout", "unsubscribed", "unsubscribedat",
    ),
    "signed_on": ("signedon", "datesigned", "signaturedate", "signedat", "dayofsigning"),
    "letter_date": ("letterdate", "dateofletter", "dated"),
    "date": ("date", "day"),
    "recorded_at": (
        "recordedat", "timestamp", "created", "createdat", "datecreated", "createddate",
        "submittedat",
    ),
    "sheet": ("sheet", "pageid", "sheetid"),
    "namesake": ("namesake",),
}  # fmt: skip

#: Fields of which two columns that are filled must say the same: no two addresses are mixed.
_ONE_VALUE = frozenset({
    "first_name", "middle_name", "last_name", "name", "prefix", "suffix", "street", "city", "state",
    "zip", "zip4", "country", "district", "consent", "sheet", "namesake",
})  # fmt: skip
#: Fields of which all columns that are filled are kept, one after another.
_JOINED = frozenset({"street2"})

_FIELDS = {word: field for field, words in SYNONYMS.items() for word in words}
_RANKS = {word: rank for words in SYNONYMS.values() for rank, word in enumerate(words)}
_LINE_END = re.compile(r"\r\n?")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')


@dataclass(frozen=True)
class Contradiction:
    """Two columns of one field that say different things in one row, by their headings."""

    field: str
    headings: tuple[str, str]

    @property
    def says(self) -> str:
        """What to do about it."""
        one, other = self.headings
        return f"“{shown(one)}” and “{shown(other)}” say different things. Keep the right one."


@dataclass(frozen=True)
class Columns:
    """Which columns of a table are which field, of each field the best first.

    `unused` are the headings that are none of the fields that were asked for.
    """

    heading: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    unused: tuple[str, ...]

    def __contains__(self, field: str) -> bool:
        return field in self.places

    def values(self, cells: Sequence[str]) -> tuple[dict[str, str], tuple[Contradiction, ...]]:
        """Return what a row says by fields, each the first that is filled, and contradictions.

        Fields that are empty in the row are left out.
        """
        said: dict[str, str] = {}
        against: list[Contradiction] = []
        for field, places in self.places.items():
            filled = [
                (place, cell)
                for place in places
                if place < len(cells) and (cell := plain(cells[place])).strip()
            ]
            if not filled:
                continue
            first, said[field] = filled[0]
            if field in _JOINED:
                said[field] = ", ".join(dict.fromkeys(cell.strip() for _, cell in filled))
            elif field in _ONE_VALUE:
                against += [
                    Contradiction(field, (self.heading[first], self.heading[place]))
                    for place, cell in filled[1:]
                    if not _agree(field, said[field], cell)
                ]
        return said, tuple(against)


def field_of(heading: str) -> str:
    """Return the field that a heading means, "" for none: case and punctuation are alike."""
    return _FIELDS.get(word(heading), "")


def is_known(heading: str) -> bool:
    """True for a heading that means one of the fields."""
    return field_of(heading) != ""


def columns(heading: Sequence[str], fields: Iterable[str]) -> Columns:
    """Return which columns are which of these fields."""
    wanted = frozenset(fields)
    named = [field if (field := field_of(name)) in wanted else "" for name in heading]
    places: dict[str, tuple[int, ...]] = {}
    for field in dict.fromkeys(filter(None, named)):
        at = [place for place, name in enumerate(named) if name == field]
        places[field] = tuple(sorted(at, key=lambda place: _RANKS[word(heading[place])]))
    unused = tuple(
        name
        for name, field in zip(heading, named, strict=True)
        if not field and name.strip() and name.strip().lower() not in REJECTED
    )
    return Columns(tuple(heading), places, unused)


def plain(cell: str) -> str:
    """Return what a cell says: without the marks by which spreadsheets keep a text a text.

    Those are an apostrophe before a formula, and `="02141"`.
    """
    formula = _TEXT_FORMULA.fullmatch(cell.strip())
    # Line breaks first: the apostrophes were put in while they were as they are stored.
    return formula[1] if formula else unescaped(_LINE_END.sub("\n", cell))


def shown(heading: str) -> str:
    """Return a heading as it can be told: one short line."""
    one = " ".join("".join(char for char in heading if char.isprintable() or char == " ").split())
    return one if len(one) <= 40 else f"{one[:39]}…"


def word(heading: str) -> str:
    """Return a heading in small letters and figures alone."""
    # Workbooks of ours say of times that they are UTC.
    name = heading.lower().removesuffix("(utc)")
    return "".join(char for char in name if char.isalnum())


def _agree(field: str, one: str, other: str) -> bool:
    first, second = (
        "".join(char for char in cell.casefold() if char.isalnum()) for cell in (one, other)
    )
    if field == "zip":
        return first[:5] == second[:5]
    return first.startswith(second) or second.startswith(first)
