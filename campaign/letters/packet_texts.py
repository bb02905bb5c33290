"""What is said to a member, and to the staff, when a petition is handed over.

A petition is the signers' own text: what it asks is taken from it, word for word.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from campaign.congress.contact import spoken_name
from campaign.congress.members import Member, Seat, Term
from campaign.congress.places import STATES
from campaign.letters.print.packet_pages import Look
from campaign.letters.recipients import address_block
from campaign.letters.signed_texts import Shares, people
from campaign.messages import day_in_words
from campaign.packs.pack import Pack

#: So many towns stand on a summary; a packet lists all.
_TOWNS = 24


@dataclass(frozen=True)
class Figures:
    """How many signed at a place (`Montana's 2nd district`), and how it divides.

    `unlisted` are counted, and their names no longer kept. `wordings` are how many of the others
    signed which text, by the keys of `signed_texts`.
    """

    place: str
    count: int
    paper: int = 0
    unlisted: int = 0
    comments: int = 0
    towns: Mapping[str, int] = field(default_factory=dict)
    wordings: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Reader:
    """A member whom a packet is for."""

    member: Member
    seat: Seat
    term: Term

    @property
    def spoken(self) -> str:
        """`Senator Daines`."""
        return str(spoken_name(self.seat, self.member))

    @property
    def block(self) -> tuple[str, ...]:
        """The lines of the address in Washington."""
        return address_block(self.member, self.term)

    @property
    def place(self) -> str:
        """Whom the seat is for: `Montana`, `Montana’s 2nd district`."""
        district = self.seat.house_district
        name = STATES[self.seat.state] if district is None else district.title
        return curly(str(name))


def look(pack: Pack, title: str, running: str, on: date) -> Look:
    """Return what all pages of a file share."""
    return Look(title, pack.organizer.name, running, pack.accent, on)


def packet(
    pack: Pack, reader: Reader, figures: Figures, shares: Shares, on: date
) -> dict[str, Any]:
    """Return the texts of a packet's front: title page, letter, petition and towns."""
    return {
        "title": {
            **title(pack, figures, shares, on),
            "counted": _counted(figures, "your constituents in", reader.place),
            "to-head": "To",
            "to": list(reader.block),
        },
        "letter": _letter(pack, reader, figures, shares, on),
        "petitions": shares.petitions(),
        **towns(figures, "Where they live"),
    }


def title(pack: Pack, figures: Figures, shares: Shares, on: date) -> dict[str, Any]:
    """Return the texts that every title page has."""
    return {
        "kicker": pack.text().title,
        "headline": shares.headline,
        "standfirst": shares.standfirst,
        "count": f"{figures.count:,}",
        "counted": _counted(figures, "people of", figures.place),
        "told": _told(figures, shares),
        "from": [pack.organizer.name, *pack.organizer.postal_address, pack.organizer.email],
        "dated": day_in_words(on),
    }


def towns(figures: Figures, heading: str) -> dict[str, Any]:
    """Return the table of towns, nothing where no town is known."""
    rows = _town_rows(figures)
    if not rows:
        return {}
    many = f"{len(rows):,} towns" if len(rows) > 1 else "one town"
    note = f"Signers by post office, {many}, those with most signers first."
    return {"towns": {"heading": heading, "note": note, "rows": rows}}


def names_note(figures: Figures, *, is_last: bool) -> str:
    """Say what a list of names is; the last one of a place, who is missing from all."""
    said = "By last name, each with the town of the post office."
    if figures.unlisted and is_last:
        said += (
            f" {people(figures.unlisted).capitalize()} more signed long ago: counted, and no "
            "longer named, as the privacy notice promises; which wording they signed is not kept."
        )
    return said


def comments_note() -> str:
    """Say what the comments are."""
    return "What signers wrote when they signed, in their own words."


def summary(pack: Pack, reader: Reader, figures: Figures, shares: Shares) -> dict[str, Any]:
    """Return the texts of the page for a member's staff."""
    rows = _town_rows(figures)
    left = len(rows) - _TOWNS
    note = f"And {left:,} more {'town' if left == 1 else 'towns'}; the packet lists all."
    return {
        "kicker": pack.text().title,
        "headline": shares.headline,
        "for-whom": f"For the office of {reader.spoken}",
        "count": f"{figures.count:,}",
        "counted": _counted(figures, "constituents in", reader.place),
        "told": _told(figures, shares),
        "asks": [*shares.asks_in_short(), f"Tell those who signed where {reader.spoken} stands."],
        "towns-head": "Where they live",
        "towns": rows[:_TOWNS],
        "towns-note": note if left > 0 else "",
        "contact": [pack.organizer.name, *pack.organizer.postal_address],
        "reach": [part for part in (pack.organizer.email, pack.organizer.url) if part],
    }


def curly(text: str) -> str:
    """Return text with printers' apostrophes."""
    return text.replace("'", "’")


def _letter(
    pack: Pack, reader: Reader, figures: Figures, shares: Shares, on: date
) -> dict[str, Any]:
    organizer = pack.organizer
    signed = (
        "One of your constituents has signed it"
        if figures.count == 1
        else f"{figures.count:,} of your constituents have signed it"
    )
    return {
        "sender": [organizer.name, *organizer.postal_address],
        "date": day_in_words(on),
        "inside": list(reader.block),
        "subject": f"Re: {shares.headline}",
        "salutation": f"Dear {reader.spoken}:",
        "before": [
            f"We bring you the petition “{shares.headline}”. {signed}: people who live in "
            f"{reader.place} and gave us their names and ZIPs. {shares.told()}".strip(),
            "Nobody is counted twice, and nobody who did not confirm: each signature on our site "
            f"was confirmed from the signer’s own mailbox.{_by_hand(figures)} The text of the "
            "petition follows this letter, then the towns where the signers live, their names, "
            "and what some of them wrote. They signed so that this would reach you. Their e-mail "
            "addresses we keep to ourselves.",
        ],
        "asks": shares.asks(),
        "after": [
            "We would be grateful for an answer to those who signed: where do you stand? We will "
            f"pass it on. Write to {organizer.email}; we are glad to answer questions, and to "
            "come and meet you or your staff.",
        ],
        "sign-off": "Respectfully,",
        "signed": [f"For {organizer.name}"],
    }


def _counted(figures: Figures, whose: str, place: str) -> str:
    if figures.count == 1:
        return f"of {whose} {place} has signed" if "constituents" in whose else "person has signed"
    link = "of " if whose.startswith("your") else ""
    return f"{link}{whose} {place} have signed"


def _told(figures: Figures, shares: Shares) -> str:
    said = []
    if figures.paper:
        said.append(f"{figures.paper:,} by hand, on paper")
    if figures.comments:
        words = "a comment" if figures.comments == 1 else "comments"
        said.append(f"{figures.comments:,} with {words}, printed at the end")
    if shares.are_several:
        said.append(f"in {len(shares.all)} wordings, each printed with the names under it")
    elif shares.told():
        said.append("in an earlier wording, whose text is not on record")
    told = "; ".join(said)
    return f"{told[0].upper()}{told[1:]}." if said else ""


def _by_hand(figures: Figures) -> str:
    if not figures.paper:
        return ""
    return f" {people(figures.paper).capitalize()} signed by hand, on paper."


def _town_rows(figures: Figures) -> list[Sequence[str]]:
    ordered = sorted(
        ((town, count) for town, count in figures.towns.items() if town),
        key=lambda row: (-row[1], row[0]),
    )
    return [(town, f"{count:,}") for town, count in ordered]
