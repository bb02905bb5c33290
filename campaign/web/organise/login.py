"""Log-in by Flask-Security: its views and forms, our accounts, our words, no cost to the public.

What it hooks into every request is kept to the back office's paths: a public page neither loads an
account nor looks for one.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, g, request, session
from flask_security import MailUtil, RoleMixin, Security, UserDatastore, UserMixin
from flask_security.totp import Totp
from flask_wtf.csrf import CSRFProtect

from campaign.organising import passwords, roles
from campaign.organising.roles import Role
from campaign.settings import Settings
from campaign.store import accounts
from campaign.store.accounts import Account
from campaign.web.organise import sessions
from campaign.web.organise.sessions import is_back_office
from campaign.web.services import services

# Flask-Security's name of a column -> ours.
_COLUMNS = {
    "fs_uniquifier": "uniquifier",
    "password": "password",
    "active": "active",
    "tf_totp_secret": "totp_secret",
    "totp_step": "totp_step",
    "mf_recovery_codes": "recovery_codes",
}


class User(UserMixin):  # type: ignore[misc]
    """An account as Flask-Security handles it; `put` writes what changed since it was read."""

    fs_uniquifier: str = ""
    tf_phone_number = None
    roles: tuple[RoleMixin, ...] = ()

    def __init__(self, account: Account) -> None:
        self.account = account
        self.id = account.id
        self.email = account.email
        self.name = account.name
        self.password = account.password
        self.active = account.active
        self.fs_uniquifier = account.uniquifier
        self.tf_totp_secret = account.totp_secret
        self.totp_step = account.totp_step
        self.mf_recovery_codes = (
            None if account.recovery_codes is None else list(account.recovery_codes)
        )
        self.grants = cast(Mapping[str, Role], account.grants)
        self.written = self.columns()

    @property
    def tf_primary_method(self) -> str | None:
        """The one second factor that there is: an authenticator app, once it was set up."""
        return "authenticator" if self.tf_totp_secret else None

    @tf_primary_method.setter
    def tf_primary_method(self, value: str | None) -> None:
        if value is None:
            self.tf_totp_secret = None

    @property
    def needs_second_factor(self) -> bool:
        """True in production for whoever meets signers, in any campaign."""
        return services().settings.is_production and not roles.MEET_SIGNERS.isdisjoint(
            self.grants.values()
        )

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Ask for the second factor where it was set up or is required; each time."""
        return bool(tf_setup_methods) or self.needs_second_factor, tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """True where the second factor may not be taken away."""
        return self.needs_second_factor

    def columns(self) -> dict[str, Any]:
        """Return what Flask-Security may have changed, by the names of our columns."""
        return {ours: _plain(getattr(self, theirs)) for theirs, ours in _COLUMNS.items()}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list) else value


class Accounts(UserDatastore):  # type: ignore[misc]
    """Flask-Security's door to our table: each question and each change is a short transaction."""

    def __init__(self) -> None:
        super().__init__(User, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> User | None:
        """Return the account with that `email`, `fs_uniquifier` or `id`, if it can log in."""
        [(name, value)] = wanted.items()
        find: Callable[..., Account | None] = {
            "email": accounts.find_by_email,
            "fs_uniquifier": accounts.find_by_uniquifier,
            "id": accounts.find,
        }[name]
        with services().database.reading() as connection:
            found = find(connection, value)
        return None if found is None else User(found)

    def find_role(self, role: str) -> None:
        """Return nothing: roles are grants in a campaign, which Flask-Security need not know."""

    def put(self, user: User) -> User:
        """Write what changed."""
        now = user.columns()
        changed = {name: value for name, value in now.items() if value != user.written[name]}
        if changed:
            with services().database.writing() as connection:
                accounts.change(connection, user.id, **changed)
            user.written = now
        return user

    def commit(self) -> None:
        """Do nothing: `put` has written."""


class _Steps(Totp):  # type: ignore[misc]
    """One-time codes that are good once: the last step used is kept (RFC 6238, 5.2)."""

    def get_last_counter(self, user: User) -> int | None:
        return user.totp_step

    def set_last_counter(self, user: User, tmatch: Any) -> None:
        user.totp_step = tmatch.counter
        _datastore(user)


def _datastore(user: User) -> None:
    Accounts().put(user)


class _NoMail(MailUtil):  # type: ignore[misc]
    """Nothing is mailed within a request: the outbox carries our own mails."""

    def send_mail(self, *_: Any, **__: Any) -> None:
        raise AssertionError("Flask-Security is set up to mail nothing")


def derived(secret_key: str, use: str, length: int = 32) -> bytes:
    """Return a key of its own for each use (HKDF, RFC 5869), from SECRET_KEY."""
    kdf = HKDF(SHA256(), length=length, salt=b"campaign accounts v1", info=use.encode())
    return kdf.derive(secret_key.encode())


def init_app(app: Flask, settings: Settings) -> Security:
    """Set up sessions, CSRF and Flask-Security, for the back office alone."""
    app.config.update(sessions.config(settings))
    app.config.update(_config(settings))
    app.session_interface = sessions.BackOfficeSessions()
    before = list(app.before_request_funcs.get(None, []))
    after = list(app.after_request_funcs.get(None, []))
    context = list(app.template_context_processors[None])
    CSRFProtect(app)
    security = Security(
        app, Accounts(), mail_util_cls=_NoMail, totp_cls=_Steps, register_blueprint=True
    )
    security.want_json(lambda _: False)
    _keep_to_the_back_office(app, before, after, context)
    return security


def _config(settings: Settings) -> Mapping[str, Any]:
    key = settings.secret_key

    def text_key(use: str) -> str:
        return base64.urlsafe_b64encode(derived(key, use)).decode()

    return {
        "SECRET_KEY": text_key("sessions"),
        # access.guard asks for the token of every form under the back office's paths.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "SECURITY_PASSWORD_SALT": text_key("passwords"),
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": passwords.MEMORY_KIB,
            "argon2__time_cost": passwords.PASSES,
            "argon2__parallelism": passwords.LANES,
        },
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.SHORTEST,
        "SECURITY_TOTP_SECRETS": {"1": text_key("totp")},
        "SECURITY_TOTP_ISSUER": _issuer(settings),
        "SECURITY_URL_PREFIX": "/organise",
        "SECURITY_LOGIN_URL": "/log-in",
        "SECURITY_LOGOUT_URL": "/log-out",
        "SECURITY_VERIFY_URL": "/verify",
        "SECURITY_CHANGE_URL": "/own/password",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/own/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/log-in/code",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/log-in/recovery",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/own/recovery-codes",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_POST_LOGIN_VIEW": "/organise/",
        "SECURITY_POST_LOGOUT_VIEW": "/organise/log-in",
        "SECURITY_POST_CHANGE_VIEW": "/organise/own/",
        "SECURITY_POST_VERIFY_VIEW": "/organise/",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/organise/own/",
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_FRESHNESS": timedelta(hours=1),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=30),
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [text_key("recovery-codes").encode()],
        "SECURITY_LOGIN_USER_TEMPLATE": "organise/log-in.html",
        "SECURITY_LOGOUT_USER_TEMPLATE": "organise/log-out.html",
        "SECURITY_VERIFY_TEMPLATE": "organise/verify.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "organise/own-password.html",
        "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "organise/own-second-factor.html",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "organise/log-in-code.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "organise/log-in-recovery.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "organise/own-recovery-codes.html",
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }


def _issuer(settings: Settings) -> str:
    return settings.base_url.partition("://")[2].partition("/")[0].partition(":")[0] or "campaign"


def _keep_to_the_back_office(
    app: Flask, before: list[Any], after: list[Any], context: list[Any]
) -> None:
    """Run what the extensions hooked into every request under the back office's paths only."""
    hooked_before = [one for one in app.before_request_funcs.get(None, []) if one not in before]
    hooked_after = [one for one in app.after_request_funcs.get(None, []) if one not in after]
    hooked_context = [one for one in app.template_context_processors[None] if one not in context]
    app.before_request_funcs[None] = before
    app.after_request_funcs[None] = after
    app.template_context_processors[None] = context

    @app.before_request
    def _before() -> Any:
        if not is_back_office(request.path):
            return None
        for hook in hooked_before:
            if (answer := hook()) is not None:
                return answer
        return None

    @app.after_request
    def _after(response: Any) -> Any:
        if is_back_office(request.path):
            for hook in reversed(hooked_after):
                response = hook(response)
        return response

    @app.context_processor
    def _context() -> dict[str, Any]:
        if not (request and is_back_office(request.path)):
            return {}
        found: dict[str, Any] = {}
        for processor in hooked_context:
            found.update(processor())
        return found


__all__ = ["Accounts", "User", "derived", "g", "init_app", "session"]
