"""Protection of every request and response: headers, hosts, origins, body sizes."""

import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, current_app, request
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    RequestEntityTooLarge,
    RequestURITooLarge,
    UnsupportedMediaType,
)
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from campaign.settings import Settings
from campaign.web.core import fallback_page

_log = logging.getLogger(__name__)

R = TypeVar("R", bound=Response)
V = TypeVar("V", bound=Callable[..., Any])

#: Bytes of a form. The largest, the letter builder, sends a dozen edited letters of several
#: thousand characters each.
LARGEST_BODY = 512 * 1024
#: Characters of a query string; the longest that a page of this site links to is a filter.
LONGEST_QUERY = 4096
#: Fields of a form; more than any form of this site has.
MOST_FIELDS = 100

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

#: The policy for the widget, the only page that other sites may frame. Nothing else is relaxed.
FRAMEABLE = CONTENT_SECURITY_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Shared caches may keep only what a view marks as public.
    "Cache-Control": "no-store",
}

# What only a document obeys: a font, style sheet or script is lighter without it.
_FOR_DOCUMENTS = frozenset(
    {
        "content-security-policy",
        "x-frame-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "permissions-policy",
    }
)
_PARTS_OF_PAGES = ("font/", "text/css", "text/javascript")

# Health checks use the IP address as Host. Their answers contain no URL, so a forged Host is
# harmless.
_ANY_HOST = frozenset({"/healthz", "/readyz", "/metrics"})

#: The API: programs send JSON and a key in a header; cookies are ignored.
API = "/api/"
#: Bytes of a request to the API; more than any operation takes.
LARGEST_JSON = 16 * 1024

_FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})


def init_app(app: Flask, settings: Settings) -> None:
    """Check every request before its view runs, and complete every response."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    app.config["MAX_FORM_PARTS"] = MOST_FIELDS
    app.wsgi_app = _with_headers(app.wsgi_app, settings)  # type: ignore[method-assign, assignment]
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    hosts = _hosts(settings)
    origin = _origin(settings.base_url)

    @app.before_request
    def _guard() -> None:
        if _host_name(request.host) not in hosts and request.path not in _ANY_HOST:
            raise BadRequest("unknown host")
        if len(request.query_string) > LONGEST_QUERY:
            raise RequestURITooLarge
        if request.path.startswith(API):
            if request.method not in {"GET", "HEAD", "OPTIONS"}:
                _guard_json()
        elif request.method == "POST":
            _guard_body()
            _guard_origin(origin)


def _with_headers(application: WSGIApplication, settings: Settings) -> WSGIApplication:
    """Add the default headers that a view did not set, to every response."""
    headers = dict(_HEADERS)
    if settings.base_url.startswith("https://"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    to_add = tuple((name, value, name.lower()) for name, value in headers.items())

    def hardened(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        has_begun = False

        def start(
            status: str, given: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            nonlocal has_begun
            has_begun = True
            present = {name.lower() for name, _ in given}
            if any(
                name.lower() == "content-type" and value.startswith(_PARTS_OF_PAGES)
                for name, value in given
            ):
                present |= _FOR_DOCUMENTS
            if "content-security-policy" in present:
                present.add("x-frame-options")  # a view that says who may frame it has said it
            given.extend((name, value) for name, value, key in to_add if key not in present)
            return start_response(status, given, exc_info)

        try:
            return application(environ, start)
        except Exception as error:  # noqa: BLE001
            # Not even the page that reports a fault could be made.
            _log.error("fault outside of every page", exc_info=error)
            start(
                fallback_page.status_line(500),
                [("Content-Type", fallback_page.CONTENT_TYPE)],
                sys.exc_info() if has_begun else None,
            )
            return [b"" if environ["REQUEST_METHOD"] == "HEAD" else fallback_page.body(500)]

    return hardened


def _hosts(settings: Settings) -> frozenset[str]:
    names = {urlsplit(settings.base_url).hostname or ""}
    if not settings.is_production:
        names |= {"localhost", "127.0.0.1", "::1"}
    return frozenset(names)


def _host_name(host: str) -> str:
    """Return the host without its port, in lower case; an IPv6 address without brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].lower()


def _origin(base_url: str) -> str:
    url = urlsplit(base_url)
    return f"{url.scheme}://{url.netloc}".lower()


def _guard_origin(own: str) -> None:
    """Refuse a form that another site sent.

    Public pages use no cookie, so a forged post cannot act as the visitor; the check keeps other
    sites from making their visitors sign. Browsers send the origin in Sec-Fetch-Site (Fetch
    Metadata), older ones in Origin. Programs send neither, and may post.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site in {"same-origin", "none"}:
            return
        raise Forbidden("foreign site")
    origin = request.headers.get("Origin")
    if origin is None or origin.lower() in {own, f"{request.scheme}://{request.host}".lower()}:
        return
    # A page with `Referrer-Policy: no-referrer` sends "null". Such pages are protected by their
    # secret URL.
    if origin == "null" and (request.view_args or {}).get("token"):
        return
    raise Forbidden("foreign origin")


class UploadTooLarge(RequestEntityTooLarge):
    """An uploaded file is larger than its view takes; `advice` says what to do, or is ""."""

    def __init__(self, advice: str) -> None:
        super().__init__()
        self.advice = advice


def takes(
    largest_body: int, *, most_fields: int = MOST_FIELDS, too_large: str = ""
) -> Callable[[V], V]:
    """Let a view accept a body of that many bytes and fields, such as an uploaded table.

    Such a body is read only after its sender is authorized. `too_large` is what the error page
    advises for a larger one.
    """

    def mark(view: V) -> V:
        view._takes = (largest_body, most_fields, too_large)  # type: ignore[attr-defined]
        return view

    return mark


def _guard_body() -> None:
    """Refuse bodies that are larger than any form of this site."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("compressed body")
    view = current_app.view_functions.get(request.endpoint or "")
    largest, most_fields, advice = getattr(view, "_takes", (LARGEST_BODY, MOST_FIELDS, ""))
    if request.content_length and request.content_length > largest:
        raise UploadTooLarge(advice)
    if request.content_length and request.mimetype not in _FORM_TYPES:
        raise UnsupportedMediaType("not a form")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("not UTF-8")
    if hasattr(view, "_takes"):
        request.max_content_length = request.max_form_memory_size = largest
        request.max_form_parts = most_fields
        return
    if sum(len(values) for values in request.form.listvalues()) > MOST_FIELDS:
        raise RequestEntityTooLarge


def _guard_json() -> None:
    """Refuse bodies that are larger than any operation of the API takes; the parser limits the
    depth.
    """
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedMediaType("compressed body")
    if request.content_length and request.content_length > LARGEST_JSON:
        raise RequestEntityTooLarge
    if request.content_length and request.mimetype != "application/json":
        raise UnsupportedMediaType("not JSON")
    if request.mimetype_params.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType("not UTF-8")
    request.max_content_length = LARGEST_JSON


def keep_private(response: R) -> R:
    """Mark a page behind a mailed link: it is not cached, and its URL is not sent as a referrer."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
