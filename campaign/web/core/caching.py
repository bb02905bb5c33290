"""A cache of rendered public pages, fresh for two seconds, with ETag and gzip."""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from flask import Flask, Response, current_app, request

from campaign.congress.apportionment import begins_at, congress_at
from campaign.errors import StoreUnavailable
from campaign.web.core.assets import compressible
from campaign.web.core.services import current_services

# Browsers and shared caches may keep a public page for ten seconds, and serve it for another minute
# while they fetch the next one.
PUBLIC = "public, max-age=10, stale-while-revalidate=60"
_PUBLIC_S = 70

FRESH_S = 2.0
_MOST_PAGES = 256
# Pages whose key a visitor chooses freely, in a cache of their own: they can only evict each other.
_MOST_VARIANTS = 64


@dataclass(frozen=True)
class Page:
    """A page as bytes, plain and gzipped; `etag` is a weak validator for both."""

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
    """The cache of pages of this process. Thread-safe.

    `era` says which Congress it is: no page of an earlier one is served. While one thread renders
    a page again, the others serve the previous one. While the database does not answer, the
    previous page is served.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        era: Callable[[], Hashable] = lambda: 0,
    ) -> None:
        self._era = era
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._pages: OrderedDict[Hashable, tuple[float, Page]] = OrderedDict()
        self._variants: OrderedDict[Hashable, None] = OrderedDict()
        self._rendering: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, render: Callable[[], Page], *, is_variant: bool = False) -> Page:
        """Return the page kept under `key`, rendered again when it is older than two seconds.

        `is_variant` marks a key that holds what the visitor chose freely, such as a source tag.
        Such pages never evict the others.
        """
        key = (self._era(), key)
        held = self._pages.get(key)
        if held is not None and self._monotonic() - held[0] < FRESH_S:
            return held[1]
        with self._lock:
            turn = self._rendering.setdefault(key, threading.Lock())
        if not turn.acquire(blocking=held is None):
            assert held is not None
            return held[1]
        try:
            again = self._pages.get(key)
            if again is not None and self._monotonic() - again[0] < FRESH_S:
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
        """Return the number of cached pages and of locks for pages."""
        return max(len(self._pages), len(self._rendering))

    @property
    def variants(self) -> int:
        """Return the number of cached pages whose key holds what a visitor chose freely."""
        return len(self._variants)

    def forget(self) -> None:
        """Discard every page, so that each is rendered on its next request."""
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
    """Give the application its cache of pages."""
    app.extensions["pages"] = PageCache(era=_congress)


def _congress() -> int:
    return congress_at(current_services().now())


def pages() -> PageCache:
    """Return the page cache of the current application."""
    return cast(PageCache, current_app.extensions["pages"])


def public_for(seconds: int, now: datetime) -> str:
    """Return a Cache-Control for a public answer with members or bills, for that many seconds.

    It ends no later than the Congress of `now`, with which the answer is outdated.
    """
    left = (begins_at(congress_at(now) + 1) - now).total_seconds()
    return f"public, max-age={min(seconds, int(left))}"


def _briefly(now: datetime) -> str:
    """Return `PUBLIC`, without what would outlast the Congress of `now`."""
    is_last = congress_at(now + timedelta(seconds=_PUBLIC_S)) != congress_at(now)
    return public_for(10, now) if is_last else PUBLIC


def send(page: Page, *, cache_control: str = "") -> Response:
    """Send the page, or 304 where the browser already has it (RFC 9110, 13.1.2).

    Without `cache_control` it is `PUBLIC`, or less in the last minutes of a Congress.
    """
    asked = request.headers.get("If-None-Match", "")
    if asked and page.etag in asked:
        response = Response(status=304)
        response.headers["Vary"] = "Accept-Encoding"
    else:
        response = compressible(page.content, page.compressed, page.content_type)
    response.headers["ETag"] = page.etag
    response.headers["Cache-Control"] = cache_control or _briefly(current_services().now())
    return response
