"""`campaign doctor`: is this installation fit to run, and what has to be done if it is not?"""

import json
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Literal

import click

from campaign import civil_time, paths
from campaign.cli import signed_before
from campaign.cli.installation import database_if_current
from campaign.congress import dataset
from campaign.congress.places import ordinal
from campaign.delivery import cwc_hours, cwc_sender, smtp
from campaign.delivery.cwc_client import HttpChannel
from campaign.errors import (
    CampaignError,
    DatasetInvalid,
    DeliveryDelayed,
    DeliveryHeld,
    DeliveryRefused,
)
from campaign.letters.compose import Constituent, Letter, Paragraph, Recipient
from campaign.letters.print import document
from campaign.messages import counted, day_in_words
from campaign.packs import pack as packs
from campaign.petition import public_counts
from campaign.settings import Settings, require_safe
from campaign.settings import read as read_settings
from campaign.store import daily_counters, heartbeats, jobs, outbox
from campaign.store.exports import stale_copies
from campaign.store.heartbeats import Thread

#: "fix" must be done before people use the site, "note" should be known.
Status = Literal["good", "note", "fix"]

# Mail that is due for longer than this was left by whoever should send it.
_MAIL_DUE = timedelta(minutes=15)
# A proxy that was seen longer ago than this may be gone.
_PROXY_SEEN = timedelta(days=7)
# For so long a refusal of this site's mail as blocked is told.
_BLOCKED_SEEN = timedelta(days=7)
# A thread of the worker that took its last turn longer ago hangs, or is gone: a batch of mail may
# take five minutes.
_TURN_DUE = timedelta(minutes=10)
_FEWEST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True)
class Finding:
    """What one look at the installation showed; `says` includes what to do."""

    check: str
    status: Status
    says: str


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
def doctor(as_json: bool) -> None:
    """Check settings, database, mail, data and campaigns, and say what to do.

    Sends nothing and changes nothing. Exits with 1 if something must be fixed.
    """
    findings = list(examine(read_settings(), datetime.now(UTC)))
    is_ready = all(finding.status != "fix" for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        click.echo(json.dumps({"ready": is_ready, "checks": checks}, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.status:<5} {finding.check:<10} {finding.says}")
    if not is_ready:
        sys.exit(1)


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield what every check finds, in the order of what depends on what."""
    checks: tuple[tuple[str, Callable[[Settings, datetime], Iterator[Finding]]], ...] = (
        ("settings", _settings),
        ("database", _database),
        ("worker", _worker),
        ("counts", _counts),
        ("mail", _mail),
        ("limits", _limits),
        ("congress", _congress),
        ("campaigns", _campaigns),
        ("wordings", _wordings),
        ("letters", _letters),
        ("cwc", _cwc),
    )
    for name, look in checks:
        try:
            yield from look(settings, now)
        except DatasetInvalid as error:
            yield Finding(name, "fix", " ".join((str(error), *map(str, error.problems[:3]))))
        except CampaignError as error:
            yield Finding(name, "fix", str(error))
        except Exception as error:  # noqa: BLE001
            # One check's fault must not keep the others from being made.
            yield Finding(name, "fix", f"This check failed unexpectedly ({type(error).__name__}).")


def _settings(settings: Settings, _now: datetime) -> Iterator[Finding]:
    require_safe(settings)
    if not settings.is_production:
        yield Finding(
            "settings",
            "note",
            f"CAMPAIGN_ENV is {settings.env}: keep no real people's data here. "
            "Leave it out for production.",
        )
    else:
        yield Finding("settings", "good", f"Production at {settings.base_url}.")
    if settings.is_production and settings.trusted_proxies == 0:
        yield Finding(
            "settings",
            "note",
            "TRUSTED_PROXIES is 0: behind a web server, set it to 1, or every visitor looks like "
            "one and meets one limit.",
        )
    yield from _closed_to_others(settings.home, "CAMPAIGN_HOME")


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
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
        with db.reading() as connection:
            queue = outbox.queue_status(connection, now=now)
            outdated = stale_copies.outdated(connection)
            today = civil_time.washington_day(now)
            seen = daily_counters.totals(connection, "", since=today - _PROXY_SEEN)
            refused = daily_counters.blocked(connection, since=today - _BLOCKED_SEEN)
    yield Finding("database", "good", f"{_named(settings)} answers and is up to date.")
    if path is not None:
        yield from _closed_to_others(path, "The database file")
        if (free := shutil.disk_usage(path).free) < _FEWEST_FREE_BYTES:
            yield Finding(
                "database",
                "fix",
                f"Only {free // 2**20:,} MB are free where the database is. Make room: "
                "nothing can be signed on a full disk.",
            )
    if queue.oldest_due is not None and now - queue.oldest_due > _MAIL_DUE:
        yield Finding(
            "outbox",
            "fix",
            f"Mail is due since {_moment(queue.oldest_due)} and nobody has sent it. "
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
    yield from _blocked(refused)
    if settings.trusted_proxies == 0:
        yield from _proxies(seen)
    for name in sorted({copy.export.campaign for copy in outdated}):
        count = sum(copy.export.campaign == name for copy in outdated)
        yield Finding(
            "exports",
            "note",
            f"{count:,} {'export' if count == 1 else 'exports'} of {name} may hold people who "
            f"were erased since. Delete them: `campaign review {name} copies`.",
        )


def _proxies(seen: Mapping[str, int]) -> Iterator[Finding]:
    """Say that visitors came through a proxy, which the settings do not know."""
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
            "somebody made the header up, and it is ignored.",
        )


def _worker(settings: Settings, now: datetime) -> Iterator[Finding]:
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
            "No worker has run here yet. Mail leaves and long work is done while `campaign serve` "
            "or `campaign worker` runs.",
        )
        return
    silent = {thread: at for thread, at in turns.items() if now - at > _TURN_DUE}
    for thread, at in silent.items():
        if thread == "jobs" and is_at_a_job:
            yield Finding("worker", "note", f"The worker has been at one job since {_moment(at)}.")
            continue
        yield Finding(
            "worker",
            "fix",
            f"The worker's thread for {_THREADS[thread]} last took a turn at {_moment(at)}. "
            "Its log says why. Start `campaign worker`, or `campaign serve`, again.",
        )
    if not silent:
        longest = max((now - at).total_seconds() for at in turns.values())
        said = f"Each thread took a turn within {max(longest, 0):.0f} seconds."
        yield Finding("worker", "good", said)


_THREADS: dict[Thread, str] = {
    "mail": "mail and regular work",
    "jobs": "long jobs",
    "integrations": "webhooks and other systems",
}


def _counts(settings: Settings, _now: datetime) -> Iterator[Finding]:
    with database_if_current(settings) as db:
        if db is None:
            return
        found = public_counts.compare(db)
    for campaign, wrong in found.items():
        first = wrong[0]
        yield Finding(
            "counts",
            "fix",
            f"{campaign}: {len(wrong):,} of its figures are not what the signatures say "
            f"({first.kind}{f' {first.key}' if first.key else ''}: counted {first.counted:,}, "
            f"signed {first.signed:,}). Run `campaign db recount`.",
        )
    if not found:
        yield Finding("counts", "good", "Every count is what the signatures say.")


def _mail(settings: Settings, _now: datetime) -> Iterator[Finding]:
    smtp.channel(settings).check()
    if settings.smtp_host:
        where = f"{settings.smtp_host}:{settings.smtp_port} takes mail"
        yield Finding("mail", "good", f"{where} from {settings.mail_from}.")
        if settings.smtp_tls == "none" and settings.smtp_host not in {"127.0.0.1", "localhost"}:
            yield Finding(
                "mail", "note", "SMTP_TLS is none: mail crosses the network in the clear."
            )
    elif settings.is_production:
        yield Finding(
            "mail",
            "fix",
            f"Set SMTP_HOST: mail now goes to {settings.outbox_folder}, and nobody can confirm.",
        )
    else:
        yield Finding("mail", "note", f"Mail goes to {settings.outbox_folder}; none leaves.")
    if settings.is_production and settings.mail_from.endswith("@localhost"):
        yield Finding("mail", "fix", "Set MAIL_FROM to an address of your own domain.")


def _blocked(refused: int) -> Iterator[Finding]:
    """Say that other mail servers refuse this site's mail since they block its sender."""
    if refused:
        yield Finding(
            "mail",
            "fix",
            f"Mail servers refused {counted(refused, 'message')} within a week because they block "
            "mail from here. Check that SPF, DKIM and DMARC of MAIL_FROM's domain pass and that "
            "the mail server's address is on no blocklist. Nobody was taken off a list for it.",
        )


def _limits(settings: Settings, _now: datetime) -> Iterator[Finding]:
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


def _congress(settings: Settings, now: datetime) -> Iterator[Finding]:
    meta = dataset.load_current(paths.data() / "congress", settings.congress_folder).meta
    today = civil_time.washington_day(now)
    if today > meta.valid_until:
        yield Finding(
            "congress",
            "fix",
            f"The data describes the {ordinal(meta.congress)} Congress, which ended on "
            f"{day_in_words(meta.valid_until)}. Run `campaign data refresh`.",
        )
    elif meta.is_aging(today):
        yield Finding(
            "congress",
            "note",
            f"The data is as of {day_in_words(meta.as_of)}, {counted(meta.age(today), 'day')} ago. "
            "Run `campaign data refresh`.",
        )
    else:
        yield Finding("congress", "good", f"The data is as of {day_in_words(meta.as_of)}.")


def _campaigns(settings: Settings, now: datetime) -> Iterator[Finding]:
    folders = packs.folders(settings)
    published = 0
    for name in packs.names(folders):
        review = packs.review_at(packs.find(name, folders), now)
        if review.pack is None:
            count = len(review.problems)
            yield Finding(
                name,
                "fix",
                f"Its files cannot be used ({count} problem{'s' if count > 1 else ''}). First: "
                f"{review.problems[0]} A site that is running keeps the last good texts. "
                f"Run `campaign check {name}`.",
            )
            continue
        published += review.pack.published
        if not review.pack.published:
            yield Finding(name, "note", "Not published: only `campaign` commands see it.")
        elif review.pack.organizer.is_example:
            yield Finding(
                name,
                "fix" if settings.is_production else "note",
                "The organizer is still the example. Set your own name, address and e-mail: "
                f"copy the campaign with `campaign new`, or edit {name}/campaign.toml.",
            )
        elif not review.pack.is_open(now):
            yield Finding(name, "note", "Published, and closed for signatures today.")
        else:
            left = f", {len(review.left_out)} sentences left out" if review.left_out else ""
            yield Finding(name, "good", f"Published and open{left}.")
    if not published:
        yield Finding("campaigns", "fix", "No campaign is published, so the site has no page.")


def _wordings(settings: Settings, now: datetime) -> Iterator[Finding]:
    folders = packs.folders(settings)
    found = [packs.review_at(packs.find(name, folders), now) for name in packs.names(folders)]
    for review in found:
        if review.pack is not None and (said := signed_before.told(settings, review.pack)):
            yield Finding(review.pack.name, "note", said)


def _letters(_in_force: Settings, now: datetime) -> Iterator[Finding]:
    made = document.pdf([_specimen(civil_time.washington_day(now))])
    yield Finding("letters", "good", f"A letter prints ({len(made) // 1024:,} KB).")


def _cwc(settings: Settings, now: datetime) -> Iterator[Finding]:
    if not settings.cwc_api_key:
        yield Finding("cwc", "note", cwc_sender.where(settings))
        return
    if cwc_hours.closed_until("house", now) is not None:
        yield Finding(
            "cwc", "note", f"{cwc_sender.where(settings)} It is closed at this hour; ask again."
        )
        return
    channel = HttpChannel(settings, pace=lambda: None, reply_s=5)
    try:
        many = len(channel.offices(now))
    except (DeliveryDelayed, DeliveryHeld, DeliveryRefused) as error:
        yield Finding("cwc", "fix", str(error))
        return
    finally:
        channel.close()
    status: Status = "note" if settings.cwc_is_test or not settings.cwc_senate_url else "good"
    yield Finding(
        "cwc",
        status,
        f"{cwc_sender.where(settings)} {counted(many, 'office')} of the House "
        f"{'takes' if many == 1 else 'take'} part.",
    )


def _specimen(on_date: date) -> Letter:
    """A letter that needs the fonts' accents, Armenian and quotes."""
    return Letter(
        campaign="specimen",
        constituent=Constituent(
            "Անի", "Petrosyan-Núñez", "1 Example Street", "Helena", "MT", "59601"
        ),
        recipient=Recipient(
            id="specimen",
            kind="senator",
            name="Example Senator",
            short="Senator Example",
            seat="Montana",
            block=("The Honorable Example Senator", "United States Senate", "Washington, DC 20510"),
            salutation="Dear Senator Example:",
        ),
        on_date=on_date,
        subject="A specimen",
        salutation="Dear Senator Example:",
        paragraphs=(Paragraph("own", "“It prints,” she said — in every script we promise."),),
        sign_off="Sincerely,",
    )


def _closed_to_others(path: Path, what: str) -> Iterator[Finding]:
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007:
        yield Finding(
            "settings",
            "note",
            f"{what} is open to other accounts of this machine. Run: chmod o= '{path}'.",
        )


def _named(settings: Settings) -> str:
    return "SQLite" if settings.is_sqlite else "PostgreSQL"


def _queue(queue: outbox.QueueStatus) -> str:
    return (
        f"{counted(queue.queued + queue.leased, 'message waits', 'messages wait')}, "
        f"{counted(queue.sent, 'is', 'are')} sent"
    )


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
