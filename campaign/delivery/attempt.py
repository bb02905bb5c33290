"""One attempt to send a row of the outbox, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from campaign import logs
from campaign.delivery.sender import Sender
from campaign.errors import CampaignError, DeliveryDelayed, DeliveryHeld, DeliveryRefused
from campaign.store.db.engine import Database
from campaign.store.outbox import OutboxRow

_log = logs.logger("outbox")

#: What became of a row. One that was not tried goes back into the queue without an attempt.
Outcome = Literal["sent", "delayed", "held", "refused", "canceled", "untried"]


@dataclass(frozen=True)
class Attempt:
    """The outcome for one row, with the reason if it was not sent; no personal data.

    `held_until` is when a closed receiver opens; `is_blocked` and `mailbox` are as in
    DeliveryDelayed and DeliveryRefused; with `is_stalled`, the sender can send nothing now.
    """

    row: OutboxRow
    outcome: Outcome
    reason: str = ""
    held_until: datetime | None = None
    is_blocked: bool = False
    mailbox: str = ""
    is_stalled: bool = False


def attempt(db: Database, sender: Sender | None, row: OutboxRow, now: datetime) -> Attempt:
    """Send one row and return the outcome. Only what ends a process is raised.

    No connection to the database is held while the message is sent.
    """
    if sender is None:
        return Attempt(row, "refused", f"there is no sender for the kind {row.kind!r}")
    try:
        with db.reading() as connection:
            send = sender.prepare(connection, row, now)
        if send is None:
            return Attempt(row, "canceled", "canceled: no longer needed")
        send()
    except DeliveryRefused as error:
        return Attempt(row, "refused", str(error), mailbox=error.mailbox)
    except DeliveryHeld as error:
        return Attempt(row, "held", str(error), held_until=error.until)
    except DeliveryDelayed as error:
        if error.whole_channel:
            # The row is not at fault, so no attempt counts, however long the outage lasts.
            _log.error("channel-unusable", kind=row.kind, reason=str(error))
            return Attempt(row, "untried", is_stalled=True)
        return Attempt(row, "delayed", str(error), is_blocked=error.is_blocked)
    except CampaignError as error:
        # Its campaign is missing or invalid at the moment; an organizer can fix that.
        return Attempt(row, "delayed", f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 (one bad row must not stop the others)
        _log.exception("fault", row=row.id, kind=row.kind)
        return Attempt(row, "delayed", f"fault: {type(error).__name__}")
    return Attempt(row, "sent")
