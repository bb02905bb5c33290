"""Refuse floods of requests from one network for the rest of the minute.

These limits protect a process and are counted in it: they cost nothing, and an attack causes no
writes. Limits that decide about a signature are shared by all workers
(`campaign.petition.rate_limits`). Mailed links are never limited, because mail providers open them
for thousands of people from one network.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable

from flask import Flask, request

from campaign.errors import TooManyAttempts
from campaign.web.core.client_network import client_network
from campaign.web.petition import event_links

#: Endpoint -> POST requests a minute from one network (a /24 or a /48), in one process. A hall full
#: of people signs from one network; the other endpoints call the geocoder or typeset a letter.
_A_MINUTE = {
    "petition.sign": 300,
    "embed.sign": 300,
    "members.by_street": 60,
    "office_report.hold": 20,
    "builder.make": 120,
    # The preview that follows typing asks often, and each time for little.
    "builder.follow": 600,
    "builder.taken": 300,
    "cwc_request.start": 60,
    "letter_to_editor.make": 120,
    "contact_report.mark": 120,
}

# What many people do at once in a hall where the campaign has named an event.
_AT_EVENTS = frozenset({"petition.sign", "embed.sign"})


def init_app(app: Flask) -> None:
    """Limit POST requests to the endpoints of `_A_MINUTE`."""
    spent = MinuteCounter()

    @app.before_request
    def _limit() -> None:
        if request.method == "POST" and request.endpoint in _A_MINUTE:
            if request.endpoint in _AT_EVENTS and event_links.code_of_now(
                request.form.get("event", "")
            ):
                return
            network = client_network()
            if spent.count(f"{request.endpoint} {network}") > _A_MINUTE[request.endpoint]:
                raise TooManyAttempts(
                    "There were too many attempts from here in a short time. Try again later.",
                    retry_after=spent.seconds_left(),
                )


class MinuteCounter:
    """Counts keys within the current minute. Thread-safe."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = -1
        self._counts: Counter[str] = Counter()

    def count(self, key: str) -> int:
        """Count one more, and return the count of this minute."""
        minute = int(self._clock() // 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, Counter()
            self._counts[key] += 1
            return self._counts[key]

    def seconds_left(self) -> int:
        """Return the seconds until the next minute, at least 1."""
        return 60 - int(self._clock() % 60)
