"""The texts of a delivery packet: title page, cover letter, summary for the staff.

The asks are quoted word for word from the petition that was signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaign.letters.packet_recipients import PacketReader
from campaign.letters.print.packet_pages import PageStyle
from campaign.letters.signed_texts import SignedWordings, people_in_words
from campaign.messages import day_in_words
from campaign.packs.pack import Pack

#: The most towns on a summary; the packet lists all.
_MAX_TOWNS = 24


@dataclass(frozen=True)
class Figures:
    """The numbers of signatures from a place (`Montana's 2nd district`).

    `unlisted` signers are counted, but their names are no longer kept. `wordings` counts the others
    by the text that they signed, with the keys of `signed_texts`. `leaves_out_old` is true if old
    signers may belong to the place but cannot be counted, because their ZIP codes were deleted.
    """

    place: str
    count: int
    paper: int = 0
    unlisted: int = 0
    comments: int = 0
    towns: Mapping[str, int] = field(default_factory=dict)
    wordings: Mapping[str, int] = field(default_factory=dict)
    leaves_out_old: bool = False


def page_style(pack: Pack, title: str, running: str, on_date: date) -> PageStyle:
    """Return the settings shared by all pages of a file."""
    return PageStyle(
        title, pack.organizer.name, running, pack.accent, on_date, pack.funding.statement()
    )


def packet(
    pack: Pack, reader: PacketReader, figures: Figures, shares: SignedWordings, on_date: date
) -> dict[str, Any]:
    """Return the texts of a packet's front matter: title page, letter, petition and towns."""
    return {
        "title": {
            **title(pack, figures, shares, on_date),
            "counted": reader.counted(figures.count, is_to_reader=True),
            "to-head": "To",
            "to": list(reader.block),
        },
        "letter": _letter(pack, reader, figures, shares, on_date),
        "petitions": shares.petitions(),
        **towns(figures, "Where signers live"),
    }


def title(pack: Pack, figures: Figures, shares: SignedWordings, on_date: date) -> dict[str, Any]:
    """Return the texts of a title page."""
    return {
        "kicker": pack.text().title,
        "headline": shares.headline,
        "standfirst": shares.standfirst,
        "count": f"{figures.count:,}",
        "counted": _counted(figures),
        "breakdown": _breakdown(figures, shares),
        "from": [pack.organizer.name, *pack.organizer.postal_address, pack.organizer.email],
        "dated": day_in_words(on_date),
    }


def towns(figures: Figures, heading: str) -> dict[str, Any]:
    """Return the table of towns; empty if no town is known."""
    rows = _town_rows(figures)
    if not rows:
        return {}
    many = f"{len(rows):,} towns" if len(rows) > 1 else "one town"
    note = f"Signers by post office, {many}, those with most signers first."
    return {"towns": {"heading": heading, "note": note, "rows": rows}}


def names_note(figures: Figures, *, is_last: bool) -> str:
    """Return the note above a list of names; the last list of a place counts the unlisted."""
    note = "By last name, each with the town of the post office."
    if figures.unlisted and is_last:
        note += (
            f" {people_in_words(figures.unlisted).capitalize()} more signed long ago. They are "
            "counted, but as the privacy notice promises, we no longer keep their names or which "
            "wording they signed."
        )
    if figures.leaves_out_old and is_last:
        note += (
            " People who signed long ago are not counted here: as the privacy notice promises, we "
            "no longer keep their ZIP codes."
        )
    return note


def comments_note() -> str:
    """Return the note above the comments."""
    return "What signers wrote when they signed, in their own words."


def summary(
    pack: Pack, reader: PacketReader, figures: Figures, shares: SignedWordings
) -> dict[str, Any]:
    """Return the texts of the one-page summary for a member's staff."""
    rows = _town_rows(figures)
    left = len(rows) - _MAX_TOWNS
    note = f"And {left:,} more {'town' if left == 1 else 'towns'}; the packet lists all."
    return {
        "kicker": pack.text().title,
        "headline": shares.headline,
        "for-whom": f"For the office of {reader.spoken_name}",
        "count": f"{figures.count:,}",
        "counted": reader.counted(figures.count),
        "breakdown": _breakdown(figures, shares),
        "asks": [
            *shares.asks_in_short(),
            f"Tell the people who signed what {reader.spoken_name}’s position is.",
        ],
        "towns-head": "Where signers live",
        "towns": rows[:_MAX_TOWNS],
        "towns-note": note if left > 0 else "",
        "contact": [pack.organizer.name, *pack.organizer.postal_address],
        "reach": [part for part in (pack.organizer.email, pack.organizer.url) if part],
    }


def _letter(
    pack: Pack, reader: PacketReader, figures: Figures, shares: SignedWordings, on_date: date
) -> dict[str, Any]:
    organizer = pack.organizer
    return {
        "sender": [organizer.name, *organizer.postal_address],
        "date": day_in_words(on_date),
        "inside": list(reader.block),
        "subject": f"Re: {shares.headline}",
        "salutation": reader.salutation,
        "before": [
            f"We bring you the petition “{shares.headline}.” It was signed by "
            f"{reader.signers(figures.count)}. "
            f"{shares.note()}".strip(),
            "We count each person once. Each signature on our website was confirmed from the "
            f"signer’s own email address.{_by_hand(figures)} The text of the petition follows "
            "this letter, then the towns where the signers live, their names, and comments from "
            "some of them. They signed so that their request would reach you. We do not share "
            "their email addresses.",
        ],
        "asks": shares.asks(),
        "after": [
            "The people who signed would like to know your position, and we will share your reply "
            f"with them. Write to us at {organizer.email}. We are glad to answer questions, and "
            "to meet with you or your staff.",
        ],
        "sign-off": "Respectfully,",
        "signed": [f"For {organizer.name}"],
    }


def _counted(figures: Figures) -> str:
    return "person has signed" if figures.count == 1 else f"people of {figures.place} have signed"


def _breakdown(figures: Figures, shares: SignedWordings) -> str:
    parts = []
    if figures.paper:
        parts.append(f"{figures.paper:,} by hand, on paper")
    if figures.comments:
        words = "a comment" if figures.comments == 1 else "comments"
        parts.append(f"{figures.comments:,} with {words}")
    if shares.are_several:
        parts.append(f"in {len(shares.all)} wordings, each printed with the names under it")
    elif shares.note():
        parts.append("in an earlier wording, whose text we do not have")
    joined = "; ".join(parts)
    return f"{joined[0].upper()}{joined[1:]}." if parts else ""


def _by_hand(figures: Figures) -> str:
    if not figures.paper:
        return ""
    return f" {people_in_words(figures.paper).capitalize()} signed by hand, on paper."


def _town_rows(figures: Figures) -> list[Sequence[str]]:
    ordered = sorted(
        ((town, count) for town, count in figures.towns.items() if town),
        key=lambda row: (-row[1], row[0]),
    )
    return [(town, f"{count:,}") for town, count in ordered]
