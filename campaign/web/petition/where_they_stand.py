"""Where members of Congress stand on what the campaign asks: by state, with day and source."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, render_template
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString

from campaign.congress.dataset import Congress
from campaign.congress.places import STATES
from campaign.congress.seat_holders import SeatHolder
from campaign.letters.targets import asked_holders
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord, Standing
from campaign.web.core import languages
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.query_parameters import carried, carries, one_of
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import say

blueprint = Blueprint("where_they_stand", __name__)

#: A stance in words, in the order in which a page counts them.
STANCE_WORDS: dict[Stance, LazyString] = {
    Stance.FOR: lazy_gettext("For"),
    Stance.AGAINST: lazy_gettext("Against"),
    Stance.UNDECIDED: lazy_gettext("Undecided"),
    Stance.UNKNOWN: lazy_gettext("Not known"),
}


@dataclass(frozen=True)
class MemberStanding:
    """A member whom the campaign writes to, and where they stand."""

    holder: SeatHolder
    standing: Standing

    @property
    def has_evidence(self) -> bool:
        """True if there is evidence to show, current or past."""
        return bool(self.standing.past) or self.standing.stance is not Stance.UNKNOWN


@dataclass(frozen=True)
class StateStandings:
    """The members of one state, or of one delegation, senators first."""

    code: str
    members: tuple[MemberStanding, ...]


def by_state(
    congress: Congress, pack: Pack, on_date: date, state: str = ""
) -> tuple[StateStandings, ...]:
    """Return where the members whom the campaign writes to stand, by state, or in one state.

    Only members who hold a seat on that day are included.
    """
    found: list[StateStandings] = []
    for code in (state,) if state else STATES:
        members = tuple(
            MemberStanding(held, pack.standings.get(held.member.bioguide, Standing()))
            for held in asked_holders(pack, congress, code, on_date)
            if held.member is not None
        )
        if members:
            found.append(StateStandings(code, members))
    return tuple(found)


@blueprint.app_template_filter("evidence")
def evidence(record: StanceRecord) -> str:
    """Return what a record rests on in the page's language; no bill of an ended Congress."""
    basis = record.basis_on(current_services().today())
    return say(basis) if isinstance(basis, Message) else basis


@blueprint.app_template_filter("stance")
def stance_in_words(stance: Stance) -> LazyString:
    """Return a stance in words, such as "For"."""
    return STANCE_WORDS[stance]


@blueprint.get("/c/<name>/where-they-stand")
@carries(state=one_of(*STATES))
def show(name: str) -> Response:
    """Show the members with evidence, or with `?state=` all members of a state: a public page.

    A campaign that asks no member of Congress has no such page.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    if not pack.targets.has_members:
        abort(404)
    state = carried().get("state", "")

    def render() -> Page:
        states = by_state(services.congress, pack, services.today(), state)
        counts = Counter(one.standing.stance for each in states for one in each.members)
        body = render_template(
            "where_they_stand/show.html",
            pack=pack,
            texts=pack.text(languages.current()),
            state=state,
            states=states,
            counts=[(stance, counts[stance]) for stance in STANCE_WORDS],
        )
        return Page.of(body)

    key = ("standings", pack.name, languages.current(), state)
    return send(pages().get(key, render))
