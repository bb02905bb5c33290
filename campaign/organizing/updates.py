"""Updates: news for signers who opted in, at most three a week to each mailbox."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from campaign import text
from campaign.errors import InvalidInput, TooManyAttempts, UpdateUnknown
from campaign.keys import Keyring
from campaign.messages import counted, day_in_words
from campaign.organizing.jobs import Handler, JobContext, JobResult
from campaign.packs import markdown, merge_fields
from campaign.packs.asks import ASKS_ABOUT
from campaign.packs.pack import Pack
from campaign.store import (
    audit,
    civil_days,
    daily_counters,
    jobs,
    outbox,
    tokens,
    update_figures,
    update_recipients,
    updates,
    wordings,
)
from campaign.store.db.engine import Database
from campaign.store.statuses import UpdateStatus
from campaign.store.update_recipients import Reach
from campaign.store.updates import Update

#: The kind of job that queues an update's messages.
KIND = "update"

#: The most updates that a mailbox gets within `WEEK`, from all campaigns of this site.
MAX_PER_WEEK = 3
WEEK = timedelta(days=7)

#: The size of a batch of messages, and the time between batches: mail servers trust a sender of
#: 300 a minute, and confirmation mails pass in between.
BATCH = 500
_BATCH_EVERY = timedelta(seconds=100)

_NO_DRAFT = "This update has already been sent or deleted."

_MAX_SUBJECT = 150
_MAX_BODY = 20_000


@dataclass(frozen=True)
class Draft:
    """A valid update, ready to send."""

    subject: str
    body: str
    audience: Mapping[str, str]
    about: str = ""

    @classmethod
    def parse(
        cls, subject: str, body: str, audience: Mapping[str, str], about: str = ""
    ) -> "Draft":
        """Parse what was typed. Raises InvalidInput, which names the field.

        `about` says what the update asks its readers to contact officials about
        (`campaign.packs.asks`), "" for nothing.

        Only merge fields with a value for every reader are allowed (`packs.merge_fields`).
        """
        cleaned = text.line(subject, limit=_MAX_SUBJECT, field="subject")
        if not cleaned:
            raise InvalidInput("Enter a subject.", field="subject")
        written = text.block(body, limit=_MAX_BODY, field="body")
        if not written:
            raise InvalidInput("Enter the text of the update.", field="body")
        merge_fields.check(cleaned, field="subject")
        merge_fields.check(written, field="body")
        if about and about not in ASKS_ABOUT:
            raise InvalidInput("Choose what the update asks about.", field="about")
        chosen = {key: value for key, value in audience.items() if value}
        return cls(cleaned, written, chosen, about)


@dataclass(frozen=True)
class Preview:
    """An update as one reader gets it: `html` is safe, `text` is its plain text part."""

    subject: str
    html: str
    text: str


def preview(update: Update) -> Preview:
    """Return an update with the merge fields of a made-up signer."""
    body = merge_fields.fill(update.body, merge_fields.SAMPLE, is_markdown=True)
    return Preview(
        merge_fields.fill(update.subject, merge_fields.SAMPLE, is_markdown=False),
        markdown.page(body, {}),
        markdown.plain(body, {}),
    )


def save(
    db: Database, campaign: str, public_id: str, draft: Draft, *, actor: str, now: datetime
) -> str:
    """Save a draft, a new one if `public_id` is "", and return its public id.

    Raises UpdateUnknown if it is no longer a draft, StoreUnavailable.
    """
    with db.writing() as connection:
        if not public_id:
            return updates.add(
                connection,
                campaign=campaign,
                subject=draft.subject,
                body=draft.body,
                audience=draft.audience,
                about=draft.about,
                created_by=actor,
                now=now,
            )
        found = updates.find(connection, public_id)
        if found is None or found.campaign != campaign or not found.is_draft:
            raise UpdateUnknown(_NO_DRAFT)
        if _is_as_saved(found, draft):
            return public_id  # a scheduled draft that did not change stays scheduled
        is_changed = updates.change(
            connection,
            found,
            subject=draft.subject,
            body=draft.body,
            audience=draft.audience,
            about=draft.about,
        )
        if not is_changed:
            raise UpdateUnknown(_NO_DRAFT)
        return public_id


def _is_as_saved(update: Update, draft: Draft) -> bool:
    saved = (update.subject, update.body, dict(update.audience), update.about)
    return saved == (draft.subject, draft.body, dict(draft.audience), draft.about)


def draft_new_wording(db: Database, pack: Pack, *, actor: str, now: datetime) -> str:
    """Save a draft that asks signers of an earlier wording to agree to today's; return its id.

    It goes to those who opted in to news, and links to the reader's own page, which shows both
    wordings. Raises StoreUnavailable.
    """
    wordings.ensure_recorded(db, pack, now=now)
    draft = Draft(
        "The petition you signed has a new wording",
        _NEW_WORDING_BODY.format(title=pack.text().title, organizer=pack.organizer.name),
        {"wording": pack.wording_version},
    )
    return save(db, pack.name, "", draft, actor=actor, now=now)


_NEW_WORDING_BODY = """Dear {{{{ first_name }}}},

you signed our petition “{title}.” Since then we have changed its words. Your signature still counts
under the words that you signed.

Please read the new words. The button below opens your own page, with what you signed and the new
words. If you agree to them, press one button there. If you do not, do nothing: your
signature stays as it is.

Thank you,

{organizer}"""


def find(db: Database, campaign: str, public_id: str) -> Update:
    """Return an update of a campaign. Raises UpdateUnknown, StoreUnavailable."""
    with db.reading() as connection:
        found = updates.find(connection, public_id)
    if found is None or found.campaign != campaign:
        raise UpdateUnknown("There is no such update in this campaign.")
    return found


def send_test(
    db: Database, update: Update, *, to: str, language: str, actor: str, now: datetime
) -> None:
    """Queue the update as a test to the organizer's own address.

    Raises InvalidInput if an older draft has an invalid merge field, StoreUnavailable.
    """
    require_valid_fields(update)
    with db.writing() as connection:
        outbox.enqueue(
            connection,
            "update-test",
            campaign=update.campaign,
            to=to,
            payload={"update": update.id, "language": language},
            now=now,
        )
        audit.record(
            connection,
            "update-test",
            actor=actor,
            now=now,
            campaign=update.campaign,
            details={"update": update.public_id},
        )


def send(db: Database, update: Update, *, actor: str, now: datetime) -> None:
    """Start sending a draft: queue the job that queues its messages.

    Readers who had `MAX_PER_WEEK` updates are left out. Raises TooManyAttempts, with the next
    possible day, if that is all of them; InvalidInput if an older draft has an invalid merge field;
    UpdateUnknown if it is no longer a draft; StoreUnavailable.
    """
    require_valid_fields(update)
    with db.writing() as connection:
        update_recipients.lock(connection)
        reach = update_recipients.reach(
            connection, update.search(), since=now - WEEK, limit=MAX_PER_WEEK
        )
        if reach.at_limit and not reach.readers:
            assert reach.first_queued_at is not None
            free = reach.first_queued_at + WEEK
            raise TooManyAttempts(
                "Everyone in this audience got three updates within a week. Send the next one on "
                f"{day_in_words(civil_days.day_of(connection, update.campaign, free))}.",
                retry_after=int((free - now).total_seconds()) + 1,
            )
        if not updates.begin(connection, update, now=now):
            raise UpdateUnknown(_NO_DRAFT)
        jobs.queue(
            connection,
            KIND,
            campaign=update.campaign,
            actor=actor,
            params={"update": update.public_id},
            now=now,
        )
        audit.record(
            connection,
            "update-sent",
            actor=actor,
            now=now,
            campaign=update.campaign,
            details={"update": update.public_id, "filter": dict(update.audience)},
        )


def reach(db: Database, update: Update, now: datetime) -> Reach:
    """Return how many mailboxes an update would reach now, and how many are over their limit.

    Raises StoreUnavailable.
    """
    with db.reading() as connection:
        return update_recipients.reach(
            connection, update.search(), since=now - WEEK, limit=MAX_PER_WEEK
        )


def blocked_lately(db: Database, campaign: str, now: datetime) -> int:
    """Return how many messages of a campaign were refused in the past week by blocking servers.

    Raises StoreUnavailable.
    """
    with db.reading() as connection:
        since = civil_days.day_of(connection, campaign, now - WEEK)
        lately = daily_counters.totals(connection, campaign, since=since)
    return sum(
        count
        for kind, count in lately.items()
        if daily_counters.is_outcome(kind, daily_counters.BLOCKED)
    )


def require_valid_fields(update: Update) -> None:
    """Raise InvalidInput where an older draft has an invalid merge field."""
    merge_fields.check(update.subject, field="subject")
    merge_fields.check(update.body, field="body")


def stop(db: Database, update: Update, *, actor: str, now: datetime) -> int:
    """Cancel the messages that have not been sent; return how many."""
    with db.writing() as connection:
        stopped = updates.stop(connection, update, now=now)
        audit.record(
            connection,
            "update-stopped",
            actor=actor,
            now=now,
            campaign=update.campaign,
            details={"update": update.public_id, "messages": stopped},
        )
    return stopped


def handler(keyring: Keyring, clock: Callable[[], datetime]) -> Handler:
    """Return the handler that queues an update's messages in batches, spaced in time.

    Each batch and the update's progress share a transaction, so that another worker can continue
    after a crash.
    """

    def work(given: JobContext) -> JobResult:
        resting = 0
        public_id = str(given.job.params["update"])
        for step in count():
            update = find(given.db, given.job.campaign, public_id)
            if update.status != UpdateStatus.SENDING:
                break
            with given.db.reading() as connection:
                who = update_recipients.next_batch(
                    connection, update, after=update.reached, limit=BATCH
                )
            if not who:
                with given.db.writing() as connection:
                    updates.finish(connection, update, now=clock())
                break
            with given.db.writing() as connection:
                now = clock()
                wait = _BATCH_EVERY * step
                update_recipients.lock(connection)
                free = update_recipients.below_limit(
                    connection, update, who, since=now - WEEK, limit=MAX_PER_WEEK
                )
                marked = [
                    (each, tokens.bounce_mark(keyring, each.public_id, public_id)) for each in free
                ]
                if update_recipients.queue(
                    connection, update, marked, reached=who[-1].id, not_before=now + wait, now=now
                ):
                    resting += len(who) - len(free)
            given.report(update.queued + len(free), 0)
        done = find(given.db, given.job.campaign, public_id)
        note = f"{counted(done.queued, 'message is', 'messages are')} queued."
        if resting:
            note += (
                f" {counted(resting, 'signer is', 'signers are')} left out: they got "
                "three updates within a week."
            )
        return JobResult(note, figures={"messages": done.queued, "resting": resting})

    return work


def archive_figures(db: Database, now: datetime) -> int:
    """Store the final figures of updates older than two weeks; return how many.

    A worker calls this.
    """
    with db.writing() as connection:
        return update_figures.archive(connection, created_before=now - timedelta(days=14))
