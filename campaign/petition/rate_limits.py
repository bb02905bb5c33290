"""Rate limits for sign-ups, contact reports and letters, and the flags that hold a sign-up.

No sign-up is refused. One over a limit is stored as `held`, gets no mail and does not count until
an organizer releases it or marks it invalid.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import disposable_email_domains
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage
from sqlalchemy import Connection

from campaign.errors import TooManyAttempts
from campaign.keys import Keyring
from campaign.messages import Message
from campaign.petition.identity import Email
from campaign.store import tokens
from campaign.store.db.engine import Database
from campaign.store.rate_limit_storage import DatabaseStorage

#: The most mails of one kind that a mailbox gets within the window. Its owner is never refused: the
#: mails that arrived still work, and their links show the latest sign-up.
ADDRESS_TRIES = 6
ADDRESS_WINDOW = timedelta(hours=24)

TOO_MANY = Message("There were too many attempts from here in a short time. Try again later.")

#: Flags that hold a sign-up. All other flags only mark it for organizers.
HOLDING_FLAGS = frozenset(
    {
        "network-burst",
        "network-sustained",
        "filled-by-program",
        "unchallenged-burst",
        "unchallenged-sustained",
    }
)

# High enough for a household or office that signs together, and for a busy campus network.
_NETWORK_BURST = RateLimitItemPerMinute(20, namespace="sign-network")
_NETWORK_SUSTAINED = RateLimitItemPerDay(400, namespace="sign-network")
#: A browser without scripts cannot solve the challenge. A household or a library still signs and is
#: only flagged; a robot that skips the challenge gets no further. There is no limit across
#: networks: one robot could use it up and lock out everyone without scripts.
UNCHALLENGED_BURST = RateLimitItemPerHour(6, namespace="sign-unchallenged")
UNCHALLENGED_SUSTAINED = RateLimitItemPerDay(20, namespace="sign-unchallenged")
# A solution expires long before it is forgotten here.
_ANSWER = RateLimitItemPerDay(1, namespace="sign-answer")
# High enough for a site that sends its sign-ups on as they come.
API_BURST = RateLimitItemPerMinute(300, namespace="api-signatures")
API_SUSTAINED = RateLimitItemPerDay(20_000, namespace="api-signatures")
_DOMAIN_BURST = RateLimitItemPerHour(30, namespace="sign-domain")
# High enough for thirty volunteers who call one office from one room for a day.
_REPORTS_BURST = RateLimitItemPerMinute(30, namespace="mark-network")
_REPORTS_SUSTAINED = RateLimitItemPerDay(200, namespace="mark-member")
# High enough for a person who checks all of a member's offices.
_OFFICE_REPORTS = RateLimitItemPerDay(30, namespace="office-network")
# High enough for a hall of people who each get their letters, some of them several times.
_REQUESTS_SUSTAINED = RateLimitItemPerHour(60, namespace="ask-letters")
# High enough for a household; low enough that a stranger cannot flood a mailbox.
_LINKS_NETWORK = RateLimitItemPerHour(20, namespace="links-network")
_LINKS_HOUR = RateLimitItemPerHour(3, namespace="links-mailbox")
_LINKS_DAY = RateLimitItemPerDay(6, namespace="links-mailbox")
DOWNLOADS_SUSTAINED = RateLimitItemPerDay(1_000, namespace="take-letters")

# Large providers: a burst of sign-ups from them means nothing.
_COMMON_DOMAINS = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com",
    "msn.com", "aol.com", "icloud.com", "me.com", "mac.com", "comcast.net", "verizon.net",
    "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "protonmail.com",
    "proton.me", "ymail.com", "mail.com", "gmx.com", "fastmail.com",
})  # fmt: skip


@dataclass(frozen=True)
class Challenge:
    """A proof-of-work challenge; `solved` identifies the solution, "" if there is none."""

    solved: str = ""


class SignupLimits:
    """Limits by network and by mail domain, in a storage that all workers share.

    `storage` is the application's database (`campaign.store.rate_limit_storage`) or Redis.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._own = MemoryStorage()

    def shares_database(self, db: Database) -> bool:
        """True if the counters are in that database and can share its transactions."""
        return isinstance(self._storage, DatabaseStorage) and self._storage.shares_database(db)

    def count_signup(
        self,
        network: str,
        email: Email,
        *,
        challenge: Challenge | None = None,
        is_at_event: bool = False,
        connection: Connection | None = None,
    ) -> tuple[str, ...]:
        """Count one sign-up of a network (a keyed hash) and return its flags.

        With `connection`, a transaction on the database that holds the counters, the count is part
        of that transaction. `challenge` is given if the campaign asks for one. A solution is good
        once; a sign-up without one is `unchallenged`, and held if its network sends many. Sign-ups
        at an event of the campaign do not count against their network.
        """
        asked: list[tuple[str, RateLimitItem, str]] = []
        flags: tuple[str, ...] = ()
        if challenge is not None and not self._is_first_use(challenge, connection):
            flags = ("unchallenged",)
            if not is_at_event:
                asked.append(("unchallenged-burst", UNCHALLENGED_BURST, network))
                asked.append(("unchallenged-sustained", UNCHALLENGED_SUSTAINED, network))
        if email.domain not in _COMMON_DOMAINS:
            asked.append(("domain-burst", _DOMAIN_BURST, email.domain))
        if not is_at_event:
            asked.append(("network-burst", _NETWORK_BURST, network))
            asked.append(("network-sustained", _NETWORK_SUSTAINED, network))
        keys = [(item.key_for(key), item.get_expiry()) for _, item, key in asked]
        hits = self._count(keys, connection)
        return flags + tuple(
            flag for (flag, item, _), count in zip(asked, hits, strict=True) if count > item.amount
        )

    def allow_contact_report(
        self,
        network: str,
        *,
        campaign: str,
        member: str,
        connection: Connection | None = None,
    ) -> bool:
        """Count one contact report of a network; False if it is over the limit.

        `connection` as in `count_signup`.
        """
        asked = (
            (_REPORTS_BURST, _REPORTS_BURST.key_for(network)),
            (_REPORTS_SUSTAINED, _REPORTS_SUSTAINED.key_for(campaign, member, network)),
        )
        hits = self._count([(key, item.get_expiry()) for item, key in asked], connection)
        return all(count <= item.amount for (item, _), count in zip(asked, hits, strict=True))

    def require_api_signature(self, key: str) -> None:
        """Count one signature that an API key (its public id) hands in. Raises TooManyAttempts."""
        hits = self._count_with_fallback([API_BURST, API_SUSTAINED], [key, key])
        for limit, count in zip((API_BURST, API_SUSTAINED), hits, strict=True):
            if count > limit.amount:
                raise TooManyAttempts(TOO_MANY, retry_after=limit.get_expiry())

    def allow_letter_request(self, network: str) -> bool:
        """Count one request to send letters, which mails a link; False if it is over the limit."""
        item = _REQUESTS_SUSTAINED
        (hits,) = self._count([(item.key_for(network), item.get_expiry())], None)
        return hits <= item.amount

    def allow_office_report(self, network: str) -> bool:
        """Count one report of a wrong phone or office; False if it is over the limit."""
        item = _OFFICE_REPORTS
        (hits,) = self._count([(item.key_for(network), item.get_expiry())], None)
        return hits <= item.amount

    def allow_link_request(self, network: str, email: Email, *, keyring: Keyring) -> bool:
        """Count one request for the links to one's own data; False if the mailbox had enough.

        A mailbox gets a few such mails a day at most; the links that its owner has keep working. A
        request that is refused to a network does not count against the mailbox. Raises
        TooManyAttempts for a network that asks too often.
        """
        (hits,) = self._count_with_fallback([_LINKS_NETWORK], [network])
        if hits > _LINKS_NETWORK.amount:
            raise TooManyAttempts(TOO_MANY, retry_after=_LINKS_NETWORK.get_expiry())
        mailbox = tokens.address_key(keyring, email.canonical).hex()
        hits_now, hits_today = self._count_with_fallback(
            [_LINKS_HOUR, _LINKS_DAY], [mailbox, mailbox]
        )
        return hits_now <= _LINKS_HOUR.amount and hits_today <= _LINKS_DAY.amount

    def allow_letter_download(self, network: str, *, connection: Connection | None = None) -> bool:
        """Count one download of letters by a network; False if it is over the limit.

        `connection` as in `count_signup`.
        """
        item = DOWNLOADS_SUSTAINED
        (hits,) = self._count([(item.key_for(network), item.get_expiry())], connection)
        return hits <= item.amount

    def _count_with_fallback(self, items: list[RateLimitItem], keys: list[str]) -> list[int]:
        """Count in the shared storage, or in this process if that is unreachable."""
        named = [
            (item.key_for(key), item.get_expiry()) for item, key in zip(items, keys, strict=True)
        ]
        try:
            return self._count(named, None)
        except StorageError:
            return [self._own.incr(key, expiry) for key, expiry in named]

    def _is_first_use(self, challenge: Challenge, connection: Connection | None) -> bool:
        if not challenge.solved:
            return False
        answer = (_ANSWER.key_for(challenge.solved), _ANSWER.get_expiry())
        return self._count([answer], connection) == [1]

    def _count(self, keys: list[tuple[str, int]], connection: Connection | None) -> list[int]:
        if isinstance(self._storage, DatabaseStorage):
            if connection is not None:
                return self._storage.incr_within(connection, keys)
            return self._storage.incr_all(keys)
        return [self._storage.incr(key, expiry) for key, expiry in keys]


def with_disposable_flag(email: Email, flags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the sign-up's flags, with `disposable` if the address's domain is disposable."""
    return (*flags, "disposable") if is_disposable(email.domain) else flags


def is_disposable(domain: str) -> bool:
    """True for the domain, or a subdomain, of a service for disposable addresses."""
    listed = _disposable()
    labels = domain.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


@cache
def _disposable() -> frozenset[str]:
    return frozenset(disposable_email_domains.blocklist)
