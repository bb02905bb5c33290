"""What a worker runs: senders, job handlers and periodic tasks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from campaign import paths
from campaign.congress import dataset
from campaign.congress.apportionment import congress_at
from campaign.congress.batch_geocoder import BatchGeocoder
from campaign.congress.dataset import Congress
from campaign.delivery import (
    account_mail,
    actionnetwork,
    cwc_changes,
    cwc_client,
    cwc_sender,
    messages,
    rights_mail,
    smtp,
    webhooks,
)
from campaign.delivery.account_mail import AccountMailSender
from campaign.delivery.actionnetwork import ActionNetworkProtocol
from campaign.delivery.endpoint_sender import EndpointProtocol, EndpointSender
from campaign.delivery.mail_sender import MailSender
from campaign.delivery.rights_mail import RightsMailSender
from campaign.delivery.safe_http import Http, NoHttp, SafeHttp
from campaign.delivery.sender import Sender
from campaign.delivery.webhooks import WebhookProtocol
from campaign.errors import CampaignError
from campaign.organizing import (
    congress_notice,
    current_districts,
    held_notice,
    jobs,
    letter_batches,
    scheduled_updates,
    updates,
)
from campaign.organizing.connect.osdi import Origin
from campaign.organizing.connect.payloads import PayloadWriter
from campaign.organizing.exports import job
from campaign.organizing.jobs import Handler, JobContext
from campaign.organizing.packets import jobs as packet_jobs
from campaign.organizing.paper import import_job
from campaign.packs.registry import CampaignRegistry
from campaign.petition import letter_fingerprints, public_counts, reminders, retention
from campaign.petition.paper.session import PaperSession
from campaign.settings import Settings
from campaign.store import civil_days
from campaign.store.db.engine import Database
from campaign.store.models.petition import OUTSIDE_KINDS


@dataclass(frozen=True)
class PeriodicTask:
    """Work that is done again after each `every`; `do` returns how many rows it changed.

    Several workers may do it at the same time.
    """

    name: str
    every: timedelta
    do: Callable[[Database, datetime], int]


#: Kinds of outbox rows that go to other people's systems, which may be slow: the mail does not
#: wait for them.
OUTSIDE: frozenset[str] = frozenset(OUTSIDE_KINDS)


def mail_senders(settings: Settings, registry: CampaignRegistry) -> Mapping[str, Sender]:
    """Return the sender of each kind of mail, by these settings. All share one mail channel."""
    channel = smtp.channel(settings)
    mail_sender = MailSender(settings, channel, find_pack=registry.get)
    to_accounts = AccountMailSender(settings, channel, find_pack=registry.get)
    about_own_data = RightsMailSender(settings, channel, find_pack=registry.get)
    return {
        **dict.fromkeys(messages.KINDS, mail_sender),
        **dict.fromkeys(account_mail.KINDS, to_accounts),
        **dict.fromkeys(rights_mail.KINDS, about_own_data),
    }


def outside_senders(
    settings: Settings, registry: CampaignRegistry, db: Database
) -> Mapping[str, Sender]:
    """Return the sender of each kind of `OUTSIDE`, by these settings."""
    return {
        **_endpoint_senders(settings, registry, db),
        cwc_sender.KIND: cwc_sender.CwcSender(
            settings,
            cwc_client.channel(settings, pace=cwc_sender.pace(db)),
            db,
            find_pack=registry.get,
            find_change=lambda letter, now: cwc_changes.change_since(
                _congress(settings), letter, now
            ),
        ),
    }


def _endpoint_senders(
    settings: Settings, registry: CampaignRegistry, db: Database
) -> Mapping[str, Sender]:
    http: Http = SafeHttp(allow_plain=settings.env == "development")
    if settings.env == "demo":
        http = NoHttp()
    body = PayloadWriter(settings.base_url, registry.get).body
    agent = f"campaign-toolkit (+{settings.base_url})"
    protocols: dict[str, EndpointProtocol] = {
        webhooks.KIND: WebhookProtocol(settings.keyring, agent),
        actionnetwork.KIND: ActionNetworkProtocol(settings.keyring, agent),
    }
    return {
        kind: EndpointSender(db, http, protocol, body=body, clock=_utc_now)
        for kind, protocol in protocols.items()
    }


def _utc_now() -> datetime:
    return datetime.now(UTC)


def handlers(settings: Settings, registry: CampaignRegistry) -> Mapping[str, Handler]:
    """Return the handler of each kind of job, by these settings."""
    return {
        updates.KIND: updates.handler(settings.keyring, _utc_now),
        job.KIND: job.handler(lambda name: Origin.of(settings.base_url, name)),
        **packet_jobs.handlers(registry.get, lambda: _congress(settings)),
        import_job.KIND: import_job.handler(lambda work: _paper_session(work, settings, registry)),
        letter_batches.KIND: letter_batches.handler(
            registry.get,
            lambda: _congress(settings),
            lambda lines: BatchGeocoder(settings.geocoder_url, congress=lines),
            lambda db, letters, now: letter_fingerprints.record_batch(
                db, letters, now=now, keyring=settings.keyring
            ),
        ),
    }


def _paper_session(
    work: JobContext, settings: Settings, registry: CampaignRegistry
) -> PaperSession:
    return PaperSession(
        work.db,
        registry.get(work.job.campaign, work.now),
        _congress(settings),
        work.now,
        settings.keyring,
        work.job.actor,
        hide_matches=bool(work.job.params.get("discreet")),
        mail_consent=work.job.params.get("mail_consent", ""),
    )


def _congress(settings: Settings) -> Congress:
    return dataset.load_current(
        paths.data() / "congress", settings.congress_folder, settings.corrections_file
    )


class _DistrictFollower:
    """Gives signatures today's districts when lines or data have changed, and when it starts."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._followed: tuple[object, ...] = ()

    def follow(self, db: Database, now: datetime) -> int:
        """Return how many signatures changed (`current_districts.follow`)."""
        congress = _congress(self._settings)
        seen = (congress_at(now), congress.meta.crosswalk_congress, congress.new_lines)
        if seen == self._followed:
            return 0
        changed = current_districts.follow(db, congress, now)
        self._followed = seen
        return changed


def periodic_tasks(settings: Settings, registry: CampaignRegistry) -> tuple[PeriodicTask, ...]:
    """Return the periodic tasks of an installation."""

    def remind(db: Database, now: datetime) -> int:
        return reminders.remind(db, now, is_open=lambda name: _is_open(registry, name, now))

    def warn(db: Database, now: datetime) -> int:
        return congress_notice.send_notices(db, _congress(settings), now)

    follow_districts = _DistrictFollower(settings).follow

    def purge(db: Database, now: datetime) -> int:
        return retention.purge(db, now, retention_days=settings.retention_days).total

    def scrub(db: Database, now: datetime) -> int:
        return 0 if db.truncate_log() else 1

    def clear_jobs(db: Database, now: datetime) -> int:
        return jobs.delete_expired_files(db, settings, now)

    def settle_deliveries(db: Database, now: datetime) -> int:
        return cwc_sender.settle(db, settings, now)

    def list_offices(db: Database, now: datetime) -> int:
        return cwc_sender.refresh_offices(db, settings, now)

    def note_zones(db: Database, now: datetime) -> int:
        with db.writing() as connection:
            return sum(
                civil_days.set_zone(connection, pack.name, pack.zone)
                for pack in registry.every(now)
            )

    return (
        PeriodicTask("note-time-zones", timedelta(minutes=1), note_zones),
        PeriodicTask("add-up-counts", timedelta(seconds=20), public_counts.roll_up),
        PeriodicTask("notice-of-held", timedelta(minutes=1), held_notice.send_notices),
        PeriodicTask("follow-districts", timedelta(minutes=1), follow_districts),
        PeriodicTask("notice-of-congress", timedelta(hours=6), warn),
        PeriodicTask("remind", timedelta(minutes=10), remind),
        PeriodicTask("purge", timedelta(hours=6), purge),
        PeriodicTask("scrub", timedelta(minutes=10), scrub),
        PeriodicTask("send-updates", timedelta(seconds=20), scheduled_updates.send_due),
        PeriodicTask("settle-updates", timedelta(hours=6), updates.archive_figures),
        PeriodicTask("clear-jobs", timedelta(minutes=10), clear_jobs),
        PeriodicTask("settle-deliveries", timedelta(minutes=10), settle_deliveries),
        PeriodicTask("list-offices", timedelta(hours=12), list_offices),
    )


def _is_open(registry: CampaignRegistry, name: str, now: datetime) -> bool:
    """True while that campaign can be signed; a campaign that cannot be read sends no reminders."""
    try:
        pack = registry.get(name, now)
    except CampaignError:
        return False
    return pack.published and pack.is_open(now)
