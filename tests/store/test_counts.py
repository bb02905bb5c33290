"""Totals of all campaigns are read at once, and agree with those of each."""

from datetime import UTC, datetime

import sqlalchemy as sa

from campaign.store import counts, metrics
from campaign.store.db.engine import Database
from campaign.store.statuses import Origin

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def count_one(database: Database, campaign: str, origin: Origin) -> None:
    with database.writing() as connection:
        counts.append(
            connection, campaign, state="MT", district="MT-2", at=NOW, delta=1, origin=origin
        )


def test_totals_of_all_campaigns_agree_with_those_of_each(database: Database) -> None:
    count_one(database, "river", Origin.ONLINE)
    count_one(database, "river", Origin.PAPER)
    with database.writing() as connection:
        counts.roll_up(connection)
    count_one(database, "river", Origin.PAPER)
    count_one(database, "lake", Origin.ONLINE)

    with database.reading() as connection:
        totals = counts.totals_by_campaign(connection)
        each = {name: counts.total_and_paper(connection, name) for name in ("river", "lake")}

    assert totals == each == {"river": (3, 2), "lake": (1, 0)}


def test_metrics_run_as_many_queries_for_many_campaigns_as_for_one(database: Database) -> None:
    def queries() -> int:
        ran = 0

        def count(*_: object) -> None:
            nonlocal ran
            ran += 1

        with database.reading() as connection:
            sa.event.listen(connection, "before_cursor_execute", count)
            metrics.read(connection, now=NOW)
        return ran

    count_one(database, "river", Origin.ONLINE)
    with_one = queries()
    for number in range(5):
        count_one(database, f"lake-{number}", Origin.PAPER)

    assert queries() == with_one
