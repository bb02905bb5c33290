"""A real SMTP server in a process of its own, with a delay before each reply.

    with running(delay_s=0.025) as server:
        server.port
        server.arrived            # (seconds by time.time(), recipient) of each accepted message

`python -m tests.smtp.server DELAY` prints its port, then a line for each accepted message.
"""

import argparse
import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).parents[2]


class DelayedSmtp(SMTP):
    """Waits before each reply, as a server far away does."""

    delay_s = 0.0

    async def push(self, status: Any) -> None:
        """Send a reply after the delay."""
        if self.delay_s:
            await asyncio.sleep(self.delay_s)
        await super().push(status)


class _Printer:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        sys.stdout.write(f"{time.time()} {envelope.rcpt_tos[0]}\n")
        sys.stdout.flush()
        return "250 OK"


async def _serve(delay_s: float) -> None:
    def connection() -> SMTP:
        smtp = DelayedSmtp(_Printer(), hostname="127.0.0.1", enable_SMTPUTF8=True)
        smtp.delay_s = delay_s
        return smtp

    server = await asyncio.get_running_loop().create_server(connection, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@dataclass
class Server:
    """A server that runs: its port, and what it has accepted so far."""

    port: int
    arrived: list[tuple[float, str]] = field(default_factory=list)

    def wait_for(self, count: int, *, timeout_s: float) -> bool:
        """Wait until `count` messages have arrived; return whether they have."""
        deadline = time.monotonic() + timeout_s
        while len(self.arrived) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        return len(self.arrived) >= count

    def rate(self) -> float:
        """Return how many messages arrived each second, from the first to the last."""
        times = sorted(at for at, _ in self.arrived)
        return (len(times) - 1) / (times[-1] - times[0])


@contextmanager
def running(*, delay_s: float = 0.0) -> Iterator[Server]:
    """Run a server while the block runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.smtp.server", str(delay_s)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    server = Server(int(process.stdout.readline()))

    def read(lines: Any) -> None:
        for line in lines:
            at, recipient = line.split()
            server.arrived.append((float(at), recipient))

    reader = threading.Thread(target=read, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        yield server
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("delay_s", type=float)
    asyncio.run(_serve(parser.parse_args().delay_s))
