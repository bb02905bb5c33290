"""The texts of a lobby-day brief: one page for the people who visit a member."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from campaign.congress.contact import nearest_offices, office_lines, party_in_words
from campaign.congress.dataset import Congress
from campaign.congress.representation import committees_of
from campaign.letters.compose import ask_in_brief
from campaign.letters.letter import Recipient
from campaign.letters.packet_recipients import PacketRecipient, curly_quotes
from campaign.letters.print.packet_pages import Comment
from campaign.letters.recipients import full_name
from campaign.messages import counted, day_in_words
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord, Standing

_STANCES = {
    Stance.FOR: "For",
    Stance.AGAINST: "Against",
    Stance.UNDECIDED: "Undecided",
    Stance.UNKNOWN: "Not known: ask where the member stands",
}
#: What fits on the page.
MAX_COMMENTS = 3
_MAX_OFFICES, _MAX_COMMITTEES, _MAX_EVIDENCE, _MAX_CHARACTERS = 3, 6, 4, 280


@dataclass(frozen=True)
class MemberBrief:
    """What a brief says: the member, as `reader` and as `recipient`, and their constituents.

    `signatures` counts signers in the district or, for a senator, in the state.
    """

    reader: PacketRecipient
    recipient: Recipient
    standing: Standing
    signatures: int
    comments: Sequence[Comment]


def texts(pack: Pack, congress: Congress, brief: MemberBrief, on_date: date) -> dict[str, Any]:
    """Return the texts of the page. Raises InvalidInput if the pack has no ask for the member."""
    reader = brief.reader
    organizer = pack.organizer
    return {
        "kicker": f"Lobby-day brief: {pack.text().title}",
        "name": full_name(reader.member.name),
        "seat": curly_quotes(f"{reader.seat.title} · {party_in_words(reader.term)}"),
        "offices": _offices(congress, reader),
        "committees": _committees(congress, reader),
        "count": f"{brief.signatures:,}",
        "counted": f"in {reader.place}",
        "stance": _stance(brief.standing),
        "evidence": _evidence(brief.standing, pack.day.congress),
        "ask": ask_in_brief(pack, brief.recipient, on_date=on_date),
        "comments": [
            {"text": f"“{_short(comment.text)}”", "by": comment.by}
            for comment in brief.comments[:MAX_COMMENTS]
        ],
        "contact": [organizer.name, *organizer.postal_address],
        "reach": [part for part in (organizer.email, organizer.url) if part],
    }


def _offices(congress: Congress, reader: PacketRecipient) -> list[list[str]]:
    """Return Washington and district offices, each as lines with its phone."""
    washington = [*reader.block[2:], reader.term.number]
    local = [
        [*office_lines(office), office.phone]
        for office in nearest_offices(congress, reader.member, limit=_MAX_OFFICES)
    ]
    found = [[line for line in lines if line] for lines in (washington, *local)]
    left = len(reader.member.offices) - _MAX_OFFICES
    return [*found, [f"And {counted(left, 'more local office')}."]] if left > 0 else found


def _committees(congress: Congress, reader: PacketRecipient) -> list[str]:
    """Return the member's full committees, with the title where there is one."""
    return [
        f"{committee.name} ({membership.title.replace('-', ' ')})"
        if membership.title
        else committee.name
        for committee, membership in committees_of(congress, reader.member)
        if not committee.parent
    ][:_MAX_COMMITTEES]


def _stance(standing: Standing) -> str:
    if standing.is_contradictory:
        return "Not known: the evidence disagrees"
    return _STANCES[standing.stance]


def _evidence(standing: Standing, congress_day: date) -> list[str]:
    now = [
        f"{_STANCES[record.stance]}: {_dated(record, congress_day)}"
        if standing.is_contradictory
        else _dated(record, congress_day)
        for record in standing.records
    ]
    past = [f"Earlier: {each.stance}, {_dated(each, congress_day)}" for each in standing.past]
    return [*now, *past][:_MAX_EVIDENCE]


def _dated(record: StanceRecord, congress_day: date) -> str:
    return f"{record.basis_on(congress_day)}, as of {day_in_words(record.as_of)}"


def _short(comment: str) -> str:
    return textwrap.shorten(comment, _MAX_CHARACTERS, placeholder=" …")
