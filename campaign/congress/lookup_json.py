"""Who represents a place, as plain values: the JSON of the API and of `campaign lookup --json`."""

from campaign.congress.contact import contact_url, phone_note
from campaign.congress.representation import HOUSE_FINDER
from campaign.congress.routing import Representation, SeatHolder


def to_json(query: str, representation: Representation) -> dict[str, object]:
    """Return an answer as plain values, with the keys that other programs rely on.

    When the ZIP is split, `candidates` lists who holds each candidate district's House seat.
    """
    answer: dict[str, object] = {
        "query": query,
        "districts": [str(district) for district in representation.districts],
        "certainty": representation.certainty,
        "members": [_member(held) for held in representation.holders if held.member is not None],
        "vacant": [seat.id for seat in representation.vacant],
        "notes": [
            *sentences(representation),
            *_phone_notes((*representation.holders, *representation.candidates)),
        ],
        "as_of": representation.as_of.isoformat(),
        "need": representation.need,
        "lines": representation.lines,
        "line_status": representation.line_status,
    }
    if representation.candidates:
        answer["candidates"] = [_member(held) for held in representation.candidates if held.member]
        answer["vacant"] = [
            held.seat.id
            for held in (*representation.holders, *representation.candidates)
            if held.status == "vacant"
        ]
    return answer


def sentences(representation: Representation) -> list[str]:
    """Return the notes of an answer, with the lines it follows and the House's finder if needed."""
    notes = [str(note) for note in representation.notes]
    if representation.lines_note is not None:
        notes.append(str(representation.lines_note))
    if representation.line_status == "unpublished" or representation.need == "refresh":
        notes.append(f"The House's own finder: {HOUSE_FINDER}")
    return notes


def _phone_notes(holders: tuple[SeatHolder, ...]) -> list[str]:
    """Return a sentence for each member whose number is the Capitol switchboard's."""
    found = (phone_note(held.term, held.member) for held in holders if held.member and held.term)
    return [str(note) for note in found if note is not None]


def _member(held: SeatHolder) -> dict[str, str]:
    if held.member is None or held.term is None:
        raise ValueError("a vacant seat has no member")
    return {
        "bioguide": held.member.bioguide,
        "name": held.member.name.full,
        "chamber": held.seat.chamber,
        "seat": held.seat.id,
        "party": held.term.party,
        "phone": held.term.number,
        "status": held.status,
        "contact": contact_url(held.term),
    }
