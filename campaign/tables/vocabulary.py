"""Map column headings of other programs to our fields.

All imports and their pages use this list. Sources: the import and export formats of Action Network,
NationBuilder, EveryAction (VAN), CiviCRM, Mailchimp, ActionKit, Google Forms and Change.org, our
own exports, and common words in forms.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from campaign.tables.formulas import unescape

#: The columns that a rejects file adds to its table; they are ignored when it is read again.
REJECTS_COLUMNS = ("line", "column", "reason")

#: Field -> its headings in `normalize`d form (`First Name`, `first_name` and `FIRSTNAME` are one).
#: If several columns map to a field, the heading listed first is preferred. A part of an address
#: may have a prefix from `ADDRESSES`, as in `Mailing Postal Code`.
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

#: Prefixes of address headings, for tables with several addresses of a person; the first are
#: preferred. Work addresses are left out, because no one votes at work.
ADDRESSES = (
    "", "primary", "home", "residential", "residence", "res", "registered", "registration", "voter",
    "voting", "permanent", "address", "address1", "can2user", "can2", "mailing", "postal",
    "billing", "shipping",
)  # fmt: skip
#: The fields that are parts of an address.
IN_ADDRESS = frozenset({"street", "street2", "city", "state", "zip", "zip4", "country"})
_FIELDS = {heading_key: field for field, words in SYNONYMS.items() for heading_key in words}
_RANKS = {
    heading_key: rank for words in SYNONYMS.values() for rank, heading_key in enumerate(words)
}
# A home town may be the place of birth.
_NO_FIELD = frozenset({"hometown"})
_LINE_END = re.compile(r"\r\n?")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
# Remarks that forms add to a heading.
_REMARK = re.compile(
    r"\((?:optional|required|(?:5|five)[- ]digits?|no p\.?o\.? ?box(?:es)?|utc)\)\s*[*?:]?\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Meaning:
    """What a heading means: its field, its prefix from `ADDRESSES`, and its rank (lowest first)."""

    field: str
    address: str
    rank: tuple[int, int]


def field_of(heading: str) -> str:
    """Return the field of a heading, or ""; case and punctuation do not matter."""
    return meaning(heading).field


def is_known(heading: str) -> bool:
    """True if a heading maps to a field."""
    return field_of(heading) != ""


def cell_text(cell: str) -> str:
    """Return a cell's text without spreadsheet escapes: `'=1+1` and `="02141"`."""
    formula = _TEXT_FORMULA.fullmatch(cell.strip())
    # Line breaks first: the cell was escaped with the stored line breaks.
    return formula[1] if formula else unescape(_LINE_END.sub("\n", cell))


def display_name(heading: str) -> str:
    """Return a heading for display: one line of at most 40 characters."""
    one = " ".join("".join(char for char in heading if char.isprintable() or char == " ").split())
    return one if len(one) <= 40 else f"{one[:39]}…"


def normalize(heading: str) -> str:
    """Return the lower-case letters and digits of a heading, without remarks such as (UTC)."""
    name = _REMARK.sub("", heading.lower())
    return "".join(char for char in name if char.isalnum())


@lru_cache(maxsize=1024)
def meaning(heading: str) -> Meaning:
    """Return what a heading means; its field is "" if it is unknown."""
    normalized = normalize(heading)
    # Google Contacts exports: `E-mail 1 - Value`.
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
