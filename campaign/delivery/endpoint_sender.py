"""The sender of endpoints: a row of the outbox becomes one POST, and each try goes into the log.

What is told is written by whoever makes the sender (`body`); how it is signed, and what an answer
means, is the `EndpointProtocol` of the endpoint's kind.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Literal, Protocol

from sqlalchemy import Connection

from campaign import logs
from campaign.delivery.outbox import Send
from campaign.delivery.safe_http import Answer, Http
from campaign.errors import AddressRefused, DeliveryDelayed, DeliveryHeld, DeliveryRefused
from campaign.store import audit, endpoint_log, endpoints
from campaign.store.db.engine import Database
from campaign.store.endpoints import Endpoint
from campaign.store.outbox import OutboxRow

_log = logs.logger("endpoints")

#: What an answer means: done; try again; never try this again; tell this endpoint nothing more.
Verdict = Literal["done", "again", "never", "stop"]

#: Writes what an endpoint is told by a row, None where there is nothing to tell any more.
Body = Callable[[Connection, Endpoint, OutboxRow, datetime], bytes | None]

# An endpoint that gave no answer, or asked for rest without saying how long, is asked nothing for
# this long, so that the others need not wait behind it.
_REST = timedelta(seconds=60)


class EndpointProtocol(Protocol):
    """How one kind of endpoint is spoken to."""

    def headers(
        self, endpoint: Endpoint, row: OutboxRow, body: bytes, now: datetime
    ) -> Mapping[str, str]:
        """Return the headers of the POST. Raises SecretLost."""

    def verdict(self, status: int) -> Verdict:
        """Say what an answer of that status means."""


@dataclass(frozen=True)
class _Request:
    """One row, ready to go."""

    endpoint: Endpoint
    row: OutboxRow
    body: bytes
    headers: Mapping[str, str]


class EndpointSender:
    """Takes rows for endpoints out of the house, one POST each, over the open Internet alone."""

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
        self._resting: dict[int, datetime] = {}

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return what sends this row, or None where nobody may be told of it any more.

        Raises DeliveryHeld while its endpoint rests, SecretLost, CampaignUnknown, PackInvalid.
        """
        endpoint = endpoints.find(connection, row.to)
        if endpoint is None or not endpoint.is_on:
            return None
        until = self._resting.get(endpoint.id)
        if until is not None and now < until:
            raise DeliveryHeld("the endpoint gave no answer a moment ago", until=until)
        body = self._body(connection, endpoint, row, now)
        if body is None:
            return None
        headers = self._protocol.headers(endpoint, row, body, now)
        return partial(self._send, _Request(endpoint, row, body, headers))

    def close(self) -> None:
        """Nothing is held open between messages."""

    def _send(self, request: _Request) -> None:
        began = time.monotonic()
        try:
            answer = self._http.post(request.endpoint.url, request.body, request.headers)
        except AddressRefused as error:
            self._note(request, Answer(0, _since(began)), str(error))
            raise DeliveryRefused(str(error)) from None
        except DeliveryDelayed as error:
            self._rest(request.endpoint, None)
            self._note(request, Answer(0, _since(began)), str(error))
            raise
        verdict = self._protocol.verdict(answer.status)
        if verdict == "done":
            self._resting.pop(request.endpoint.id, None)
            self._note(request, answer, "")
            return
        reason = f"answered {answer.status}"
        if verdict == "again" and answer.status in {429, 503}:
            self._rest(request.endpoint, answer.retry_after)
        self._note(request, answer, reason, is_last_word=verdict == "stop")
        if verdict == "again":
            raise DeliveryDelayed(reason)
        raise DeliveryRefused(reason)

    def _rest(self, endpoint: Endpoint, seconds: int | None) -> None:
        wait = _REST if seconds is None else timedelta(seconds=seconds)
        self._resting[endpoint.id] = self._clock() + wait

    def _note(
        self, request: _Request, answer: Answer, error: str, *, is_last_word: bool = False
    ) -> None:
        """Log the try; disable an endpoint that said so, or that has failed for too long."""
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
            if not (too_long or is_last_word):
                return
            days = endpoint_log.DISABLE_AFTER.days
            note = (
                f"It answered {answer.status}, which asks us to stop."
                if is_last_word
                else f"Nothing got through for {days} days; the last try: {error}."
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
