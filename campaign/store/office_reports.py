"""Reports of wrong phones and offices, held for an organizer. The caller owns the transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Row

from campaign.store.db.upsert import dialect_of, insert_into
from campaign.store.models import office_reports

_SAID = ("campaign", "member", "office", "field", "value")


@dataclass(frozen=True)
class OfficeReport:
    """What a person says is wrong: `office` is "" for Washington, `value` what is right, or ""."""

    campaign: str
    member: str
    office: str
    field: str
    value: str = ""
    source: str = ""


@dataclass(frozen=True)
class HeldReport:
    """A report that waits, with how many people said the same; `at` is the first time."""

    id: int
    report: OfficeReport
    people: int
    at: datetime


def add(connection: Connection, report: OfficeReport, *, now: datetime) -> None:
    """Hold a report, or count one more person who says the same."""
    insert = insert_into(office_reports, dialect_of(connection))
    connection.execute(
        insert.values(**vars(report), people=1, at=now).on_conflict_do_update(
            index_elements=[office_reports.c[column] for column in _SAID],
            set_={"people": office_reports.c.people + 1},
        )
    )


def count(connection: Connection, campaign: str) -> int:
    """Return how many reports of a campaign wait."""
    query = sa.select(sa.func.count()).where(office_reports.c.campaign == campaign)
    return int(connection.execute(query).scalar_one())


def held(connection: Connection, campaign: str) -> tuple[HeldReport, ...]:
    """Return a campaign's reports that wait, the oldest first."""
    query = (
        sa.select(office_reports)
        .where(office_reports.c.campaign == campaign)
        .order_by(office_reports.c.id)
    )
    return tuple(_of_row(row) for row in connection.execute(query))


def remove(connection: Connection, campaign: str, report_id: int) -> HeldReport | None:
    """Remove a report that was decided about, and return it; None if there is none."""
    query = (
        sa.delete(office_reports)
        .where(office_reports.c.campaign == campaign, office_reports.c.id == report_id)
        .returning(*office_reports.c)
    )
    row = connection.execute(query).one_or_none()
    return _of_row(row) if row is not None else None


def remove_settled(
    connection: Connection, member: str, offices: Collection[str], fields: Collection[str]
) -> None:
    """Remove every campaign's reports about these fields of a member's office.

    `offices` are the names that reports have for the office.
    """
    connection.execute(
        sa.delete(office_reports).where(
            office_reports.c.member == member,
            office_reports.c.office.in_(offices),
            office_reports.c.field.in_(fields),
        )
    )


def delete_old(connection: Connection, *, before: datetime) -> None:
    """Delete reports from before a time about which no organizer decided."""
    connection.execute(sa.delete(office_reports).where(office_reports.c.at < before))


def _of_row(row: Row[Any]) -> HeldReport:
    report = OfficeReport(row.campaign, row.member, row.office, row.field, row.value, row.source)
    return HeldReport(row.id, report, row.people, row.at)
