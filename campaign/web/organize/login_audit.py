"""Log-in, rate limited and recorded: successes, failures, log-outs and changes of accounts.

Flask-Security and Flask-Login report events by signals.
"""

import hmac
import time
from hashlib import sha256
from typing import Any, NoReturn, cast

from flask import Flask, current_app, g, request, session
from flask_security import signals

from campaign.errors import TooManyAttempts
from campaign.organizing.accounts import mailed_links
from campaign.organizing.accounts.login_throttle import LoginThrottle, Verdict
from campaign.store import accounts, audit
from campaign.store.rate_limit_storage import shared_storage
from campaign.web.core.client_network import client_network
from campaign.web.core.services import KEY, Services, current_services
from campaign.web.organize.security_datastore import User

# Endpoints that take a password or a code.
_ENTER = frozenset(
    {
        "security.login",
        "security.two_factor_token_validation",
        "security.two_factor_setup_validate",
        "security.mf_recovery",
        "security.verify",
        "security.change_password",
    }
)
_WAIT = "There were too many attempts in a short time. Wait a few minutes, then try again."


def init_app(app: Flask) -> None:
    """Count attempts, and record what happens to accounts."""
    services = cast(Services, app.extensions[KEY])
    app.extensions["attempts"] = LoginThrottle(shared_storage(services.settings, services.database))
    for signal, receiver in (
        (signals.user_authenticated, _came_in),
        (signals.user_failed_authn, _was_refused),
        (signals.password_changed, _changed_password),
        (signals.tf_profile_changed, _set_up_factor),
        (signals.tf_code_confirmed, _confirmed_code),
        (signals.tf_disabled, _took_factor_away),
    ):
        signal.connect(receiver, app)


def note(action: str, user_id: int | None, **details: object) -> None:
    """Record what an account did, or what was tried without one (None)."""
    services = current_services()
    with services.database.writing() as connection:
        audit.record(
            connection,
            action,
            actor="" if user_id is None else f"user:{user_id}",
            now=services.now(),
            details=details,
        )


def limit(user: User | None) -> None:
    """Count an attempt at an endpoint that takes passwords or codes.

    Raises TooManyAttempts, in the same way for an address with and without an account. The first
    refusal in a row is recorded.
    """
    if request.method != "POST" or request.endpoint not in _ENTER:
        return
    tried = _tried(user)
    verdict = _attempts().count_login(network=client_network(), account=_hashed(tried))
    if not verdict.allowed:
        _refuse(verdict, tried, user)


def may_mail(address: str) -> bool:
    """Count a request for mail to an address; return False where it got enough mail for now.

    In that case the person already has a mail whose link still works. Raises TooManyAttempts for a
    network that asks too often, in the same way for every address.
    """
    tried = accounts.key_of(address)
    verdict = _attempts().count_mail(network=client_network(), account=_hashed(tried))
    if not verdict.allowed:
        _refuse(verdict, tried, None)
    return not verdict.is_mailed_enough


def _attempts() -> LoginThrottle:
    return cast(LoginThrottle, current_app.extensions["attempts"])


def _hashed(tried: str) -> str:
    key, *_ = current_services().settings.keyring.login_attempts()
    return hmac.digest(key, f"account:{tried}".encode(), sha256).hex()[:32]


def _refuse(verdict: Verdict, tried: str, user: User | None) -> NoReturn:
    if verdict.is_first_refused:
        with current_services().database.reading() as connection:
            known = accounts.find_by_email(connection, tried) if user is None else user.account
        note("log-in-throttled", None if known is None else known.id)
    raise TooManyAttempts(_WAIT, retry_after=verdict.retry_after)


def leave(user: User) -> None:
    """End every session of the account, so that a copied cookie is worthless."""
    with current_services().database.writing() as connection:
        accounts.end_sessions(connection, user.id)
    note("log-out", user.id)


def _tried(user: User | None) -> str:
    """Return whose password or code is tried: an address as typed, or the session's account."""
    if user is not None:
        return str(user.id)
    if request.endpoint == "security.login":
        return accounts.key_of(request.form.get("email", ""))
    return str(session.get("tf_user_id", ""))


def _came_in(_app: Flask, user: User, authn_via: list[str] | None = None, **_: Any) -> None:
    """Start a new session: nothing from before the log-in is kept."""
    session.permanent = True
    session["begun"] = int(time.time())
    session.pop("csrf_token", None)
    g.pop("csrf_token", None)
    if authn_via == ["change"]:
        return  # the same person, after a new password
    services = current_services()
    with services.database.writing() as connection:
        accounts.change(connection, user.id, last_seen_at=services.now())
    note("log-in", user.id)


def _was_refused(_app: Flask, user: User, tfa: bool = False, **_: Any) -> None:
    note("log-in-failed", user.id, **({"second_factor": True} if tfa else {}))


def _changed_password(_app: Flask, user: User, **_: Any) -> None:
    services = current_services()
    with services.database.writing() as connection:
        mailed_links.record_password_change(connection, user.account, services.now())


def _set_up_factor(_app: Flask, user: User, **_: Any) -> None:
    note("second-factor-set", user.id)


def _confirmed_code(_app: Flask, user: User, **_: Any) -> None:
    """The signal comes with every log-in by code; only the first one sets up the factor."""
    if session.get("tf_state") == "validating_profile":
        note("second-factor-set", user.id)


def _took_factor_away(_app: Flask, user: User, **_: Any) -> None:
    note("second-factor-removed", user.id)
