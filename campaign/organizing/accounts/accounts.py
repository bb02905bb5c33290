"""Manage organizers' accounts: invite, change roles, disable, delete.

Every change is audited by the account's number and ends that account's sessions. A campaign always
keeps an owner.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from campaign.errors import AccountUnknown, InvalidInput, LastOwner, StoreConflict
from campaign.organizing.accounts import roles
from campaign.organizing.accounts.roles import EVERY_CAMPAIGN, Role
from campaign.store import accounts, audit, outbox, tokens
from campaign.store.accounts import Account
from campaign.store.db.engine import Database

_KEEP_ONE = "A campaign needs at least one owner. Make another person an owner first."


def invite(
    db: Database, address: str, role: Role, *, campaign: str, actor: str, now: datetime
) -> Account:
    """Give an address a role in a campaign, mail it, and return its account.

    A new address gets an account that its invitation opens; a known one gets a note about the role.
    Raises InvalidInput if it has a role there already.
    """

    def work(connection: Connection) -> Account:
        account = _with_role(connection, address, role, campaign=campaign, actor=actor, now=now)
        queue_mail(
            connection, "invitation" if account.is_invited else "added", account, campaign, now
        )
        return account

    try:
        return db.write(work)
    except StoreConflict:
        # A concurrent request created the account: try again with it.
        return db.write(work)


def add(
    db: Database, address: str, role: Role, *, campaign: str, actor: str, now: datetime
) -> Account:
    """As `invite`, without a mail: the caller hands over the link."""
    with db.writing() as connection:
        return _with_role(connection, address, role, campaign=campaign, actor=actor, now=now)


def resend_invitation(
    db: Database, account_id: int, *, campaign: str, actor: str, now: datetime
) -> None:
    """Mail a new invitation; the earlier link stops working. Raises AccountUnknown."""
    with db.writing() as connection:
        account = _find_in_campaign(connection, account_id, campaign)
        if not account.is_invited:
            raise AccountUnknown("This person has already accepted the invitation.")
        accounts.change(connection, account.id, nonce=tokens.new_nonce())
        queue_mail(connection, "invitation", account, campaign, now)
        record(connection, "account-invited", account, actor, now, campaign, again=True)


def set_role(
    db: Database, account_id: int, role: Role, *, campaign: str, actor: str, now: datetime
) -> None:
    """Give an account of the campaign another role there.

    Raises AccountUnknown, and LastOwner if the campaign would have no owner left.
    """

    def change(connection: Connection, account: Account) -> None:
        accounts.grant(connection, account.id, campaign=campaign, role=role, now=now)

    _change_role(db, account_id, change, campaign, role, actor, now)


def remove(db: Database, account_id: int, *, campaign: str, actor: str, now: datetime) -> None:
    """Remove an account from the campaign. Raises AccountUnknown and LastOwner."""

    def change(connection: Connection, account: Account) -> None:
        accounts.revoke(connection, account.id, campaign=campaign)

    _change_role(db, account_id, change, campaign, None, actor, now)


def disable(db: Database, account_id: int, *, actor: str, now: datetime) -> None:
    """Disable an account in every campaign. Raises AccountUnknown and LastOwner."""
    with db.writing() as connection:
        account = _find(connection, account_id)
        for campaign, role in account.grants.items():
            if role == "owner":
                _require_another_owner(connection, account, campaign)
        accounts.change(
            connection,
            account.id,
            active=False,
            uniquifier=accounts.new_uniquifier(),
            nonce=tokens.new_nonce(),
        )
        record(connection, "account-disabled", account, actor, now)


def enable(db: Database, account_id: int, *, actor: str, now: datetime) -> None:
    """Enable a disabled account again, with its roles. Raises AccountUnknown."""
    with db.writing() as connection:
        account = _find(connection, account_id)
        accounts.change(connection, account.id, active=True)
        record(connection, "account-enabled", account, actor, now)


def delete(
    db: Database, account_id: int, *, actor: str, now: datetime, allow_last_owner: bool = False
) -> None:
    """Delete an account with its name, address, roles, and the address in sent mail.

    Audit records keep its number. Raises AccountUnknown; LastOwner if a campaign would have no
    owner left, unless `allow_last_owner`.
    """
    with db.writing() as connection:
        account = _find(connection, account_id)
        for campaign, role in account.grants.items():
            if role == "owner" and not allow_last_owner:
                _require_another_owner(connection, account, campaign)
        outbox.forget_address(connection, account.email)
        accounts.delete(connection, account.id)
        record(connection, "account-deleted", account, actor, now, public_id=account.public_id)


def remove_second_factor(db: Database, account_id: int, *, actor: str, now: datetime) -> None:
    """Remove the second factor and recovery codes of someone who lost both."""
    with db.writing() as connection:
        account = _find(connection, account_id)
        accounts.change(
            connection,
            account.id,
            totp_secret=None,
            totp_step=None,
            recovery_codes=None,
            uniquifier=accounts.new_uniquifier(),
        )
        record(connection, "second-factor-removed", account, actor, now)


def _with_role(
    connection: Connection,
    address: str,
    role: Role,
    *,
    campaign: str,
    actor: str,
    now: datetime,
) -> Account:
    account = accounts.find_by_email(connection, address)
    if account is None:
        account = accounts.add(connection, email=address, now=now)
    elif campaign in account.grants:
        held = roles.DESCRIPTIONS[roles.role(account.grants[campaign])][0].lower()
        raise InvalidInput(
            f"This address already has a role here: {held}. Change it in the list.", field="email"
        )
    accounts.grant(connection, account.id, campaign=campaign, role=role, now=now)
    accounts.end_sessions(connection, account.id)
    record(connection, "account-invited", account, actor, now, campaign, role=role)
    return _find(connection, account.id)


def _change_role(
    db: Database,
    account_id: int,
    change: Callable[[Connection, Account], None],
    campaign: str,
    role: Role | None,
    actor: str,
    now: datetime,
) -> None:
    with db.writing() as connection:
        account = _find_in_campaign(connection, account_id, campaign)
        before = account.grants[campaign]
        if before == "owner" and role != "owner":
            _require_another_owner(connection, account, campaign)
        change(connection, account)
        accounts.end_sessions(connection, account.id)
        details = {"from": before, "to": role or ""}
        record(connection, "role-changed", account, actor, now, campaign, **details)


def _require_another_owner(connection: Connection, account: Account, campaign: str) -> None:
    """Raise LastOwner unless another account that can log in owns the campaign too."""
    others = accounts.of_campaign(connection, campaign, EVERY_CAMPAIGN, for_change=True)
    if not any(
        other.id != account.id
        and other.active
        and not other.is_invited
        and "owner" in {other.grants.get(campaign), other.grants.get(EVERY_CAMPAIGN)}
        for other in others
    ):
        raise LastOwner(_KEEP_ONE)


def _find(connection: Connection, account_id: int) -> Account:
    account = accounts.find(connection, account_id)
    if account is None:
        raise AccountUnknown("There is no such account.")
    return account


def _find_in_campaign(connection: Connection, account_id: int, campaign: str) -> Account:
    account = _find(connection, account_id)
    if campaign not in account.grants:
        raise AccountUnknown("There is no such account in this campaign.")
    return account


def queue_mail(
    connection: Connection, kind: str, account: Account, campaign: str, now: datetime
) -> None:
    """Queue a mail of that kind to an account."""
    outbox.enqueue(
        connection,
        kind,
        campaign=campaign,
        to=account.email,
        payload={"account": account.id},
        now=now,
    )


def record(
    connection: Connection,
    action: str,
    account: Account,
    actor: str,
    now: datetime,
    campaign: str = "",
    **details: object,
) -> None:
    """Audit an action on an account."""
    audit.record(
        connection,
        action,
        actor=actor,
        now=now,
        campaign="" if campaign == EVERY_CAMPAIGN else campaign,
        details={"account": account.id, **details},
    )
