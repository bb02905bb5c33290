"""What a file says about itself, where its format has a place for it: whose, when, what for."""

from collections.abc import Iterator

from sqlalchemy import Connection

from campaign.organizing.exports import filters
from campaign.organizing.exports.request import Order
from campaign.store import wordings
from campaign.store.db.column_types import as_text
from campaign.store.wordings import Wording


def facts(order: Order) -> Iterator[tuple[str, str]]:
    """Yield what was exported, by whom and when, as names and words; nothing that is empty."""
    told = {
        "campaign": order.selection.campaign,
        "preset": order.preset.name,
        "exported_by": order.actor,
        "exported_at": as_text(order.now),
        "purpose": order.purpose,
        "reason": order.reason,
    } | filters.as_words(order.leaving)
    yield from ((name, word) for name, word in told.items() if word)


def signed(connection: Connection, campaign: str) -> tuple[Wording, ...]:
    """Return the English text of each version that the column wording_version may name."""
    borne = {one.version for one in wordings.signed(connection, campaign)}
    known = wordings.of_campaign(connection, campaign).versions()
    return tuple(one for one in known if one.version in borne)
