"""From a valid form to its letters, with what is shown beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from flask_babel import gettext

from campaign.congress import office_hours
from campaign.congress.contact import spoken_name
from campaign.congress.routing import Representation
from campaign.letters.committees import chairs_of
from campaign.letters.compose import Letter
from campaign.letters.request import drafts, recipients_of
from campaign.letters.targets import asked_members, may_ask_house
from campaign.packs.pack import Pack
from campaign.petition import letter_fingerprints
from campaign.petition.letter_fingerprints import Similarity
from campaign.store.db.best_effort import best_effort
from campaign.web.core.client_network import client_network
from campaign.web.core.representatives import (
    is_open,
    known_district,
    notes,
    represented,
)
from campaign.web.core.services import Services
from campaign.web.core.template_filters import say
from campaign.web.letters.letter_form import LetterForm, fingerprint

_MEMBERS = frozenset({"senate", "house", "committee"})


@dataclass(frozen=True)
class WrittenLetters:
    """The letters of a form, and what the page shows beside them.

    `notes` are about the writer's representation; `is_off_target` is true if none of the writer's
    members is a target of the campaign. `composed` maps a recipient's id to the
    fingerprint of the text before edits by hand. `similarity` is empty until `compared` adds it.
    """

    letters: tuple[Letter, ...]
    notes: tuple[str, ...] = ()
    has_senators: bool = False
    is_off_target: bool = False
    composed: dict[str, str] = field(default_factory=dict)
    similarity: dict[str, Similarity] = field(default_factory=dict)

    def to(self, recipient_id: str) -> tuple[Letter, ...]:
        """Return the letter to one recipient, or all letters for "all"."""
        return tuple(
            letter for letter in self.letters if recipient_id in {"all", letter.recipient.id}
        )

    def is_edited(self, letter: Letter) -> bool:
        """Return True where the writer edited the letter by hand."""
        return fingerprint(letter.body) != self.composed[letter.recipient.id]


def representation_of(
    form: LetterForm, services: Services, *, by_street: bool = True
) -> Representation:
    """Return who represents the writer.

    In a ZIP of several states, the state that was chosen says who the senators are, and may leave
    only one district. Without
    `by_street` nothing is sent to other services. Raises InvalidInput where ZIP and state
    disagree.
    """
    chosen = known_district(form.chosen_district or form.settled_district, services)
    home = replace(form.home(), district=chosen)
    return represented(home if by_street else replace(home, street=""), services)


def asks_district(form: LetterForm, answer: Representation, pack: Pack, services: Services) -> bool:
    """Return True where a chosen letter needs a district that is not known yet."""
    if not is_open(answer):
        return False
    needs_house = "house" in form.groups and _may_ask_house(form, answer, pack, services)
    return needs_house or ("senate" in form.groups and not answer.holders)


def _may_ask_house(
    form: LetterForm, answer: Representation, pack: Pack, services: Services
) -> bool:
    return may_ask_house(pack.targets, services.congress, answer, form.state.data or "")


def write(
    form: LetterForm, answer: Representation, pack: Pack, services: Services
) -> WrittenLetters:
    """Compose the letters of a valid form, with the edits made by hand.

    Raises InvalidInput, field "edit_ID", for an edit that cannot be used.
    """
    writer = form.constituent()
    day = office_hours.home_day(services.now(), writer.state, writer.zip, elsewhere=pack.zone)
    request = form.request(on_date=services.today(), written_on=day)
    to = recipients_of(request, services.congress, pack, answer)
    first = form.recipient.data
    made = drafts(
        request,
        services.congress,
        pack,
        sorted(to, key=lambda recipient: recipient.id != first),
    )
    return WrittenLetters(
        letters=tuple(draft.letter for draft in made),
        notes=_notes(form, answer, pack, services),
        has_senators=any(held.seat.chamber == "senate" for held in answer.holders),
        is_off_target=bool(answer.holders or not _MEMBERS.intersection(form.groups))
        and not asked_members(pack.targets, services.congress, answer.holders),
        composed={draft.composed.recipient.id: fingerprint(draft.composed.body) for draft in made},
    )


def _notes(
    form: LetterForm, answer: Representation, pack: Pack, services: Services
) -> tuple[str, ...]:
    """Return the notes for the writer, none about a district that does not matter."""
    if is_open(answer) and not _may_ask_house(form, answer, pack, services):
        return ()
    return notes(answer)


def compared(written: WrittenLetters, services: Services) -> WrittenLetters:
    """Return the letters with their similarity to earlier ones, or without it if the database is
    down.
    """
    similarity: dict[str, Similarity] = {}
    with best_effort("comparing letters"):
        similarity = letter_fingerprints.compare(
            services.database, written.letters, keyring=services.settings.keyring
        )
    return replace(written, similarity=similarity)


def chairs(pack: Pack, services: Services) -> dict[str, str]:
    """Return the chairs of the campaign's target committees, by committee code, as a form names
    them.
    """
    committees = services.congress.committees
    return {
        code: gettext(
            "%(name)s, who chairs the %(committee)s",
            name=say(spoken_name(held.seat, held.member)),
            committee=committees[code].name,
        )
        for code, held in chairs_of(services.congress, pack, services.today())
        if held.member is not None
    }


def record_fingerprints(letters: Sequence[Letter], services: Services) -> None:
    """Record the fingerprints of letters that are downloaded, printed, copied or sent.

    If the database or the counters are down, letters are made all the same.
    """
    with best_effort("fingerprints of letters"):
        letter_fingerprints.record(
            services.database,
            letters,
            now=services.now(),
            keyring=services.settings.keyring,
            network=client_network(),
            limits=services.limits,
        )
