"""Who runs a campaign: every change is on record, and a campaign keeps an owner."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypedDict

import pytest
import sqlalchemy as sa

from campaign.errors import AccountUnknown, InvalidInput, LastOwner, TokenRefused
from campaign.keys import Keyring
from campaign.link_lifetimes import Purpose
from campaign.organizing.accounts import accounts as running
from campaign.organizing.accounts import after_restore, mailed_links, passwords, roles
from campaign.store import accounts, audit, models, outbox_leases
from campaign.store.accounts import Account
from campaign.store.db.engine import Database

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
KEY = Keyring("a-secret-for-tests-that-is-long-enough")


class In(TypedDict):
    """Where, by whom and when."""

    campaign: str
    actor: str
    now: datetime


SPRING: In = {"campaign": "spring", "actor": "user:9", "now": NOW}

#: Changes that are all refused, or all made.
Changes = tuple[Callable[[], object], ...]


def opened(database: Database, email: str, role: roles.Role = "owner") -> Account:
    """An account that can log in."""
    account = running.add(database, email, role, campaign="spring", actor="cli:tests", now=NOW)
    with database.writing() as connection:
        accounts.change(connection, account.id, password="$argon2id$made-up", name="Nare")
    return again(database, account)


def again(database: Database, account: Account) -> Account:
    with database.reading() as connection:
        found = accounts.find(connection, account.id)
    assert found is not None
    return found


def token(database: Database, account: Account, purpose: Purpose = "invitation") -> str:
    return accounts.token(again(database, account), purpose, keyring=KEY, now=NOW)


def test_every_change_is_audited_without_an_address(database: Database) -> None:
    nare = opened(database, "nare@example.org")
    ani = running.invite(database, "ani@example.org", "viewer", **SPRING)
    running.set_role(database, ani.id, "organizer", **SPRING)
    running.remove(database, ani.id, **SPRING)
    running.disable(database, ani.id, actor="user:9", now=NOW)
    running.enable(database, ani.id, actor="user:9", now=NOW)
    running.remove_second_factor(database, nare.id, actor="user:9", now=NOW)

    with database.reading() as connection:
        records = tuple(reversed(audit.records(connection)))
    assert [(one.action, one.campaign, one.details["account"]) for one in records] == [
        ("account-invited", "spring", nare.id),
        ("account-invited", "spring", ani.id),
        ("role-changed", "spring", ani.id),
        ("role-changed", "spring", ani.id),
        ("account-disabled", "", ani.id),
        ("account-enabled", "", ani.id),
        ("second-factor-removed", "", nare.id),
    ]
    assert "example.org" not in repr(records)


def test_an_invitation_waits_in_the_outbox_without_its_link(database: Database) -> None:
    ani = running.invite(database, "ani@example.org", "viewer", **SPRING)

    with database.writing() as connection:
        [row] = outbox_leases.lease(connection, now=NOW)
    assert (row.kind, row.to, row.payload) == ("invitation", ani.email, {"account": ani.id})


def test_a_campaign_keeps_an_owner_who_can_log_in(database: Database) -> None:
    nare = opened(database, "nare@example.org")
    running.invite(database, "waits@example.org", "owner", **SPRING)
    closed = opened(database, "closed@example.org")
    running.disable(database, closed.id, actor="user:9", now=NOW)

    changes: Changes = (
        lambda: running.set_role(database, nare.id, "viewer", **SPRING),
        lambda: running.remove(database, nare.id, **SPRING),
        lambda: running.disable(database, nare.id, actor="user:9", now=NOW),
    )
    for change in changes:
        with pytest.raises(LastOwner, match="at least one owner"):
            change()

    opened(database, "second@example.org")
    running.remove(database, nare.id, **SPRING)


def test_an_owner_of_every_campaign_counts_as_one(database: Database) -> None:
    nare = opened(database, "nare@example.org")
    everywhere = opened(database, "root@example.org", "viewer")
    with database.writing() as connection:
        accounts.grant(connection, everywhere.id, campaign="*", role="owner", now=NOW)

    running.set_role(database, nare.id, "viewer", **SPRING)

    assert again(database, nare).grants == {"spring": "viewer"}


def test_two_owners_who_remove_each_other_leave_one(database: Database) -> None:
    pair = [opened(database, f"owner{number}@example.org") for number in range(2)]
    refused: list[BaseException] = []

    def take_out(account: Account) -> None:
        try:
            running.remove(database, account.id, **SPRING)
        except LastOwner as error:
            refused.append(error)

    threads = [threading.Thread(target=take_out, args=(one,)) for one in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    assert sorted(len(again(database, one).grants) for one in pair) == [0, 1]


def test_changes_end_the_sessions_of_the_account(database: Database) -> None:
    opened(database, "second@example.org")
    nare = opened(database, "nare@example.org")
    seen = {nare.uniquifier}
    changes: Changes = (
        lambda: running.set_role(database, nare.id, "viewer", **SPRING),
        lambda: running.remove(database, nare.id, **SPRING),
        lambda: running.disable(database, nare.id, actor="user:9", now=NOW),
        lambda: running.remove_second_factor(database, nare.id, actor="user:9", now=NOW),
    )
    for change in changes:
        change()
        seen.add(again(database, nare).uniquifier)

    assert len(seen) == 5


def test_a_deleted_account_leaves_nothing_but_its_number(database: Database) -> None:
    owner, ani = opened(database, "nare@example.org"), opened(database, "ani@example.org", "viewer")
    mailed_links.ask_for_password(database, "Ani@example.org", now=NOW)

    running.delete(database, ani.id, actor=f"user:{owner.id}", now=NOW)

    with database.reading() as connection:
        assert accounts.find(connection, ani.id) is None
        assert [one.id for one in accounts.all_accounts(connection)] == [owner.id]
        kept = connection.scalars(sa.select(models.outbox.c.to)).all()
        assert not [one for one in kept if "ani" in one.lower()]
        [record] = audit.records(connection, action="account-deleted")
    assert record.actor == f"user:{owner.id}"
    assert record.details == {"account": ani.id, "public_id": ani.public_id}
    with pytest.raises(AccountUnknown):
        running.delete(database, ani.id, actor="user:1", now=NOW)


def test_the_number_of_a_deleted_account_is_never_reused(database: Database) -> None:
    opened(database, "nare@example.org")
    ani = opened(database, "ani@example.org", "viewer")
    running.delete(database, ani.id, actor="user:1", now=NOW)

    assert opened(database, "bob@example.org", "viewer").id > ani.id


def test_the_last_owner_is_deleted_only_if_allowed(database: Database) -> None:
    owner = opened(database, "nare@example.org")

    with pytest.raises(LastOwner):
        running.delete(database, owner.id, actor="cli:x", now=NOW)
    running.delete(database, owner.id, actor="cli:x", now=NOW, allow_last_owner=True)

    with database.reading() as connection:
        assert accounts.all_accounts(connection) == ()


def test_restoring_a_backup_keeps_accounts_deleted(database: Database) -> None:
    opened(database, "nare@example.org")
    ani = opened(database, "ani@example.org", "viewer")
    doors = after_restore.Access(deleted=frozenset({ani.public_id}))

    after_restore.revoke_again(database, doors, now=NOW)

    with database.reading() as connection:
        assert accounts.find(connection, ani.id) is None
        assert len(accounts.all_accounts(connection)) == 1
        assert after_restore.find_access(database).deleted == frozenset()
    running.delete(database, opened(database, "eve@example.org", "viewer").id, actor="x", now=NOW)
    assert len(after_restore.find_access(database).deleted) == 1


def test_a_link_works_once_for_its_purpose_until_it_expires(database: Database) -> None:
    ani = running.invite(database, "ani@example.org", "viewer", **SPRING)
    link = token(database, ani)
    other = link[:-1] + ("B" if link.endswith("A") else "A")
    accept = partial(
        mailed_links.accept_invitation, database, name="Ani", password="a good long sentence"
    )
    changes: Changes = (
        lambda: accept(link, now=NOW + timedelta(days=7), keyring=KEY),
        lambda: accept(link, now=NOW, keyring=Keyring("other")),
        lambda: accept(token(database, ani, "password"), now=NOW, keyring=KEY),
        lambda: mailed_links.reset_password(
            database, link, password="x" * 20, keyring=KEY, now=NOW
        ),
        lambda: accept(other, now=NOW, keyring=KEY),
    )
    for bad in changes:
        with pytest.raises(TokenRefused, match="no longer works"):
            bad()

    accept(link, now=NOW, keyring=KEY)
    with pytest.raises(TokenRefused):
        accept(link, now=NOW, keyring=KEY)


def test_a_refused_password_does_not_use_up_the_link(database: Database) -> None:
    ani = running.invite(database, "ani@example.org", "viewer", **SPRING)
    link = token(database, ani)

    with pytest.raises(InvalidInput):
        mailed_links.accept_invitation(
            database, link, name="Ani", password="short", keyring=KEY, now=NOW
        )
    mailed_links.accept_invitation(
        database, link, name="Ani", password="a good long sentence", keyring=KEY, now=NOW
    )


def test_an_account_elsewhere_is_out_of_reach(database: Database) -> None:
    other = running.add(
        database, "bob@example.org", "viewer", campaign="autumn", actor="cli:tests", now=NOW
    )

    changes: Changes = (
        lambda: running.set_role(database, other.id, "owner", **SPRING),
        lambda: running.remove(database, other.id, **SPRING),
        lambda: running.resend_invitation(database, other.id, **SPRING),
        lambda: running.disable(database, 999, actor="user:9", now=NOW),
    )
    for change in changes:
        with pytest.raises(AccountUnknown):
            change()


@pytest.mark.parametrize("name", ["Owner", "", "admin"])
def test_a_role_has_one_of_five_names(name: str) -> None:
    with pytest.raises(InvalidInput, match="Choose a role"):
        roles.role(name)


def test_two_grants_combine_to_the_stronger_role() -> None:
    held: dict[str, roles.Role] = {"*": "viewer", "spring": "organizer"}

    assert roles.role_in(held, "spring") == "organizer"
    assert roles.role_in(held, "autumn") == "viewer"
    assert roles.role_in({}, "spring") is None
    assert roles.may(held, "signers", "spring")
    assert not roles.may(held, "signers", "autumn")


class TestPasswords:
    def test_are_argon2id_at_the_strength_that_owasp_asks_for(self) -> None:
        assert passwords.hash_password("a good long sentence").startswith(
            "$argon2id$v=19$m=19456,t=2,p=1$"
        )

    @pytest.mark.parametrize(
        "poor", ["", "elevenchars", "aaaaaaaaaaaaa", "x" * 201, "abababababab", "nare-petrosyan1"]
    )
    def test_poor_ones_are_refused(self, poor: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            passwords.require_good(poor, known=("petrosyan",))

        assert refused.value.field == "password"

    @pytest.mark.parametrize(
        "good", ["a good long sentence", "Երկար նախադասություն", "x7!kQ2#pL9zR"]
    )
    def test_good_ones_are_taken(self, good: str) -> None:
        passwords.require_good(good, known=("petrosyan",))


def test_concurrent_invitations_make_one_account(database: Database) -> None:
    start = threading.Barrier(5)
    outcomes: list[object] = []

    def press() -> None:
        start.wait()
        try:
            outcomes.append(running.invite(database, "ani@example.org", "viewer", **SPRING))
        except InvalidInput as error:
            outcomes.append(error)

    threads = [threading.Thread(target=press) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(isinstance(one, Account) for one in outcomes) == 1
    assert sum(isinstance(one, InvalidInput) for one in outcomes) == 4


def test_concurrent_role_changes_leave_one_role(database: Database) -> None:
    opened(database, "nare@example.org")
    ani = opened(database, "ani@example.org", "viewer")
    given: tuple[roles.Role, ...] = ("organizer", "exporter", "volunteer", "viewer")
    threads = [
        threading.Thread(target=partial(running.set_role, database, ani.id, role, **SPRING))
        for role in given
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert again(database, ani).grants["spring"] in given
    with database.reading() as connection:
        assert len(audit.records(connection, action="role-changed")) == 4
