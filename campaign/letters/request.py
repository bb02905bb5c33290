"""A person's request for letters, as the letter builder and `campaign letter` parse it."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date

from campaign.congress.dataset import Congress
from campaign.congress.routing import Representation
from campaign.letters.channels import addressed_to_office
from campaign.letters.compose import Tone, compose, with_edited_body
from campaign.letters.letter import Constituent, Letter, Recipient
from campaign.letters.recipient_groups import RecipientGroup
from campaign.letters.recipients import PaperTo, recipients
from campaign.packs.pack import Pack


@dataclass(frozen=True, kw_only=True, repr=False)
class LetterRequest:
    """Who writes, to whom, and what the letters say. `repr()` is redacted.

    `groups`, `chairs` and `paper_to` are as for `recipients`. If `uses_committee_asks`, members on
    one of the campaign's committees get the committee's ask without adding members to `groups`.
    `points`, `personal`, `tone`, `on_date` and `written_on` are as for `compose`.

    `edits` maps a recipient's id to the letter's text as the writer edited it, `offices` to the id
    of the office that the letter is addressed to. Both ignore ids that get no letter.
    """

    constituent: Constituent
    groups: tuple[RecipientGroup, ...]
    chairs: tuple[str, ...] | None = None
    uses_committee_asks: bool = False
    points: Sequence[str] | Set[str] = ()
    personal: str = ""
    tone: Tone = "full"
    paper_to: PaperTo = "washington"
    edits: Mapping[str, str] = field(default_factory=dict)
    offices: Mapping[str, str] = field(default_factory=dict)
    on_date: date
    written_on: date | None = None

    def __repr__(self) -> str:
        return "LetterRequest(…)"


@dataclass(frozen=True)
class Draft:
    """A letter before and after the writer's changes.

    `composed` is made from the campaign's texts and the request. `letter` also has the writer's
    edits and the address of the chosen office.
    """

    composed: Letter
    letter: Letter


def recipients_of(
    request: LetterRequest, congress: Congress, pack: Pack, answer: Representation
) -> tuple[Recipient, ...]:
    """Return the recipients of a request whose writer is represented as `answer` says."""
    chosen = _in_groups(request, congress, pack, answer, request.groups)
    if not request.uses_committee_asks:
        return chosen
    ids = {recipient.id for recipient in chosen}
    asked = _in_groups(request, congress, pack, answer, (*request.groups, "committee"))
    return tuple(recipient for recipient in asked if recipient.id in ids)


def drafts(
    request: LetterRequest, congress: Congress, pack: Pack, to: Sequence[Recipient]
) -> tuple[Draft, ...]:
    """Return a draft to each of the recipients, in their order.

    Raises InvalidInput and PackInvalid as `compose` does, and InvalidInput (field "edit_ID") for an
    edit that cannot be used.
    """
    return tuple(_draft(request, congress, pack, recipient) for recipient in to)


def _draft(request: LetterRequest, congress: Congress, pack: Pack, to: Recipient) -> Draft:
    composed = compose(
        pack,
        to,
        request.constituent,
        points=request.points,
        personal=request.personal,
        tone=request.tone,
        on_date=request.on_date,
        written_on=request.written_on,
    )
    edited = with_edited_body(composed, request.edits.get(to.id, ""))
    return Draft(composed, addressed_to_office(congress, edited, request.offices.get(to.id, "")))


def _in_groups(
    request: LetterRequest,
    congress: Congress,
    pack: Pack,
    answer: Representation,
    groups: Sequence[RecipientGroup],
) -> tuple[Recipient, ...]:
    return recipients(
        congress,
        answer,
        pack,
        groups,
        paper_to=request.paper_to,
        home_zip=request.constituent.zip[:5],
        home_state=request.constituent.state,
        home_city=request.constituent.city,
        chairs=request.chairs,
    )
