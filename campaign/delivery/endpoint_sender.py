"""Send outbox rows to endpoints: one POST for each row, and each attempt is logged.

The caller supplies the body; the `EndpointProtocol` of the kind signs the request and interprets
the response.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol

from sqlalchemy import Connection

from campaign import logs
from campaign.delivery.safe_http import Answer, Http
from campaign.delivery.sender import Send
from campaign.errors import AddressRefused, DeliveryDelayed, DeliveryHeld, DeliveryRefused
from campaign.store import audit, endpoint_log, endpoints
from campaign.store.db.engine import Database
from campaign.store.endpoints import Endpoint
from campaign.store.outbox import OutboxRow

_log = logs.logger("endpoints")

#: What a response means: done; try again; never try this row again; disable the endpoint.
Verdict = Literal["done", "again", "never", "stop"]

#: Returns the body for a row, None if nothing must be sent any more.
Body = Callable[[Connection, Endpoint, OutboxRow, datetime], bytes | None]

# An endpoint that did not respond, or asked for a pause without a time, is paused for this long, so
# that the others need not wait for it.
_PAUSE = timedelta(seconds=60)


class EndpointProtocol(Protocol):
    """How requests to one kind of endpoint are authenticated and answered."""

    def headers(
        self, endpoint: Endpoint, row: OutboxRow, body: bytes, now: datetime
    ) -> Mapping[str, str]:
        """Return the headers of the POST. Raises SecretLost."""

    def verdict(self, status: int) -> Verdict:
        """Return what a status code means."""


@dataclass(frozen=True)
class _Request:
    """One row, ready to be sent."""

    endpoint: Endpoint
    row: OutboxRow
    body: bytes
    headers: Mapping[str, str]


class EndpointSender:
    """Sends rows to endpoints on the public Internet, one POST each."""

    def __init__(
        self,
        db: Database,
        http: Http,
        protocol: EndpointProtocol,
        *,
        body: Body,
        clock: Callable[[], datetime],
    ) -> None:
        self._db = db
        self._http = http
        self._protocol = protocol
        self._body = body
        self._clock = clock
        self._paused: dict[int, datetime] = {}

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return a function that sends this row, or None if it must not be sent.

        Raises DeliveryHeld while its endpoint is paused, SecretLost, CampaignUnknown, PackInvalid.
        """
        endpoint = endpoints.find(connection, row.to)
        if endpoint is None or not endpoint.is_on:
            return None
        until = self._paused.get(endpoint.id)
        if until is not None and now < until:
            raise DeliveryHeld("the endpoint did not respond a moment ago", until=until)
        body = self._body(connection, endpoint, row, now)
        if body is None:
            return None
        headers = self._protocol.headers(endpoint, row, body, now)
        return partial(self._send, _Request(endpoint, row, body, headers))

    def close(self) -> None:
        """Nothing is open between messages."""

    def _send(self, request: _Request) -> None:
        began = time.monotonic()
        try:
            answer = self._http.post(request.endpoint.url, request.body, request.headers)
        except AddressRefused as error:
            self._note(request, Answer(0, _since(began)), str(error))
            raise DeliveryRefused(str(error)) from None
        except DeliveryDelayed as error:
            self._pause(request.endpoint, None)
            self._note(request, Answer(0, _since(began)), str(error))
            raise
        verdict = self._protocol.verdict(answer.status)
        if verdict == "done":
            self._paused.pop(request.endpoint.id, None)
            self._note(request, answer, "")
            return
        reason = f"answered {answer.status}"
        if verdict == "again" and answer.status in {429, 503}:
            self._pause(request.endpoint, answer.retry_after)
        self._note(request, answer, reason, asks_to_stop=verdict == "stop")
        if verdict == "again":
            raise DeliveryDelayed(reason)
        raise DeliveryRefused(reason)

    def _pause(self, endpoint: Endpoint, seconds: int | None) -> None:
        wait = _PAUSE if seconds is None else timedelta(seconds=seconds)
        self._paused[endpoint.id] = self._clock() + wait

    def _note(
        self, request: _Request, answer: Answer, error: str, *, asks_to_stop: bool = False
    ) -> None:
        """Log an attempt; disable the endpoint if it asked for that or has failed for too long."""
        endpoint, now = request.endpoint, self._clock()
        with self._db.writing() as connection:
            too_long = endpoint_log.record(
                connection,
                endpoint.id,
                request.row,
                status_code=answer.status,
                milliseconds=answer.milliseconds,
                error=error,
                now=now,
            )
            if not (too_long or asks_to_stop):
                return
            days = endpoint_log.DISABLE_AFTER.days
            note = (
                f"It responded with {answer.status}, which asks us to stop."
                if asks_to_stop
                else f"All deliveries failed for {days} days. The last attempt: {error}."
            )
            if endpoint_log.disable(connection, endpoint.id, note):
                audit.record(
                    connection,
                    "endpoint-disabled",
                    actor="worker",
                    now=now,
                    campaign=endpoint.campaign,
                    details={"endpoint": endpoint.public_id, "status": answer.status},
                )
                _log.warning("disabled", endpoint=endpoint.public_id)


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
