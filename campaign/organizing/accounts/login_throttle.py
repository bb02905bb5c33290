"""Throttle log-ins without letting a stranger lock out an account's owner.

A network is stopped soon if it tries one account, and a little later if it tries many. Many
networks that try one account only slow each other down: from a network of their own, the owner
always has a few attempts. A refused attempt counts only against its network.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage

from campaign.store.rate_limit_storage import DatabaseStorage

# Passwords and codes from one network: at one account, and at all accounts.
_LOGIN_BOTH = RateLimitItemPerMinute(10, 15, namespace="enter-both")
_LOGIN_NETWORK = RateLimitItemPerHour(60, namespace="enter-network")
# After this many attempts at an account from all networks, each network gets a few an hour: enough
# to mistype a password and a code once.
_LOGIN_ACCOUNT = RateLimitItemPerHour(40, namespace="enter-account")
_LOGIN_SLOWLY = RateLimitItemPerHour(6, namespace="enter-slowly")
# Mails with a password link, by network and by address. The last link works for longer than an
# hour, so that the owner always has a way in.
_MAIL_NETWORK = RateLimitItemPerHour(20, namespace="mail-network")
_MAIL_BOTH = RateLimitItemPerHour(3, namespace="mail-both")
_MAIL_ACCOUNT = RateLimitItemPerHour(5, namespace="mail-account")


@dataclass(frozen=True)
class Verdict:
    """Whether an attempt is allowed; if not, whether it is the first refusal, and how long to wait.

    `retry_after` is in seconds. `is_mailed_enough` is True if a mail is allowed for this network,
    but its address has had enough mails for now.
    """

    allowed: bool
    is_first_refused: bool = False
    retry_after: int = 0
    is_mailed_enough: bool = False


class LoginThrottle:
    """Counters of log-in attempts, in a storage that all workers share.

    If that storage is down, each process counts by itself: owners can still log in, and guessing
    stays limited.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._own = MemoryStorage()

    def count_login(self, *, network: str, account: str) -> Verdict:
        """Count a password or code for an account (a keyed hash) from a network."""
        both = f"{network} {account}"
        near = [(_LOGIN_BOTH, both), (_LOGIN_NETWORK, network), (_LOGIN_SLOWLY, both)]
        hits = self._count(near)
        verdict = self._judge(near[:2], hits[:2])
        if not verdict.allowed:
            return verdict
        (tries,) = self._count([(_LOGIN_ACCOUNT, account)])
        return self._judge(near[2:], hits[2:]) if tries > _LOGIN_ACCOUNT.amount else verdict

    def count_mail(self, *, network: str, account: str) -> Verdict:
        """Count a mail to an address (a keyed hash) that a network asked for."""
        near = [(_MAIL_BOTH, f"{network} {account}"), (_MAIL_NETWORK, network)]
        verdict = self._judge(near, self._count(near))
        if not verdict.allowed:
            return verdict
        (mails,) = self._count([(_MAIL_ACCOUNT, account)])
        return Verdict(True, is_mailed_enough=mails > _MAIL_ACCOUNT.amount)

    def _judge(self, asked: Sequence[tuple[RateLimitItem, str]], hits: Sequence[int]) -> Verdict:
        over = [
            (count - item.amount, item.key_for(name))
            for (item, name), count in zip(asked, hits, strict=True)
            if count > item.amount
        ]
        if not over:
            return Verdict(True)
        wait = max(self._ends_at(key) for _, key in over) - time.time()
        return Verdict(False, all(extra == 1 for extra, _ in over), max(1, int(wait) + 1))

    def _count(self, asked: Sequence[tuple[RateLimitItem, str]]) -> list[int]:
        keys = [(item.key_for(name), item.get_expiry()) for item, name in asked]
        try:
            if isinstance(self._storage, DatabaseStorage):
                return self._storage.incr_all(keys)
            return [self._storage.incr(key, expiry) for key, expiry in keys]
        except StorageError:
            return [self._own.incr(key, expiry) for key, expiry in keys]

    def _ends_at(self, key: str) -> float:
        try:
            return self._storage.get_expiry(key)
        except StorageError:
            return self._own.get_expiry(key)
