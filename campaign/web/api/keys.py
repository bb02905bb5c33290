"""Authentication of the API: a key in a header, for one campaign, with a rate limit."""

from typing import cast

from flask import current_app, g, request

from campaign.errors import CampaignUnknown, TooManyAttempts
from campaign.organizing.connect import api_keys
from campaign.store.api_tokens import ApiToken
from campaign.web.api.problems import Unauthorized
from campaign.web.core.request_floods import MinuteCounter
from campaign.web.core.services import current_services

#: Requests of one key in a minute, in one process. A client that reads a list page by page, one
#: request at a time, stays below; the limit stops parallel floods.
A_MINUTE = 20_000

#: The key of `app.extensions` with the request counter.
COUNTER = "api-requests"
_LONGEST_KEY = 100


class ScopeMissing(Exception):
    """The key is valid, but lacks the scope."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


def require(scope: str, campaign: str | None) -> ApiToken:
    """Return the key of this request, where it is valid for that scope and campaign.

    A URL never holds a key, because URLs are logged and shared. Raises Unauthorized in the same way
    for a missing and an invalid key; TooManyAttempts; ScopeMissing; and CampaignUnknown for another
    campaign than the key's.
    """
    presented = _presented()
    found = None
    if presented and len(presented) <= _LONGEST_KEY:
        services = current_services()
        found = api_keys.recognize(services.database, presented, now=services.now())
    if found is None:
        raise Unauthorized
    counter = cast(MinuteCounter, current_app.extensions[COUNTER])
    if counter.count(found.public_id) > A_MINUTE:
        raise TooManyAttempts("Too many requests.", retry_after=counter.seconds_left())
    if scope not in found.scopes:
        raise ScopeMissing(scope)
    if campaign is not None and campaign != found.campaign:
        raise CampaignUnknown("There is no campaign of that name for this key.")
    g.api_token = found
    return found


def current() -> ApiToken:
    """Return the key that authenticated this request."""
    return cast(ApiToken, g.api_token)


def actor() -> str:
    """Return the actor as the audit names it: `token:ID`."""
    return f"token:{current().public_id}"


def _presented() -> str:
    """Return the key in the request, or ""."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return request.headers.get("OSDI-API-Token", "").strip()
