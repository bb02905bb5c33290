"""Jobs: background work that a person requests. The caller owns the transaction."""

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

#: How long a worker may be silent about a job before another may lease it.
LEASE = timedelta(seconds=120)

#: A job whose worker died this often is given up.
MAX_ATTEMPTS = 3

#: How long the files of a job are kept after its end.
KEEP_FILES_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Job:
    """One job.

    `params` are options and ids; `result` is {"files": [names], "figures": {name: number}}; `note`
    says how it ended.
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
        """True until it has ended."""
        return self.status in {JobStatus.QUEUED, JobStatus.RUNNING}

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files that it made."""
        return tuple(self.result.get("files", ()))

    def as_of(self, now: datetime) -> "Job":
        """Return the job without files if they have expired, even if they are not deleted yet."""
        if self.expires_at is None or now < self.expires_at:
            return self
        return replace(self, result={**self.result, "files": []}, expires_at=None)

    @property
    def figures(self) -> Mapping[str, int]:
        """What it counted."""
        return dict(self.result.get("figures", {}))


def new_id() -> str:
    """Return a new public id of 128 random bits."""
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
    """Add a job and return it. `params` must not hold personal data.

    `public_id` is one from `new_id`, if the job's input is already in its folder.
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
    """Return the job with that public id, or None."""
    row = connection.execute(sa.select(jobs).where(jobs.c.public_id == public_id)).one_or_none()
    return _job(row) if row else None


def of_actor(connection: Connection, actor: str, campaign: str = "") -> tuple[Job, ...]:
    """Return the newest 50 jobs of an actor, of one campaign if given, newest first."""
    query = sa.select(jobs).where(jobs.c.actor == actor).order_by(jobs.c.id.desc()).limit(50)
    if campaign:
        query = query.where(jobs.c.campaign == campaign)
    return tuple(_job(row) for row in connection.execute(query))


def count_since(connection: Connection, actor: str, since: datetime) -> int:
    """Return how many jobs an actor has requested since then."""
    query = sa.select(sa.func.count()).where(jobs.c.actor == actor, jobs.c.created_at >= since)
    return int(connection.execute(query).scalar_one())


def recent(
    connection: Connection, campaign: str, *, kinds: Sequence[str], limit: int = 50
) -> tuple[Job, ...]:
    """Return a campaign's jobs of these kinds, newest first."""
    query = (
        sa.select(jobs)
        .where(jobs.c.campaign == campaign, jobs.c.kind.in_(kinds))
        .order_by(jobs.c.id.desc())
        .limit(limit)
    )
    return tuple(_job(row) for row in connection.execute(query))


def count_by_status(connection: Connection) -> dict[str, int]:
    """Return {status: number of jobs}."""
    counted = sa.select(jobs.c.status, sa.func.count().label("number")).group_by(jobs.c.status)
    return {row.status: row.number for row in connection.execute(counted)}


# Spelled out, not bound, so that both databases use the partial index of open jobs.
_IS_OPEN: sa.ColumnElement[bool] = sa.literal_column(
    "status IN ('queued', 'running')", type_=sa.Boolean
)


def lease(
    connection: Connection, *, kinds: Sequence[str], now: datetime, duration: timedelta = LEASE
) -> Job | None:
    """Lease the oldest open job of these kinds that no worker has, or whose lease has ended."""
    due = leases.next_unlocked(jobs.c.id, *_is_free(kinds, now), order=(jobs.c.id,), limit=1)
    row = connection.execute(
        sa.update(jobs)
        .where(due)
        .values(status=JobStatus.RUNNING, leased_until=now + duration, attempts=jobs.c.attempts + 1)
        .returning(jobs)
    ).one_or_none()
    return _job(row) if row else None


def has_waiting(connection: Connection, *, kinds: Sequence[str], now: datetime) -> bool:
    """True if a job of these kinds can be leased."""
    query = sa.select(sa.exists(sa.select(jobs.c.id).where(*_is_free(kinds, now))))
    return bool(connection.execute(query).scalar_one())


def is_running(connection: Connection, *, now: datetime) -> bool:
    """True while a worker has a job under a valid lease."""
    query = sa.select(jobs.c.id).where(
        _IS_OPEN, jobs.c.status == JobStatus.RUNNING, jobs.c.leased_until >= now
    )
    return bool(connection.execute(sa.select(query.exists())).scalar_one())


def _is_free(kinds: Sequence[str], now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions of open jobs of these kinds without a valid lease."""
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
    """Record a job's progress and renew its lease; False if it was canceled."""
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
    """Mark a running job as done; its files are kept for `KEEP_FILES_FOR`.

    If a signer was erased while it ran, the files may include that person, so they expire at once.
    """
    kept_until = _kept_until(now)
    final_note: str | sa.Case[str] = note
    if files:
        final_note = sa.case((jobs.c.expires_at.is_not(None), _OUTDATED_NOTE), else_=note)
    connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.status == JobStatus.RUNNING)
        .values(
            status=JobStatus.DONE,
            note=final_note,
            result={"files": list(files), "figures": dict(figures)},
            done=sa.case((jobs.c.total > 0, jobs.c.total), else_=jobs.c.done),
            leased_until=None,
            finished_at=now,
            expires_at=kept_until,
        )
    )


#: The note of a job whose files may include a signer who was erased meanwhile.
_OUTDATED_NOTE = (
    "A signer was erased while this job ran, so its files were deleted. Start the job again."
)


def _kept_until(now: datetime) -> sa.ColumnElement[datetime]:
    """Return until when the files of a job that ends now are kept."""
    moment = jobs.c.expires_at.type
    return sa.case(
        (jobs.c.expires_at.is_not(None), sa.literal(now, moment)),
        else_=sa.literal(now + KEEP_FILES_FOR, moment),
    )


def fail(connection: Connection, job_id: int, *, note: str, now: datetime) -> None:
    """Mark a running job as failed; `note` says why."""
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


def release(connection: Connection, job_id: int) -> None:
    """Return a running job to the queue; the attempt does not count."""
    connection.execute(
        sa.update(jobs)
        .where(jobs.c.id == job_id, jobs.c.status == JobStatus.RUNNING)
        .values(status=JobStatus.QUEUED, leased_until=None, attempts=jobs.c.attempts - 1)
    )


def cancel(connection: Connection, public_id: str, *, now: datetime) -> bool:
    """Cancel an open job; False if there is none."""
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
    """Cancel all open jobs and expire the files of all jobs, after a restore."""
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
    """Return the public ids of ended jobs whose files have expired."""
    query = sa.select(jobs.c.public_id).where(
        sa.text("expires_at IS NOT NULL"), jobs.c.expires_at <= now, jobs.c.finished_at.is_not(None)
    )
    return tuple(connection.execute(query).scalars())


def expire_files(connection: Connection, campaigns: Sequence[str], *, now: datetime) -> None:
    """Expire the files of these campaigns' jobs, because a signer was erased.

    Running jobs expire as soon as they end, because they may have read that signer.
    """
    has_files = sa.or_(sa.text("expires_at IS NOT NULL"), jobs.c.status == JobStatus.RUNNING)
    connection.execute(
        sa.update(jobs).where(has_files, jobs.c.campaign.in_(campaigns)).values(expires_at=now)
    )


def forget_files(connection: Connection, public_ids: Sequence[str]) -> None:
    """Record that the files of these jobs are deleted; the figures stay."""
    rows = connection.execute(
        sa.select(jobs.c.id, jobs.c.result).where(jobs.c.public_id.in_(public_ids))
    ).all()
    if rows:
        connection.execute(
            sa.update(jobs)
            .where(jobs.c.id == sa.bindparam("row"))
            .values(expires_at=None, result=sa.bindparam("without_files")),
            [{"row": row.id, "without_files": {**row.result, "files": []}} for row in rows],
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
