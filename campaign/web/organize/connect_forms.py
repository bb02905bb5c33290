"""The forms of connections: an API key, a webhook, and the push to Action Network."""

from wtforms import BooleanField, DateField, Field, Form, PasswordField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Optional, ValidationError

from campaign.organizing.connect.api_keys import SCOPES
from campaign.organizing.connect.connections import WebhookSettings
from campaign.store.endpoints import EVENTS
from campaign.web.core.forms import CleanField
from campaign.web.core.services import current_services
from campaign.web.letters.letter_form import CheckboxesField

EVENT_WORDS = {
    "signature.confirmed": "a signer confirmed a signature",
    "signature.changed": "a signer changed place or choices, or unsubscribed",
    "signature.withdrawn": "a signature no longer counts: withdrawn, struck or erased",
}
_SHAPE_WORDS = {
    "flat": "Flat: one object with plain fields, for no-code tools",
    "actionnetwork": "The format of Action Network's webhooks",
}


class _Chosen:
    """Requires at least one ticked box. (DataRequired would make browsers require every one.)"""

    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    def __call__(self, form: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(self._sentence)


class KeyForm(Form):
    """What a key is for, what it may do, and when it ends."""

    name = CleanField(
        "Purpose",
        limit=60,
        validators=[DataRequired("Enter the purpose of the key, such as the program's name.")],
        render_kw={"autocomplete": "off"},
    )
    scopes = CheckboxesField(
        "Permissions",
        choices=[SelectChoice(scope, f"{words} ({scope})") for scope, words in SCOPES.items()],
        validators=[_Chosen("Choose at least one permission.")],
    )
    expires = DateField("Last day", validators=[Optional()])


class WebhookForm(Form):
    """Where a webhook posts to, and which events."""

    url = CleanField(
        "URL",
        limit=500,
        validators=[DataRequired("Enter a URL such as https://hooks.example.org/in.")],
        render_kw={"type": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    events = CheckboxesField(
        "Events",
        choices=[SelectChoice(event, EVENT_WORDS[event]) for event in EVENTS],
        default=["signature.confirmed"],
        validators=[_Chosen("Choose at least one event.")],
    )
    shape = RadioField(
        "Format of messages",
        choices=[SelectChoice(shape, words) for shape, words in _SHAPE_WORDS.items()],
        default="flat",
    )
    everybody = BooleanField("Also send signers who did not ask for news")

    def wish(self) -> WebhookSettings:
        """Return the requested webhook. Raises InvalidInput."""
        return WebhookSettings.parse(
            self.url.data or "",
            self.shape.data or "",
            self.events.data or (),
            only_mail=not self.everybody.data,
            allow_plain=allow_plain(),
        )


class ActionNetworkForm(Form):
    """A petition at Action Network, and the key that opens it."""

    url = CleanField(
        "The petition's API endpoint",
        limit=500,
        validators=[
            DataRequired("Enter the API endpoint that Action Network shows for the petition.")
        ],
        render_kw={"type": "url", "autocomplete": "off", "spellcheck": "false"},
    )
    key = PasswordField("API key of the group", render_kw={"autocomplete": "off"})


def allow_plain() -> bool:
    """True where endpoints may have plain http:// and private addresses: in development."""
    return current_services().settings.env == "development"
