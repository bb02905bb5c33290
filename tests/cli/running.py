"""A `campaign` command that runs, as a person or a supervisor starts it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path


class Running:
    """A `campaign` command that runs in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str, **environ: str) -> None:
        bare = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._log = folder / "log"
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", "from campaign.cli import main; main()", *arguments],
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**bare, **environ},
            )

    @property
    def said(self) -> str:
        """All that it has printed and logged so far."""
        return self._log.read_text()

    def children(self) -> list[int]:
        """The processes that it has started."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in listed.read_text().split()] if listed.exists() else []

    def get(self, address: str, *, seconds: float = 60.0) -> str:
        """The page at `address`, as soon as it answers."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                with urllib.request.urlopen(address, timeout=5) as answer:
                    return str(answer.read().decode())
            except OSError:
                assert self.process.poll() is None, self.said
                assert time.monotonic() < deadline, self.said
                time.sleep(0.1)

    def end(self, told: signal.Signals = signal.SIGTERM) -> int:
        """Tell it to end, and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(told)
        return self.process.wait(timeout=60)
