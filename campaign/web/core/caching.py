"""Public pages, rendered once for a crowd: bytes kept for a second or two, with ETag and gzip."""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import cast

from flask import Flask, Response, current_app, request

from campaign.errors import StoreUnavailable
from campaign.web.core.assets import compressible

# Browsers and caches in front may keep a public page for ten seconds, and show it for another
# minute while they fetch the next.
PUBLIC = "public, max-age=10, stale-while-revalidate=60"

_FRESH_S = 2.0
_MOST_PAGES = 256
# Pages that differ by what anybody may put into an address: these only push out each other.
_MOST_VARIANTS = 64


@dataclass(frozen=True)
class Page:
    """A page as bytes, plain and compressed; `etag` is a weak validator of either."""

    content: bytes
    compressed: bytes
    etag: str
    content_type: str

    @classmethod
    def of(cls, body: str | bytes, content_type: str = "text/html; charset=utf-8") -> "Page":
        """Return the page for a rendered body."""
        content = body.encode() if isinstance(body, str) else body
        digest = hashlib.sha256(content).hexdigest()[:20]
        return cls(content, gzip.compress(content, 6, mtime=0), f'W/"{digest}"', content_type)


class PageCache:
    """The pages of this process, fresh for two seconds. Safe to use from several threads.

    While one thread renders a page anew, the others go on with the last one. When the database
    cannot answer, the last one is shown for as long as that lasts.
    """

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, tuple[float, Page]] = OrderedDict()
        self._variants: OrderedDict[Hashable, None] = OrderedDict()
        self._rendering: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, render: Callable[[], Page], *, is_variant: bool = False) -> Page:
        """Return the page kept under `key`, rendered anew when it is older than two seconds.

        `is_variant` says that the key holds what the visitor chose freely, such as a source tag:
        however many of these are asked for, the other pages stay.
        """
        held = self._pages.get(key)
        if held is not None and self._monotonic() - held[0] < _FRESH_S:
            return held[1]
        with self._lock:
            turn = self._rendering.setdefault(key, threading.Lock())
        if not turn.acquire(blocking=held is None):
            assert held is not None
            return held[1]
        try:
            again = self._pages.get(key)
            if again is not None and self._monotonic() - again[0] < _FRESH_S:
                return again[1]
            page = self._render(render, held)
            self._keep(key, page, is_variant=is_variant)
            return page
        finally:
            turn.release()
            if key not in self._pages:
                self._rendering.pop(key, None)

    @property
    def size(self) -> int:
        """How many pages, or locks for pages, are held."""
        return max(len(self._pages), len(self._rendering))

    def forget(self) -> None:
        """Let every page be rendered anew when it is next asked for."""
        with self._lock:
            self._pages.clear()
            self._variants.clear()
            self._rendering.clear()

    def _render(self, render: Callable[[], Page], held: tuple[float, Page] | None) -> Page:
        try:
            return render()
        except StoreUnavailable:
            if held is None:
                raise
            return held[1]

    def _keep(self, key: Hashable, page: Page, *, is_variant: bool) -> None:
        with self._lock:
            self._pages[key] = (self._monotonic(), page)
            self._pages.move_to_end(key)
            if is_variant:
                self._variants[key] = None
                self._variants.move_to_end(key)
                while len(self._variants) > _MOST_VARIANTS:
                    self._drop(next(iter(self._variants)))
            while len(self._pages) > _MOST_PAGES:
                self._drop(next(iter(self._pages)))

    def _drop(self, key: Hashable) -> None:
        self._pages.pop(key, None)
        self._variants.pop(key, None)
        self._rendering.pop(key, None)


def init_app(app: Flask) -> None:
    """Give the application its one cache of pages."""
    app.extensions["pages"] = PageCache()


def pages() -> PageCache:
    """Return the cache of the application that handles this request."""
    return cast(PageCache, current_app.extensions["pages"])


def send(page: Page, *, cache_control: str = PUBLIC) -> Response:
    """Answer with the page, or with 304 where the browser has it already (RFC 9110, 13.1.2)."""
    asked = request.headers.get("If-None-Match", "")
    if asked and page.etag in asked:
        response = Response(status=304)
        response.headers["Vary"] = "Accept-Encoding"
    else:
        response = compressible(page.content, page.compressed, page.content_type)
    response.headers["ETag"] = page.etag
    response.headers["Cache-Control"] = cache_control
    return response
