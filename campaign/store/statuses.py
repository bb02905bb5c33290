"""The statuses of rows, as they are stored.

Each member equals its stored text, so both compare as expected.
"""

from enum import StrEnum


class SignatureStatus(StrEnum):
    """The life of a signature. Only `CONFIRMED` counts."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    #: Struck by an organizer.
    INVALID = "invalid"
    #: Set aside until an organizer decides.
    HELD = "held"


class CommentStatus(StrEnum):
    """Whether a comment was reviewed; only `APPROVED` comments are public."""

    NONE = "none"
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"

    @classmethod
    def of_new(cls, comment: str) -> "CommentStatus":
        """Return the status of a comment that was just written, "" for none."""
        return cls.WAITING if comment else cls.NONE


class NameStatus(StrEnum):
    """Whether a first name may be public, if its signer chose to show it."""

    SHOWN = "shown"
    #: An organizer has to read it first.
    WAITING = "waiting"
    #: Hidden by an organizer.
    HIDDEN = "hidden"


class Origin(StrEnum):
    """How a signature was given."""

    ONLINE = "online"
    PAPER = "paper"


class ConsentAct(StrEnum):
    """What a signer did, in the log of consents."""

    SIGNED = "signed"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    #: Agreed to another wording.
    AGREED = "agreed"
    UNSUBSCRIBED = "unsubscribed"
    WITHDRAWN = "withdrawn"


class OutboxStatus(StrEnum):
    """What became of a row of the outbox."""

    QUEUED = "queued"
    #: A worker is sending it.
    LEASED = "leased"
    SENT = "sent"
    FAILED = "failed"


class JobStatus(StrEnum):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


class UpdateStatus(StrEnum):
    """How far an update to signers has come."""

    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"


class CwcRequestStatus(StrEnum):
    """Whether the writer of CWC letters approved them."""

    ASKED = "asked"
    APPROVED = "approved"


class DeliveryStatus(StrEnum):
    """What became of one CWC letter."""

    #: Not approved yet.
    WAITING = "waiting"
    QUEUED = "queued"
    DELIVERED = "delivered"
    #: Written to the folder of the dry run; no office got it.
    KEPT = "kept"
    #: Refused by the office's system.
    REFUSED = "refused"
    #: Not delivered after all attempts.
    GIVEN_UP = "given-up"
    #: The writer wrote to the same member within the last week.
    TOO_SOON = "too-soon"
    #: Not sent: the member, or a committee that it names, changed after it was written.
    OUTDATED = "outdated"


class EndpointStatus(StrEnum):
    """Whether an endpoint gets events."""

    ON = "on"
    #: Turned off by a person.
    OFF = "off"
    #: Turned off because it failed for days, or asked us to stop.
    DISABLED = "disabled"
