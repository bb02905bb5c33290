"""Accounts in the database, on SQLite and PostgreSQL; and an audit that nobody can change."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from campaign.errors import StoreConflict
from campaign.store import accounts, audit, models
from campaign.store.accounts import Account
from campaign.store.audit import AuditFilter
from campaign.store.db.engine import Database

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def add(database: Database, email: str = "nare@example.org", **grants: str) -> Account:
    with database.writing() as connection:
        made = accounts.add(connection, email=email, now=NOW)
        for campaign, role in grants.items():
            accounts.grant(connection, made.id, campaign=campaign, role=role, now=NOW)
        found = accounts.find(connection, made.id)
    assert found is not None
    return found


def test_an_address_has_one_account_however_it_is_written(database: Database) -> None:
    made = add(database, "Nare@Example.org")

    with database.reading() as connection:
        assert accounts.find_by_email(connection, " nare@example.ORG ") == made
    with pytest.raises(StoreConflict):
        add(database, "NARE@example.org")


def test_a_tag_tells_two_accounts_apart(database: Database) -> None:
    assert add(database, "press+ani@example.org").id != add(database, "press+bob@example.org").id


def test_a_role_replaces_the_one_before(database: Database) -> None:
    made = add(database, spring="viewer", autumn="owner")

    with database.writing() as connection:
        accounts.grant(connection, made.id, campaign="spring", role="organizer", now=NOW)
        accounts.revoke(connection, made.id, campaign="autumn")
        found = accounts.find(connection, made.id)

    assert found is not None
    assert found.grants == {"spring": "organizer"}
    assert found.granted_at == {"spring": NOW}


def test_those_of_a_campaign_are_found_with_those_of_every_one(database: Database) -> None:
    here = add(database, "b@example.org", spring="viewer")
    everywhere = add(database, "a@example.org", **{"*": "owner"})
    add(database, "c@example.org", autumn="viewer")

    with database.writing() as connection:
        assert accounts.of_campaign(connection, "spring") == (everywhere, here)
        assert accounts.of_campaign(connection, "spring", for_change=True) == (everywhere, here)
        assert len(accounts.all_accounts(connection)) == 3


def test_a_step_of_the_app_is_used_once_and_never_an_earlier_one(database: Database) -> None:
    made = add(database)

    with database.writing() as connection:
        used = [accounts.use_totp_step(connection, made.id, step) for step in (7, 7, 6, 8)]

    assert used == [True, False, False, True]


def test_a_recovery_code_is_taken_away_once(database: Database) -> None:
    made = add(database)
    with database.writing() as connection:
        accounts.change(connection, made.id, recovery_codes=["one", "two"])

    with database.writing() as connection:
        used = [accounts.use_recovery_code(connection, made.id, code) for code in ("one", "one")]
        found = accounts.find(connection, made.id)

    assert used == [True, False]
    assert found is not None
    assert found.recovery_codes == ("two",)


def test_nothing_of_a_person_is_in_the_repr(database: Database) -> None:
    made = add(database)

    assert "nare" not in repr(made)
    assert made.uniquifier not in repr(made)


def test_a_role_that_does_not_exist_is_refused(database: Database) -> None:
    with pytest.raises(StoreConflict):
        add(database, spring="emperor")


class TestTheAudit:
    def test_refuses_to_be_changed_or_emptied(self, database: Database) -> None:
        with database.writing() as connection:
            audit.record(connection, "export", actor="user:1", now=NOW, details={})

        for statement in (
            sa.update(models.audit).values(actor="user:2"),
            sa.delete(models.audit),
        ):
            with (
                pytest.raises(StoreConflict),
                database.writing() as connection,
            ):
                connection.execute(statement)

        with database.reading() as connection:
            [record] = audit.records(connection)
        assert record.actor == "user:1"

    def test_of_a_campaign_holds_what_its_people_do_to_their_accounts(
        self, database: Database
    ) -> None:
        with database.writing() as connection:
            for actor, campaign in (("user:1", ""), ("user:2", ""), ("", ""), ("user:2", "spring")):
                audit.record(connection, "x", actor=actor, now=NOW, campaign=campaign, details={})
            found = audit.page(connection, AuditFilter("spring", accounts=(1,)))

        assert [(one.actor, one.campaign) for one in found] == [
            ("user:2", "spring"),
            ("", ""),
            ("user:1", ""),
        ]
