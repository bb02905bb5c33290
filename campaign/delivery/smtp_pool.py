"""Connections to one mail server that several threads share, and servers to fall back to."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email.message import EmailMessage

from campaign import logs
from campaign.delivery.smtp_connection import ServerUnreachable, SmtpConnection
from campaign.errors import DeliveryDelayed

_log = logs.logger("smtp")

# A server that refused a further connection is asked for one again after this time.
_GROW_AFTER_S = 60.0
#: A server that failed is tried last for this time, and then first again.
DOWN_S = 60.0


class SmtpPool:
    """Up to `size` connections to one server. Thread-safe.

    A thread takes an open connection if there is one, opens one otherwise, and waits where `size`
    are in use. If the server refuses a further connection, the pool gets along with those it has.
    """

    def __init__(self, make: Callable[[], SmtpConnection], size: int) -> None:
        self._make = make
        self._size = size
        self._allowed = size
        self._grow_at = 0.0
        self._idle: list[SmtpConnection] = []
        self._used = 0
        self._changed = threading.Condition()

    def send(self, recipient: str, message: EmailMessage) -> None:
        """Send a message over one of the connections; raises what `SmtpConnection.send` does."""
        with self._borrowed() as connection:
            connection.send(recipient, message)

    def check(self) -> None:
        """Open a connection and log in without sending; raises DeliveryDelayed."""
        self._make().check()

    def close(self) -> None:
        """Close the connections that are not in use."""
        with self._changed:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _borrowed(self) -> Iterator[SmtpConnection]:
        connection = self._take()
        try:
            yield connection
        finally:
            with self._changed:
                self._used -= 1
                if connection.is_open:
                    self._idle.append(connection)
                self._changed.notify()

    def _take(self) -> SmtpConnection:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._idle or self._used < self._limit())
                self._used += 1
                if self._idle:
                    return self._idle.pop()
            connection = self._make()
            try:
                connection.open()
            except BaseException as error:
                if not self._settles_for_fewer(error):
                    raise
            else:
                return connection

    def _settles_for_fewer(self, error: BaseException) -> bool:
        """Note that no connection was opened; True if others are open, which can be waited for."""
        with self._changed:
            self._used -= 1
            has_others = self._used + len(self._idle) > 0
            if isinstance(error, ServerUnreachable) and has_others:
                self._allowed = max(1, self._used)
                self._grow_at = time.monotonic() + _GROW_AFTER_S
                _log.warning("connections-limited", connections=self._allowed)
            self._changed.notify()
            return isinstance(error, ServerUnreachable) and has_others

    def _limit(self) -> int:
        if self._used == 0 or time.monotonic() >= self._grow_at:
            self._allowed = self._size
        return self._allowed


class FallbackServers:
    """Pools of several servers: the first takes the mail, and the next while it cannot.

    Thread-safe. Only a failure that says nothing about the message, before its text was sent, leads
    to the next server, so that no message is sent twice.
    """

    def __init__(self, pools: Sequence[SmtpPool]) -> None:
        self._pools = pools
        self._down_until = [0.0] * len(pools)

    def send(self, recipient: str, message: EmailMessage) -> None:
        """Send a message by the first server that can; raises what the last one raised."""
        now = time.monotonic()
        order = sorted(range(len(self._pools)), key=lambda i: self._down_until[i] > now)
        for number in order:
            try:
                self._pools[number].send(recipient, message)
            except DeliveryDelayed as error:
                if not error.whole_channel:
                    raise
                self._down_until[number] = time.monotonic() + DOWN_S
                if number == order[-1]:
                    raise
                _log.warning("fallback", server=number + 1, reason=str(error))
            else:
                self._down_until[number] = 0.0
                return

    def check(self) -> None:
        """Try each server without sending; raises DeliveryDelayed for the first that fails."""
        for pool in self._pools:
            pool.check()

    def close(self) -> None:
        """Close the connections that are not in use."""
        for pool in self._pools:
            pool.close()
