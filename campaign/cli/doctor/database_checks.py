"""Checks of the database and of the workers that use it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from campaign import civil_time
from campaign.cli.doctor.finding import Finding, open_to_others
from campaign.cli.doctor.mail_checks import blocked, bulk
from campaign.cli.installation import database_if_current
from campaign.messages import counted, time_in_utc
from campaign.petition import public_counts
from campaign.settings import Settings
from campaign.store import daily_counters, heartbeats, jobs, outbox
from campaign.store.exports import stale_copies
from campaign.store.heartbeats import Thread
from campaign.store.mail_quota import MailQuota

# Mail that is due for longer than this is not being sent.
_MAIL_DUE = timedelta(minutes=15)
# A proxy that was last seen longer ago than this may no longer exist.
_PROXY_SEEN = timedelta(days=7)
# Refusals of blocked mail are reported for this long.
_BLOCKED_SEEN = timedelta(days=7)
# The busiest day toward one provider is looked for among these.
_BULK_SEEN = timedelta(days=30)
# A worker's thread that is silent for longer than this is stuck or gone: a batch of mail may take
# five minutes.
_TURN_DUE = timedelta(minutes=10)


def check_database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check the database, the queue of mail, proxies and outdated exports."""
    path = settings.database_file
    if path is not None and not path.exists():
        yield Finding("database", "fix", f"There is no {path} yet. Run `campaign db upgrade`.")
        return
    with database_if_current(settings) as db:
        if db is None:
            yield Finding(
                "database", "fix", "The tables are out of date. Run `campaign db upgrade`."
            )
            return
        quota = MailQuota(settings.mail_rate, settings.mail_daily)
        with db.reading() as connection:
            mailed = quota.used(connection, now)
            queue = outbox.queue_status(connection, now=now)
            outdated = stale_copies.outdated(connection)
            today = civil_time.washington_day(now)
            seen = daily_counters.totals(connection, "", since=today - _PROXY_SEEN)
            refused = daily_counters.blocked(connection, since=today - _BLOCKED_SEEN)
            most = daily_counters.most_to_providers(connection, since=today - _BULK_SEEN)
    yield Finding("database", "good", f"{_named(settings)} answers and is up to date.")
    if path is not None:
        yield from open_to_others(path, "The database file")
    if queue.oldest_due is not None and now - queue.oldest_due > _MAIL_DUE:
        yield Finding(
            "outbox",
            "fix",
            f"Mail has been due since {time_in_utc(queue.oldest_due)} and was not sent. "
            "Run `campaign worker`, or `campaign serve` without --no-worker.",
        )
    elif queue.failed:
        yield Finding(
            "outbox",
            "note",
            f"{counted(queue.failed, 'message was', 'messages were')} refused or given up; "
            f"{_queue(queue)}.",
        )
    else:
        yield Finding("outbox", "good", f"{_queue(queue)}.".capitalize())
    if settings.mail_daily and mailed >= settings.mail_daily:
        yield Finding(
            "outbox",
            "note",
            f"Today's {settings.mail_daily:,} messages (MAIL_DAILY) have left. Other mail waits "
            "until midnight UTC.",
        )
    yield from blocked(refused)
    yield from bulk(most)
    if settings.trusted_proxies == 0:
        yield from _proxies(seen)
    for name in sorted({copy.export.campaign for copy in outdated}):
        count = sum(copy.export.campaign == name for copy in outdated)
        yield Finding(
            "exports",
            "note",
            f"{count:,} {'export' if count == 1 else 'exports'} of {name} may contain people who "
            "were erased since. Delete these files, then record it: "
            f"`campaign review {name} copies`.",
        )


def _proxies(seen: Mapping[str, int]) -> Iterator[Finding]:
    """Report visitors through a proxy that the settings do not have."""
    if seen.get(daily_counters.PROXY):
        yield Finding(
            "proxy",
            "fix",
            "Visitors come through a proxy (X-Forwarded-For), and TRUSTED_PROXIES is 0: all look "
            "like one network, and their sign-ups are set aside. Set TRUSTED_PROXIES to the number "
            "of your proxies.",
        )
    elif seen.get(daily_counters.PROXY_PERHAPS):
        yield Finding(
            "proxy",
            "note",
            "Some requests carry X-Forwarded-For, and TRUSTED_PROXIES is 0. If they come through a "
            "proxy of yours, set TRUSTED_PROXIES to the number of your proxies; if there is none, "
            "someone forged the header, and it is ignored.",
        )


def check_worker(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Check that each thread of the worker was active lately."""
    with database_if_current(settings) as db:
        if db is None:
            return
        with db.reading() as connection:
            turns = heartbeats.last_beats(connection, now=now)
            is_at_a_job = jobs.is_running(connection, now=now)
    if not turns:
        yield Finding(
            "worker",
            "note",
            "No worker has run here yet. Mail is sent and jobs are done only while "
            "`campaign serve` or `campaign worker` is running.",
        )
        return
    silent = {thread: at for thread, at in turns.items() if now - at > _TURN_DUE}
    for thread, at in silent.items():
        if thread == "jobs" and is_at_a_job:
            yield Finding(
                "worker", "note", f"The worker has been at one job since {time_in_utc(at)}."
            )
            continue
        yield Finding(
            "worker",
            "fix",
            f"The worker's thread for {_THREADS[thread]} was last active on {time_in_utc(at)}. "
            "Its log says why. Restart `campaign worker` or `campaign serve`.",
        )
    if not silent:
        longest = max((now - at).total_seconds() for at in turns.values())
        sentence = f"Each thread was active within the past {max(longest, 0):.0f} seconds."
        yield Finding("worker", "good", sentence)


_THREADS: dict[Thread, str] = {
    "mail": "mail",
    "tasks": "regular work",
    "jobs": "long jobs",
    "integrations": "webhooks and other systems",
}


def check_counts(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Check that the figures match the signatures."""
    with database_if_current(settings) as db:
        if db is None:
            return
        found = public_counts.compare(db)
    for campaign, wrong in found.items():
        first = wrong[0]
        yield Finding(
            "counts",
            "fix",
            f"{campaign}: {len(wrong):,} of its figures differ from the signatures "
            f"({first.kind}{f' {first.key}' if first.key else ''}: counted {first.counted:,}, "
            f"signed {first.signed:,}). Run `campaign db recount`.",
        )
    if not found:
        yield Finding("counts", "good", "Every count matches the signatures.")


def _named(settings: Settings) -> str:
    return "SQLite" if settings.is_sqlite else "PostgreSQL"


def _queue(queue: outbox.QueueStatus) -> str:
    return (
        f"{counted(queue.queued + queue.leased, 'message is', 'messages are')} queued, "
        f"{counted(queue.sent, 'is', 'are')} sent"
    )
