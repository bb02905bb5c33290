"""Errors of the API as problem documents (RFC 9457): what happened, and what to do."""

import logging
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException

from campaign.errors import (
    CampaignError,
    CampaignUnknown,
    ConnectionUnknown,
    InvalidInput,
    PetitionClosed,
    SignatureUnknown,
    TooManyAttempts,
)
from campaign.web.core.security import API

_log = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"


_RETRY_AFTER_S = 5

_DETAILS = {
    400: "The request cannot be read. Compare it with the description at /api/v1/openapi.json.",
    403: "This key may not do that. Make one with the scope that the description names.",
    404: "There is nothing at this address, or nothing that this key may read.",
    405: "This address does not accept that method. The Allow header lists those it accepts.",
    409: "The petition takes no signatures now.",
    413: "The body is too large.",
    414: "The query is too long. Ask for less at a time.",
    415: "Send the body as application/json in UTF-8, uncompressed.",
    429: "There were too many requests in this minute. Wait as long as Retry-After says.",
    500: "Something went wrong on our side. It is not your fault. Try again in a minute.",
    503: "We are busy for a moment. Nothing was saved. Try again in a minute.",
}

_STATUS: tuple[tuple[type[CampaignError], int], ...] = (
    (CampaignUnknown, 404),
    (ConnectionUnknown, 404),
    (SignatureUnknown, 404),
    (InvalidInput, 422),
    (PetitionClosed, 409),
    (TooManyAttempts, 429),
)


class Unauthorized(Exception):
    """The key is missing or invalid; the answer is the same, so that nothing can be guessed."""


class BodyInvalid(Exception):
    """The body can be read but does not match the description; `errors` names the fields."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("invalid")
        self.errors = errors


def is_api() -> bool:
    """Return True for a URL of the API, known or unknown."""
    return request.path.startswith(API)


def problem(
    status: int, detail: str = "", *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """Return the problem document for that status."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail or _DETAILS.get(status) or _DETAILS[400 if status < 500 else 500],
        **more,
    }
    return Response(
        orjson.dumps(body), status=status, content_type=CONTENT_TYPE, headers=headers or {}
    )


def of_http(error: HTTPException) -> Response:
    """Return the problem for an HTTP error, with its own headers, such as Allow."""
    response = problem(error.code or 500)
    for name, value in error.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def of_outcome(error: CampaignError) -> Response:
    """Return the problem for a CampaignError; its sentence is the detail."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 503)
    if isinstance(error, InvalidInput):
        return problem(status, str(error), errors=[{"field": error.field, "message": str(error)}])
    if isinstance(error, TooManyAttempts):
        return problem(status, headers={"Retry-After": str(error.retry_after)})
    if status == 503:
        _log.warning("unavailable: %s", type(error).__name__)
        return problem(status, headers={"Retry-After": str(_RETRY_AFTER_S)})
    return problem(status)


def unauthorized() -> Response:
    """Return the answer to every request without a valid key (RFC 6750, 3)."""
    return problem(
        401,
        "Send a valid key: Authorization: Bearer KEY, or OSDI-API-Token: KEY.",
        headers={"WWW-Authenticate": 'Bearer realm="campaign"'},
    )


def forbidden(scope: str) -> Response:
    """Return the answer to a valid key that lacks a scope (RFC 6750, 3.1)."""
    return problem(
        403,
        f"This key lacks the scope {scope}.",
        headers={
            "WWW-Authenticate": 'Bearer realm="campaign", error="insufficient_scope", '
            f'scope="{scope}"'
        },
    )
