"""The entry point for a WSGI server: `campaign.web.wsgi:create()`."""

from flask import Flask

from campaign import logs
from campaign.settings import Settings, read, require_safe
from campaign.web.app import create_app


def create(settings: Settings | None = None) -> Flask:
    """Return the application for the current settings, or for those given, which must be checked.

    Raises SettingsUnsafe where production must not run with them.
    """
    settings = settings if settings is not None else require_safe(read())
    logs.configure(quiet=settings.env == "demo")
    logs.log_uncaught()
    return create_app(settings)
