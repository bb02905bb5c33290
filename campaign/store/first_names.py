"""Whether a signer's first name may be shown, as it is stored with the signature."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from campaign import public_names
from campaign.store.models import signatures


def name_status(first_name: str) -> str:
    """Return whether a first name may be shown, or waits for an organizer to read it."""
    return "waiting" if public_names.needs_review(first_name) else "shown"


IS_HIDDEN = signatures.c.name_status == sa.literal_column("'hidden'")


def with_name_status(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns to change, with what a new first name means for its being shown."""
    if "first_name" not in values:
        return dict(values)
    is_same = signatures.c.first_name == values["first_name"]
    judged = sa.case(
        (is_same, signatures.c.name_status),
        (IS_HIDDEN, "waiting"),
        else_=name_status(values["first_name"]),
    )
    return {**values, "name_status": judged}
