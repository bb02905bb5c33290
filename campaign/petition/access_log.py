"""Record each time an organizer reads signers' data: which list, which filters, how many people.

The record names the kind of search (such as "name"), never the words that were searched for.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from campaign.store import audit
from campaign.store.db.engine import Database

#: The action of these records.
READ = "signers-read"


def note_read(
    db: Database,
    what: str,
    *,
    rows: int,
    actor: str,
    campaign: str,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    even_if_empty: bool = False,
) -> None:
    """Record that `actor` sees `rows` people of a campaign; call it before they are shown.

    `what` is the list or page, such as "search". With `even_if_empty` an empty answer is recorded
    too, because "no such signer" also reveals something. Raises StoreUnavailable: a read that
    cannot be recorded must not be answered.
    """
    if not rows and not even_if_empty:
        return
    filters = {key: value for key, value in (details or {}).items() if value}
    with db.writing() as connection:
        audit.record(
            connection,
            READ,
            actor=actor,
            now=now,
            campaign=campaign,
            details={"what": what, "rows": rows, **filters},
        )
