"""How often somebody may try to get into an account: by account, by network, and by both.

A network that tries one account is stopped soon, a network that tries many a little later, and an
account that many networks try in the end, too: whoever guesses meets a wall on every side.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage

from campaign.store.limits import DatabaseStorage

#: Passwords and codes.
_ENTER = (
    ("both", RateLimitItemPerMinute(10, 15, namespace="enter-both")),
    ("network", RateLimitItemPerHour(60, namespace="enter-network")),
    ("account", RateLimitItemPerHour(40, namespace="enter-account")),
)
#: Mails with a link to a new password.
_MAIL = (
    ("both", RateLimitItemPerHour(3, namespace="mail-both")),
    ("network", RateLimitItemPerHour(20, namespace="mail-network")),
    ("account", RateLimitItemPerHour(5, namespace="mail-account")),
)


@dataclass(frozen=True)
class Verdict:
    """Whether a try may go on; where not, whether it is the first refused, and for how long (s)."""

    allowed: bool
    is_first_refused: bool = False
    retry_after: int = 0


class Attempts:
    """The counters of tries, in a storage that all workers share.

    Where that storage is away (Redis down), each process counts by itself: nobody is shut out, and
    nobody may guess without end.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._own = MemoryStorage()

    def enter(self, *, network: str, account: str) -> Verdict:
        """Count a password or a code given for an account (a keyed hash) from a network."""
        return self._judge(_ENTER, network, account)

    def mail(self, *, network: str, account: str) -> Verdict:
        """Count a mail asked for an address (a keyed hash) from a network."""
        return self._judge(_MAIL, network, account)

    def _judge(
        self, rules: Sequence[tuple[str, RateLimitItem]], network: str, account: str
    ) -> Verdict:
        names = {"both": f"{network} {account}", "network": network, "account": account}
        keys = [(item.key_for(names[by]), item.get_expiry()) for by, item in rules]
        storage, hits = self._count(keys)
        over = [
            (count - item.amount, key)
            for (_, item), (key, _), count in zip(rules, keys, hits, strict=True)
            if count > item.amount
        ]
        if not over:
            return Verdict(True)
        wait = max(storage.get_expiry(key) for _, key in over) - time.time()
        return Verdict(False, all(extra == 1 for extra, _ in over), max(1, int(wait) + 1))

    def _count(self, keys: list[tuple[str, int]]) -> tuple[Storage, list[int]]:
        try:
            if isinstance(self._storage, DatabaseStorage):
                return self._storage, self._storage.incr_all(keys)
            return self._storage, [self._storage.incr(key, expiry) for key, expiry in keys]
        except StorageError:
            return self._own, [self._own.incr(key, expiry) for key, expiry in keys]
