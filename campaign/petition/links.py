"""What a mailed link does: confirm, disown, withdraw, each one transaction.

Every link that does not open anything fails in the same words, whatever is wrong with it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from campaign.errors import PetitionClosed, StoreConflict, TokenRefused
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.store import civil_days, counts, endpoints, signatures, tokens
from campaign.store.engine import Database
from campaign.store.signatures import Signature
from campaign.store.tokens import Purpose

#: Whoever signed before the close may confirm this long after it.
GRACE = timedelta(hours=24)

#: What everybody is told after the close.
CLOSED = Message("This petition is closed.")

_REFUSED = Message(
    "This link cannot be used: it has expired, was used before, or is not complete. "
    "Sign the petition again to get a new one."
)

T = TypeVar("T")


def look_up(
    db: Database, token: str, purpose: Purpose, *, now: datetime, secret_key: str
) -> Signature:
    """Return the signature that a mailed link opens for this purpose. Changes nothing.

    Raises TokenRefused, the same for a link that is unknown, used, expired or of another purpose;
    StoreUnavailable.
    """
    with db.reading() as connection:
        return opened(connection, token, purpose, now=now, secret_key=secret_key)


def confirm(db: Database, pack: Pack, token: str, *, now: datetime, secret_key: str) -> Signature:
    """Count the signature of a confirming link, once, and return it with its number.

    Its number is the count at that moment. Raises TokenRefused as `look_up` does, and when the link
    was used before; PetitionClosed later than `GRACE` after the close; StoreUnavailable.
    """

    def work(connection: Connection) -> Signature:
        found = opened(connection, token, "confirm", now=now, secret_key=secret_key)
        if found.campaign != pack.name or found.confirm_nonce is None:
            raise TokenRefused(_REFUSED)
        if not (pack.is_open(now) or pack.is_open(now - GRACE)):
            raise PetitionClosed(CLOSED)
        civil_days.note(connection, pack.name, pack.zone)
        counts.take_turn(connection, found.campaign)
        counted = signatures.confirm(connection, found.id, found.confirm_nonce, now=now)
        if counted is None:
            raise TokenRefused(_REFUSED)
        # As it is by now: the same person may have signed again since the link was opened.
        found = counted
        counts.append_one(connection, found, at=now, delta=1)
        number = counts.total(connection, found.campaign)
        signatures.change(connection, found.id, was=("confirmed",), values={"number": number})
        signatures.record_consent(
            connection,
            found.id,
            "confirmed",
            now=now,
            wording_version=found.wording_version,
            mail_opt_in=found.mail_opt_in,
            show_name=found.show_name,
        )
        signatures.queue_mail(
            connection,
            "thanks",
            campaign=found.campaign,
            to=found.email,
            signature_id=found.id,
            language=found.language,
            now=now,
        )
        endpoints.tell(connection, "signature.confirmed", found, now=now)
        confirmed = signatures.by_id(connection, found.id)
        assert confirmed is not None
        return confirmed

    return written(db, work)


def disown(db: Database, token: str, *, now: datetime, secret_key: str) -> None:
    """Delete the pending signature of a confirming link: its owner says somebody else typed it.

    Nothing of it stays, and nothing was counted. Raises TokenRefused, StoreUnavailable.
    """

    def work(connection: Connection) -> None:
        found = opened(connection, token, "confirm", now=now, secret_key=secret_key)
        if not signatures.delete(connection, found.id, was=("pending",)):
            raise TokenRefused(_REFUSED)

    written(db, work)


def withdraw(db: Database, token: str, *, now: datetime, secret_key: str) -> Signature:
    """Take a signature back, by the link for one's own data: the count falls by it.

    Doing it twice is harmless. Raises TokenRefused, StoreUnavailable.
    """

    def work(connection: Connection) -> Signature:
        found = opened(connection, token, "me", now=now, secret_key=secret_key, for_change=True)
        end(connection, found, "withdrawn", now=now)
        withdrawn = signatures.by_id(connection, found.id)
        if withdrawn is None:
            raise TokenRefused(_REFUSED)
        return withdrawn

    return written(db, work)


def end(
    connection: Connection,
    found: Signature,
    status: str,
    *,
    now: datetime,
    reason: str = "",
) -> bool:
    """Make a signature `withdrawn` or `invalid`, out of the count, in the caller's transaction.

    `found` has been read for change. Returns False when it is neither pending, held nor confirmed
    any more.
    """
    values = {"status": status, "ended_at": now, "reason": reason, "confirm_nonce": None}
    ended = signatures.change(connection, found.id, was=("confirmed",), values=values)
    if ended is not None:
        counts.append_one(connection, ended, at=now, delta=-1)
        endpoints.tell(connection, "signature.withdrawn", ended, now=now)
    elif not signatures.change(connection, found.id, was=("pending", "held"), values=values):
        return False
    if status == "withdrawn":
        signatures.record_consent(connection, found.id, "withdrawn", now=now)
    signatures.cancel_mail(connection, found.id, ("confirm", "reminder", "already-signed"))
    return True


def opened(
    connection: Connection,
    token: str,
    purpose: Purpose,
    *,
    now: datetime,
    secret_key: str,
    for_change: bool = False,
) -> Signature:
    """As `look_up`, in the caller's transaction; `for_change` as `signatures.by_public_id`."""
    claim = tokens.read(token)
    if claim is None:
        raise TokenRefused(_REFUSED)
    found = signatures.by_public_id(connection, claim.public_id, for_change=for_change)
    # An unknown signature is checked like a known one, against a nonce that nobody has.
    nonce = b"" if found is None else found.nonce
    if found is not None and purpose == "confirm":
        nonce = found.confirm_nonce or b""
    is_true = tokens.is_true(claim, secret_key, purpose, nonce) and bool(nonce)
    if (
        found is None
        or not is_true
        or tokens.has_expired(claim, purpose, now)
        or found.anonymised_at is not None
    ):
        raise TokenRefused(_REFUSED)
    if purpose == "confirm" and found.status != "pending":
        raise TokenRefused(_REFUSED)
    return found


def written(db: Database, work: Callable[[Connection], T]) -> T:
    """Do `work` in one transaction; once more when another one took its place in between.

    Raises what `work` raises, StoreConflict, StoreUnavailable.
    """
    try:
        return db.write(work)
    except StoreConflict:
        return db.write(work)
