"""Signatures that are counted, without the people: for the pages that show counts alone."""

from collections.abc import Mapping
from datetime import datetime

from campaign.store import counts
from campaign.store.db.engine import Database


def count_in(
    database: Database,
    districts: Mapping[str, int],
    *,
    at: datetime,
    campaign: str = "section-907",
) -> None:
    """Count so many signatures by district; `CA` alone is a signature without a district."""
    with database.writing() as connection:
        for place, number in districts.items():
            state, _, _ = place.partition("-")
            counts.append(
                connection,
                campaign,
                state=state,
                district=place if "-" in place else "",
                at=at,
                delta=number,
            )
