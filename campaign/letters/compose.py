"""Pack + recipient + constituent -> letter: own words, the chosen points, the ask."""

import hashlib
import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from datetime import date
from typing import Literal, get_args

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
from campaign.packs.pack import Pack, Passage, RecipientKind, TalkingPoint
from campaign.packs.values import NarrowAsk

__all__ = [
    "MOST_EDITED",
    "MOST_OWN",
    "TONES",
    "Constituent",
    "Kind",
    "Letter",
    "PaperTo",
    "Paragraph",
    "Recipient",
    "Tone",
    "call_script",
    "chosen_points",
    "compose",
    "edited",
    "recipients",
]

#: The person's own words, in characters: about a page beside the points. It also bounds the work
#: of the page setter, whose time grows with the text alone.
MOST_OWN = 3_000
#: A letter's text when it was changed by hand: room for the longest that is composed, and some.
MOST_EDITED = 10_000
_MOST_PASSAGE = 4_000

#: How much a letter says. A brief one makes a point at most, and asks in a sentence or two.
Tone = Literal["full", "brief"]
TONES: tuple[Tone, ...] = get_args(Tone)
_DEFAULT_POINTS = 3
_BRIEF_POINTS = 1

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
    points: Sequence[str] | Set[str] = (),
    personal: str = "",
    tone: Tone = "full",
    on: date,
    written_on: date | None = None,
) -> Letter:
    """Return the letter: own words first, an opening, points, the ask of this recipient, a closing.

    `points` are talking points' ids, in the order wanted; a set leaves the order to the letter, and
    none given means points chosen for variety. `personal` is the person's own text, its paragraphs
    apart by an empty line. What varies (the opening, the closing, points not chosen, their order)
    hangs on writer, recipient and campaign alone: two letters of one event differ, and the same
    input makes the same letter on any day. `on` is the day in Washington, by which seats are held;
    the letter bears the date `written_on`, or else that day.

    Raises InvalidInput: field "points" for an unknown id, "personal" for text that cannot be used
    or is longer than MOST_OWN; PackInvalid where a text of the pack cannot be rendered.
    """
    own = text.block(personal, limit=MOST_OWN, field="personal")
    picked = chosen_points(pack, recipient, constituent, points, tone=tone)
    asked, ask = _ask(pack, recipient, tone)
    dated = written_on or on
    values = _values(pack, recipient, constituent, dated)

    def passage(template: str, values: wording.Values = values) -> str:
        return text.block(wording.render(template, values), limit=_MOST_PASSAGE)

    def vary(what: str, choices: Sequence[str]) -> str:
        return choices[_dice(what, pack, recipient, constituent) % len(choices)]

    texts = pack.letters
    parts: list[tuple[ParagraphRole, str]] = [
        ("own", own),
        ("opening", passage(vary("opening", texts.openings))),
        *(("point", said.plain) for point in picked for said in _said(point, tone)),
        ("ask", passage(ask, _values(pack, asked, constituent, dated))),
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
        written_on=written_on,
    )


def edited(letter: Letter, body: str) -> Letter:
    """Return the letter with another body, as its writer changed it by hand; as it is for "".

    Paragraphs that the letter has already stay what they are, all others are the writer's own.
    Raises InvalidInput (field "edit_ID") for text that cannot be used or is beyond MOST_EDITED.
    """
    whole = text.block(body, limit=MOST_EDITED, field=f"edit_{letter.recipient.id}")
    if not whole:
        return letter
    roles = {paragraph.text: paragraph.role for paragraph in letter.paragraphs}
    parts = [part for part in whole.split("\n\n") if part]
    return replace(
        letter, paragraphs=tuple(Paragraph(roles.get(part, "own"), part) for part in parts)
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
    pack: Pack,
    recipient: Recipient,
    constituent: Constituent,
    points: Sequence[str] | Set[str] = (),
    *,
    tone: Tone = "full",
) -> tuple[TalkingPoint, ...]:
    """Return the talking points of that letter: those named, or else some chosen for variety.

    The choice takes different audiences first. What was not given in an order stands in the pack's,
    where points build on each other, or in one of this letter's own, where the pack allows it.
    Raises InvalidInput (field "points") that names the ids there are.
    """
    known = {point.id: point for point in pack.talking_points}
    if unknown := sorted(name for name in points if name not in known):
        raise InvalidInput(
            Message(
                "There is no talking point “%(point)s”. Choose from: %(points)s.",
                point=text.line(unknown[0]),
                points=", ".join(known),
            ),
            field="points",
        )
    most = _BRIEF_POINTS if tone == "brief" else max(_DEFAULT_POINTS, len(points))
    if points and isinstance(points, Sequence):
        return tuple(known[name] for name in dict.fromkeys(points))[:most]
    shuffled = sorted(
        pack.talking_points,
        key=lambda point: _dice(f"point {point.id}", pack, recipient, constituent),
    )
    if points:
        taken = [point for point in shuffled if point.id in points]
    else:
        first_of_audience = {point.audience: point for point in reversed(shuffled)}
        taken = sorted(shuffled, key=lambda point: point is not first_of_audience[point.audience])
    taken = taken[:most]
    order = shuffled if pack.points_in_any_order else pack.talking_points
    return tuple(point for point in order if point in taken)


def _said(point: TalkingPoint, tone: Tone) -> tuple[Passage, ...]:
    return point.in_brief if tone == "brief" else point.passages


def _ask(pack: Pack, recipient: Recipient, tone: Tone) -> tuple[Recipient, str]:
    """Return the ask, and the recipient as that ask sees them: on the committees it is for alone.

    A brief letter asks briefly where the pack has words for it; and what is meant for a committee
    goes before what is meant for all.
    """
    kinds = (recipient.kind, *_INSTEAD.get(recipient.kind, ()))
    for ask in _asks(pack, kinds, tone):
        covered = [
            (name, code)
            for name, code in zip(recipient.committees, recipient.committee_codes, strict=False)
            if any(code.startswith(committee) for committee in ask.committees)
        ]
        if covered:
            names, codes = zip(*covered, strict=True)
            return replace(recipient, committees=names, committee_codes=codes), ask.text
        if not ask.committees:
            return recipient, ask.text
    raise InvalidInput(
        Message(
            "This campaign has no letter to %(recipient)s. Choose other recipients.",
            recipient=recipient.short,
        ),
        field="to",
    )


def _asks(pack: Pack, kinds: Sequence[RecipientKind], tone: Tone) -> Iterator[NarrowAsk]:
    """Yield what the pack asks of these kinds, the first to be tried first."""
    narrow = pack.letters.narrow_asks
    for is_brief in (True, False) if tone == "brief" else (False,):
        for kind in kinds:
            fitting = [ask for ask in narrow if ask.kind == kind and ask.is_brief == is_brief]
            yield from sorted(fitting, key=lambda ask: not ask.committees)
            if not is_brief and kind in pack.letters.asks:
                yield NarrowAsk(kind, (), is_brief, pack.letters.asks[kind])


def _dice(what: str, pack: Pack, recipient: Recipient, constituent: Constituent) -> int:
    """Return a number that is the same for the same letter everywhere, and else as by chance.

    It hangs on the writer's name, street and ZIP, however they are spaced and capitalized.
    """
    writer = (constituent.name, constituent.address1, constituent.zip[:5])
    seed = "\x1f".join((what, pack.name, recipient.id, *map(_folded, writer)))
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8])


def _folded(typed: str) -> str:
    return "".join(re.findall(r"\w+", typed.casefold()))


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
        "organizer": {"name": pack.organizer.name, "email": pack.organizer.email},
        "campaign": {"title": pack.text().title},
        "date": day_in_words(on),
    }


def _series(names: Sequence[str]) -> str:
    """Return `A`, `A and B`, or `A, B and C`."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
