"""What people type into the petition's forms: cleaned once, checked field by field, never lost."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext, lazy_gettext
from itsdangerous import BadData, TimestampSigner
from wtforms import BooleanField, Form, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, ValidationError

from campaign import text
from campaign.congress.places import ZipCode
from campaign.errors import CampaignError, InvalidInput
from campaign.keys import Keyring
from campaign.petition import email_typos
from campaign.petition.identity import Email
from campaign.web.core.template_filters import say

#: A form may be sent this long after its page was made, in seconds: a day with the tab open.
FORM_LASTS_S = 24 * 3600
# Tokens change this often only, so that a page nobody signed in between keeps its ETag.
_TOKEN_STEP_S = 600

_SOURCE = re.compile(r"[A-Za-z0-9._-]{1,40}")

#: The answer "I do not know" to the question for the district.
DISTRICT_UNKNOWN = "unknown"


class CleanField(StringField):
    """One line (or, `multiline`, paragraphs) through the edge's normalizer.

    A text that it refuses is shown again, as far as it can be shown, with the reason beside it.
    """

    def __init__(self, label: Any, *, limit: int, multiline: bool = False, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self._limit = limit
        self._clean = text.block if multiline else text.line

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        if not valuelist:
            self.data = ""
            return
        typed = valuelist[0]
        self.data = _showable(typed, self._limit)
        if "\ufffd" in typed:
            raise ValueError(
                gettext("This text holds a character that cannot be read. Type it again, please.")
            )
        try:
            self.data = self._clean(typed, limit=self._limit)
        except InvalidInput as error:
            raise ValueError(said(error)) from None


class CleanArea(CleanField, TextAreaField):
    """Paragraphs of text, cleaned as `CleanField` does."""


class _ParsedField(CleanField):
    """One clean line that must also be a value; what parsing refuses is said beside the field."""

    @abstractmethod
    def _parse(self, typed: str) -> None:
        """Keep the value that `typed` is. Raises InvalidInput."""

    def pre_validate(self, form: Any) -> None:
        if self.data and not self.process_errors:
            try:
                self._parse(self.data)
            except InvalidInput as error:
                raise ValidationError(said(error)) from None


class ZipField(_ParsedField):
    """A ZIP; `code` is the ZipCode once the form is valid."""

    code: ZipCode | None = None

    def _parse(self, typed: str) -> None:
        self.code = ZipCode.parse(typed)


class EmailField(_ParsedField):
    """An e-mail address; `address` is the Email once the form is valid."""

    address: Email | None = None

    def _parse(self, typed: str) -> None:
        self.address = Email.parse(typed)


class NameForm(Form):
    """Who somebody is: the two fields with which every form for citizens begins."""

    first_name = CleanField(
        lazy_gettext("First name"),
        limit=80,
        validators=[DataRequired(lazy_gettext("Enter your first name."))],
        render_kw={"autocomplete": "given-name", "spellcheck": "false"},
    )
    last_name = CleanField(
        lazy_gettext("Last name"),
        limit=80,
        validators=[DataRequired(lazy_gettext("Enter your last name."))],
        render_kw={"autocomplete": "family-name", "spellcheck": "false"},
    )

    def carried(self, *, without: str = "") -> list[tuple[str, str]]:
        """Return what was typed, as the hidden fields that keep it through a second step.

        `without` names a field that the second step shows itself.
        """
        return [
            (field.name, "y" if isinstance(field, BooleanField) else str(field.data))
            for field in self
            if field.data and field.name != without
        ]


def email_field(*, is_needed: bool = True) -> EmailField:
    """Return the field for the e-mail address, which must be filled in where it is needed."""
    asked = DataRequired(lazy_gettext("Enter your e-mail address, such as name@example.org."))
    return EmailField(
        lazy_gettext("E-mail"),
        limit=254,
        validators=[asked] if is_needed else [],
        render_kw={
            "type": "email",
            "autocomplete": "email",
            "inputmode": "email",
            "spellcheck": "false",
            "autocapitalize": "none",
        },
    )


class AskedEmailForm(Form):
    """A form for an address that we mail: a likely typo in it is asked about, once.

    `kept` holds the address that was asked about; sending it again unchanged keeps it.
    """

    email = email_field()
    kept = HiddenField()

    def is_to_ask(self) -> bool:
        """Say beside the address what was probably meant; False where there is nothing to ask.

        For a form that is valid.
        """
        assert self.email.address is not None
        meant = email_typos.likely(self.email.address)
        if not meant or self.kept.data == self.email.data:
            return False
        self.kept.data = self.email.data
        question = gettext(
            "Did you mean %(meant)s? Correct it, or press the button again to keep %(typed)s.",
            meant=meant,
            typed=self.email.data,
        )
        self.email.errors = (*self.email.errors, question)
        return True


def zip_field() -> ZipField:
    """Return the field for the ZIP, which must be filled in."""
    return ZipField(
        lazy_gettext("ZIP"),
        limit=20,
        validators=[
            DataRequired(lazy_gettext("Enter the ZIP of the place where you live, such as 59001."))
        ],
        render_kw={"autocomplete": "postal-code", "inputmode": "numeric"},
    )


def city_field() -> CleanField:
    """Return the field for the city of a postal address, which must be filled in."""
    return CleanField(
        lazy_gettext("City"),
        limit=100,
        validators=[DataRequired(lazy_gettext("Enter your city or town."))],
        render_kw={"autocomplete": "address-level2"},
    )


def phone_field() -> CleanField:
    """Return the field for a telephone number, which nobody must give."""
    return CleanField(
        lazy_gettext("Phone"),
        limit=30,
        render_kw={"type": "tel", "autocomplete": "tel", "inputmode": "tel"},
    )


def comment_field() -> CleanArea:
    """Return the field for a comment, which nobody must leave."""
    return CleanArea(
        lazy_gettext("Why do you sign?"), limit=1000, multiline=True, render_kw={"rows": "3"}
    )


class BoxesForm(Form):
    """The two boxes of the petition's form, which nobody ticked beforehand."""

    show_name = BooleanField(lazy_gettext("Show my first name and state among the signers"))
    mail_opt_in = BooleanField(lazy_gettext("Send me news of this campaign by e-mail"))


class SignForm(NameForm, AskedEmailForm, BoxesForm):
    """Who signs: four fields, an optional comment, two boxes."""

    zip = zip_field()
    comment = comment_field()
    token = HiddenField()
    source = HiddenField()
    # The code of an event, where the link that brought the person names one.
    event = HiddenField()
    # The browser's answer to the campaign's challenge, where it asks for one.
    altcha = HiddenField()
    # Only programs fill this in: people neither see nor hear it.
    topic = StringField(render_kw={"autocomplete": "off", "tabindex": "-1"})

    @property
    def filled_by_program(self) -> bool:
        """True where the field that people never meet holds something."""
        return bool(self.topic.data)

    @property
    def source_tag(self) -> str:
        """The tag of the link that brought the person, "" for none or an unfit one."""
        return source_tag(self.source.data or "")


#: The answers to whether an earlier sign-up of the same address was another person.
ONE_PERSON, TWO_PEOPLE = "one", "two"


class ConfirmForm(NameForm, BoxesForm):
    """What the owner of an address reads, and may correct, before a signature counts.

    `people` is asked only where an earlier sign-up was replaced.
    """

    zip = zip_field()
    comment = comment_field()
    people = RadioField(lazy_gettext("Is this one person, or two?"), validate_choice=False)

    def ask_for_people(self, name: str, earlier: str) -> None:
        """Ask whether `earlier` and `name` are one person."""
        self.people.choices = [
            (ONE_PERSON, gettext("One person: only %(name)s signs", name=name)),
            (TWO_PEOPLE, gettext("Two people: %(earlier)s signs too", earlier=earlier)),
        ]
        self.people.validators = [
            AnyOf([ONE_PERSON, TWO_PEOPLE], gettext("Choose whether this is one person or two."))
        ]


class DistrictForm(Form):
    """The second step, where a ZIP does not settle the district: street, or a member by name."""

    street = CleanField(
        lazy_gettext("Street and number"), limit=200, render_kw={"autocomplete": "address-line1"}
    )
    city = CleanField(lazy_gettext("City"), limit=100, render_kw={"autocomplete": "address-level2"})
    district = RadioField(lazy_gettext("Who represents you in the House?"), validate_choice=False)
    asked = HiddenField()


class CorrectionForm(NameForm):
    """A corrected name or ZIP, on the signer's own page."""

    zip = zip_field()


class MailboxForm(Form):
    """The address that somebody signed with, to be mailed the links to what is held of it."""

    email = email_field()
    token = HiddenField()


def source_tag(given: str) -> str:
    """Return the source tag of a link where it is fit to be kept, else ""."""
    return given if _SOURCE.fullmatch(given) else ""


def said(error: CampaignError) -> str:
    """Return what the error says to a person, in the language of the page."""
    return say(error.sentence)


class FormSeal:
    """Seals a form to its campaign and its time, without a cookie (HMAC, by itsdangerous).

    A page can be kept by caches and still carry it. It keeps programs from posting to an address
    that they never fetched, and old copies of the page from coming back.
    """

    def __init__(self, keyring: Keyring, *, now: datetime) -> None:
        self._secrets = keyring.page_signing()
        self._now = int(now.timestamp())

    def make(self, purpose: str) -> str:
        """Return the token for a form of that purpose, such as `sign:section-907`."""
        step = self._now - self._now % _TOKEN_STEP_S
        return _Signer(self._secrets, purpose, step).sign(b"form").decode()

    def is_good(self, token: str, purpose: str) -> bool:
        """True for a token that this site made for that purpose, at most a day ago."""
        signer = _Signer(self._secrets, purpose, self._now)
        try:
            signer.unsign(token, max_age=FORM_LASTS_S + _TOKEN_STEP_S)
        except BadData:
            return False
        return True


class _Signer(TimestampSigner):
    def __init__(self, secrets: list[str], purpose: str, timestamp: int) -> None:
        super().__init__(secrets, salt=f"campaign.form.{purpose}")
        self._timestamp = timestamp

    def get_timestamp(self) -> int:
        return self._timestamp


def _showable(typed: str, limit: int) -> str:
    """Return what was typed without what no page can show, a little past the limit at most."""
    return "".join(char for char in typed[: limit + 200] if char.isprintable() or char in "\n\r\t")
