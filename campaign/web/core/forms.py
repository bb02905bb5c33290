"""The petition's forms and their fields: input is cleaned once, checked by field, and never
lost.
"""

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
from campaign.letters import split_name
from campaign.petition import email_typos
from campaign.petition.identity import Email
from campaign.web.core.template_filters import say

#: A form is accepted this many seconds after its page was made: a day, for a tab that stays open.
FORM_LASTS_S = 24 * 3600
# Tokens change only this often, so that a page keeps its ETag while no one signs.
_TOKEN_STEP_S = 600

_SOURCE = re.compile(r"[A-Za-z0-9._-]{1,40}")

#: The answer "I don't know" to the question for the district.
DISTRICT_UNKNOWN = "unknown"


class CleanField(StringField):
    """A line of text (paragraphs, if `multiline`) that is normalized by `campaign.text`.

    Text that is refused is shown again, as far as it can be shown, with the reason beside it.
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
                gettext("This text contains a character that cannot be read. Please type it again.")
            )
        try:
            self.data = self._clean(typed, limit=self._limit)
        except InvalidInput as error:
            raise ValueError(error_sentence(error)) from None


class CleanArea(CleanField, TextAreaField):
    """Paragraphs of text, cleaned as `CleanField` does."""


class _ParsedField(CleanField):
    """A cleaned line that must also parse into a value; a parse error is shown beside the field."""

    @abstractmethod
    def _parse(self, typed: str) -> None:
        """Keep the value parsed from `typed`. Raises InvalidInput."""

    def pre_validate(self, form: Any) -> None:
        if self.data and not self.process_errors:
            try:
                self._parse(self.data)
            except InvalidInput as error:
                raise ValidationError(error_sentence(error)) from None


class ZipField(_ParsedField):
    """A ZIP code; `code` is the ZipCode once the form is valid."""

    code: ZipCode | None = None

    def _parse(self, typed: str) -> None:
        self.code = ZipCode.parse(typed)


class EmailField(_ParsedField):
    """An email address; `address` is the Email once the form is valid."""

    address: Email | None = None

    def _parse(self, typed: str) -> None:
        self.address = Email.parse(typed)


class NameForm(Form):
    """First and last name, with which every form for citizens begins.

    A name typed only in capitals is recased, unless the form is there to correct it.
    """

    _corrects_name = False

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

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Fill the fields in, with the name recased."""
        super().process(*args, **kwargs)
        first, last = self.first_name.data, self.last_name.data
        if first and last and not self._corrects_name:
            self.first_name.data, self.last_name.data = split_name.recase_capitals(first, last)

    def carried(self, *, without: str = "") -> list[tuple[str, str]]:
        """Return what was typed as hidden fields that carry it through a second step.

        `without` names a field that the second step shows itself.
        """
        return [
            (field.name, "y" if isinstance(field, BooleanField) else str(field.data))
            for field in self
            if field.data and field.name != without
        ]


def email_field(*, is_needed: bool = True) -> EmailField:
    """Return a required field for the email address."""
    asked = DataRequired(lazy_gettext("Enter your email address, such as name@example.org."))
    return EmailField(
        lazy_gettext("Email"),
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
    """A form for an address that gets mail: a likely typo in it is asked about once.

    `kept` holds the address that was asked about; sending the same address again keeps it.
    """

    email = email_field()
    kept = HiddenField()

    def is_to_ask(self) -> bool:
        """Show the probable address as a question; return False where there is nothing to ask.

        Call it for a form that is valid.
        """
        assert self.email.address is not None
        meant = email_typos.suggest(self.email.address)
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
    """Return a required field for the ZIP code."""
    return ZipField(
        lazy_gettext("ZIP code"),
        limit=20,
        validators=[
            DataRequired(lazy_gettext("Enter the ZIP code where you live, such as 59001."))
        ],
        render_kw={"autocomplete": "postal-code", "inputmode": "numeric"},
    )


def city_field() -> CleanField:
    """Return a required field for the city of a postal address."""
    return CleanField(
        lazy_gettext("City"),
        limit=100,
        validators=[DataRequired(lazy_gettext("Enter your city or town."))],
        render_kw={"autocomplete": "address-level2"},
    )


def phone_field() -> CleanField:
    """Return an optional field for a phone number."""
    return CleanField(
        lazy_gettext("Phone"),
        limit=30,
        render_kw={"type": "tel", "autocomplete": "tel", "inputmode": "tel"},
    )


def comment_field() -> CleanArea:
    """Return an optional field for a comment."""
    return CleanArea(
        lazy_gettext("Why do you sign?"), limit=1000, multiline=True, render_kw={"rows": "3"}
    )


class BoxesForm(Form):
    """The two checkboxes of the petition form, unchecked at first."""

    show_name = BooleanField(lazy_gettext("Show my first name and state in the list of signers"))
    mail_opt_in = BooleanField(lazy_gettext("Email me updates from this campaign"))


class SignForm(NameForm, AskedEmailForm, BoxesForm):
    """The sign-up form: four fields, an optional comment, two checkboxes."""

    zip = zip_field()
    comment = comment_field()
    token = HiddenField()
    source = HiddenField()
    # The code of an event, when a link for that event brought the person.
    event = HiddenField()
    # The browser's answer to the campaign's challenge, where there is one.
    altcha = HiddenField()
    # A honeypot: hidden from people, filled in by programs.
    topic = StringField(render_kw={"autocomplete": "off", "tabindex": "-1"})

    @property
    def filled_by_program(self) -> bool:
        """Return True where the honeypot is filled in."""
        return bool(self.topic.data)

    @property
    def source_tag(self) -> str:
        """The tag of the link that brought the person, or "" for a missing or invalid one."""
        return source_tag(self.source.data or "")


#: The answers to whether an earlier sign-up from the same address was another person.
ONE_PERSON, TWO_PEOPLE = "one", "two"


class ConfirmForm(NameForm, BoxesForm):
    """The data that the owner of an address reads and may correct before a signature counts.

    `people` is asked only where an earlier sign-up was replaced.
    """

    _corrects_name = True

    zip = zip_field()
    comment = comment_field()
    people = RadioField(lazy_gettext("Is this one person, or two?"), validate_choice=False)

    def ask_for_people(self, name: str, earlier: str) -> None:
        """Ask whether `earlier` and `name` are the same person."""
        self.people.choices = [
            (ONE_PERSON, gettext("One person: only %(name)s signs", name=name)),
            (TWO_PEOPLE, gettext("Two people: %(earlier)s signs too", earlier=earlier)),
        ]
        self.people.validators = [
            AnyOf([ONE_PERSON, TWO_PEOPLE], gettext("Choose whether this is one person or two."))
        ]


class DistrictForm(Form):
    """The second step where a ZIP has several districts: a street address, or a member by name."""

    street = CleanField(
        lazy_gettext("Street and number"), limit=200, render_kw={"autocomplete": "address-line1"}
    )
    city = CleanField(lazy_gettext("City"), limit=100, render_kw={"autocomplete": "address-level2"})
    district = RadioField(lazy_gettext("Who represents you in the House?"), validate_choice=False)
    asked = HiddenField()


class CorrectionForm(NameForm):
    """A corrected name or ZIP code, on the signer's own page."""

    _corrects_name = True

    zip = zip_field()


class MailboxForm(AskedEmailForm):
    """The address that a person signed with; the links to their data are mailed to it."""

    token = HiddenField()


def source_tag(given: str) -> str:
    """Return the source tag of a link where it is valid, else ""."""
    return given if _SOURCE.fullmatch(given) else ""


def error_sentence(error: CampaignError) -> str:
    """Return the sentence of an error in the language of the page."""
    return say(error.sentence)


class FormSeal:
    """Signs a form's token for its campaign and time, without a cookie (HMAC, by itsdangerous).

    Cached pages can carry the token. It stops programs that post without fetching the page first,
    and posts from outdated copies of the page.
    """

    def __init__(self, keyring: Keyring, *, now: datetime) -> None:
        self._secrets = keyring.page_signing()
        self._now = int(now.timestamp())

    def make(self, purpose: str) -> str:
        """Return a token for a form of that purpose, such as `sign:section-907`."""
        step = self._now - self._now % _TOKEN_STEP_S
        return _Signer(self._secrets, purpose, step).sign(b"form").decode()

    def is_good(self, token: str, purpose: str) -> bool:
        """Return True for a token that this site made for that purpose within the last day."""
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
    """Return the typed text without characters that no page can show, cut slightly above the
    limit.
    """
    return "".join(char for char in typed[: limit + 200] if char.isprintable() or char in "\n\r\t")
