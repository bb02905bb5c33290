"""Who may try how often: what is counted, and what sets a sign-up aside for a person to look at.

No sign-up is refused. One over a limit is kept as `held`, without a mail and outside
the count, until an organizer releases it or says that it is invalid.
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

#: A mailbox gets so many mails of one kind within the window, whoever asks for them. It is never a
#: reason to refuse its owner, who has those mails, and whose latest words the links in them show.
ADDRESS_TRIES = 6
ADDRESS_WINDOW = timedelta(hours=24)

#: What a network is told that asks too often.
TOO_MANY = Message("There were many tries from here in a short time. Try again later.")

#: Flags that set a sign-up aside. The others only mark it, for an organizer to see later.
HOLDING_FLAGS = frozenset(
    {
        "address-limit",
        "network-burst",
        "network-sustained",
        "filled-by-program",
        "unchallenged-burst",
        "unchallenged-sustained",
    }
)

# A household or an office signs together; a campus network is busy all day; neither is a robot.
_NETWORK_BURST = RateLimitItemPerMinute(20, namespace="sign-network")
_NETWORK_SUSTAINED = RateLimitItemPerDay(400, namespace="sign-network")
# Without scripts, a challenge cannot be answered. A household or a reading room signs all the same
# and is only marked; a robot that spares itself the calculation gets no further than they do. All
# networks together have no limit: one robot could use it up, and shut out whoever has no scripts.
_UNCHALLENGED_BURST = RateLimitItemPerHour(6, namespace="sign-unchallenged")
_UNCHALLENGED_SUSTAINED = RateLimitItemPerDay(20, namespace="sign-unchallenged")
# An answer is refused by its own time long before it is forgotten here.
_ANSWER = RateLimitItemPerDay(1, namespace="sign-answer")
_DOMAIN_BURST = RateLimitItemPerHour(30, namespace="sign-domain")
# Thirty volunteers who call one office from one room for a day; a robot's thousands are not.
_REPORTS_BURST = RateLimitItemPerMinute(30, namespace="mark-network")
_REPORTS_SUSTAINED = RateLimitItemPerDay(200, namespace="mark-member")
# A hall of people who each take their letters, some of them several times.
_REQUESTS_SUSTAINED = RateLimitItemPerHour(60, namespace="ask-letters")
# A household asks for its links; a stranger who asks for another's fills no mailbox.
_LINKS_NETWORK = RateLimitItemPerHour(20, namespace="links-network")
_LINKS_HOUR = RateLimitItemPerHour(3, namespace="links-mailbox")
_LINKS_DAY = RateLimitItemPerDay(6, namespace="links-mailbox")
_DOWNLOADS_SUSTAINED = RateLimitItemPerDay(1_000, namespace="take-letters")

# Where most people have their mail, a burst says nothing.
_COMMON_DOMAINS = frozenset({
    "gmail.com", "googlemail.com", "yahoo.com", "hotmail.com", "outlook.com", "live.com",
    "msn.com", "aol.com", "icloud.com", "me.com", "mac.com", "comcast.net", "verizon.net",
    "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "protonmail.com",
    "proton.me", "ymail.com", "mail.com", "gmx.com", "fastmail.com",
})  # fmt: skip


@dataclass(frozen=True)
class Challenge:
    """That the campaign asked for a calculation; `solved` names the one answered, "" for none."""

    solved: str = ""


class SignupLimits:
    """The limits by network and by mail domain, in a storage that all workers share.

    `storage` is the project's own database (`campaign.store.rate_limit_storage`) or Redis, by URL.
    Each judgment counts the sign-up once.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._own = MemoryStorage()

    def shares_database(self, db: Database) -> bool:
        """True where the counters lie in that database, and can share its transactions."""
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
        """Count one sign-up of a network (a keyed hash) and return the flags that it earns.

        With `connection`, a transaction on the database that holds the counters, the count is part
        of it. `challenge` is given where the campaign asks for one. An answer counts once; a
        sign-up without one is `unchallenged`, and held where its network sends many of them. A
        network counts nothing for a sign-up at an event that the campaign has named.
        """
        asked: list[tuple[str, RateLimitItem, str]] = []
        flags: tuple[str, ...] = ()
        if challenge is not None and not self._is_first_use(challenge, connection):
            flags = ("unchallenged",)
            if not is_at_event:
                asked.append(("unchallenged-burst", _UNCHALLENGED_BURST, network))
                asked.append(("unchallenged-sustained", _UNCHALLENGED_SUSTAINED, network))
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
        """Count one mark ("called", "posted") of a network, and say whether it is among those kept.

        With `connection`, as for `judge`.
        """
        asked = (
            (_REPORTS_BURST, _REPORTS_BURST.key_for(network)),
            (_REPORTS_SUSTAINED, _REPORTS_SUSTAINED.key_for(campaign, member, network)),
        )
        hits = self._count([(key, item.get_expiry()) for item, key in asked], connection)
        return all(count <= item.amount for (item, _), count in zip(asked, hits, strict=True))

    def allow_letter_request(self, network: str) -> bool:
        """Count one wish to have letters sent, which mails a link; False where it is too many.

        A room full of people has its turn; nobody mails the country from one place.
        """
        item = _REQUESTS_SUSTAINED
        (hits,) = self._count([(item.key_for(network), item.get_expiry())], None)
        return hits <= item.amount

    def allow_link_request(self, network: str, email: Email, *, keyring: Keyring) -> bool:
        """Count one wish for the links to one's own data; False where enough mails have left.

        A mailbox is mailed a few times a day at most, whoever asks: its owner has the links then,
        and they go on opening. What is refused to a network does not count against the mailbox.
        Raises TooManyAttempts for a network that asks too often.
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
        """Count one taking of letters by a network, and say whether it is among those kept.

        With `connection`, as for `judge`.
        """
        item = _DOWNLOADS_SUSTAINED
        (hits,) = self._count([(item.key_for(network), item.get_expiry())], connection)
        return hits <= item.amount

    def _count_with_fallback(self, items: list[RateLimitItem], keys: list[str]) -> list[int]:
        """Count in the shared storage, or in this process where that cannot be reached."""
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
    """Return the sign-up's flags with `disposable` where the address's domain is a throw-away."""
    return (*flags, "disposable") if is_disposable(email.domain) else flags


def is_disposable(domain: str) -> bool:
    """True for a domain, or a sub-domain of one, that hands out addresses to be thrown away."""
    listed = _disposable()
    labels = domain.split(".")
    return any(".".join(labels[start:]) in listed for start in range(len(labels) - 1))


@cache
def _disposable() -> frozenset[str]:
    return frozenset(disposable_email_domains.blocklist)
