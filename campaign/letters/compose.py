"""Compose a letter from a campaign's texts, a recipient, and the writer's own words."""

import hashlib
import re
from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date
from typing import Literal, get_args

from campaign import text
from campaign.errors import InvalidInput
from campaign.letters.letter import (
    PLACEHOLDER_CALLER,
    Constituent,
    Letter,
    Paragraph,
    ParagraphRole,
    Recipient,
)
from campaign.letters.recipient_groups import RecipientGroup
from campaign.letters.recipients import PaperTo, recipients
from campaign.messages import Message, day_in_words
from campaign.packs import wording
from campaign.packs.letter_headings import RecipientKind, Section
from campaign.packs.pack import Pack, Passage, TalkingPoint
from campaign.packs.stances import Reading
from campaign.packs.values import NarrowText

__all__ = [
    "MAX_EDITED_CHARACTERS",
    "MAX_OWN_CHARACTERS",
    "TONES",
    "Constituent",
    "Letter",
    "PaperTo",
    "Paragraph",
    "Recipient",
    "RecipientGroup",
    "Tone",
    "call_script",
    "choose_points",
    "compose",
    "recipients",
    "with_edited_body",
]

#: The limit of the writer's own words: about a page beside the points. It also bounds the time of
#: the typesetting, which grows with the length of the text.
MAX_OWN_CHARACTERS = 3_000
#: The limit of a letter's text after editing by hand: above the longest composed letter.
MAX_EDITED_CHARACTERS = 10_000
_MAX_PASSAGE = 4_000

#: The length of a letter. A brief one has at most one point and a short ask.
Tone = Literal["full", "brief"]
TONES: tuple[Tone, ...] = get_args(Tone)
_DEFAULT_POINTS = 3
_BRIEF_POINTS = 1

# Kinds whose ask serves if the pack has none for a rarer kind.
_FALLBACK_KINDS: dict[RecipientKind, tuple[RecipientKind, ...]] = {
    "delegate": ("representative",),
    "resident-commissioner": ("delegate", "representative"),
}


def compose(
    pack: Pack,
    recipient: Recipient,
    constituent: Constituent,
    *,
    points: Sequence[str] | Set[str] = (),
    personal: str = "",
    tone: Tone = "full",
    on_date: date,
    written_on: date | None = None,
) -> Letter:
    """Return a letter: the writer's own words, an opening, points, the recipient's ask, a closing.

    `points` are ids of talking points, in order; pass a set to let the letter choose the order, or
    nothing for a varied selection. `personal` is the writer's own text, with an empty line between
    paragraphs. The opening, the closing and the automatically chosen points depend only on writer,
    recipient and campaign: letters from one event differ, and the same input gives the same letter
    on any day. `on_date` is the day in Washington, which decides who holds a seat; the letter is
    dated `written_on`, or `on_date` if that is None.

    Raises InvalidInput: field "points" for an unknown id, "personal" for text that cannot be used
    or is longer than MAX_OWN_CHARACTERS; PackInvalid if a text of the pack cannot be rendered.
    """
    own = text.block(personal, limit=MAX_OWN_CHARACTERS, field="personal")
    picked = choose_points(pack, recipient, constituent, points, tone=tone)
    asked, ask = _ask(pack, recipient, tone)
    dated = written_on or on_date
    values = _values(pack, recipient, constituent, dated)

    def passage(template: str, values: wording.Values = values) -> str:
        return text.block(wording.render(template, values), limit=_MAX_PASSAGE)

    def vary(what: str, choices: Sequence[str]) -> str:
        return choices[_stable_random(what, pack, recipient, constituent) % len(choices)]

    texts = pack.letters
    openings = _texts(pack, "openings", recipient, texts.openings)
    subjects = _texts(pack, "subjects", recipient, texts.subjects or (texts.subject,))
    parts: list[tuple[ParagraphRole, str]] = [
        ("own", own),
        ("opening", passage(vary("opening", openings))),
        *(("point", part.plain) for point in picked for part in _passages(point, tone)),
        ("ask", passage(ask, _values(pack, asked, constituent, dated))),
        ("closing", passage(vary("closing", texts.closings))),
    ]
    return Letter(
        campaign=pack.name,
        constituent=constituent,
        recipient=recipient,
        on_date=on_date,
        subject=text.line(wording.render(vary("subject", subjects), values)),
        salutation=recipient.salutation,
        paragraphs=tuple(
            Paragraph(role, part) for role, whole in parts for part in whole.split("\n\n") if part
        ),
        sign_off=text.line(wording.render(texts.sign_off, values)),
        written_on=written_on,
        disclosure=pack.funding.disclosure()[0],
        about=pack.ask_about(recipient.id),
    )


def with_edited_body(letter: Letter, body: str) -> Letter:
    """Return the letter with a body that the writer edited; unchanged if `body` is empty.

    Unchanged paragraphs keep their roles; all others get the role "own". Raises InvalidInput (field
    "edit_ID") for text that cannot be used or is longer than MAX_EDITED_CHARACTERS.
    """
    whole = text.block(body, limit=MAX_EDITED_CHARACTERS, field=f"edit_{letter.recipient.id}")
    if not whole:
        return letter
    roles = {paragraph.text: paragraph.role for paragraph in letter.paragraphs}
    parts = [part for part in whole.split("\n\n") if part]
    return replace(
        letter, paragraphs=tuple(Paragraph(roles.get(part, "own"), part) for part in parts)
    )


def call_script(
    pack: Pack, recipient: Recipient, constituent: Constituent, *, on_date: date
) -> tuple[str, ...]:
    """Return the paragraphs of a script for calling this recipient's office."""
    values = _values(pack, recipient, constituent, on_date)
    return tuple(
        text.block(wording.render(passage, values), limit=_MAX_PASSAGE)
        for passage in _texts(pack, "call script", recipient, pack.letters.call_script)
    )


def voicemail_script(script: Sequence[str], constituent: Constituent) -> tuple[str, ...]:
    """Return what to say to a machine: the script without its questions, and where to reply.

    Offices count a message whose caller can be found among their constituents.
    """
    street = constituent.address1 or "[your street address]"
    statements = [line for line in script if "?" not in line]
    return (*statements[:-1], f"My address is {street}.", *statements[-1:])


def ask_in_brief(pack: Pack, recipient: Recipient, *, on_date: date) -> tuple[str, ...]:
    """Return the paragraphs of the brief ask for this recipient and where they stand.

    Raises InvalidInput if the pack has no letter to this recipient.
    """
    asked, ask = _ask(pack, recipient, "brief")
    values = _values(pack, asked, PLACEHOLDER_CALLER, on_date)
    return tuple(text.block(wording.render(ask, values), limit=_MAX_PASSAGE).split("\n\n"))


def choose_points(
    pack: Pack,
    recipient: Recipient,
    constituent: Constituent,
    points: Sequence[str] | Set[str] = (),
    *,
    tone: Tone = "full",
) -> tuple[TalkingPoint, ...]:
    """Return the letter's talking points: those named, or a varied selection.

    The selection prefers different audiences. Points given without an order keep the pack's order,
    in which they build on each other, or a shuffled one if the pack allows it. Raises InvalidInput
    (field "points"), listing the known ids, for an unknown one.
    """
    known = {point.id: point for point in pack.talking_points}
    if unknown := sorted(name for name in points if name not in known):
        raise InvalidInput(
            Message(
                "There is no talking point “%(point)s.” Choose from: %(points)s.",
                point=text.line(unknown[0]),
                points=", ".join(known),
            ),
            field="points",
        )
    limit = _BRIEF_POINTS if tone == "brief" else max(_DEFAULT_POINTS, len(points))
    if points and isinstance(points, Sequence):
        return tuple(known[name] for name in dict.fromkeys(points))[:limit]
    shuffled = sorted(
        pack.talking_points,
        key=lambda point: _stable_random(f"point {point.id}", pack, recipient, constituent),
    )
    if points:
        taken = [point for point in shuffled if point.id in points]
    else:
        first_of_audience = {point.audience: point for point in reversed(shuffled)}
        taken = sorted(shuffled, key=lambda point: point is not first_of_audience[point.audience])
    taken = taken[:limit]
    order = shuffled if pack.points_in_any_order else pack.talking_points
    return tuple(point for point in order if point in taken)


def _passages(point: TalkingPoint, tone: Tone) -> tuple[Passage, ...]:
    return point.in_brief if tone == "brief" else point.passages


def _ask(pack: Pack, recipient: Recipient, tone: Tone) -> tuple[Recipient, str]:
    """Return the ask, and the recipient with only the committees that the ask is for.

    A text for where the member stands is preferred, then, in a brief letter, a brief one, then one
    for a committee, to the general one for the recipient's kind.
    """
    section: Section = "brief ask" if tone == "brief" else "ask"
    narrow = _narrow(pack, section, recipient)
    if narrow is None or narrow.heading.reading is None:
        # A member on a committee is asked as that: asks for the seat do not serve.
        narrow = pack.letters.best(
            section,
            _own_kinds(recipient),
            Reading.UNKNOWN,
            recipient.committee_codes,
            recipient.id,
        )
    if narrow is not None:
        return _on_committees(recipient, narrow.heading.committees), narrow.text
    for kind in _own_kinds(recipient):
        if kind in pack.letters.asks:
            return recipient, pack.letters.asks[kind]
    if pack.letters.general_ask and recipient.role == "ask":
        return recipient, pack.letters.general_ask
    raise InvalidInput(
        Message(
            "This campaign has no letter to %(recipient)s. Choose other recipients.",
            recipient=recipient.short,
        ),
        field="to",
    )


def _on_committees(recipient: Recipient, wanted: Sequence[str]) -> Recipient:
    """Return the recipient with only those of their committees that are wanted, all if none is."""
    covered = [
        (name, code)
        for name, code in zip(recipient.committees, recipient.committee_codes, strict=False)
        if any(code.startswith(committee) for committee in wanted)
    ]
    if not covered:
        return recipient
    names, codes = zip(*covered, strict=True)
    return replace(recipient, committees=names, committee_codes=codes)


def _kinds(recipient: Recipient) -> tuple[RecipientKind, ...]:
    """Return the kinds whose texts serve for a recipient, that of the seat included."""
    seat = recipient.seat_kind
    if recipient.role == "copy" or seat is None or seat == recipient.kind:
        return _own_kinds(recipient)
    return (*_own_kinds(recipient), seat, *_FALLBACK_KINDS.get(seat, ()))


def _own_kinds(recipient: Recipient) -> tuple[RecipientKind, ...]:
    """Return the kinds whose asks serve for a recipient, nearest first."""
    if recipient.role == "copy":
        return ("copy",)
    return (recipient.kind, *_FALLBACK_KINDS.get(recipient.kind, ()))


def _narrow(pack: Pack, section: Section, recipient: Recipient) -> NarrowText | None:
    """Return the text of a section that is for this recipient and not for all, if there is one."""
    return pack.letters.best(
        section, _kinds(recipient), recipient.reading, recipient.committee_codes, recipient.id
    )


def _texts(
    pack: Pack, section: Section, recipient: Recipient, general: Sequence[str]
) -> Sequence[str]:
    """Return the texts of a section for this recipient, the general ones where none is nearer."""
    narrow = _narrow(pack, section, recipient)
    return narrow.texts if narrow is not None else general


def _stable_random(what: str, pack: Pack, recipient: Recipient, constituent: Constituent) -> int:
    """Return a pseudo-random number that is always the same for the same letter.

    It depends on the writer's name, street and ZIP, ignoring case and spacing.
    """
    writer = (constituent.name, constituent.address1, constituent.zip[:5])
    seed = "\x1f".join((what, pack.name, recipient.id, *map(_normalized, writer)))
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])


def _normalized(typed: str) -> str:
    return "".join(re.findall(r"\w+", typed.casefold()))


def _values(
    pack: Pack, recipient: Recipient, constituent: Constituent, on_date: date
) -> dict[str, str | dict[str, str]]:
    return {
        "recipient": {
            "name": recipient.name,
            "short": str(recipient.short),
            # Names of places may be messages that a page can translate; a letter is in English.
            "seat": str(recipient.seat),
            "kind": recipient.kind,
            "committees": _joined(recipient.committees),
        },
        "constituent": {
            "name": constituent.name,
            "first_name": constituent.first_name,
            "last_name": constituent.last_name,
            "city": constituent.city,
            "state": constituent.state,
            "zip": constituent.zip,
        },
        "organizer": {"name": pack.organizer.name, "email": pack.organizer.email},
        "campaign": {"title": pack.text().title},
        "date": day_in_words(on_date),
    }


def _joined(names: Sequence[str]) -> str:
    """Return `A`, `A and B`, or `A, B and C`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
