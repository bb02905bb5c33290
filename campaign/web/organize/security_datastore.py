"""Adapters between Flask-Security and this project: its user, its datastore, its one-time codes."""

import hmac
from collections.abc import Callable, Mapping
from typing import Any, cast

from flask_security import RoleMixin, UserDatastore, UserMixin, current_user
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.totp import Totp

from campaign.organizing.accounts import roles
from campaign.organizing.accounts.roles import Role
from campaign.store import accounts
from campaign.store.accounts import Account
from campaign.web.core.services import current_services

# Flask-Security's name of a field that it may change -> the column.
_COLUMNS = {
    "fs_uniquifier": "uniquifier",
    "password": "password",
    "active": "active",
    "tf_totp_secret": "totp_secret",
    "mf_recovery_codes": "recovery_codes",
}


class User(UserMixin):
    """An account as Flask-Security sees it. Its roles are empty; grants are checked elsewhere."""

    fs_uniquifier: str = ""
    tf_phone_number = None

    def __init__(self, account: Account) -> None:
        self.account = account
        self.id = account.id
        self.email = account.email
        self.password = account.password
        self.active = account.active
        self.fs_uniquifier = account.uniquifier
        self.tf_totp_secret = account.totp_secret
        self.mf_recovery_codes = (
            None if account.recovery_codes is None else list(account.recovery_codes)
        )
        self.step: int | None = None
        self.reencrypted = ""
        self.roles = []
        self.grants = cast(Mapping[str, Role], account.grants)
        self.written = self.columns()

    @property
    def tf_primary_method(self) -> str | None:
        """The only second factor: an authenticator app, once it is set up."""
        return "authenticator" if self.tf_totp_secret else None

    @tf_primary_method.setter
    def tf_primary_method(self, value: str | None) -> None:
        """None removes it; setting it up stores its secret."""
        if value is None:
            self.tf_totp_secret = None

    @property
    def needs_second_factor(self) -> bool:
        """True in production for every role that meets signers' data, in any campaign."""
        return (
            current_services().settings.is_production
            and not roles.WITH_SIGNER_ACCESS.isdisjoint(self.grants.values())
        )

    def check_tf_required(
        self, tf_setup_methods: list[tuple[str, str]], tf_fresh: bool
    ) -> tuple[bool, list[tuple[str, str]]]:
        """Ask for the second factor at each log-in where it is set up or required."""
        return bool(tf_setup_methods) or self.needs_second_factor, tf_setup_methods

    def check_tf_required_setup(self) -> bool:
        """Return True where the second factor may not be removed."""
        return self.needs_second_factor

    def columns(self) -> dict[str, Any]:
        """Return the fields that Flask-Security may have changed, by column."""
        held = {ours: getattr(self, theirs) for theirs, ours in _COLUMNS.items()}
        codes = held["recovery_codes"]
        return {**held, "recovery_codes": None if codes is None else list(codes)}


class People(UserDatastore):
    """Flask-Security's access to the table of accounts; each call is a short transaction."""

    def __init__(self) -> None:
        super().__init__(User, RoleMixin)

    def find_user(self, case_insensitive: bool = False, **wanted: Any) -> User | None:
        """Return the account with that `email`, `fs_uniquifier` or `id`."""
        [(name, value)] = wanted.items()
        with current_services().database.reading() as connection:
            found = _FINDERS[name](connection, value)
        return None if found is None else User(found)

    def find_role(self, role: str) -> None:
        """Return None: roles are grants in a campaign, which Flask-Security does not use."""

    def put(self, user: User) -> User:
        """Write what changed since the account was read."""
        if user.reencrypted and user.tf_totp_secret:
            # Flask-Security writes back the secret with which the session began.
            user.tf_totp_secret = user.reencrypted
        now = user.columns()
        changed = {name: value for name, value in now.items() if value != user.written[name]}
        if changed:
            if "totp_secret" in changed and not changed["totp_secret"]:
                changed["recovery_codes"] = user.mf_recovery_codes = None
            with current_services().database.writing() as connection:
                accounts.change(connection, user.id, **changed)
            user.written = user.columns()
        return user

    def commit(self) -> None:
        """Do nothing: `put` has written already."""


_FINDERS: Mapping[str, Callable[..., Account | None]] = {
    "email": accounts.find_by_email,
    "fs_uniquifier": accounts.find_by_uniquifier,
    "id": accounts.find,
}


class OneTimeCodes(Totp):
    """Codes of an authenticator app (RFC 6238), each accepted once (section 5.2).

    The last of `secrets` is the current key; a secret under another key is encrypted again when its
    code is used.
    """

    def __init__(self, secrets: Mapping[str, str], issuer: str) -> None:
        super().__init__(dict(secrets), issuer)
        self._totp.wallet.default_tag = list(secrets)[-1]

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Return True for a current code that was not used before; it is used up.

        The database decides, so that of two simultaneous requests with the same code one succeeds.
        """
        assert isinstance(user, User)
        try:
            is_right = super().verify_totp(token, totp_secret, user, window)
        except KeyError:  # encrypted under a SECRET_KEY that is not known any more
            return False
        if not is_right:
            return False
        assert user.step is not None
        is_new = totp_secret != user.tf_totp_secret
        if is_new and user.tf_totp_secret and not current_user.is_authenticated:
            # This setup began with only the password, before there was a second factor. Once there
            # is one, only a logged-in account replaces it.
            return False
        with current_services().database.writing() as connection:
            if is_new:
                # An app that is being set up: its codes differ from the last app's.
                accounts.change(connection, user.id, totp_step=user.step)
                return True
            is_first_use = accounts.use_totp_step(connection, user.id, user.step)
            if is_first_use and user.reencrypted:
                accounts.change(connection, user.id, totp_secret=user.reencrypted)
                user.tf_totp_secret = user.written["totp_secret"] = user.reencrypted
            return is_first_use

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Tell `verify_totp` the step (30 s) of an accepted code, and the secret if it is to be
        renewed.
        """
        assert isinstance(user, User)
        user.step = int(tmatch.counter)
        user.reencrypted = tmatch.totp.to_json(encrypt=True) if tmatch.totp.changed else ""


class RecoveryCodes(MfRecoveryCodesUtil):
    """Codes that replace the app, encrypted at rest, each accepted once."""

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Return True for a code that was not used before; the database uses it up."""
        assert isinstance(user, User)
        for sealed in user.mf_recovery_codes or ():
            [opened] = self._decrypt_codes([sealed]) or [""]
            if hmac.compare_digest(opened.encode(), code.strip().lower().encode()):
                with current_services().database.writing() as connection:
                    return accounts.use_recovery_code(connection, user.id, sealed)
        user.track_failed_authn("recovery", tfa=True)
        return False

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Do nothing: the check has used up the code."""
        return True
