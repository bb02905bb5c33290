"""What the columns of a table mean, by the many names that other programs give them.

One list serves every way in: `campaign import`, `campaign letters`, and their pages. Sources: the
import and export formats of Action Network, NationBuilder, EveryAction (VAN), CiviCRM, Mailchimp,
ActionKit, Google Forms and Change.org, our own exports, and the usual words in forms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from campaign.tables.formulas import unescaped

#: The columns that a rejects file has beyond those of its table; read again, they are passed over.
REJECTS_COLUMNS = ("line", "column", "reason")

#: Field -> what it is called, in small letters and figures alone (`First Name`, `first_name` and
#: `FIRSTNAME` are one). Of several columns of one field, the one whose name stands first here goes
#: before the others. A part of an address may be named with the address it is of, as in
#: `Mailing Postal Code`: see `ADDRESSES`.
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "first_name": (
        "firstname", "first", "fname", "givenname", "given", "forename", "namefirst", "firstnames",
    ),
    "middle_name": ("middlename", "middle", "middleinitial", "mi", "namemiddle"),
    "last_name": (
        "lastname", "last", "lname", "surname", "familyname", "family", "namelast", "lastnames",
    ),
    "name": (
        "name", "fullname", "constituent", "constituentname", "yourname", "displayname",
        "contactname", "signername", "signer", "supportername", "firstandlastname",
        "firstlastname", "yourfullname", "printedname",
    ),
    "prefix": ("prefix", "nameprefix", "individualprefix", "honorific", "title"),
    "suffix": ("suffix", "namesuffix", "individualsuffix"),
    "street": (
        "street", "street1", "streetaddress", "streetaddress1", "streetaddressline1", "streetline1",
        "address", "address1", "addressline", "addressline1", "postaladdress", "fulladdress",
        "maddress",
    ),
    "street2": (
        "street2", "streetaddress2", "streetaddressline2", "streetline2", "address2",
        "addressline2", "extendedaddress", "supplementaladdress", "supplementaladdress1",
        "supplementaladdress2", "supplementaladdress3", "street3", "streetaddress3", "address3",
        "addressline3", "apt", "aptno", "aptnumber", "apartment", "apartmentnumber", "unit",
        "unitnumber", "flat", "flatnumber", "suite", "aptunit", "aptsuite", "streetunit",
    ),
    "city": ("city", "town", "locality", "cityname", "citytown", "towncity"),
    "state": (
        "state", "statecode", "stateabbreviation", "stateabbreviated", "stateabbrev", "stateabbr",
        "stateorprovince", "stateprovince", "stateregion", "stateprovinceregion", "statename",
        "region", "st",
    ),
    "zip": (
        "zip", "zipcode", "zip5", "zipfive", "zipcode5", "postalcode", "postcode", "postal",
        "ziporpostal", "ziporpostalcode", "zippostal", "zippostalcode", "postalzip",
        "postalzipcode", "postcodezip", "zippostcode",
    ),
    "zip4": (
        "zip4", "zipplus4", "plus4", "zipfour", "zipcode4", "zipextension", "postalcodesuffix",
        "postalcodeextension",
    ),
    "country": ("country", "countrycode", "countryname", "countryregion", "nation"),
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
        "nobulkemails", "nobulkemailsuseroptout", "unsubscribed", "unsubscribedat", "hasoptedout",
        "hasoptedoutofemail", "optedoutofemail", "emailoptedout", "donotcontact",
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

#: What a heading puts before a part of an address, where a table may have several addresses of one
#: person: whose it is, or what for. The first go before the others. A place of work is none: nobody
#: votes there.
ADDRESSES = (
    "", "primary", "home", "residential", "residence", "res", "registered", "registration", "voter",
    "voting", "permanent", "address", "address1", "can2user", "can2", "mailing", "postal",
    "billing", "shipping",
)  # fmt: skip
#: The fields that are parts of an address.
IN_ADDRESS = frozenset({"street", "street2", "city", "state", "zip", "zip4", "country"})
_FIELDS = {word: field for field, words in SYNONYMS.items() for word in words}
_RANKS = {word: rank for words in SYNONYMS.values() for rank, word in enumerate(words)}
# Somebody's home town is where they were born, for all we know.
_NO_FIELD = frozenset({"hometown"})
_LINE_END = re.compile(r"\r\n?")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
# What forms say of a question beside its name.
_REMARK = re.compile(
    r"\((?:optional|required|(?:5|five)[- ]digits?|no p\.?o\.? ?box(?:es)?|utc)\)\s*[*?:]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Meaning:
    """What a heading means: the field, of which of the `ADDRESSES`, and which rank it has."""

    field: str
    address: str
    rank: tuple[int, int]


def field_of(heading: str) -> str:
    """Return the field that a heading means, "" for none: case and punctuation are alike."""
    return meaning(heading).field


def is_known(heading: str) -> bool:
    """True for a heading that means one of the fields."""
    return field_of(heading) != ""


def cell_text(cell: str) -> str:
    """Return what a cell says: without the marks by which spreadsheets keep a text a text.

    Those are an apostrophe before a formula, and `="02141"`.
    """
    formula = _TEXT_FORMULA.fullmatch(cell.strip())
    # Line breaks first: the apostrophes were put in while they were as they are stored.
    return formula[1] if formula else unescaped(_LINE_END.sub("\n", cell))


def display_name(heading: str) -> str:
    """Return a heading as it can be told: one short line."""
    one = " ".join("".join(char for char in heading if char.isprintable() or char == " ").split())
    return one if len(one) <= 40 else f"{one[:39]}…"


def normalize(heading: str) -> str:
    """Return a heading in small letters and figures alone."""
    # Workbooks of ours say of times that they are UTC.
    name = _REMARK.sub("", heading.lower())
    return "".join(char for char in name if char.isalnum())


@lru_cache(maxsize=1024)
def meaning(heading: str) -> Meaning:
    """Return what a heading means; the field is "" for one that means nothing here."""
    normalized = normalize(heading)
    # Exports of address books: `E-mail 1 - Value`.
    for name in (normalized, normalized.removesuffix("value")):
        if name in _FIELDS:
            return Meaning(_FIELDS[name], "", (0, _RANKS[name]))
    for place, address in enumerate(ADDRESSES):
        part = normalized.removeprefix(address)
        if (
            address
            and part != normalized
            and normalized not in _NO_FIELD
            and _FIELDS.get(part) in IN_ADDRESS
        ):
            return Meaning(_FIELDS[part], address, (place, _RANKS[part]))
    return Meaning("", "", (0, 0))
