"""Asks of members who have not decided, or whose stance is unknown, about a campaign's open bills.

A bill is before one chamber, so a general ask such as "pass H.R. 1234 and S. 567" suits no member.
Each member is asked to cosponsor the bills of their own chamber that the campaign supports, and to
oppose those that it is against. An ask that the campaign wrote for a kind of recipient or a stance
stays as it is, and so does one that asks for this already.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from campaign.packs.bills import BillNames, CampaignBill
from campaign.packs.letter_headings import LetterHeading, RecipientKind, Section
from campaign.packs.stance_texts import GOODBYE, HELLO
from campaign.packs.stances import Reading
from campaign.packs.values import LetterTexts, NarrowText

#: The chamber of a bill -> the kind whose asks its members get (delegates get representatives'),
#: and how the codes of its committees begin.
_CHAMBERS: dict[str, tuple[RecipientKind, str]] = {
    "senate": ("senator", "S"),
    "house": ("representative", "H"),
}
_SAYS = {"for": re.compile(r"\bcosponsor", re.I), "against": re.compile(r"\b(oppos|against)", re.I)}
_WHERE = "Where do you stand?"

#: Section -> what is asked (such as "cosponsor H.R. 1234 (119th Congress)") -> its text.
_STANDARD: dict[Section, Callable[[str], tuple[str, ...]]] = {
    "ask": lambda what: (
        f"As one of your constituents, I ask you to {what}. {_WHERE} Would you write back and tell "
        "me your position?",
    ),
    "brief ask": lambda what: (f"As one of your constituents, I ask you to {what}. {_WHERE}",),
    "call script": lambda what: (
        HELLO,
        "I am calling about “{{ campaign.title }}.”",
        f"I ask that {{{{ recipient.short }}}} {what}.",
        "May I ask whether {{ recipient.short }} has taken a position on this?",
        GOODBYE,
    ),
}
_UNDECIDED: dict[Section, Callable[[str], tuple[str, ...]]] = {
    "ask": lambda what: (
        f"As one of your constituents, I ask you to {what}. Before you decide, would you meet with "
        "constituents whom this concerns? Please write back and tell me your position.",
    ),
    "brief ask": lambda what: (
        f"As one of your constituents, I ask you to {what}. Before you decide, would you meet with "
        "constituents?",
    ),
    "call script": lambda what: (
        HELLO,
        "I am calling about “{{ campaign.title }}.”",
        f"I ask that {{{{ recipient.short }}}} {what}, and meet with constituents before deciding.",
        GOODBYE,
    ),
}


def with_bill_asks(
    letters: LetterTexts, written: Iterable[LetterHeading], bills: Sequence[CampaignBill]
) -> LetterTexts:
    """Return the texts of letters with asks about `bills`, those of the day, where they lack them.

    `written` are the headings of letters.md, those whose facts have lapsed too. A general text that
    names a bill of the campaign, but asks a member for what belongs to the other chamber or for
    something else, is replaced for that member; one that names no bill follows the new request.
    """
    headings = tuple(written)
    brief = LetterHeading("brief ask")
    general: dict[Section, tuple[str, ...]] = {
        "ask": (letters.general_ask,) if letters.general_ask else (),
        "brief ask": next((each.texts for each in letters.narrow if each.heading == brief), ()),
        "call script": letters.call_script,
    }
    added = [
        text
        for chamber in _CHAMBERS
        for section, own in general.items()
        if own
        for text in _of_chamber(section, own, chamber, headings, bills)
    ]
    asks = {each.heading.kind: each.text for each in added if each.heading.is_general}
    narrow = (each for each in added if not each.heading.is_general)
    return replace(
        letters,
        asks={kind: ask for kind, ask in asks.items() if kind is not None} | letters.asks,
        narrow=(*letters.narrow, *narrow),
    )


def _of_chamber(
    section: Section,
    own: tuple[str, ...],
    chamber: str,
    written: Sequence[LetterHeading],
    bills: Sequence[CampaignBill],
) -> Iterator[NarrowText]:
    """Yield the texts of a section for members of a chamber; `own` is the text for everybody."""
    said = " ".join(own)
    here = [each for each in bills if each.bill.chamber == chamber]
    lacking = [each for each in here if not _asks_for(said, each, bills)]
    is_about_others = any(_names(said, each) for each in bills if each not in here)
    if not here or not (lacking or is_about_others):
        return
    is_replaced = is_about_others or any(_names(said, each) for each in lacking)
    texts = (
        _STANDARD[section](_request(here))
        if is_replaced
        else _together(section, _request(lacking), own)
    )
    kind, committees = _CHAMBERS[chamber]
    sections = {section} if section == "call script" else {"ask", "brief ask"}
    own_kinds = {each.kind for each in written if each.section in sections}
    if not any(each.section == section and each.kind == kind for each in written):
        yield NarrowText(LetterHeading(section, kind), texts)
    # Scripts for calls to a committee's members are those for their seats.
    if section != "call script" and "committee" not in own_kinds:
        yield NarrowText(LetterHeading(section, "committee", (committees,)), texts)
    has_undecided = any(
        each.section in sections and each.reading is Reading.UNDECIDED for each in written
    )
    if is_replaced and not has_undecided and own_kinds.isdisjoint({kind, "committee"}):
        heading = LetterHeading(section, kind, reading=Reading.UNDECIDED)
        yield NarrowText(heading, _UNDECIDED[section](_request(here)))


def _names(said: str, bill: CampaignBill) -> bool:
    return bool(BillNames((bill.bill,)).within(said)) or bool(bill.title and bill.title in said)


def _asks_for(said: str, bill: CampaignBill, bills: Sequence[CampaignBill]) -> bool:
    """True if a text asks for the campaign's side on a bill, by name if it names any bill."""
    is_named = _names(said, bill) or not any(_names(said, each) for each in bills)
    return is_named and bool(_SAYS[bill.side].search(said))


def _request(bills: Sequence[CampaignBill]) -> str:
    """Return such as `cosponsor S. 1 (119th Congress) and oppose S. 2 (119th Congress)`."""
    verbs = {"for": "cosponsor", "against": "oppose"}
    parts = []
    for side, verb in verbs.items():
        names = [str(each.bill) for each in bills if each.side == side]
        if names:
            parts.append(f"{verb} {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}")
    return " and ".join(parts)


def _together(section: Section, what: str, own: tuple[str, ...]) -> tuple[str, ...]:
    """Return the campaign's own text with a request about bills before it, in a script within."""
    if section == "call script":
        place = next((at for at, part in enumerate(own) if "?" in part), len(own) - 1)
        return (*own[:place], f"I ask that {{{{ recipient.short }}}} {what}.", *own[place:])
    ask = " ".join(own) if "?" in " ".join(own) else f"{' '.join(own)} {_WHERE}"
    return (f"I ask you to {what}.", ask)
