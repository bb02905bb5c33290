"""Metadata inside an exported file, for formats that have room: actor, time, filter, purpose."""

from collections.abc import Iterator

from sqlalchemy import Connection

from campaign.organizing.exports import filters
from campaign.organizing.exports.request import ExportRequest
from campaign.store import wordings
from campaign.store.db.column_types import as_text
from campaign.store.wordings import Wording


def facts(request: ExportRequest) -> Iterator[tuple[str, str]]:
    """Yield name and text of each fact about the export that is not empty."""
    named = {
        "campaign": request.selection.campaign,
        "preset": request.preset.name,
        "exported_by": request.actor,
        "exported_at": as_text(request.now),
        "purpose": request.purpose,
        "reason": request.reason,
    } | filters.as_words(request.exported)
    yield from ((name, word) for name, word in named.items() if word)


def signed(connection: Connection, campaign: str) -> tuple[Wording, ...]:
    """Return the English text of each version that occurs in the column `wording_version`."""
    borne = {one.version for one in wordings.count_signed(connection, campaign)}
    known = wordings.of_campaign(connection, campaign).versions()
    return tuple(one for one in known if one.version in borne)
