"""A short-lived cache, in each process, of the totals and page ends of long lists.

At a million signatures, a count takes a tenth of a second, and so does finding a page by number;
continuing after the previous page takes a millisecond.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar, cast

from flask import Flask, current_app

from campaign.store.signature_pages import After

T = TypeVar("T")

#: How long a total may be outdated, in seconds.
TOTAL_S = 10.0
#: How long the end of a page is remembered, in seconds.
PLACE_S = 600.0
_MOST = 5000

_KEY = "api-remembering"


class Kept(Generic[T]):
    """Values by key, each kept for `seconds`; the oldest go first when there are too many.
    Thread-safe.
    """

    def __init__(self, seconds: float, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        """Return the value of the key, or None where it is missing or expired."""
        with self._lock:
            held = self._values.get(key)
        if held is None or self._monotonic() - held[0] > self._seconds:
            return None
        return held[1]

    def put(self, key: Hashable, value: T) -> None:
        """Store a value."""
        with self._lock:
            self._values[key] = (self._monotonic(), value)
            self._values.move_to_end(key)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)

    def forget(self) -> None:
        """Discard all values."""
        with self._lock:
            self._values.clear()


class Remembering:
    """The totals of lists, and the ends of their pages."""

    def __init__(self) -> None:
        self.totals: Kept[int] = Kept(TOTAL_S)
        self.places: Kept[After] = Kept(PLACE_S)

    def forget(self) -> None:
        """Discard everything."""
        self.totals.forget()
        self.places.forget()


def init_app(app: Flask) -> None:
    """Give the application its cache."""
    app.extensions[_KEY] = Remembering()


def remembering() -> Remembering:
    """Return the list cache of the current application."""
    return cast(Remembering, current_app.extensions[_KEY])
