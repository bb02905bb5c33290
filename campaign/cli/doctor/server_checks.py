"""Checks of the server: settings and rate limits."""

from collections.abc import Iterator
from datetime import datetime

from campaign.cli.doctor.finding import Finding, open_to_others
from campaign.settings import Settings, require_safe


def check_settings(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Check that the settings are safe for production."""
    require_safe(settings)
    if not settings.is_production:
        yield Finding(
            "settings",
            "note",
            f"CAMPAIGN_ENV is {settings.env}: do not store real people's data here. "
            "Leave it out for production.",
        )
    else:
        yield Finding("settings", "good", f"Production at {settings.base_url}.")
    if settings.is_production and settings.trusted_proxies == 0:
        yield Finding(
            "settings",
            "note",
            "TRUSTED_PROXIES is 0: if the site runs behind a web server, set it to 1. Otherwise "
            "all visitors look like one and share one limit.",
        )
    yield from open_to_others(settings.home, "CAMPAIGN_HOME")


def check_limits(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Check that the store of rate limits answers."""
    if not settings.redis_url:
        yield Finding("limits", "good", "Counted in the database.")
        return
    import redis

    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=3, socket_connect_timeout=3).ping()
    except (redis.RedisError, ValueError):
        yield Finding("limits", "fix", "REDIS_URL names a server that does not answer.")
    else:
        yield Finding("limits", "good", "Redis answers.")
