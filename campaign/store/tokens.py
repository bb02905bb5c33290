"""Tokens of mailed links: derived from SECRET_KEY and a stored nonce when the mail is sent.

A token is 36 bytes in base64url: the public id of the signature (16), the expiry time (4, seconds
since 1970), and a MAC (16 bytes of HMAC-SHA256) of purpose, id, nonce and expiry. The database does
not hold usable links, and a token of one purpose or signature is not valid for another.
"""

import hmac
import secrets
import struct
from base64 import b32hexdecode, b32hexencode, urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.keys import Keyring
from campaign.link_lifetimes import LIFETIMES, Purpose
from campaign.mail_address import mailable
from campaign.store.models import sendings, signatures
from campaign.store.outbox import OutboxRow
from campaign.store.statuses import CwcRequestStatus, SignatureStatus

# The last second that a token can hold, for links that do not expire.
_NEVER = datetime.fromtimestamp(2**32 - 1, UTC)

_TOKEN_BYTES = 36
_MAC_BYTES = 16
NONCE_BYTES = 16


@dataclass(frozen=True)
class Claim:
    """The content of a token, before it is verified."""

    public_id: str
    expires_at: datetime
    mac: bytes


def new_nonce() -> bytes:
    """Return a new nonce for the links of a signature."""
    return secrets.token_bytes(NONCE_BYTES)


def new_public_id(now: datetime) -> str:
    """Return 26 unguessable letters and digits: the time, then 80 random bits.

    The time comes first so that new rows are adjacent in the index, as in UUID version 7 (RFC
    9562); with random keys, every sign-up wrote a page of its own.
    """
    raw = int(now.timestamp() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)
    return b32hexencode(raw).decode("ascii").rstrip("=").lower()


def mint(
    keyring: Keyring, purpose: Purpose, *, public_id: str, nonce: bytes, expires_at: datetime
) -> str:
    """Return the token of that purpose: 48 characters that are safe in a URL."""
    head = _bytes_of(public_id) + struct.pack(">I", int(expires_at.timestamp()))
    return urlsafe_b64encode(head + _mac(keyring.links()[0], purpose, head, nonce)).decode("ascii")


def read(token: str) -> Claim | None:
    """Return the content of a token, None if it cannot be one."""
    try:
        raw = urlsafe_b64decode(token.encode("ascii"))
    except (Base64Error, ValueError):
        return None
    # Decoding ignores other characters, so one token would have many spellings.
    if len(raw) != _TOKEN_BYTES or urlsafe_b64encode(raw).decode("ascii") != token:
        return None
    public_id = b32hexencode(raw[:16]).decode("ascii").rstrip("=").lower()
    (seconds,) = struct.unpack(">I", raw[16:20])
    return Claim(public_id, datetime.fromtimestamp(seconds, UTC), raw[20:])


def is_true(claim: Claim, keyring: Keyring, purpose: Purpose, nonce: bytes) -> bool:
    """True if the claim was minted for this purpose, with this nonce and a key of the ring.

    The comparison takes constant time.
    """
    head = _bytes_of(claim.public_id) + struct.pack(">I", int(claim.expires_at.timestamp()))
    return any(
        hmac.compare_digest(claim.mac, _mac(key, purpose, head, nonce)) for key in keyring.links()
    )


def expires_at(purpose: Purpose, now: datetime) -> datetime:
    """Return when a link of that purpose expires if it is made now."""
    return now + LIFETIMES[purpose] if purpose in LIFETIMES else _NEVER


def has_expired(claim: Claim, purpose: Purpose, now: datetime) -> bool:
    """True if a claim is too old for its purpose.

    Links to one's own data and to unsubscribe never expire, even if an older mail gave them an end.
    """
    return purpose in LIFETIMES and claim.expires_at <= now


def address_key(keyring: Keyring, email_key: str) -> bytes:
    """Return the keyed hash of an address for limits and suppression (16 bytes)."""
    return address_keys(keyring, email_key)[0]


def address_keys(keyring: Keyring, email_key: str) -> tuple[bytes, ...]:
    """Return all keyed hashes of an address, newest key first."""
    return tuple(
        hmac.digest(key, email_key.encode("utf-8"), sha256)[:16] for key in keyring.addresses()
    )


def bounce_mark(keyring: Keyring, public_id: str, update: str) -> str:
    """Return the left part of the Message-ID of an update to a signer.

    Bounce reports quote it, so it identifies the signer. Only the recipient can know it, so no one
    can unsubscribe others with forged reports.
    """
    return _bounce_mark(keyring.bounces()[0], public_id, update)


def _bounce_mark(key: bytes, public_id: str, update: str) -> str:
    mac = hmac.digest(key, f"{update}-{public_id}".encode("ascii"), sha256)[:10].hex()
    return f"{update}-{public_id}-{mac}"


def read_bounce_mark(keyring: Keyring, mark: str) -> tuple[str, str] | None:
    """Return (the signature's public id, the update's) of a valid mark, None for any other text."""
    parts = mark.split("-")
    if len(parts) != 3 or not mark.isascii():
        return None
    update, public_id, _ = parts
    if not any(
        hmac.compare_digest(_bounce_mark(key, public_id, update), mark) for key in keyring.bounces()
    ):
        return None
    return public_id, update


def for_mail(
    connection: Connection, row: OutboxRow, *, keyring: Keyring, now: datetime
) -> Mapping[str, str] | None:
    """Return {purpose: token} of the links in a row's mail.

    None if the mail must not be sent: the signature was deleted, or its status no longer fits the
    mail.
    """
    if row.kind in {"update-test", "not-sent"}:
        return {}
    if row.kind == "approve":
        return _for_approval(connection, row, keyring=keyring, now=now)
    signature = connection.execute(_nonces, {"signature_id": row.signature_id}).one_or_none()
    if signature is None:
        return None
    nonces: dict[Purpose, bytes] = {"me": signature.nonce, "unsubscribe": signature.nonce}
    if row.kind in {"confirm", "reminder"}:
        if signature.status != SignatureStatus.PENDING or signature.confirm_nonce is None:
            return None
        if row.kind == "reminder" and signature.unsubscribed_at is not None:
            return None
        nonces["confirm"] = signature.confirm_nonce
    elif signature.status != SignatureStatus.CONFIRMED:
        return None
    return {
        purpose: mint(
            keyring,
            purpose,
            public_id=signature.public_id,
            nonce=nonce,
            expires_at=expires_at(purpose, now),
        )
        for purpose, nonce in nonces.items()
    }


@dataclass(frozen=True, repr=False)
class OwnLink:
    """A link to one's own data, with the campaign, time and address of the signature.

    Its `repr()` shows no personal data.
    """

    campaign: str
    signed_at: datetime
    address: str
    token: str


def own_links(connection: Connection, email_key: str, *, keyring: Keyring) -> tuple[OwnLink, ...]:
    """Return a link to every signature of an address, oldest first."""
    rows = connection.execute(
        sa.select(
            signatures.c.campaign,
            signatures.c.created_at,
            signatures.c.email,
            signatures.c.public_id,
            signatures.c.nonce,
        )
        .where(signatures.c.email_key == email_key, signatures.c.anonymised_at.is_(None))
        .order_by(signatures.c.id)
    )
    return tuple(
        OwnLink(
            row.campaign,
            row.created_at,
            mailable(row.email),
            mint(keyring, "me", public_id=row.public_id, nonce=row.nonce, expires_at=_NEVER),
        )
        for row in rows
    )


def _for_approval(
    connection: Connection, row: OutboxRow, *, keyring: Keyring, now: datetime
) -> Mapping[str, str] | None:
    """Return the token of letters that wait for approval; None if they no longer do."""
    request = connection.execute(
        sa.select(sendings).where(
            sendings.c.public_id == row.payload["sending"],
            sendings.c.status == CwcRequestStatus.ASKED,
            sendings.c.expires_at > now,
        )
    ).one_or_none()
    if request is None:
        return None
    return {
        "approve": mint(
            keyring,
            "approve",
            public_id=request.public_id,
            nonce=request.nonce,
            expires_at=request.expires_at,
        )
    }


_nonces = sa.select(
    signatures.c.public_id,
    signatures.c.nonce,
    signatures.c.confirm_nonce,
    signatures.c.status,
    signatures.c.unsubscribed_at,
).where(signatures.c.id == sa.bindparam("signature_id"))


def _bytes_of(public_id: str) -> bytes:
    return b32hexdecode(public_id.upper().encode("ascii") + b"======")


def _mac(key: bytes, purpose: Purpose, head: bytes, nonce: bytes) -> bytes:
    return hmac.digest(key, purpose.encode("ascii") + b"\0" + head + nonce, sha256)[:_MAC_BYTES]
