"""Whether a signer's first name may be shown, as it is stored with the signature."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from campaign import public_names
from campaign.store.db.literals import equals_literal
from campaign.store.models import signatures
from campaign.store.statuses import NameStatus


def name_status(first_name: str) -> NameStatus:
    """Return whether a new first name may be shown, or an organizer has to read it first."""
    return NameStatus.WAITING if public_names.needs_review(first_name) else NameStatus.SHOWN


IS_HIDDEN = equals_literal(signatures.c.name_status, NameStatus.HIDDEN)


def with_name_status(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return columns to change, with the status of the first name if it is among them."""
    if "first_name" not in values:
        return dict(values)
    is_same = signatures.c.first_name == values["first_name"]
    status = sa.case(
        (is_same, signatures.c.name_status),
        (IS_HIDDEN, NameStatus.WAITING.value),
        else_=name_status(values["first_name"]).value,
    )
    return {**values, "name_status": status}
