"""`/metrics` for Prometheus: available with METRICS_TOKEN, 404 where no token is set.

Everything named `campaign_…` except `campaign_http_…` is read from the database and dataset on
request, so it is true for the whole installation, whichever process answers. `campaign_http_…`
counts the requests of one process, named by its label `process`; with several web processes, sum
the rates over `process`.
"""

import hmac
import os
import threading
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from time import perf_counter
from typing import Any, cast
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Blueprint, Flask, Response, abort, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from campaign.errors import StoreUnavailable
from campaign.store import metrics
from campaign.store.metrics import Gauges
from campaign.web.core.services import Services, current_services

blueprint = Blueprint("metrics", __name__)

_KEY = "http-counts"
_MOST_NOTES = 5000
# The endpoints of sign-ups.
_SIGNUPS = ("petition.sign", "embed.sign")

#: Upper bounds of the histogram's buckets, in seconds.
_BOUNDS = (0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0)


def init_app(app: Flask) -> None:
    """Count requests, and register `/metrics`."""
    counts = HttpCounts()
    app.extensions[_KEY] = counts
    app.wsgi_app = _counted(app.wsgi_app, counts)  # type: ignore[method-assign, assignment]
    app.register_blueprint(blueprint)


@blueprint.get("/metrics")
def show() -> Response:
    """Show the state of the installation in the text format of Prometheus."""
    services = current_services()
    token = services.settings.metrics_token
    if not token:
        abort(404)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_right = hmac.compare_digest(given.strip().encode(), token.encode())
    if scheme.lower() != "bearer" or not is_right:
        response = Response("Send the token: Authorization: Bearer TOKEN\n", status=401)
        response.headers["WWW-Authenticate"] = 'Bearer realm="metrics"'
        response.content_type = "text/plain; charset=utf-8"
        return response
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Standing(services))
    registry.register(cast(HttpCounts, current_app.extensions[_KEY]))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Standing(Collector):
    """Figures from the database and the dataset."""

    def __init__(self, services: Services) -> None:
        self._house = services

    def collect(self) -> Iterator[Metric]:
        """Yield every metric family; those of the database only while it answers."""
        services = self._house
        now = services.now()
        found = _read(services)
        yield _gauge("database_up", "1 when the database answers.", (), {(): float(bool(found))})
        if found is not None:
            yield from _of_database(found, now)
        meta = services.congress.meta
        yield _gauge(
            "congress_data_age_days",
            "Age of the legislator data.",
            (),
            {(): (services.today() - meta.as_of).days},
        )
        yield _gauge(
            "congress_data_days_left",
            "Days until the legislator data ends; negative when it has.",
            (),
            {(): (meta.valid_until - services.today()).days},
        )


def _read(services: Services) -> Gauges | None:
    try:
        with services.database.reading() as connection:
            return metrics.read(connection, now=services.now())
    except StoreUnavailable:
        return None  # the figures of this process are shown all the same


def _of_database(gauges: Gauges, now: datetime) -> Iterator[Metric]:
    yield _gauge("outbox_rows", "Rows that wait or are sent.", ("kind", "status"), gauges.outbox)
    age = (now - gauges.oldest_due).total_seconds() if gauges.oldest_due else 0.0
    yield _gauge(
        "outbox_oldest_due_seconds",
        "For how long the oldest due row has waited.",
        (),
        {(): age},
    )
    outcomes = CounterMetricFamily(
        "campaign_deliveries", "What became of outbox rows.", labels=("outcome", "kind")
    )
    for labels, count in sorted(gauges.outcomes.items()):
        outcomes.add_metric(labels, count)
    yield outcomes
    yield _gauge(
        "signatures",
        "Signatures: online and paper ones count, pending and held ones wait.",
        ("campaign", "status"),
        gauges.signatures,
    )
    yield _gauge("jobs", "Jobs by status.", ("status",), {(s,): n for s, n in gauges.jobs.items()})
    yield _gauge(
        "endpoints", "Webhooks and pushes by status.", ("kind", "status"), gauges.endpoints
    )
    yield _gauge(
        "worker_last_turn_seconds",
        "How long ago each thread of the worker last took a turn.",
        ("thread",),
        {(thread,): (now - at).total_seconds() for thread, at in gauges.last_beats.items()},
    )


def _gauge(
    name: str, text: str, labels: tuple[str, ...], values: Mapping[Any, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"campaign_{name}", text, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


class HttpCounts(Collector):
    """Requests of this process by endpoint and status class, and their durations.

    A request only appends a note; notes are summed later, which makes a page cheaper.
    """

    def __init__(self) -> None:
        self._notes: deque[tuple[str, str, float]] = deque()
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._unavailable: Counter[str] = Counter()
        self._classes = [0] * (len(_BOUNDS) + 1)
        self._seconds = 0.0

    def add(self, endpoint: str, status: str, seconds: float) -> None:
        """Count one request."""
        self._notes.append((endpoint, status, seconds))
        if len(self._notes) > _MOST_NOTES:
            with self._lock:
                self._sum_up()

    def _sum_up(self) -> None:
        for _ in range(len(self._notes)):
            endpoint, status, seconds = self._notes.popleft()
            self._counts[endpoint, f"{status[0]}xx"] += 1
            if status.startswith("503"):
                self._unavailable[endpoint] += 1
            self._classes[bisect_left(_BOUNDS, seconds)] += 1
            self._seconds += seconds

    def collect(self) -> Iterator[Metric]:
        """Yield the counted requests and durations."""
        process = str(os.getpid())
        with self._lock:
            self._sum_up()
            counts, classes, seconds = dict(self._counts), list(self._classes), self._seconds
            unavailable = dict(self._unavailable)
        requests = CounterMetricFamily(
            "campaign_http_requests",
            "Requests that this process answered.",
            labels=("process", "endpoint", "status"),
        )
        for (endpoint, status), count in sorted(counts.items()):
            requests.add_metric((process, endpoint, status), count)
        yield requests
        refused = CounterMetricFamily(
            "campaign_http_unavailable",
            "Requests that this process answered with 503: nothing was saved.",
            labels=("process", "endpoint"),
        )
        # Sign-ups exist from the start, so that an alert has a value to compare with.
        for endpoint in sorted({*unavailable, *_SIGNUPS}):
            refused.add_metric((process, endpoint), unavailable.get(endpoint, 0))
        yield refused
        durations = HistogramMetricFamily(
            "campaign_http_seconds", "From request to answer.", labels=("process",)
        )
        buckets, sum_so_far = [], 0
        for bound, count in zip([*map(str, _BOUNDS), "+Inf"], classes, strict=True):
            sum_so_far += count
            buckets.append((bound, sum_so_far))
        durations.add_metric((process,), buckets, seconds)
        yield durations


def _counted(application: WSGIApplication, counts: HttpCounts) -> WSGIApplication:
    """Count at the WSGI layer: a Flask hook would make every page slower."""

    def counting(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        began = perf_counter()
        status_code, endpoint = "500", "none"

        def start(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> Callable[[bytes], object]:
            nonlocal status_code, endpoint
            status_code = status
            # Flask's request is there until it ends; without a view it has no rule.
            rule = getattr(environ.get("werkzeug.request"), "url_rule", None)
            if rule is not None:
                endpoint = rule.endpoint
            return start_response(status, headers, exc_info)

        try:
            return application(environ, start)
        finally:
            counts.add(endpoint, status_code, perf_counter() - began)

    return counting
