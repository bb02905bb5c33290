"""How often one network may ask for what costs something, counted for all workers together.

These limits stop machines. People are stopped by none of them: a sign-up that merely looks unusual
is taken and set aside (`campaign.petition.limits`), and what a mailed link opens is never limited,
since mail providers press such links for thousands from one place.

The `limits` package counts. Flask-Limiter, which wraps it, hooks into every request and took a
third of the petition page's rate (measured); here a page that has no limit pays nothing.
"""

import logging
import time

from flask import Flask, request
from limits import RateLimitItem, parse_many
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from campaign.errors import TooManyAttempts
from campaign.petition.identity import Email
from campaign.petition.limits import SignupLimits
from campaign.settings import Settings
from campaign.store import limits as store_limits
from campaign.store.engine import Database
from campaign.web.security import network_hash

_log = logging.getLogger(__name__)

#: Endpoint -> how often one network (a /24 or a /48) may post to it.
_LIMITS = {
    endpoint: tuple(parse_many(limit))
    for endpoint, limit in {
        # A hall full of people signs from one network; a machine signs faster.
        "petition.sign": "300 per minute; 5000 per day",
        "embed.sign": "300 per minute; 5000 per day",
        # These ask the geocoder, or set a letter in type.
        "members.by_street": "60 per minute; 2000 per day",
        "write.make": "120 per minute; 5000 per day",
    }.items()
}


def storage(settings: Settings, database: Database) -> Storage:
    """Return the counters that all workers share: Redis or Valkey by URL, else the database."""
    if settings.redis_url:
        return storage_from_string(settings.redis_url, wrap_exceptions=True)
    return storage_from_string(store_limits.URI, wrap_exceptions=True, database=database)


def init_app(app: Flask, settings: Settings, counters: Storage) -> None:
    """Limit posts to the endpoints of `_LIMITS`."""
    windows = FixedWindowRateLimiter(counters)

    @app.before_request
    def _limit() -> None:
        if request.method == "POST" and request.endpoint in _LIMITS:
            network = network_hash(request.remote_addr, settings.secret_key)
            for item in _LIMITS[request.endpoint]:
                _spend(windows, item, request.endpoint, network)


def judge(limits: SignupLimits, network: str, email: Email) -> tuple[str, ...]:
    """Return the flags that a sign-up earns by its network and mail domain, none in doubt."""
    try:
        return limits.judge(network, email)
    except StorageError as error:
        _log.warning("sign-ups are not judged: %s", type(error).__name__)
        return ()


def _spend(
    windows: FixedWindowRateLimiter, item: RateLimitItem, endpoint: str, network: str
) -> None:
    """Count one request. Raises TooManyAttempts when the limit is spent.

    Counters that cannot be reached keep nobody out.
    """
    try:
        if windows.hit(item, endpoint, network):
            return
        until = windows.get_window_stats(item, endpoint, network).reset_time
    except StorageError as error:
        _log.warning("requests are not counted: %s", type(error).__name__)
        return
    raise TooManyAttempts(
        "There were many tries from here in a short time. Try again later.",
        retry_after=max(1, int(until - time.time()) + 1),
    )
