"""The ledger of facts: what a campaign claims, who says so, and until when it may be said."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Status = Literal["verified", "attributed", "disputed", "stale"]


@dataclass(frozen=True)
class Fact:
    """A claim about the world with its source. `claim` is a full sentence in the past tense.

    `event_date` and `source_date` are as the source gives them: a day, a month, a year or a span.
    """

    id: str
    claim: str
    event_date: str
    attribution: str
    publisher: str
    url: str
    source_date: str
    verified_on: date | None
    review_by: date | None
    status: Status

    def is_usable(self, on: date) -> bool:
        """True when the fact may be stated on that day.

        That is: verified or attributed, with a claim, and not past its review date.
        """
        return (
            self.status in {"verified", "attributed"}
            and bool(self.claim)
            and (self.review_by is None or on <= self.review_by)
        )
