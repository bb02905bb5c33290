"""From a valid form to its letters, with what is shown beside them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from flask_babel import gettext

from campaign.congress import office_hours
from campaign.congress.contact import spoken_name
from campaign.congress.routing import Representation
from campaign.letters.committees import chairs_of
from campaign.letters.compose import (
    Constituent,
    Letter,
    Recipient,
    compose,
    recipients,
    with_edited_body,
)
from campaign.packs.pack import Pack
from campaign.petition import letter_fingerprints
from campaign.petition.letter_fingerprints import Similarity
from campaign.store.db.best_effort import best_effort
from campaign.web.core.client_network import client_network
from campaign.web.core.representatives import is_open, known_district, notes, represented
from campaign.web.core.services import Services
from campaign.web.core.template_filters import say
from campaign.web.letters import download
from campaign.web.letters.letter_form import LetterForm, fingerprint


@dataclass(frozen=True)
class Written:
    """The letters of a form, and the notes beside them."""

    letters: tuple[Letter, ...]
    notes: tuple[str, ...] = ()
    has_senators: bool = False
    #: Recipient's id -> the fingerprint of the text that the campaign and the form make. A letter
    #: with another fingerprint was edited by hand.
    composed: dict[str, str] = field(default_factory=dict)
    likeness: dict[str, Similarity] = field(default_factory=dict)

    def to(self, recipient_id: str) -> tuple[Letter, ...]:
        """Return the letter to one recipient, or all letters for "all"."""
        return tuple(
            letter for letter in self.letters if recipient_id in {"all", letter.recipient.id}
        )

    def is_edited(self, letter: Letter) -> bool:
        """Return True where the writer edited the letter by hand."""
        return fingerprint(letter.body) != self.composed[letter.recipient.id]


def find(form: LetterForm, services: Services, *, by_street: bool = True) -> Representation:
    """Return who represents the writer.

    Without `by_street` nothing is sent to other services. Raises InvalidInput where ZIP and state
    disagree.
    """
    chosen = known_district(form.chosen_district or form.settled_district, services)
    home = replace(form.home(), district=chosen)
    return represented(home if by_street else replace(home, street=""), services)


def asks_district(form: LetterForm, answer: Representation) -> bool:
    """Return True where a chosen letter needs a district that is not known yet."""
    wanted = form.kinds
    return is_open(answer) and ("house" in wanted or ("senate" in wanted and not answer.holders))


def write(form: LetterForm, answer: Representation, pack: Pack, services: Services) -> Written:
    """Compose the form's letters, with the edits made by hand.

    Raises InvalidInput, field "edit_ID", for an edit that cannot be used.
    """
    writer = form.constituent()
    made = [
        compose(
            pack,
            recipient,
            writer,
            points=frozenset(form.points.data or ()),
            personal=form.personal.data or "",
            tone=form.tone_wanted,
            on_date=services.today(),
            written_on=_writers_day(writer, pack, services),
        )
        for recipient in _recipients(form, answer, pack, services)
    ]
    made.sort(key=lambda letter: letter.recipient.id != form.recipient.data)
    changes = form.edits
    letters = download.addressed(
        [with_edited_body(letter, changes.get(letter.recipient.id, "")) for letter in made],
        services,
    )
    return Written(
        letters=letters,
        notes=notes(answer),
        has_senators=any(held.seat.chamber == "senate" for held in answer.holders),
        composed={letter.recipient.id: fingerprint(letter.body) for letter in made},
    )


def compared(written: Written, services: Services) -> Written:
    """Return the letters with their similarity to others', or without it while the database is
    down.
    """
    found: dict[str, Similarity] = {}
    with best_effort("comparing letters"):
        found = letter_fingerprints.compare(
            services.database, written.letters, keyring=services.settings.keyring
        )
    return replace(written, likeness=found)


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


def keep_fingerprints(letters: Sequence[Letter], services: Services) -> None:
    """Keep the fingerprints of letters that are taken away, or handed in by the site.

    Neither a database nor counters that are down stop anybody.
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


def _writers_day(writer: Constituent, pack: Pack, services: Services) -> date:
    return office_hours.home_day(services.now(), writer.state, writer.zip, elsewhere=pack.zone)


def _recipients(
    form: LetterForm, answer: Representation, pack: Pack, services: Services
) -> list[Recipient]:
    """Return the chosen recipients; members of a target committee get the committee's ask."""
    kinds, place, chairing = form.kinds, form.paper_place, form.chairs
    chosen = {
        each.id
        for each in recipients(
            services.congress, answer, pack, kinds, paper_to=place, chairs=chairing
        )
    }
    asked = recipients(
        services.congress, answer, pack, (*kinds, "committee"), paper_to=place, chairs=chairing
    )
    return [each for each in asked if each.id in chosen]
