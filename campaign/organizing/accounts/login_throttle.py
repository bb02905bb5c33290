"""How often somebody may try to get into an account, so that no stranger shuts its owner out.

A network that tries one account is stopped soon, and one that tries many a little later. What many
networks together try at one account only makes each of them slower: its owner always has a few
tries from wherever they are. What is refused to a network counts for that network alone.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage

from campaign.store.rate_limit_storage import DatabaseStorage

# Passwords and codes, of one network at one account and at all of them.
_LOGIN_BOTH = RateLimitItemPerMinute(10, 15, namespace="enter-both")
_LOGIN_NETWORK = RateLimitItemPerHour(60, namespace="enter-network")
# Once all networks together have tried an account so often, each may try it this often an hour:
# enough for a password and a code that were mistyped once.
_LOGIN_ACCOUNT = RateLimitItemPerHour(40, namespace="enter-account")
_LOGIN_SLOWLY = RateLimitItemPerHour(6, namespace="enter-slowly")
# Mails with a link to a new password: asked for by a network, and sent to an address. The link of
# the last one opens for longer than an hour, so that its owner always has a way in.
_MAIL_NETWORK = RateLimitItemPerHour(20, namespace="mail-network")
_MAIL_BOTH = RateLimitItemPerHour(3, namespace="mail-both")
_MAIL_ACCOUNT = RateLimitItemPerHour(5, namespace="mail-account")


@dataclass(frozen=True)
class Verdict:
    """Whether a try may go on; where not, whether it is the first refused, and for how long (s).

    `is_mailed_enough` says of a mail that may go on that its address has had enough for now.
    """

    allowed: bool
    is_first_refused: bool = False
    retry_after: int = 0
    is_mailed_enough: bool = False


class LoginThrottle:
    """The counters of tries, in a storage that all workers share.

    Where that storage is away (Redis down), each process counts by itself: nobody is shut out, and
    nobody may guess without end.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._own = MemoryStorage()

    def count_login(self, *, network: str, account: str) -> Verdict:
        """Count a password or a code given for an account (a keyed hash) from a network."""
        both = f"{network} {account}"
        near = [(_LOGIN_BOTH, both), (_LOGIN_NETWORK, network), (_LOGIN_SLOWLY, both)]
        hits = self._count(near)
        verdict = self._judge(near[:2], hits[:2])
        if not verdict.allowed:
            return verdict
        (tries,) = self._count([(_LOGIN_ACCOUNT, account)])
        return self._judge(near[2:], hits[2:]) if tries > _LOGIN_ACCOUNT.amount else verdict

    def count_mail(self, *, network: str, account: str) -> Verdict:
        """Count a mail asked for an address (a keyed hash) from a network."""
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
