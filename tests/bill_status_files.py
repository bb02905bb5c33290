"""BILLSTATUS files of the official shapes about a made-up bill, for tests."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Name:
    """A member as the file lists one; `withdrawn` is an ISO day or ""."""

    bioguide: str
    last: str
    state: str
    district: str = ""
    day: str = "2026-01-14"
    withdrawn: str = ""


def bill_status(
    sponsor: Name,
    cosponsors: Iterable[Name],
    *,
    congress: int = 119,
    kind: str = "HR",
    number: int = 6840,
    is_old: bool = False,
) -> bytes:
    """Return the file; the older shape calls fields otherwise and repeats ids."""
    fields = (
        f"<billNumber>{number}</billNumber><billType>{kind}</billType>"
        if is_old
        else f"<number>{number}</number><type>{kind}</type>"
    )
    head = '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n<billStatus>\n'
    if not is_old:
        head += "<version>3.0.0</version>\n"
    return (
        f"{head}<bill>{fields}<updateDate>2026-11-20T08:12:12Z</updateDate>"
        f"<introducedDate>2025-12-18</introducedDate><congress>{congress}</congress>"
        f"<relatedBills><item><congress>{congress}</congress><number>1</number><type>S</type>"
        "</item></relatedBills>"
        f"<sponsors>{_item(sponsor, is_old=is_old, is_sponsor=True)}</sponsors>"
        f"<cosponsors>{''.join(_item(each, is_old=is_old) for each in cosponsors)}</cosponsors>"
        "<title>A Made-up Act</title></bill>\n</billStatus>\n"
    ).encode()


def _item(name: Name, *, is_old: bool, is_sponsor: bool = False) -> str:
    own_id = "" if is_old else f"<bioguideId>{name.bioguide}</bioguideId>"
    seat = f"{name.state}-{name.district}" if name.district else name.state
    title = "Rep." if name.district else "Sen."
    dates = "" if is_sponsor else f"<sponsorshipDate>{name.day}</sponsorshipDate>"
    gone = name.withdrawn
    return (
        f"<item>{own_id}<identifiers><bioguideId>{name.bioguide}</bioguideId></identifiers>"
        f"<fullName>{title} {name.last}, A. [D-{seat}]</fullName><lastName>{name.last}</lastName>"
        f"<state>{name.state}</state><district>{name.district}</district>{dates}"
        f"<sponsorshipWithdrawnDate>{gone}</sponsorshipWithdrawnDate></item>"
    )
