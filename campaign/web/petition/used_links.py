"""Pages for mailed links that did their work before and can open nothing more."""

from typing import NamedTuple

from flask import Response, make_response, render_template
from flask_babel import lazy_gettext

from campaign.errors import LinkUsed
from campaign.web.core.security import keep_private


class _Words(NamedTuple):
    heading: str
    advice: str


_WORDS: dict[str, _Words] = {
    "disowned": _Words(
        lazy_gettext("It is deleted"),
        lazy_gettext(
            "The sign-up in your name is deleted. It was never counted. You do not need to do "
            "anything else."
        ),
    ),
    "erased": _Words(
        lazy_gettext("Everything is erased"),
        lazy_gettext(
            "Your data was erased through this link. There is nothing left to see or change."
        ),
    ),
    "letters-deleted": _Words(
        lazy_gettext("The letters are deleted"),
        lazy_gettext("Nothing was sent, and we kept no copy."),
    ),
}

# For organizers, in English.
_OFFICE_WORDS: dict[str, _Words] = {
    "account-opened": _Words(
        "This invitation was accepted", "The account is open. Log in with its email and password."
    ),
    "password-set": _Words(
        "The password was changed",
        "It was changed by this link. Log in with it, or ask for a new link if it was not you.",
    ),
}


def page(error: LinkUsed) -> Response:
    """Return the page that says what the link did, with status 410 (Gone)."""
    if error.outcome in _OFFICE_WORDS:
        template, words = "organize/error.html", _OFFICE_WORDS[error.outcome]
    else:
        template, words = "errors/page.html", _WORDS[error.outcome]
    body = render_template(
        template, heading=words.heading, advice=words.advice, status=410, is_used=True
    )
    return keep_private(make_response(body, 410))
