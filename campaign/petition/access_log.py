"""Who read signers' data, on record: what was read, by what filter, and how many people it showed.

One line for each request that showed somebody. What was typed to find a person stays out of it: the
record says by what was searched, not for whom.
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
    """Put on record that `actor` is shown `rows` people of a campaign: before they are shown.

    `what` is the list or the page, such as "search". `even_nobody` is for a question whose answer
    "nobody" tells something too. Raises StoreUnavailable: who is not on record is shown nothing.
    """
    if not rows and not even_if_empty:
        return
    said = {key: value for key, value in (details or {}).items() if value}
    with db.writing() as connection:
        audit.record(
            connection,
            READ,
            actor=actor,
            now=now,
            campaign=campaign,
            details={"what": what, "rows": rows, **said},
        )
