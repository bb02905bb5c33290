"""The session cookie: read and set only under organizers' paths.

Public pages neither read it nor differ by it, so that caches may keep them.
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

#: A session without requests ends after this time.
IDLE = timedelta(hours=8)
#: Every session ends after this time, counted from the log-in.
LONGEST = timedelta(hours=24)


class BackOfficeSessions(SecureCookieSessionInterface):
    """Signed cookies (HMAC, by itsdangerous) under organizers' paths only."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session in the cookie; an empty one without a cookie or for a public page."""
        if not is_back_office(request.path):
            return NullSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie where the session changed, and on every answer to a logged-in account."""
        super().save_session(app, session, response)
        response.headers["Cache-Control"] = "no-store"


def config(settings: Settings) -> Mapping[str, Any]:
    """Return Flask's settings for the cookie; `__Host-` binds it to this host over https."""
    secure = settings.base_url.startswith("https://")
    return {
        "SESSION_COOKIE_NAME": "__Host-campaign" if secure else "campaign",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": IDLE,
    }
