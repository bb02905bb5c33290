"""Who sponsors a bill, from the official files about it.

BILLSTATUS XML is published by the Government Publishing Office (govinfo.gov/bulkdata/BILLSTATUS,
public domain), in an older and a newer shape. The table of cosponsors is that of congress.gov,
saved as CSV.
"""

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from campaign.errors import InvalidInput
from campaign.lazy_import import lazy_import
from campaign.messages import Message

if TYPE_CHECKING:
    from lxml import etree
else:
    etree = lazy_import("lxml.etree")

MAX_BYTES = 20_000_000
TOO_LARGE = (
    "The file is larger than 20 MB. BILLSTATUS XML of one bill is far smaller: on govinfo.gov, "
    "choose the file of that bill instead of a whole collection."
)
#: The marks with which a file of UTF-16 begins.
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_BIOGUIDE = re.compile(r"[A-Z][0-9]{6}")
# `Rep. Titus, Dina [D-NV-1]*`, `Sen. Coons, Christopher A. [D-DE]`, `Resident Commissioner …`
_NAME = re.compile(
    r"(?P<title>Rep\.|Del\.|Sen\.|Resident Commissioner|Res\. Com\.)\s+"
    r"(?P<last>[^,\[]+),\s*(?P<first>[^\[]+?)\s*"
    r"\[(?P<party>[A-Z]{1,3})-(?P<state>[A-Z]{2})(?:-(?P<district>[0-9]{1,2}|At Large))?\]\s*\*?",
)


@dataclass(frozen=True)
class Sponsorship:
    """A member's name on a bill.

    `bioguide` is "" where the file does not give it. `name` is as published, `district` None for a
    senator. `withdrawn_on` is the day on which the member took the name off, if there is one.
    """

    bioguide: str
    name: str
    last_name: str
    state: str
    district: int | None
    signed_on: date
    withdrawn_on: date | None = None
    is_sponsor: bool = False


@dataclass(frozen=True)
class BillStatus:
    """A bill's number and who sponsors it; `type` is in lower case, such as `hr` or `sjres`."""

    congress: int
    type: str
    number: int
    title: str
    updated_on: date | None
    sponsorships: tuple[Sponsorship, ...]


def is_xml(raw: bytes) -> bool:
    """True if a file begins as XML does, in UTF-8 or, with its mark, in UTF-16."""
    start = raw[:200].decode("utf-16" if raw.startswith(_UTF_16) else "utf-8-sig", "ignore")
    return start.lstrip().startswith("<")


def read_xml(raw: bytes) -> BillStatus:
    """Read a BILLSTATUS file.

    Raises InvalidInput (field "file") for a file that is larger than 20 MB, is cut off, or is not
    about one bill; entities are not resolved and nothing is fetched.
    """
    if len(raw) > MAX_BYTES:
        raise _invalid(Message(TOO_LARGE))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(_utf8(raw), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _invalid(
            Message("This is not a complete XML file. Download it again and import it anew.")
        ) from error
    bill = root.find("bill") if root.tag == "billStatus" else None
    if bill is None:
        raise _invalid(
            Message("This XML file is not about a bill. Choose a BILLSTATUS file from govinfo.gov.")
        )
    number, kind = _first(bill, "number", "billNumber"), _first(bill, "type", "billType")
    congress = _first(bill, "congress")
    if not (number.isdigit() and congress.isdigit() and kind.isalpha()):
        raise _invalid(Message("The file does not say which bill it is about."))
    introduced = _day(_first(bill, "introducedDate"))
    return BillStatus(
        congress=int(congress),
        type=kind.lower(),
        number=int(number),
        title=_first(bill, "title"),
        updated_on=_day(_first(bill, "updateDate")),
        sponsorships=(
            *_sponsorships(bill.findall("sponsors/item"), introduced, is_sponsor=True),
            *_sponsorships(bill.findall("cosponsors/item"), introduced, is_sponsor=False),
        ),
    )


def read_table_row(row: Mapping[str, str]) -> Sponsorship:
    """Read a row of congress.gov's table of cosponsors.

    `row` has the keys `name` (`Rep. Titus, Dina [D-NV-1]*`), `signed_on` and `withdrawn_on`, the
    last two as ISO days or "". Raises InvalidInput (field "file") for a name or a day that cannot
    be read.
    """
    named = _NAME.fullmatch(" ".join(row["name"].split()))
    signed = _day(row["signed_on"])
    if named is None:
        raise _invalid(
            Message(
                "“%(name)s” is not a cosponsor as congress.gov writes one, such as "
                "“Rep. Titus, Dina [D-NV-1].”",
                name=row["name"][:80],
            )
        )
    if signed is None:
        raise _invalid(
            Message("There is no day of cosponsorship for %(name)s.", name=named["last"])
        )
    district = named["district"]
    is_senator = named["title"].startswith("Sen")
    return Sponsorship(
        bioguide="",
        name=named[0].rstrip("* "),
        last_name=named["last"],
        state=named["state"],
        district=None if is_senator else int(district) if (district or "").isdigit() else 0,
        signed_on=signed,
        withdrawn_on=_day(row.get("withdrawn_on", "")),
    )


def _sponsorships(
    items: Iterable["etree._Element"], introduced: date | None, *, is_sponsor: bool
) -> Iterator[Sponsorship]:
    """Yield the members of a list, each with a day and an id; an entry without them is refused."""
    for item in items:
        bioguide = _first(item, "bioguideId", "identifiers/bioguideId").upper()
        name = _first(item, "fullName") or _first(item, "lastName")
        signed = _item_day(item, name, "sponsorshipDate") or (introduced if is_sponsor else None)
        if not _BIOGUIDE.fullmatch(bioguide) or signed is None:
            raise _invalid(
                Message(
                    "The entry of %(name)s lacks the member's id or the day. Download the file "
                    "again and import it anew.",
                    name=name[:80] or "a sponsor",
                )
            )
        district = _first(item, "district")
        yield Sponsorship(
            bioguide=bioguide,
            name=name,
            last_name=_first(item, "lastName"),
            state=_first(item, "state").upper(),
            district=int(district) if district.isdigit() else None,
            signed_on=signed,
            withdrawn_on=_item_day(item, name, "sponsorshipWithdrawnDate"),
            is_sponsor=is_sponsor,
        )


def _item_day(item: "etree._Element", name: str, path: str) -> date | None:
    """Return the day of an entry, None for an empty one. Raises InvalidInput for other text."""
    text = _first(item, path)
    day = _day(text)
    if text and day is None:
        raise _invalid(
            Message(
                "The entry of %(name)s has “%(day)s” for a day. Download the file again and "
                "import it anew.",
                name=name[:80] or "a sponsor",
                day=text[:40],
            )
        )
    return day


def _utf8(raw: bytes) -> bytes:
    """Return a file in UTF-8; one that was saved as UTF-16 loses the encoding it declares."""
    if not raw.startswith(_UTF_16):
        return raw
    return _DECLARATION.sub("", raw.decode("utf-16")).encode()


def _first(element: "etree._Element", *paths: str) -> str:
    """Return the text of the first of these elements that has one, with single spaces."""
    for path in paths:
        text = " ".join((element.findtext(path) or "").split())
        if text:
            return text
    return ""


def _day(text: str) -> date | None:
    """Read `2022-02-09` or `2022-02-10T08:12:12Z`; None for anything else."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _invalid(message: Message) -> InvalidInput:
    return InvalidInput(message, field="file")
