"""Error pages: every failure has one page that says what happened and what the person can do."""

import logging
from typing import NamedTuple

from flask import Flask, Response, make_response, render_template, request
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException

from campaign.errors import (
    AccountUnknown,
    CampaignError,
    CampaignUnknown,
    ConnectionUnknown,
    InvalidInput,
    LastOwner,
    LinkUsed,
    PackInvalid,
    PetitionClosed,
    SignatureUnknown,
    StoreUnavailable,
    TokenRefused,
    TooManyAttempts,
    UpdateUnknown,
)
from campaign.web.api import problems
from campaign.web.core import fallback_page
from campaign.web.core.organizer_paths import is_back_office
from campaign.web.core.security import UploadTooLarge
from campaign.web.core.template_filters import say
from campaign.web.petition import used_links

_log = logging.getLogger(__name__)

#: Seconds after which a browser may try again when the database was busy.
RETRY_AFTER_S = 5


class _Words(NamedTuple):
    heading: str
    advice: str


_WORDS: dict[int, _Words] = {
    400: _Words(
        lazy_gettext("This request could not be read"),
        lazy_gettext("Go back, check what you typed, and send it again."),
    ),
    403: _Words(
        lazy_gettext("This form came from another site"),
        lazy_gettext(
            "For your safety, we accept forms only from our own pages. Open the petition here "
            "and fill it in again."
        ),
    ),
    404: _Words(
        lazy_gettext("There is no page here"),
        lazy_gettext("Check the web address, or start from the petition's home page."),
    ),
    405: _Words(
        lazy_gettext("This page cannot be used that way"),
        lazy_gettext("Open the petition's page and use the button there."),
    ),
    409: _Words(
        lazy_gettext("This petition is closed"),
        lazy_gettext("It no longer takes signatures. See its page for what has happened since."),
    ),
    410: _Words(
        lazy_gettext("This link no longer works"),
        lazy_gettext(
            "It may have expired, been used already, or been cut off by your email app. Copy the "
            "whole link from the email, or sign again and we will send a new one."
        ),
    ),
    413: _Words(
        lazy_gettext("That was too much to send"),
        lazy_gettext("Go back and shorten what you typed."),
    ),
    415: _Words(
        lazy_gettext("This kind of content cannot be read here"),
        lazy_gettext("Use the form on the petition's page."),
    ),
    422: _Words(
        lazy_gettext("Something in the form needs to be corrected"),
        lazy_gettext("Go back, correct it, and send it again."),
    ),
    429: _Words(
        lazy_gettext("Please wait a moment"),
        lazy_gettext("There were too many attempts from here in a short time. Try again later."),
    ),
    500: _Words(
        lazy_gettext("Something went wrong on our side"),
        lazy_gettext("It is not your fault. Wait a minute, then try again."),
    ),
    503: _Words(
        lazy_gettext("We are busy for a moment"),
        lazy_gettext("Nothing was saved. Wait a minute, then send it again."),
    ),
}

# A campaign whose texts cannot be used, such as after its only bill has ended.
_OUTDATED = _Words(
    lazy_gettext("This petition is being brought up to date"), lazy_gettext("Come back later.")
)
_NOT_TAKEN = lazy_gettext("Nothing was saved. Come back later.")
#: Seconds after which to try again when an organizer has to write first.
_OUTDATED_RETRY_S = 600

# The same for organizers, in English.
_OFFICE_WORDS: dict[int, _Words] = {
    400: _Words(
        "This form could not be accepted",
        "It may have been open too long, or in a second window. Reload the page, and send it "
        "again.",
    ),
    403: _Words(
        "Your role does not open this page",
        "Ask an owner of the campaign for a role that does.",
    ),
    404: _Words(
        "There is no page here",
        "It may be gone, or belong to a campaign in which you have no role.",
    ),
    405: _Words("This page cannot be used that way", "Open it from the menu."),
    409: _Words("This cannot be done now", "Reload the page to see how it is now."),
    410: _Words(
        "This link no longer works",
        "It has expired, was used already, or was cut off by your email app. Ask for a new one.",
    ),
    413: _Words("That is too much to send at once", "Split it, and send the parts one by one."),
    415: _Words("This kind of content cannot be read here", "Use the form on the page."),
    422: _Words(
        "Something in the form needs to be corrected", "Go back, correct it, send it again."
    ),
    429: _Words(
        "Please wait a moment", "There were too many attempts in a short time. Try again later."
    ),
    500: _Words(
        "Something went wrong on our side",
        "It is not your fault. Wait a minute, then try again; the server's log says more.",
    ),
    503: _Words("The site is busy for a moment", "Nothing was saved. Try again in a minute."),
}

_STATUS: tuple[tuple[type[CampaignError], int], ...] = (
    (CampaignUnknown, 404),
    (SignatureUnknown, 404),
    (UpdateUnknown, 404),
    (TokenRefused, 410),
    (AccountUnknown, 404),
    (ConnectionUnknown, 404),
    (PetitionClosed, 409),
    (LastOwner, 409),
    (InvalidInput, 422),
    (TooManyAttempts, 429),
    (StoreUnavailable, 503),
)


def init_app(app: Flask) -> None:
    """Answer every HTTP error, CampaignError and unexpected exception with a page of `_WORDS`."""

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if problems.is_api():
            return problems.of_http(error)
        # The API treats a form from another site as one that cannot be read.
        is_foreign = error.code == 403 and str(error.description).startswith("foreign")
        office_status = 400 if is_foreign else error.code or 500
        advice = error.advice if isinstance(error, UploadTooLarge) else ""
        response = page(error.code or 500, advice, office_status=office_status)
        for name, value in error.get_headers():
            if name not in {"Content-Type", "Content-Length"}:
                response.headers[name] = value
        return response

    @app.errorhandler(CampaignError)
    def _foreseen(error: CampaignError) -> Response:
        if problems.is_api():
            return problems.of_outcome(error)
        if isinstance(error, LinkUsed):
            return used_links.page(error)
        if isinstance(error, PackInvalid) and not is_back_office(request.path):
            return _outdated(error)
        status = next((status for kind, status in _STATUS if isinstance(error, kind)), 503)
        says_itself = status == 422 or (is_back_office(request.path) and status != 410)
        response = page(status, sentence(error) if says_itself else "")
        if isinstance(error, TooManyAttempts):
            response.headers["Retry-After"] = str(error.retry_after)
        elif status == 503:
            _log.warning("unavailable: %s", type(error).__name__)
            response.headers["Retry-After"] = str(RETRY_AFTER_S)
        return response

    @app.errorhandler(Exception)
    def _fault(error: Exception) -> Response:
        # The traceback names files and lines. It never shows local variables, which hold what
        # people typed.
        _log.error("fault in %s", request.endpoint, exc_info=error)
        return problems.problem(500) if problems.is_api() else page(500)


def _outdated(error: PackInvalid) -> Response:
    first = f" {error.problems[0]}" if error.problems else ""
    _log.warning("unavailable: %s%s", error.sentence, first)
    response = page(503, _NOT_TAKEN if request.method == "POST" else "", words=_OUTDATED)
    response.headers["Retry-After"] = str(_OUTDATED_RETRY_S)
    return response


def page(
    status: int, advice: str = "", *, office_status: int = 0, words: _Words | None = None
) -> Response:
    """Return the error page for an HTTP status; `advice` replaces its usual second sentence.

    `office_status` picks the wording for organizers; `words` replaces that for the public. Where
    rendering fails for any reason, the answer is the fixed fallback page.
    """
    try:
        return _page(status, advice, office_status, words)
    except Exception as error:  # noqa: BLE001
        _log.error("the page for a failure failed", exc_info=error)
        return Response(fallback_page.body(status), status, content_type=fallback_page.CONTENT_TYPE)


def _page(status: int, advice: str, office_status: int, given: _Words | None) -> Response:
    if is_back_office(request.path):
        asked = office_status or status
        words = _OFFICE_WORDS.get(asked) or _OFFICE_WORDS[400 if status < 500 else 500]
        return make_response(
            render_template(
                "organize/error.html",
                heading=words.heading,
                advice=advice or words.advice,
                status=status,
                failed=request.method == "POST",
            ),
            status,
        )
    words = given or _WORDS.get(status) or _WORDS[400 if status < 500 else 500]
    body = render_template(
        "errors/page.html",
        heading=words.heading,
        advice=advice or words.advice,
        status=status,
        failed=request.method == "POST",
    )
    return make_response(body, status)


def sentence(error: CampaignError) -> str:
    """Return the sentence of an error in the language of the page."""
    return say(error.sentence)
