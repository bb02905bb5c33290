"""Keys of the API at the door: from a header alone, for one campaign, so often a minute."""

from typing import cast

from flask import current_app, g, request

from campaign.errors import CampaignUnknown, TooManyAttempts
from campaign.organizing.connect import api_keys
from campaign.store.api_tokens import ApiToken
from campaign.web.api.problems import Unauthorized
from campaign.web.core.rate_limits import MinuteCounter
from campaign.web.core.services import current_services

#: Requests that one key may make in a minute, in one process: more than a client that reads a list
#: from page to page can ask for, so that it reads the whole list without a 429. What the limit
#: stops is many at once.
A_MINUTE = 20_000

#: The key of `app.extensions` under which requests are counted.
COUNTER = "api-requests"
_LONGEST_KEY = 100


class ScopeMissing(Exception):
    """The key is good, and not for this."""

    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope = scope


def require(scope: str, campaign: str | None) -> ApiToken:
    """Return the key of this request, where it is good for that scope and campaign.

    An address never holds a key: addresses are logged, kept and sent on. Raises Unauthorized the
    same way for no key and for any that is not good; TooManyAttempts; ScopeMissing;
    CampaignUnknown for another campaign than the key's.
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
    """Return the key that this request was let in by."""
    return cast(ApiToken, g.api_token)


def actor() -> str:
    """Return whom the audit names: `token:ID`."""
    return f"token:{current().public_id}"


def _presented() -> str:
    """Return the key of the request, "" for none."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    return request.headers.get("OSDI-API-Token", "").strip()
