"""Pack + recipient + constituent -> letter: own words, the chosen points, the ask."""

import hashlib
from collections.abc import Sequence
from datetime import date

from campaign import text
from campaign.errors import InvalidInput
from campaign.letters.letter import (
    Constituent,
    Letter,
    Paragraph,
    ParagraphRole,
    Recipient,
)
from campaign.letters.recipients import Kind, PaperTo, recipients
from campaign.messages import Message, day_in_words
from campaign.packs import wording
from campaign.packs.pack import Pack, RecipientKind, TalkingPoint

__all__ = [
    "MOST_OWN",
    "Constituent",
    "Kind",
    "Letter",
    "PaperTo",
    "Paragraph",
    "Recipient",
    "call_script",
    "chosen_points",
    "compose",
    "recipients",
]

#: The person's own words, in characters: about a page beside the points. It also bounds the work
#: of the page setter, whose time grows with the text alone.
MOST_OWN = 3_000
_MOST_PASSAGE = 4_000
_DEFAULT_POINTS = 3

# A pack without an ask for the rarer kinds is still answered: these ask the same of a seat.
_INSTEAD: dict[RecipientKind, tuple[RecipientKind, ...]] = {
    "delegate": ("representative",),
    "resident-commissioner": ("delegate", "representative"),
}


def compose(
    pack: Pack,
    recipient: Recipient,
    constituent: Constituent,
    *,
    points: Sequence[str] = (),
    personal: str = "",
    on: date,
) -> Letter:
    """Return the letter: own words first, an opening, points, the ask of this recipient, a closing.

    `points` are talking points' ids in the order wanted; none given means three chosen for variety.
    `personal` is the person's own text, its paragraphs apart by an empty line. What varies (the
    opening, the closing, points not chosen) hangs on writer, recipient and campaign alone: two
    letters of one event differ, and the same input makes the same letter on any day.

    Raises InvalidInput: field "points" for an unknown id, "personal" for text that cannot be used
    or is longer than MOST_OWN; PackInvalid where a text of the pack cannot be rendered.
    """
    own = text.block(personal, limit=MOST_OWN, field="personal")
    picked = chosen_points(pack, recipient, constituent, points)
    values = _values(pack, recipient, constituent, on)

    def passage(template: str) -> str:
        return text.block(wording.render(template, values), limit=_MOST_PASSAGE)

    def vary(what: str, choices: Sequence[str]) -> str:
        return choices[_dice(what, pack, recipient, constituent) % len(choices)]

    texts = pack.letters
    parts: list[tuple[ParagraphRole, str]] = [
        ("own", own),
        ("opening", passage(vary("opening", texts.openings))),
        *(("point", passage.plain) for point in picked for passage in point.passages),
        ("ask", passage(_ask(pack, recipient))),
        ("closing", passage(vary("closing", texts.closings))),
    ]
    return Letter(
        campaign=pack.name,
        constituent=constituent,
        recipient=recipient,
        on=on,
        subject=text.line(
            wording.render(vary("subject", texts.subjects or (texts.subject,)), values)
        ),
        salutation=recipient.salutation,
        paragraphs=tuple(
            Paragraph(role, part) for role, whole in parts for part in whole.split("\n\n") if part
        ),
        sign_off=text.line(wording.render(texts.sign_off, values)),
    )


def call_script(
    pack: Pack, recipient: Recipient, constituent: Constituent, *, on: date
) -> tuple[str, ...]:
    """Return what to say when calling this recipient's office, a paragraph each."""
    values = _values(pack, recipient, constituent, on)
    return tuple(
        text.block(wording.render(passage, values), limit=_MOST_PASSAGE)
        for passage in pack.letters.call_script
    )


def chosen_points(
    pack: Pack, recipient: Recipient, constituent: Constituent, points: Sequence[str] = ()
) -> tuple[TalkingPoint, ...]:
    """Return the talking points of that letter: those named, or else three chosen for variety.

    The choice takes different audiences first, and keeps the pack's order, in which points build
    on each other. Raises InvalidInput (field "points") that names the ids there are.
    """
    if points:
        known = {point.id: point for point in pack.talking_points}
        if unknown := [name for name in points if name not in known]:
            raise InvalidInput(
                Message(
                    "There is no talking point “%(point)s”. Choose from: %(points)s.",
                    point=text.line(unknown[0]),
                    points=", ".join(known),
                ),
                field="points",
            )
        return tuple(known[name] for name in dict.fromkeys(points))
    shuffled = sorted(
        pack.talking_points,
        key=lambda point: _dice(f"point {point.id}", pack, recipient, constituent),
    )
    first_of_audience = {point.audience: point for point in reversed(shuffled)}
    spread = sorted(shuffled, key=lambda point: point is not first_of_audience[point.audience])
    taken = {point.id for point in spread[:_DEFAULT_POINTS]}
    return tuple(point for point in pack.talking_points if point.id in taken)


def _ask(pack: Pack, recipient: Recipient) -> str:
    for kind in (recipient.kind, *_INSTEAD.get(recipient.kind, ())):
        if kind in pack.letters.asks:
            return pack.letters.asks[kind]
    raise InvalidInput(
        Message(
            "This campaign has no letter to %(recipient)s. Choose other recipients.",
            recipient=recipient.short,
        ),
        field="to",
    )


def _dice(what: str, pack: Pack, recipient: Recipient, constituent: Constituent) -> int:
    """Return a number that is the same for the same letter everywhere, and else as by chance."""
    seed = "\x1f".join(
        (what, pack.name, recipient.id, *constituent.block, constituent.email.lower())
    )
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])


def _values(
    pack: Pack, recipient: Recipient, constituent: Constituent, on: date
) -> dict[str, str | dict[str, str]]:
    return {
        "recipient": {
            "name": recipient.name,
            "short": str(recipient.short),
            # Names of places may be messages that a page can translate; a letter is in English.
            "seat": str(recipient.seat),
            "kind": recipient.kind,
            "committees": _series(recipient.committees),
        },
        "constituent": {
            "name": constituent.name,
            "first_name": constituent.first_name,
            "last_name": constituent.last_name,
            "city": constituent.city,
            "state": constituent.state,
            "zip": constituent.zip,
        },
        "organiser": {"name": pack.organiser.name, "email": pack.organiser.email},
        "campaign": {"title": pack.text().title},
        "date": day_in_words(on),
    }


def _series(names: Sequence[str]) -> str:
    """Return `A`, `A and B`, or `A, B and C`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
