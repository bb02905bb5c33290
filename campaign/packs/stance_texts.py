"""Texts for members whose stance is known, for campaigns that have none of their own.

A cosponsor is thanked and asked to bring a colleague, a supporter to say so in public, and one who
opposes is asked for something smaller. Without these, they would be asked for what they have done
or refused. Texts for the undecided and the unknown are those of `campaign.packs.bill_asks`.

The record of a stance says that a member sponsors or cosponsors a bill, not which of them: the
thanks must be true for both.
"""

from collections.abc import Iterable, Iterator

from campaign.packs.bills import CampaignBill
from campaign.packs.letter_headings import LetterHeading, RecipientKind, Section
from campaign.packs.stances import Reading
from campaign.packs.values import NarrowText

#: How a caller begins and ends.
HELLO = (
    "Hello. My name is {{ constituent.name }}, and I live in {{ constituent.city }}, ZIP code "
    "{{ constituent.zip }}."
)
GOODBYE = "Please pass on my message. I would like a written reply. Thank you for your time."

#: `%s` is what the member did. Callers ask in statements: voicemail scripts leave questions out.
_ASK: dict[Reading, str] = {
    Reading.COSPONSOR: (
        "As one of your constituents, I thank you for putting your name to %s, and I ask for the "
        "next step: please ask a colleague to cosponsor it, ask the committee to take it up, and "
        "speak for it. Would you write back and tell me what you plan to do?"
    ),
    Reading.FOR: (
        "As one of your constituents, I thank you for your support. Please say so publicly, and "
        "ask a colleague to join you. Would you write back and tell me what you plan to do?"
    ),
    Reading.AGAINST: (
        "We see this differently, so I ask for something that does not depend on it. Would you "
        "meet with constituents who support this request, and explain your position in writing?"
    ),
}
_CALL: dict[Reading, tuple[str, ...]] = {
    Reading.COSPONSOR: (
        "Please thank {{ recipient.short }} for supporting %s.",
        "I ask {{ recipient.short }} to bring one more colleague to it.",
    ),
    Reading.FOR: (
        "I am calling about “{{ campaign.title }}.” Please thank {{ recipient.short }} for the "
        "support.",
        "I ask {{ recipient.short }} to say so publicly, and to bring one more colleague along.",
    ),
    Reading.AGAINST: (
        "I am calling about “{{ campaign.title }},” which {{ recipient.short }} sees differently.",
        "I ask that {{ recipient.short }} meet with constituents about it, and explain the "
        "position in writing.",
    ),
}
_SENATE: tuple[RecipientKind, ...] = ("senator",)
_HOUSE: tuple[RecipientKind, ...] = ("representative", "delegate", "resident-commissioner")


def fallbacks(
    given: Iterable[LetterHeading], bills: Iterable[CampaignBill]
) -> tuple[NarrowText, ...]:
    """Return the texts for stances about which the campaign's own headings say nothing.

    `bills` are those of the day: the bill that a cosponsor is thanked for, if there is one in the
    chamber.
    """
    headings = tuple(given)
    supported = tuple(each for each in bills if each.side == "for")
    sections: tuple[Section, ...] = ("ask", "call script")
    return tuple(
        text
        for section in sections
        for reading in _ASK
        if not _covers(headings, section, reading)
        for text in _texts(section, reading, supported)
    )


def _covers(headings: Iterable[LetterHeading], section: Section, reading: Reading) -> bool:
    """True if the campaign has a text of the section for all members of that stance."""
    return any(
        each.section == section and each.kind is None and each.reading in reading.fallbacks
        for each in headings
    )


def _texts(
    section: Section, reading: Reading, supported: tuple[CampaignBill, ...]
) -> Iterator[NarrowText]:
    yield NarrowText(
        LetterHeading(section, reading=reading),
        _worded(section, reading, "the bill that I am writing about"),
    )
    if reading is not Reading.COSPONSOR:
        return
    for chamber, kinds in (("senate", _SENATE), ("house", _HOUSE)):
        own = [each.bill for each in supported if each.bill.chamber == chamber]
        if len(own) == 1:
            for kind in kinds:
                heading = LetterHeading(section, kind, reading=reading)
                yield NarrowText(heading, _worded(section, reading, str(own[0])))


def _worded(section: Section, reading: Reading, what: str) -> tuple[str, ...]:
    if section == "ask":
        text = _ASK[reading]
        return (text % what if "%s" in text else text,)
    parts = (part % what if "%s" in part else part for part in _CALL[reading])
    return (HELLO, *parts, GOODBYE)
