"""Finding a signer's district: from the ZIP and, where it has several, a street or a member's
name.
"""

from dataclasses import dataclass

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from campaign.congress.places import STATES, District, ZipCode
from campaign.congress.routing import Representation, SeatHolder
from campaign.errors import PlaceUnknown
from campaign.letters.targets import may_ask_house, street_matters
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.web.core.forms import DISTRICT_UNKNOWN, DistrictForm
from campaign.web.core.representatives import (
    Home,
    known_district,
    notes,
    represented,
    seat_label,
    to_choose_from,
)
from campaign.web.core.services import Services
from campaign.web.core.template_filters import say


@dataclass(frozen=True)
class Residence:
    """The state and, where known, the district (`CA-30`) in which a signature counts."""

    state: str
    district: str = ""


@dataclass(frozen=True)
class Question:
    """What the ZIP leaves open, as a form that asks for it and shows what was wrong before.

    `is_of_state` if only the state is asked for, because the district decides nothing.
    """

    zip: ZipCode
    form: DistrictForm
    representation: Representation
    is_of_state: bool = False

    @property
    def status(self) -> int:
        """The HTTP status of the page that asks."""
        return 422 if self.form.errors else 200

    @property
    def page_values(self) -> dict[str, object]:
        """The values for `petition/district.html`, the same for every form that leads to it."""
        return {
            "zip": self.zip.five,
            "form": self.form,
            "errors": bool(self.form.errors),
            "is_of_state": self.is_of_state,
            "representation": self.representation,
            "notes": notes(self.representation),
        }


def with_zip(posted: MultiDict[str, str]) -> MultiDict[str, str]:
    """Return a post completed with the ZIP that its answers refer to."""
    if "zip" in posted or "asked" not in posted:
        return posted
    return MultiDict([*posted.items(multi=True), ("zip", posted["asked"])])


def settle(
    zip_code: ZipCode, posted: MultiDict[str, str], pack: Pack | None, services: Services
) -> Residence | Question:
    """Return where the person lives, or the question that is still open.

    `posted` may hold the answers of a `DistrictForm`: a member chosen by name takes precedence over
    a street, and "I don't know" leaves the district open. Answers about another ZIP are ignored.
    If the campaign asks nobody whom the district decides, only the state is asked for, and nothing
    if it is known. `pack` is None for a campaign that is gone.
    Raises PlaceUnknown for an invalid ZIP, or one whose residents have no member of Congress.
    """
    found = represented(Home(zip=zip_code), services)
    if len(found.districts) == 1:
        return _at(found.districts[0])
    if leads_nowhere(found):
        raise PlaceUnknown(unlisted(zip_code, found))
    answer = DistrictForm(posted)
    if answer.asked.data != zip_code.five:  # the first step, or a ZIP that was corrected
        answer.district.data = answer.asked.data = None
        if pack and found.state and not street_matters(pack.targets, services.congress, found):
            return Residence(found.state)
    if answer.district.data in found.states:
        return Residence(answer.district.data)
    may_ask = pack is None or may_ask_house(pack.targets, services.congress, found)
    if len(found.states) > 1 and not may_ask:
        return _ask_state(zip_code, answer, found)
    state = found.state
    choices = to_choose_from(found, state, services)
    answer.district.choices = _options(choices)
    if not answer.validate():
        return Question(zip_code, answer, found)
    if answer.district.data == DISTRICT_UNKNOWN:
        return Residence(state)
    picked = known_district(answer.district.data or "", services)
    if picked is not None and any(seat.seat.house_district == picked for seat in choices):
        return _at(picked)
    if answer.street.data:
        home = Home(
            zip=zip_code, street=answer.street.data, city=answer.city.data or "", state=state
        )
        by_street = represented(home, services)
        if len(by_street.districts) == 1:
            return _at(by_street.districts[0])
        why = notes(by_street)[0]  # the street settles nothing
        answer.street.errors = (
            gettext("%(why)s You can also choose your representative below.", why=why),
        )
    elif answer.asked.data:
        answer.street.errors = (
            gettext("Enter your street and city, or choose your representative below."),
        )
    return Question(zip_code, answer, found)


def _ask_state(zip_code: ZipCode, answer: DistrictForm, found: Representation) -> Question:
    """Ask in which of its states a person of a ZIP lives."""
    answer.district.label.text = gettext("State")
    answer.district.choices = [(code, say(STATES[code])) for code in sorted(found.states)]
    if answer.asked.data:
        answer.district.errors = (gettext("Choose your state."),)
    return Question(zip_code, answer, found, is_of_state=True)


def leads_nowhere(representation: Representation) -> bool:
    """Return True where a ZIP leads to no member of Congress: a typo, a new ZIP, a military one."""
    return representation.need != "refresh" and not (
        representation.districts or representation.holders or representation.candidates
    )


def unlisted(zip_code: ZipCode, representation: Representation) -> Message:
    """Return the message beside the ZIP field for a ZIP that leads to no member of Congress."""
    if representation.need == "residence":
        return representation.notes[0]
    return Message(
        "We do not know ZIP code %(zip)s. Check it. If it is new, enter your previous one.",
        zip=zip_code.five,
    )


def _options(choices: tuple[SeatHolder, ...]) -> list[tuple[str, str]]:
    """Return the seats to choose from, by member, and the choice of none."""
    seats = [(holder.seat.id, seat_label(holder)) for holder in choices]
    return [*seats, (DISTRICT_UNKNOWN, gettext("I do not know"))]


def _at(district: District) -> Residence:
    return Residence(district.state, str(district))
