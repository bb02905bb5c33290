"""What sends rows of the outbox: one `Sender` for some kinds of rows."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from campaign.store.outbox import OutboxRow

#: Sends one row, which is the slow part; raises DeliveryDelayed, DeliveryHeld or DeliveryRefused.
Send = Callable[[], None]


class Sender(Protocol):
    """Sends outbox rows of some kinds. Several threads may use it."""

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return a function that sends this row, or None if it must not be sent any more."""

    def close(self) -> None:
        """Close what is open between messages."""
