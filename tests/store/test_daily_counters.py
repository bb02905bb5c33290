"""Figures by day add up, and the tallies know the sources of signatures made before they did."""

from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import command

from campaign.store import counts, daily_counters
from campaign.store.db.engine import Database

DAY = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_figures_of_one_day_add_up(database: Database) -> None:
    for _ in range(2):
        with database.writing() as connection:
            daily_counters.add(
                connection, DAY, {("river", daily_counters.VIEW): 3, ("river", "sent/confirm"): 1}
            )
    with database.writing() as connection:
        daily_counters.add(
            connection, date(2026, 7, 3), {("river", daily_counters.VIEW): 5, ("lake", "view"): 9}
        )

    with database.reading() as connection:
        assert daily_counters.totals(connection, "river") == {"view": 11, "sent/confirm": 2}
        assert daily_counters.totals(connection, "river", since=date(2026, 7, 2)) == {"view": 5}
        assert daily_counters.by_day(connection, "river", "view") == {DAY: 6, date(2026, 7, 3): 5}


def test_counts_by_source_and_by_day_of_paper(database: Database) -> None:
    with database.writing() as connection:
        for source, origin in (("mail", "online"), ("mail", "online"), ("", "paper")):
            counts.append(
                connection, "river", state="MT", district="MT-2", at=NOW, delta=1,
                origin=origin, source=source,
            )  # fmt: skip

    for _ in range(2):
        with database.writing() as connection:
            assert counts.by(connection, "river", "source") == {"mail": 2, "paper": 1}
            assert counts.by(connection, "river", "paper-day") == {"2026-07-01": 1}
            counts.roll_up(connection)


def test_an_older_database_learns_the_sources_it_has(empty_database_url: str) -> None:
    database = Database(empty_database_url, pool_size=2)
    database.create_file()
    config = database.alembic_config()
    with database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0012")
        signatures = sa.table(
            "signatures",
            *map(sa.column, ("public_id", "campaign", "status", "source", "nonce", "created_at")),
        )
        for number, (status, source) in enumerate(
            [("confirmed", "mail"), ("confirmed", "mail"), ("confirmed", ""), ("pending", "mail")]
        ):
            connection.execute(
                signatures.insert().values(
                    public_id=str(number), campaign="river", status=status, source=source,
                    nonce=b"n", created_at=sa.literal("2026-07-01T12:00:00Z")
                    if database.dialect == "sqlite" else NOW,
                )
            )  # fmt: skip
        connection.exec_driver_sql(
            "INSERT INTO journal (campaign, state, district, day, delta)"
            " VALUES ('river', 'MT', 'MT-2', '2026-07-01', 1)"
        )

    database.upgrade()

    for _ in range(2):
        with database.writing() as connection:
            assert counts.by(connection, "river", "source") == {"": 1, "mail": 2}
            counts.roll_up(connection)
    database.dispose()
