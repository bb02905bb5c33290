"""The entry point for a WSGI server: `campaign.web.wsgi:create()`."""

from datetime import UTC, datetime

from flask import Flask

from campaign import logs
from campaign.settings import Settings, read, require_safe
from campaign.web.app import create_app
from campaign.web.core.services import KEY


def create(settings: Settings | None = None) -> Flask:
    """Return the application for the current settings, or for those given, which must be checked.

    All campaigns are loaded, so that each process has good texts to keep when a bad edit comes.

    Raises SettingsUnsafe where production must not run with them.
    """
    settings = settings if settings is not None else require_safe(read())
    logs.configure(quiet=settings.env == "demo")
    logs.log_uncaught()
    app = create_app(settings)
    app.extensions[KEY].campaigns.every(datetime.now(UTC))
    return app
