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
from campaign.letters.packet_pages import Look
from campaign.letters.recipients import address_block
from campaign.messages import day_in_words
from campaign.packs import sentences
from campaign.packs.pack import Pack

#: So many of the petition's own sentences stand among the three that a summary asks by.
_ASKS = 2
# How a sentence of a petition begins that asks for something.
_ASKING = ("We call", "We ask", "We urge", "We request", "We demand", "We petition", "We want")
#: So many towns stand on a summary; a packet lists all.
_TOWNS = 24


@dataclass(frozen=True)
class Figures:
    """How many signed at a place (`Montana's 2nd district`), and how it divides.

    `unlisted` are counted, and their names no longer kept.
    """

    place: str
    count: int
    paper: int = 0
    unlisted: int = 0
    comments: int = 0
    towns: Mapping[str, int] = field(default_factory=dict)


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
    return Look(title, pack.organiser.name, running, pack.accent, on)


def packet(pack: Pack, reader: Reader, figures: Figures, on: date) -> dict[str, Any]:
    """Return the texts of a packet's front: title page, letter, petition and towns."""
    return {
        "title": {
            **title(pack, figures, on),
            "counted": _counted(figures, "your constituents in", reader.place),
            "to-head": "To",
            "to": list(reader.block),
        },
        "letter": _letter(pack, reader, figures, on),
        "petition": petition(pack),
        **towns(figures, "Where they live"),
    }


def title(pack: Pack, figures: Figures, on: date) -> dict[str, Any]:
    """Return the texts that every title page has."""
    texts = pack.text()
    return {
        "kicker": texts.title,
        "headline": texts.headline,
        "standfirst": texts.standfirst,
        "count": f"{figures.count:,}",
        "counted": _counted(figures, "people of", figures.place),
        "told": _told(figures),
        "from": [pack.organiser.name, *pack.organiser.postal_address, pack.organiser.email],
        "dated": day_in_words(on),
    }


def petition(pack: Pack) -> dict[str, Any]:
    """Return the petition's text as it is printed."""
    texts = pack.text()
    return {
        "addressees": texts.addressees,
        "headline": texts.headline,
        "paragraphs": [passage.plain for passage in texts.petition],
    }


def towns(figures: Figures, heading: str) -> dict[str, Any]:
    """Return the table of towns, nothing where no town is known."""
    rows = _town_rows(figures)
    if not rows:
        return {}
    many = f"{len(rows):,} towns" if len(rows) > 1 else "one town"
    note = f"Signers by post office, {many}, those with most signers first."
    return {"towns": {"heading": heading, "note": note, "rows": rows}}


def names_note(figures: Figures) -> str:
    """Say what the list of names is, and who is missing from it."""
    said = "By last name, each with the town of the post office."
    if figures.unlisted:
        said += (
            f" {_people(figures.unlisted).capitalize()} more signed long ago: counted, and no "
            "longer named, as the privacy notice promises."
        )
    return said


def comments_note() -> str:
    """Say what the comments are."""
    return "What signers wrote when they signed, in their own words."


def summary(pack: Pack, reader: Reader, figures: Figures) -> dict[str, Any]:
    """Return the texts of the page for a member's staff."""
    texts = pack.text()
    rows = _town_rows(figures)
    left = len(rows) - _TOWNS
    note = f"And {left:,} more {'town' if left == 1 else 'towns'}; the packet lists all."
    return {
        "kicker": texts.title,
        "headline": texts.headline,
        "for-whom": f"For the office of {reader.spoken}",
        "count": f"{figures.count:,}",
        "counted": _counted(figures, "constituents in", reader.place),
        "told": _told(figures),
        "asks": [*asks(pack), f"Tell those who signed where {reader.spoken} stands."],
        "towns-head": "Where they live",
        "towns": rows[:_TOWNS],
        "towns-note": note if left > 0 else "",
        "contact": [pack.organiser.name, *pack.organiser.postal_address],
        "reach": [part for part in (pack.organiser.email, pack.organiser.url) if part],
    }


def asks(pack: Pack) -> tuple[str, ...]:
    """Return up to two sentences of the petition that ask for something, as they stand there.

    Where none begins as such sentences do, the last paragraph is what is asked.
    """
    passages = [passage.plain for passage in pack.text().petition]
    found = [
        sentence.strip()
        for passage in passages
        for sentence in sentences.split(passage)
        if sentence.startswith(_ASKING)
    ]
    return tuple(found[:_ASKS] or passages[-1:])


def curly(text: str) -> str:
    """Return text with printers' apostrophes."""
    return text.replace("'", "’")


def _letter(pack: Pack, reader: Reader, figures: Figures, on: date) -> dict[str, Any]:
    organiser = pack.organiser
    signed = (
        "One of your constituents has signed it"
        if figures.count == 1
        else f"{figures.count:,} of your constituents have signed it"
    )
    return {
        "sender": [organiser.name, *organiser.postal_address],
        "date": day_in_words(on),
        "inside": list(reader.block),
        "subject": f"Re: {pack.text().headline}",
        "salutation": f"Dear {reader.spoken}:",
        "before": [
            f"We bring you the petition “{pack.text().headline}”. {signed}: people who live in "
            f"{reader.place} and gave us their names and ZIPs.",
            "Nobody is counted twice, and nobody who did not confirm: each signature on our site "
            f"was confirmed from the signer’s own mailbox.{_by_hand(figures)} The text of the "
            "petition follows this letter, then the towns where the signers live, their names, "
            "and what some of them wrote. They signed so that this would reach you. Their e-mail "
            "addresses we keep to ourselves.",
            "What the petition asks:",
        ],
        "asks": list(asks(pack)),
        "after": [
            "We would be grateful for an answer to those who signed: where do you stand? We will "
            f"pass it on. Write to {organiser.email}; we are glad to answer questions, and to "
            "come and meet you or your staff.",
        ],
        "sign-off": "Respectfully,",
        "signed": [f"For {organiser.name}"],
    }


def _counted(figures: Figures, people: str, place: str) -> str:
    if figures.count == 1:
        return (
            f"of {people} {place} has signed" if "constituents" in people else "person has signed"
        )
    link = "of " if people.startswith("your") else ""
    return f"{link}{people} {place} have signed"


def _told(figures: Figures) -> str:
    said = []
    if figures.paper:
        said.append(f"{figures.paper:,} by hand, on paper")
    if figures.comments:
        words = "a comment" if figures.comments == 1 else "comments"
        said.append(f"{figures.comments:,} with {words}, printed at the end")
    return f"{'; '.join(said)}." if said else ""


def _by_hand(figures: Figures) -> str:
    if not figures.paper:
        return ""
    return f" {_people(figures.paper).capitalize()} signed by hand, on paper."


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count:,} people"


def _town_rows(figures: Figures) -> list[Sequence[str]]:
    ordered = sorted(
        ((town, count) for town, count in figures.towns.items() if town),
        key=lambda row: (-row[1], row[0]),
    )
    return [(town, f"{count:,}") for town, count in ordered]
