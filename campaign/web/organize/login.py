"""Log-in by Flask-Security: its views and forms with this project's accounts and wording.

Its hooks run only under organizers' paths: a public page neither loads an account nor looks for
one.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, after_this_request, has_request_context, request
from flask_security import LoginForm, MailUtil, PasswordUtil, Security, UserMixin
from flask_security.forms import Form, TwoFactorVerifyCodeForm
from flask_security.mail_util import EmailValidateException
from flask_wtf.csrf import CSRFProtect
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired

from campaign.errors import CampaignError, InvalidInput
from campaign.keys import Keyring
from campaign.organizing.accounts import passwords
from campaign.petition.identity import Email
from campaign.settings import Settings
from campaign.web.core.organizer_paths import is_back_office
from campaign.web.organize import second_factor_setup, session_cookie
from campaign.web.organize.login_audit import note
from campaign.web.organize.security_datastore import People, RecoveryCodes, User


class _LogInForm(LoginForm):
    """Address and password. There is no "remember me"."""

    remember = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Without it, a second step would lead back to the first.
        self.next.data = self.next.data or "/organize/"

    def validate(self, **kwargs: Any) -> bool:
        """Return True for an address and password that match; a failure is recorded."""
        is_good: bool = super().validate(**kwargs)
        if not is_good and self.user is None and self.email.data:
            note("log-in-failed", None)
        return is_good


class _SetUpForm(Form):
    """Set up an authenticator app, remove it (`disable`), or cancel the setup (`cancel`)."""

    setup = StringField()
    user: User | None = None  # set by the view

    def validate(self, **kwargs: Any) -> bool:
        """Return True for a change that this account may make."""
        is_good: bool = super().validate(**kwargs)
        assert self.user is not None
        if self.setup.data == "cancel":
            second_factor_setup.cancel()
            return False
        may_disable = not self.user.check_tf_required_setup()
        if self.setup.data == "authenticator" or (self.setup.data == "disable" and may_disable):
            return is_good
        self.setup.errors = [_MESSAGES["TWO_FACTOR_METHOD_NOT_AVAILABLE"][0]]
        return False


class _CodeForm(TwoFactorVerifyCodeForm):
    """The current code of the authenticator app."""

    code = StringField(validators=[DataRequired("Enter the six digits that your app shows now.")])


class _RescueForm(Form):
    """Replaces Flask-Security's rescue options: only a recovery code can replace a lost app."""

    help_setup = SelectField(choices=[], validate_choice=False)


class _RecoveryCodes(RecoveryCodes):
    """Recovery codes whose changes and failures are recorded."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """Return new codes, which replace the earlier ones."""
        codes: list[str] = super().create_recovery_codes(user)
        note("recovery-codes-made", user.id)
        return codes

    def check_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Return True for a code that was not used before; it is used up."""
        is_good = super().check_recovery_code(user, code)
        if is_good:
            note("recovery-code-used", user.id)
        return is_good


class _Passwords(PasswordUtil):
    """This project's rules for passwords."""

    def validate(
        self, password: str, is_register: bool, **kwargs: Any
    ) -> tuple[list[str] | None, str]:
        """Return what is wrong with a new password, and the normalized password to hash."""
        normal = passwords.normalize(password)
        try:
            passwords.require_good(password)
        except InvalidInput as error:
            return [error.sentence], normal
        return None, normal


class _NoMail(MailUtil):
    """Parses addresses as everywhere else; sends nothing, because the outbox does."""

    def normalize(self, email: str) -> str:
        """Return the address as accounts store it. Raises EmailValidateException."""
        try:
            return Email.parse(email).address
        except InvalidInput as error:
            raise EmailValidateException(error.sentence) from None

    def send_mail(self, *_: Any, **__: Any) -> None:
        raise AssertionError("Flask-Security is set up to mail nothing")


def session_key(settings: Settings) -> str:
    """Return the key that signs session cookies.

    A new SECRET_KEY ends all sessions: a previous key logs no one in.
    """
    return settings.keyring.accounts("sessions")[0]


def totp_keys(keyring: Keyring) -> Mapping[str, str]:
    """Return the keys of second factors by the tag that each stored secret bears.

    The tag names the key. "1" is on those stored before there was a previous key: the oldest key
    opens them.
    """
    keys = keyring.accounts("totp")
    return {"1": keys[-1]} | {_tag_of(key): key for key in reversed(keys)}


def _tag_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:12]


def init_app(app: Flask, settings: Settings, *, guard: Callable[[], Any]) -> None:
    """Set up sessions, CSRF protection and Flask-Security for organizers' paths, before their
    `guard`.
    """
    app.config.update(session_cookie.config(settings))
    app.config.update(_config(settings))
    app.session_interface = session_cookie.BackOfficeSessions()
    before = list(app.before_request_funcs.get(None, []))
    after = list(app.after_request_funcs.get(None, []))
    context = list(app.template_context_processors[None])
    CSRFProtect(app)
    security = Security(
        app,
        People(),
        mail_util_cls=_NoMail,
        password_util_cls=_Passwords,
        totp_cls=second_factor_setup.EnrollmentCodes,
        mf_recovery_codes_util_cls=_RecoveryCodes,
        login_form=_LogInForm,
        two_factor_setup_form=_SetUpForm,
        two_factor_verify_code_form=_CodeForm,
        two_factor_rescue_form=_RescueForm,
    )
    security.want_json(lambda _: False)
    second_factor_setup.init_app(app, security)
    _keep_to_the_back_office(app, before, after, context, guard)


def _config(settings: Settings) -> Mapping[str, Any]:
    keyring = settings.keyring
    return {
        **{f"SECURITY_MSG_{name}": message for name, message in _MESSAGES.items()},
        "SECRET_KEY": session_key(settings),
        # access.guard checks the token of every form under organizers' paths.
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "SECURITY_PASSWORD_SALT": keyring.accounts("passwords")[0],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": passwords.MEMORY_KIB,
            "argon2__time_cost": passwords.PASSES,
            "argon2__parallelism": passwords.LANES,
        },
        "SECURITY_PASSWORD_LENGTH_MIN": passwords.MIN_LENGTH,
        "SECURITY_TOTP_SECRETS": totp_keys(keyring),
        "SECURITY_TOTP_ISSUER": _issuer(settings),
        "SECURITY_URL_PREFIX": "/organize",
        "SECURITY_LOGIN_URL": "/log-in",
        "SECURITY_LOGOUT_URL": "/log-out",
        "SECURITY_VERIFY_URL": "/verify",
        "SECURITY_CHANGE_URL": "/own/password",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/own/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/log-in/code",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/log-in/recovery",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/own/recovery-codes",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/log-in/rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/log-in/select",
        "SECURITY_STATIC_FOLDER_URL": "/log-in/static",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_POST_LOGIN_VIEW": "/organize/",
        "SECURITY_POST_LOGOUT_VIEW": "/organize/log-in",
        "SECURITY_POST_CHANGE_VIEW": "/organize/own/",
        "SECURITY_POST_VERIFY_VIEW": "/organize/",
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/organize/own/",
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
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [
            key.encode() for key in keyring.accounts("recovery-codes")
        ],
        "SECURITY_LOGIN_USER_TEMPLATE": "organize/log-in.html",
        "SECURITY_LOGOUT_USER_TEMPLATE": "organize/log-out.html",
        "SECURITY_VERIFY_TEMPLATE": "organize/verify.html",
        "SECURITY_CHANGE_PASSWORD_TEMPLATE": "organize/own-password.html",
        "SECURITY_TWO_FACTOR_SETUP_TEMPLATE": "organize/own-second-factor.html",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "organize/log-in-code.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "organize/log-in-recovery.html",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_TEMPLATE": "organize/own-recovery-codes.html",
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }


#: Flask-Security's messages in this project's wording, with the kind of notice.
_MESSAGES: Mapping[str, tuple[str, str]] = {
    "EMAIL_NOT_PROVIDED": ("Enter your email address.", "error"),
    "INVALID_EMAIL_ADDRESS": ("Enter an email address, such as name@example.org.", "error"),
    "PASSWORD_NOT_PROVIDED": ("Enter your password.", "error"),
    "GENERIC_AUTHN_FAILED": (
        "The email address or the password is wrong. Try again, or choose a new password.",
        "error",
    ),
    "INVALID_PASSWORD": ("The password is wrong. Try again.", "error"),
    "RETYPE_PASSWORD_MISMATCH": ("The two new passwords do not match. Type them again.", "error"),
    "PASSWORD_IS_THE_SAME": ("Choose a password that differs from your current one.", "error"),
    "PASSWORD_CHANGE": (
        "Your password has been changed. Your other sessions have ended.",
        "success",
    ),
    "INVALID_CODE": ("Enter the six digits that your app shows now.", "error"),
    "TWO_FACTOR_INVALID_TOKEN": (
        "This code is wrong or was used before. Enter the code that your app shows now.",
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": ("You are logged in.", "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": ("Your second factor is set up.", "success"),
    "TWO_FACTOR_PERMISSION_DENIED": ("Log in first, with your password.", "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (
        "Your role requires a second factor, so you cannot turn it off. You can set up "
        "another app.",
        "error",
    ),
    "TWO_FACTOR_DISABLED": ("Your second factor is off.", "success"),
    "TWO_FACTOR_SETUP_EXPIRED": ("That took too long. Start again.", "error"),
    "INVALID_RECOVERY_CODE": (
        "This recovery code is wrong or was used before. Enter another one.",
        "error",
    ),
    "NO_RECOVERY_CODES_SETUP": ("You have no recovery codes yet. Create them now.", "info"),
    "REAUTHENTICATION_REQUIRED": ("Enter your password again to continue.", "info"),
    "REAUTHENTICATION_SUCCESSFUL": ("Thank you. You can continue.", "info"),
    "INVALID_REDIRECT": (
        "This link leads to another site. Open the page from the menu instead.",
        "error",
    ),
}


def _issuer(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or "campaign"


def _keep_to_the_back_office(
    app: Flask, before: list[Any], after: list[Any], context: list[Any], guard: Callable[[], Any]
) -> None:
    """Run the extensions' request hooks only under organizers' paths.

    `guard` comes after them and refuses unauthorized requests.
    """
    hooked_before = [one for one in app.before_request_funcs.get(None, []) if one not in before]
    hooked_after = [one for one in app.after_request_funcs.get(None, []) if one not in after]
    hooked_context = [one for one in app.template_context_processors[None] if one not in context]
    app.before_request_funcs[None] = before
    app.after_request_funcs[None] = after
    app.template_context_processors[None] = context

    # One hook and one check of the path: public pages get thousands of requests a second.
    @app.before_request
    def _before() -> Any:
        if not is_back_office(request.path):
            return None
        for after_hook in hooked_after:
            after_this_request(after_hook)
        for hook in (*hooked_before, guard):
            if (answer := hook()) is not None:
                return answer
        return None

    @app.context_processor
    def _context() -> dict[str, Any]:
        if not (has_request_context() and is_back_office(request.path)):
            return {}
        found: dict[str, Any] = {}
        for processor in hooked_context:
            try:
                found.update(app.ensure_sync(processor)())
            except CampaignError:
                continue  # the page of a failure is shown without what failed
        return found
