"""The cookie that keeps somebody logged in: read and set under the back office's paths alone.

Public pages neither look at it nor answer differently for it, so that every cache may keep them.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import (
    NullSession,
    SecureCookieSession,
    SecureCookieSessionInterface,
    SessionMixin,
)

from campaign.settings import Settings
from campaign.web.core.organizer_paths import is_back_office

#: A session that nobody uses ends after this long …
IDLE = timedelta(hours=8)
#: … and any session after this long, counted from when the password was given.
LONGEST = timedelta(hours=24)


class BackOfficeSessions(SecureCookieSessionInterface):
    """Signed cookies (HMAC, by itsdangerous) for the back office, none for anybody else."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie says; without one, or for a public page, an empty session."""
        if not is_back_office(request.path):
            return NullSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie where the session changed, and each time for somebody logged in."""
        super().save_session(app, session, response)
        response.headers["Cache-Control"] = "no-store"


def config(settings: Settings) -> Mapping[str, Any]:
    """Return Flask's settings of the cookie; `__Host-` binds it to this very host over https."""
    secure = settings.base_url.startswith("https://")
    return {
        "SESSION_COOKIE_NAME": "__Host-campaign" if secure else "campaign",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": IDLE,
    }
