"""Setting up a second factor: one secret from the first QR code until it is confirmed or canceled.

Flask-Security makes a new secret at each submission, so that after a mistyped code an app that
scanned the first QR code would show wrong codes. Here the session keeps the secret.
"""

from typing import Any

from flask import Flask, current_app, session
from flask_security import Security, current_user, signals

from campaign.web.organize.security_datastore import OneTimeCodes

_KEPT = "enrollment"
_STATE = "tf_state"


class EnrollmentCodes(OneTimeCodes):
    """One-time codes whose secret stays the same while an app is set up."""

    def generate_totp_secret(self) -> str:
        """Return the secret of the QR code that this session shows, or a new one."""
        if not (secret := _kept_secret()):
            secret = super().generate_totp_secret()
            session[_KEPT] = [_whose(), secret]
        return secret


def init_app(app: Flask, security: Security) -> None:
    """Show the QR code again after a wrong code, and forget its secret once it is confirmed."""
    security.tf_setup_context_processor(_pending)
    for signal in (signals.tf_profile_changed, signals.tf_code_confirmed, signals.tf_disabled):
        signal.connect(_finish, app)


def cancel() -> None:
    """Forget the secret; the next QR code has another."""
    session.pop(_KEPT, None)
    if session.get(_STATE) == "validating_profile":
        session.pop("tf_totp_secret", None)
        session[_STATE] = "setup_from_login"


def _pending() -> dict[str, Any]:
    """Return the values for the page with the QR code of an app that is being set up."""
    secret = _kept_secret()
    security: Security = current_app.extensions["security"]
    user = security.datastore.find_user(fs_uniquifier=_whose()) if secret else None
    if user is None or session.get(_STATE) != "validating_profile":
        return {"pending": None}
    shown = security.totp_factory.fetch_setup_values(secret, user)
    state = {"totp_secret": secret, "method": "authenticator", "phone": None}
    return {
        "pending": {
            "picture": shown["image"],
            "key": shown["key"],
            "token": security.tf_setup_serializer.dumps(state)
            if current_user.is_authenticated
            else None,
        }
    }


def _kept_secret() -> str:
    """Return the secret in this session, or "" where it is missing or another person's."""
    whose, secret = session.get(_KEPT) or ("", "")
    return str(secret) if whose and whose == _whose() else ""


def _whose() -> str:
    """Return who is setting up an app: who is logged in, or has just given their password."""
    if current_user.is_authenticated:
        return str(current_user.fs_uniquifier)
    return str(session.get("tf_user_id", ""))


def _finish(_app: Flask, **_: Any) -> None:
    session.pop(_KEPT, None)
