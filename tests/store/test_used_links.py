"""What a link did is remembered without the link, and not for ever."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from campaign.errors import LinkUsed
from campaign.store import models, used_links
from campaign.store.db.engine import Database

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def test_a_link_says_what_it_did_and_another_does_not(database: Database) -> None:
    with database.writing() as connection:
        used_links.record(connection, "one", "erased", now=NOW)
        used_links.record(connection, "one", "erased", now=NOW)

        said = used_links.refusal(connection, "one", "Refused.")
        other = used_links.refusal(connection, "two", "Refused.")

        assert isinstance(said, LinkUsed)
        assert (said.outcome, str(said)) == ("erased", "Refused.")
        assert not isinstance(other, LinkUsed)
        assert used_links.forget(connection, before=NOW) == 0
        assert used_links.forget(connection, before=NOW + timedelta(seconds=1)) == 1


def test_the_link_itself_is_not_kept(database: Database) -> None:
    with database.writing() as connection:
        used_links.record(connection, "a-token-that-opens", "erased", now=NOW)

        [row] = connection.execute(sa.select(models.used_links))

    assert b"token" not in bytes(row.key)
