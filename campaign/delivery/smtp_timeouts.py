"""Reading lines from a socket until a deadline, however slowly the bytes drip in.

A socket's own timeout begins again with each byte, so a server that sends one byte at a time could
hold a connection, and the lease of its message, for hours.
"""

import socket
import time
from collections.abc import Callable


class DeadlineReader:
    """The part of a binary file that `smtplib` reads replies with: `readline` and `close`."""

    def __init__(
        self, sock: socket.socket, step_timeout_s: float, deadline: Callable[[], float]
    ) -> None:
        self._socket = sock
        self._step_s = step_timeout_s
        self._deadline = deadline
        self._buffer = bytearray()

    def readline(self, limit: int = -1) -> bytes:
        """Return the next line with its end, at most `limit` bytes, or b"" at the end.

        One line may take the step's time, and no longer than until the deadline; raises
        TimeoutError.
        """
        end_at = min(time.monotonic() + self._step_s, self._deadline())
        while (found := self._buffer.find(b"\n") + 1) == 0 and not 0 <= limit <= len(self._buffer):
            left = end_at - time.monotonic()
            if left <= 0:
                raise TimeoutError("the server did not finish its reply in time")
            self._socket.settimeout(left)
            try:
                received = self._socket.recv(4096)
            finally:
                self._socket.settimeout(self._step_s)
            if not received:
                found = len(self._buffer)
                break
            self._buffer += received
        size = found or len(self._buffer)
        size = size if limit < 0 else min(size, limit)
        line = bytes(self._buffer[:size])
        del self._buffer[:size]
        return line

    def close(self) -> None:
        """Nothing to close: the connection closes its own socket."""
