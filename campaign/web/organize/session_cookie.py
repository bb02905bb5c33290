"""The session cookie: read and set only under organizers' paths.

Public pages neither read it nor differ by it, so that caches may keep them.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, request
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
#: A page that is opened renews the cookie where the last renewal is older than this.
RENEWAL = timedelta(minutes=5)
_RENEWED = "renewed"


class BackOfficeSessions(SecureCookieSessionInterface):
    """Signed cookies (HMAC, by itsdangerous) under organizers' paths only."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return the session in the cookie; an empty one without a cookie or for a public page."""
        if not is_back_office(request.path):
            return NullSession()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie where the session changed, or where a page is opened and renews it."""
        if session.permanent and not session.modified and _renews(session):
            session[_RENEWED] = int(time.time())
        super().save_session(app, session, response)
        response.headers["Cache-Control"] = "no-store"


def _renews(session: SessionMixin) -> bool:
    """Return True for a page that is opened long enough after the last renewal.

    The whole session is in the cookie. What answers a script may arrive after the answer to a form
    that was sent later, and would put back the session as it was before that form.
    """
    is_page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return is_page and time.time() - session.get(_RENEWED, 0) > RENEWAL.total_seconds()


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
        "SESSION_REFRESH_EACH_REQUEST": False,
    }
