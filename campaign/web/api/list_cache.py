"""What walking through a long list asks again and again, kept for a little while in this process.

How many signatures there are costs a tenth of a second at a million, and so does finding a page by
its number alone; behind the page that was just read it costs a millisecond.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar, cast

from flask import Flask, current_app

from campaign.store.signature_pages import After

T = TypeVar("T")

#: For how long a total may be behind, in seconds.
TOTAL_S = 10.0
#: For how long it is known where a page ended.
PLACE_S = 600.0
_MOST = 5000

_KEY = "api-remembering"


class Kept(Generic[T]):
    """Values by key, each for `seconds`; the oldest of very many go first. Safe among threads."""

    def __init__(self, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """Return what is kept under the key, None where that is nothing or too old."""
        with self._lock:
            held = self._values.get(key)
        if held is None or self._monotonic() - held[0] > self._seconds:
            return None
        return held[1]

    def put(self, key: Hashable, value: T) -> None:
        """Keep a value."""
        with self._lock:
            self._values[key] = (self._monotonic(), value)
            self._values.move_to_end(key)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._values.clear()


class Remembering:
    """The totals of lists, and where their pages ended."""

    def __init__(self) -> None:
        self.totals: Kept[int] = Kept(TOTAL_S)
        self.places: Kept[After] = Kept(PLACE_S)

    def forget(self) -> None:
        """Count and look anew."""
        self.totals.forget()
        self.places.forget()


def init_app(app: Flask) -> None:
    """Give the application its memory."""
    app.extensions[_KEY] = Remembering()


def remembering() -> Remembering:
    """Return the memory of the application that handles this request."""
    return cast(Remembering, current_app.extensions[_KEY])
