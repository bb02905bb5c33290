"""How often one network may ask for what costs something: Flask-Limiter, counted for all workers.

These limits stop machines. People are stopped by none of them: a sign-up that merely looks unusual
is taken and set aside (`campaign.petition.limits`), and what a mailed link opens is never limited,
since mail providers press such links for thousands from one place.
"""

import logging
import time
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter, RequestLimit
from limits.errors import StorageError
from limits.storage import Storage, storage_from_string

from campaign.petition.identity import Email
from campaign.petition.limits import SignupLimits
from campaign.settings import Settings
from campaign.store import limits as store_limits
from campaign.store.engine import Database
from campaign.web import failures
from campaign.web.security import network_hash

_log = logging.getLogger(__name__)

#: Endpoint -> how often one network (a /24 or a /48) may use it.
_LIMITS = {
    # A hall full of people signs from one network; a machine signs faster.
    "petition.sign": "300 per minute; 5000 per day",
    "embed.sign": "300 per minute; 5000 per day",
    # These ask the geocoder, or set a letter in type.
    "members.by_street": "60 per minute; 2000 per day",
    "write.make": "120 per minute; 5000 per day",
}


def storage(settings: Settings, database: Database) -> Storage:
    """Return the counters that all workers share: Redis or Valkey by URL, else the database."""
    uri, options = _where(settings, database)
    return storage_from_string(uri, wrap_exceptions=True, **options)


def init_app(app: Flask, settings: Settings, database: Database) -> None:
    """Limit the endpoints of `_LIMITS`. Call it when all of them are registered."""
    uri, options = _where(settings, database)
    limiter = Limiter(
        lambda: network_hash(request.remote_addr, settings.secret_key),
        app=app,
        storage_uri=uri,
        storage_options=options,
        on_breach=_refuse,
        # Counting must not keep people out when the counters cannot be reached.
        swallow_errors=True,
    )
    for endpoint, limit in _LIMITS.items():
        if endpoint in app.view_functions:
            app.view_functions[endpoint] = limiter.limit(limit, methods=["POST"])(
                app.view_functions[endpoint]
            )


def judge(limits: SignupLimits, network: str, email: Email) -> tuple[str, ...]:
    """Return the flags that a sign-up earns by its network and mail domain, none in doubt."""
    try:
        return limits.judge(network, email)
    except StorageError as error:
        _log.warning("limits are not counted: %s", type(error).__name__)
        return ()


def _where(settings: Settings, database: Database) -> tuple[str, dict[str, Any]]:
    if settings.redis_url:
        return settings.redis_url, {}
    return store_limits.URI, {"database": database}


def _refuse(limit: RequestLimit) -> Response:
    response = failures.page(429)
    response.headers["Retry-After"] = str(max(1, int(limit.reset_at - time.time()) + 1))
    return response
