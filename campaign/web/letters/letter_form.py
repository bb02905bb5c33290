"""The form of the letter builder: the writer, their words, and the recipients."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from flask_babel import gettext, lazy_gettext
from werkzeug.datastructures import MultiDict
from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import states_of
from campaign.congress.places import STATES, ZipCode
from campaign.congress.routing import SeatHolder
from campaign.errors import InvalidInput
from campaign.letters.compose import (
    MAX_EDITED_CHARACTERS,
    MAX_OWN_CHARACTERS,
    Constituent,
    PaperTo,
    Tone,
)
from campaign.letters.office_recipients import office_recipient
from campaign.letters.recipient_groups import RecipientGroup
from campaign.letters.request import LetterRequest
from campaign.letters.targets import groups_of, usual_groups
from campaign.packs.pack import Pack
from campaign.packs.values import Audience
from campaign.web.core.forms import (
    CleanArea,
    CleanField,
    NameForm,
    city_field,
    email_field,
    phone_field,
    zip_field,
)
from campaign.web.core.representatives import Home, seat_label, state_choices

#: As many points as staff will read, and as fit on one page with a personal paragraph.
MAX_POINTS = 5

_TO: dict[RecipientGroup, Any] = {
    "senate": lazy_gettext("My senators"),
    "house": lazy_gettext("My representative in the House"),
    "local": lazy_gettext("State and local officials who answer to me"),
    "president": lazy_gettext("The President"),
    "secretary": lazy_gettext("The Secretary of State"),
    "executive": lazy_gettext("Other offices of the executive branch"),
}

# The field of an edited letter, by its recipient's id, and the field beside it with the fingerprint
# of the text as it was shown.
_EDIT = re.compile(r"edit_([A-Z][0-9]{6}|[a-z][a-z0-9-]{1,39})")
_OFFICE, _PREFIX = "office-", "prefix-"
_CHAIR = "chair:"

#: The heading of a group of points: the audience that they are likely to move.
AUDIENCE_WORDS: dict[Audience, Any] = {
    "rule-of-law": lazy_gettext("The law and the powers of Congress"),
    "taxpayers": lazy_gettext("Taxpayers' money"),
    "human-rights": lazy_gettext("People and their rights"),
    "all": lazy_gettext("For every reader"),
}


def personal_field() -> CleanArea:
    """Return the field for the personal paragraph."""
    return CleanArea(
        lazy_gettext("In your own words"),
        limit=MAX_OWN_CHARACTERS,
        multiline=True,
        render_kw={"rows": "4"},
    )


class CheckboxesField(SelectMultipleField):
    """Any number of checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class LetterForm(NameForm):
    """Everything that a letter is made of. The site stores none of it.

    `prompt` is the question with which the writer begins; it changes nothing in the letter. `state`
    is asked for only where the ZIP does not tell it: `asks_state`.

    `district` was chosen by a member's name and is valid only for the ZIP in `district_zip`; a
    corrected ZIP asks again. `settled` was found from the street and is valid only for the address
    in `settled_for`. `recipient` is whose letter is shown first.

    `offices` maps a recipient's id to the office that the letter is addressed to, and `prefixes` to
    the writer's prefix in that letter's file for Congress's electronic delivery.
    """

    asks_state: bool = False
    offices: Mapping[str, str] = MappingProxyType({})
    prefixes: Mapping[str, str] = MappingProxyType({})

    street = CleanField(
        lazy_gettext("Street address"),
        limit=100,
        validators=[
            DataRequired(
                lazy_gettext("Enter your house number and street, such as 421 8th Avenue.")
            )
        ],
        render_kw={"autocomplete": "address-line1"},
    )
    street2 = CleanField(
        lazy_gettext("Apartment or unit"), limit=100, render_kw={"autocomplete": "address-line2"}
    )
    city = city_field()
    state = SelectField(
        lazy_gettext("State"),
        choices=state_choices,
        validate_choice=False,
        render_kw={"autocomplete": "address-level1"},
    )
    zip = zip_field()
    email = email_field(is_needed=False)
    phone = phone_field()
    district = RadioField(lazy_gettext("Who represents you in the House?"), validate_choice=False)
    district_zip = HiddenField()
    settled = HiddenField()
    settled_for = HiddenField()

    prompt = HiddenField(lazy_gettext("Start with one of these"))
    personal = personal_field()
    points = CheckboxesField(lazy_gettext("Points to make"), validate_choice=False)
    tone = RadioField(
        lazy_gettext("Length"),
        choices=[
            SelectChoice("full", lazy_gettext("Full: your words, the points, and the request")),
            SelectChoice("brief", lazy_gettext("Brief: your words, one point, and the request")),
        ],
        default="full",
        validate_choice=False,
    )
    to = CheckboxesField(lazy_gettext("Who gets a letter"), validate_choice=False)
    paper_to = RadioField(
        lazy_gettext("Where to send a paper letter"),
        choices=[
            SelectChoice("district", lazy_gettext("To the member's office nearest you")),
            SelectChoice("washington", lazy_gettext("To the office in Washington")),
        ],
        default="district",
        validate_choice=False,
    )
    recipient = HiddenField()

    @classmethod
    def read(
        cls,
        posted: MultiDict[str, str],
        pack: Pack,
        chairs: Mapping[str, str],
        congress: Congress,
    ) -> "LetterForm":
        """Return the posted form, with a field for each letter that was edited by hand.

        A letter whose text came back unchanged is not an edit: it follows the form.
        """
        form = cls(posted)
        form.offices = _by_recipient(posted, _OFFICE)
        form.prefixes = _by_recipient(posted, _PREFIX)
        for name in filter(_EDIT.fullmatch, posted):
            # BaseForm adds fields to an instance, which the declarative Form refuses.
            BaseForm.__setitem__(form, name, cast("UnboundField[CleanArea]", _edit_field()))
            field = form[name]
            field.process(posted)
            shown = posted.get(f"was_{name.removeprefix('edit_')}", "")
            if not field.process_errors and (not field.data or fingerprint(field.data) == shown):
                del form[name]
        return form.fit(pack, chairs, congress)

    @classmethod
    def empty(
        cls, pack: Pack, chairs: Mapping[str, str], congress: Congress, **given: str
    ) -> "LetterForm":
        """Return an empty form, filled in with `given`, to the campaign's usual recipients.

        The given `recipient` gets a letter too if it is an office outside Congress.
        """
        office = office_recipient(pack, given.get("recipient", ""))
        usual = usual_groups(pack)
        groups = [group for group in _TO if group in usual or (office and group == office.kind)]
        return cls(data={"to": groups, **given}).fit(pack, chairs, congress)

    def fit(self, pack: Pack, chairs: Mapping[str, str], congress: Congress) -> "LetterForm":
        """Give the form the campaign's points and recipients, and return it.

        `chairs` maps a target committee's code to its chair; `congress` tells the state of a ZIP.
        """
        self.points.choices = [
            SelectChoice(point.id, point.heading) for point in pack.talking_points
        ]
        self.to.choices = [
            SelectChoice(kind, label) for kind, label in _TO.items() if kind in groups_of(pack)
        ] + [SelectChoice(f"{_CHAIR}{code}", label) for code, label in chairs.items()]
        self.district.choices = self.district.choices or []
        self._settle_state(congress)
        return self

    def _settle_state(self, congress: Congress) -> None:
        """Fill in the state of the ZIP if it lies in only one; ask for it otherwise."""
        try:
            five = ZipCode.parse(self.zip.data or "").five
        except InvalidInput:
            return
        states = states_of(congress, five) or congress.prefix_states(five[:3])
        self.asks_state = len(states) != 1
        if not self.state.data and len(states) == 1:
            [self.state.data] = states

    def validate_state(self, field: SelectField) -> None:
        """Require a state that exists: letters need a valid postal address."""
        if field.data not in STATES and (field.data or self.asks_state):
            raise ValidationError(gettext("Choose your state."))

    def validate_points(self, field: CheckboxesField) -> None:
        """Keep letters short enough to be read."""
        known = {option.data for option in field}
        field.data = [point for point in field.data or () if point in known]
        if len(field.data) > MAX_POINTS:
            raise ValidationError(
                gettext(
                    "Choose up to %(most)s points. Offices read letters of one page.",
                    most=MAX_POINTS,
                )
            )

    def validate_to(self, field: CheckboxesField) -> None:
        """Require a recipient."""
        known = {option.data for option in field}
        field.data = [kind for kind in field.data or () if kind in known]
        if not field.data:
            raise ValidationError(gettext("Choose at least one recipient."))

    @property
    def chosen_district(self) -> str:
        """The district chosen for the ZIP in the form, or ""."""
        zip_code = self.zip.data or ""
        return (self.district.data or "") if self.district_zip.data == zip_code else ""

    @property
    def settled_district(self) -> str:
        """The district found for the address in the form, or ""."""
        return (self.settled.data or "") if self.settled_for.data == self._address else ""

    @property
    def groups(self) -> tuple[RecipientGroup, ...]:
        """The groups of recipients that the person chose, in the form's order."""
        chosen = self.to.data or ()
        groups = tuple(group for group in _TO if group in chosen)
        return (*groups, "chair") if self.chairs else groups

    @property
    def chairs(self) -> tuple[str, ...]:
        """The codes of the committees whose chairs the person chose."""
        return tuple(
            each.removeprefix(_CHAIR) for each in self.to.data or () if each.startswith(_CHAIR)
        )

    @property
    def chosen_tone(self) -> Tone:
        """How long the letters are to be; the full length where nothing was chosen."""
        return "brief" if self.tone.data == "brief" else "full"

    @property
    def paper_place(self) -> PaperTo:
        """The office for paper mail; the nearest one where nothing was chosen."""
        return "washington" if self.paper_to.data == "washington" else "district"

    def offer(self, seats: Sequence[SeatHolder]) -> None:
        """Offer these House seats by the names of their holders."""
        self.district.choices = [SelectChoice(seat.seat.id, seat_label(seat)) for seat in seats]

    def settle(self, district: str) -> None:
        """Keep the district that was found for this address: the page carries it along."""
        self.settled.data = district
        self.settled_for.data = self._address

    def home(self) -> Home:
        """Return the writer's home without the district."""
        return Home(
            zip=self.zip.code,
            street=self.street.data or "",
            city=self.city.data or "",
            state=self.state.data or "",
        )

    def constituent(self) -> Constituent:
        """Return the writer, for a valid form."""
        return Constituent(
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            address1=self.street.data or "",
            address2=self.street2.data or "",
            city=self.city.data or "",
            state=self.state.data or "",
            zip=str(self.zip.code or ""),
            email=self.email.data or "",
            phone=self.phone.data or "",
        )

    def request(self, on_date: date, written_on: date) -> LetterRequest:
        """Return what a valid form asks for; dates are as for `compose`."""
        return LetterRequest(
            constituent=self.constituent(),
            groups=self.groups,
            chairs=self.chairs,
            uses_committee_asks=True,
            points=frozenset(self.points.data or ()),
            personal=self.personal.data or "",
            tone=self.chosen_tone,
            paper_to=self.paper_place,
            edits=self.edits,
            offices=self.offices,
            on_date=on_date,
            written_on=written_on,
        )

    @property
    def edits(self) -> dict[str, str]:
        """The letters that were edited by hand: recipient's id -> text."""
        return {found[1]: str(self[found[0]].data or "") for found in self._edited()}

    def start_again(self, recipient_id: str) -> None:
        """Discard the edits of a recipient's letter."""
        if f"edit_{recipient_id}" in self:
            del self[f"edit_{recipient_id}"]

    def _edited(self) -> Iterator[re.Match[str]]:
        for field in self:
            if found := _EDIT.fullmatch(field.name):
                yield found

    @property
    def _address(self) -> str:
        """The address in one line, for which a found district is valid."""
        typed = (self.street.data, self.city.data, self.state.data, self.zip.data)
        return ", ".join(part or "" for part in typed)


def fingerprint(text: str) -> str:
    """Return the fingerprint of a text: 16 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _by_recipient(posted: Mapping[str, str], prefix: str) -> dict[str, str]:
    """Return recipient's id -> value, for the posted fields that start with `prefix`."""
    return {
        name.removeprefix(prefix): value
        for name, value in posted.items()
        if name.startswith(prefix)
    }


def _edit_field() -> CleanArea:
    """Return a letter's text as a field that belongs to the form `made`."""
    return CleanArea(
        lazy_gettext("The letter's text"),
        limit=MAX_EDITED_CHARACTERS,
        multiline=True,
        render_kw={"rows": "16", "form": "made", "lang": "en"},
    )
