"""Jobs: long work that a person asks for and a worker does. The caller owns the transaction."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.db import leases
from campaign.store.models import jobs
from campaign.store.statuses import JobStatus

#: How long a worker may be silent about a job before another takes it.
LEASE = timedelta(seconds=120)

#: A job that ends its worker this often is given up.
MOST_ATTEMPTS = 3

#: How long the files of a job are kept after it has ended.
KEPT = timedelta(hours=24)


@dataclass(frozen=True)
class Job:
    """One piece of long work: what it is, how far it has come, and how it ended.

    `params` are options and ids; `result` holds {"files": [names], "figures": {name: number}}.
    """

    id: int
    public_id: str
    kind: str
    campaign: str
    actor: str
    params: Mapping[str, Any]
    status: JobStatus
    done: int
    total: int
    attempts: int
    note: str
    result: Mapping[str, Any]
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def is_open(self) -> bool:
        """True while a worker has it, or will."""
        return self.status in {JobStatus.QUEUED, JobStatus.RUNNING}

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files that it made."""
        return tuple(self.result.get("files", ()))

    def as_of(self, now: datetime) -> "Job":
        """Return the job as it stands: without files whose time is over, deleted yet or not."""
        if self.expires_at is None or now < self.expires_at:
            return self
        return replace(self, result={**self.result, "files": []}, expires_at=None)

    @property
    def figures(self) -> Mapping[str, int]:
        """What it counted."""
        return dict(self.result.get("figures", {}))


def new_id() -> str:
    """Return a new public id, which nobody guesses: 128 bits."""
    return secrets.token_urlsafe(16)


def queue(
    connection: Connection,
    kind: str,
    *,
    campaign: str,
    actor: str,
    params: Mapping[str, Any],
    now: datetime,
    public_id: str = "",
) -> Job:
    """Add a job and return it. `params` hold options and ids, never a person's data.

    `public_id` is one from `new_id`, for a caller that has put the job's input into its folder.
    """
    added = connection.execute(
        sa.insert(jobs).returning(jobs),
        {
            "public_id": public_id or new_id(),
            "kind": kind,
            "campaign": campaign,
            "actor": actor,
            "params": dict(params),
            "result": {},
            "created_at": now,
        },
    ).one()
    return _job(added)


def find(connection: Connection, public_id: str) -> Job | None:
    """Return that job, or None."""
    row = connection.execute(sa.select(jobs).where(jobs.c.public_id == public_id)).one_or_none()
    return _job(row) if row else None


def of_actor(connection: Connection, actor: str, campaign: str = "") -> tuple[Job, ...]:
    """Return that actor's jobs, of one campaign where it is given: the newest 50 first."""
    asked = sa.select(jobs).where(jobs.c.actor == actor).order_by(jobs.c.id.desc()).limit(50)
    if campaign:
        asked = asked.where(jobs.c.campaign == campaign)
    return tuple(_job(row) for row in connection.execute(asked))


def count_since(connection: Connection, actor: str, since: datetime) -> int:
    """Return how many jobs that actor has asked for from a moment on."""
    asked = sa.select(sa.func.count()).where(jobs.c.actor == actor, jobs.c.created_at >= since)
    return int(connection.execute(asked).scalar_one())


def recent(
    connection: Connection, campaign: str, *, kinds: Sequence[str], limit: int = 50
) -> tuple[Job, ...]:
    """Return a campaign's jobs of those kinds, whoever asked for them: the newest first."""
    asked = (
        sa.select(jobs)
        .where(jobs.c.campaign == campaign, jobs.c.kind.in_(kinds))
        .order_by(jobs.c.id.desc())
        .limit(limit)
    )
    return tuple(_job(row) for row in connection.execute(asked))


def count_by_status(connection: Connection) -> dict[str, int]:
    """Return how many jobs are of each status."""
    counted = sa.select(jobs.c.status, sa.func.count().label("number")).group_by(jobs.c.status)
    return {row.status: row.number for row in connection.execute(counted)}


# Spelled out, not bound: only so do both databases use the small index of open jobs.
_IS_OPEN: sa.ColumnElement[bool] = sa.literal_column(
    "status IN ('queued', 'running')", type_=sa.Boolean
)


def lease(
    connection: Connection, *, kinds: Sequence[str], now: datetime, duration: timedelta = LEASE
) -> Job | None:
    """Take the oldest job of those kinds that nobody is at, or whose worker has fallen silent."""
    due = leases.next_unlocked(jobs.c.id, *_is_free(kinds, now), order=(jobs.c.id,), limit=1)
    row = connection.execute(
        sa.update(jobs)
        .where(due)
        .values(status=JobStatus.RUNNING, leased_until=now + duration, attempts=jobs.c.attempts + 1)
        .returning(jobs)
    ).one_or_none()
    return _job(row) if row else None


def waiting(connection: Connection, *, kinds: Sequence[str], now: datetime) -> bool:
    """True where a job of those kinds can be leased."""
    asked = sa.select(sa.exists(sa.select(jobs.c.id).where(*_is_free(kinds, now))))
    return bool(connection.execute(asked).scalar_one())


def is_running(connection: Connection, *, now: datetime) -> bool:
    """True while a worker is at a job and keeps its lease."""
    asked = sa.select(jobs.c.id).where(
        _IS_OPEN, jobs.c.status == JobStatus.RUNNING, jobs.c.leased_until >= now
    )
    return bool(connection.execute(sa.select(asked.exists())).scalar_one())


def _is_free(kinds: Sequence[str], now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of a job of those kinds that no worker is at."""
    is_free = sa.or_(jobs.c.leased_until.is_(None), jobs.c.leased_until < now)
    return (_IS_OPEN, jobs.c.kind.in_(kinds), is_free)


def progress(
    connection: Connection,
    job_id: int,
    *,
    done: int,
    total: int,
    now: datetime,
    duration: timedelta = LEASE,
) -> bool:
    """Note how far a job has come and renew its lease; False where it was canceled."""
    changed = connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.status == JobStatus.RUNNING)
        .values(done=done, total=total, leased_until=now + duration)
    )
    return bool(changed.rowcount)


def finish(
    connection: Connection,
    job_id: int,
    *,
    note: str,
    files: Sequence[str],
    figures: Mapping[str, int],
    now: datetime,
) -> None:
    """Mark a running job as done; its files are kept for KEPT.

    Where a signer was erased while it ran, they may hold that person, and are not kept at all.
    """
    kept_until = _kept_until(now)
    said: str | sa.Case[str] = note
    if files:
        said = sa.case((jobs.c.expires_at.is_not(None), _OUTDATED), else_=note)
    connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.status == JobStatus.RUNNING)
        .values(
            status=JobStatus.DONE,
            note=said,
            result={"files": list(files), "figures": dict(figures)},
            done=sa.case((jobs.c.total > 0, jobs.c.total), else_=jobs.c.done),
            leased_until=None,
            finished_at=now,
            expires_at=kept_until,
        )
    )


#: What is said of files that somebody was in who was erased meanwhile.
_OUTDATED = "Somebody was erased while this was made, so its files are gone. Ask for them again."


def _kept_until(now: datetime) -> sa.ColumnElement[datetime]:
    """Return until when the files of a job that ends now are kept."""
    moment = jobs.c.expires_at.type
    return sa.case(
        (jobs.c.expires_at.is_not(None), sa.literal(now, moment)),
        else_=sa.literal(now + KEPT, moment),
    )


def fail(connection: Connection, job_id: int, *, note: str, now: datetime) -> None:
    """Mark a running job as failed, with the sentence that says why."""
    connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.status == JobStatus.RUNNING)
        .values(
            status=JobStatus.FAILED,
            note=note,
            leased_until=None,
            finished_at=now,
            expires_at=_kept_until(now),
        )
    )


def put_back(connection: Connection, job_id: int) -> None:
    """Give a running job back unfinished, as if this attempt had not been made."""
    connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.status == JobStatus.RUNNING)
        .values(status=JobStatus.QUEUED, leased_until=None, attempts=jobs.c.attempts - 1)
    )


def cancel(connection: Connection, public_id: str, *, now: datetime) -> bool:
    """Cancel a job that has not ended; False where there is none such."""
    changed = connection.execute(
        sa.update(jobs)
        .where(jobs.c.public_id == public_id, _IS_OPEN)
        .values(
            status=JobStatus.CANCELED,
            note="Canceled.",
            leased_until=None,
            finished_at=now,
            expires_at=now,
        )
    )
    return bool(changed.rowcount)


def cancel_all(connection: Connection, *, now: datetime) -> None:
    """Cancel every job that has not ended, and forget the files of the others: a restore."""
    connection.execute(
        sa.update(jobs)
        .where(_IS_OPEN)
        .values(
            status=JobStatus.CANCELED,
            note="Ended by a restore.",
            leased_until=None,
            finished_at=now,
        )
    )
    connection.execute(sa.update(jobs).where(jobs.c.id > 0).values(expires_at=now))


def expired(connection: Connection, *, now: datetime) -> tuple[str, ...]:
    """Return the public ids of ended jobs whose files are kept no longer."""
    asked = sa.select(jobs.c.public_id).where(
        sa.text("expires_at IS NOT NULL"), jobs.c.expires_at <= now, jobs.c.finished_at.is_not(None)
    )
    return tuple(connection.execute(asked).scalars())


def expire_files(connection: Connection, campaigns: Sequence[str], *, now: datetime) -> None:
    """Let the files of those campaigns' jobs be deleted at once: a signer was erased.

    Of a job that runs, as soon as it ends: what it has read may hold the person still.
    """
    has_files = sa.or_(sa.text("expires_at IS NOT NULL"), jobs.c.status == JobStatus.RUNNING)
    connection.execute(
        sa.update(jobs).where(has_files, jobs.c.campaign.in_(campaigns)).values(expires_at=now)
    )


def forget_files(connection: Connection, public_ids: Sequence[str]) -> None:
    """Note that the files of those jobs are gone; what was counted stays."""
    for row in connection.execute(
        sa.select(jobs.c.id, jobs.c.result).where(jobs.c.public_id.in_(public_ids))
    ).all():
        connection.execute(
            sa.update(jobs)
            .where(jobs.c.id == row.id)
            .values(expires_at=None, result={**row.result, "files": []})
        )


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        public_id=row.public_id,
        kind=row.kind,
        campaign=row.campaign,
        actor=row.actor,
        params=row.params,
        status=JobStatus(row.status),
        done=row.done,
        total=row.total,
        attempts=row.attempts,
        note=row.note,
        result=row.result,
        created_at=row.created_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )
