"""Checks of the server: settings, free disk space and rate limits."""

import shutil
from collections.abc import Iterator
from datetime import datetime

from campaign.cli.doctor.finding import Finding, open_to_others
from campaign.settings import Settings, require_safe

_MIN_FREE_BYTES = 500 * 1024 * 1024


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


def check_disk(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Check that the disk with the database file has room for more signatures."""
    path = settings.database_file
    if path is None or not path.exists():
        return
    if (free := shutil.disk_usage(path).free) < _MIN_FREE_BYTES:
        yield Finding(
            "disk",
            "fix",
            f"Only {free // 2**20:,} MB are free where the database is. Make room: "
            "people cannot sign while the disk is full.",
        )


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
