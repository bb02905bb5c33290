"""EveryAction's bulk upload, which reads columns by position; empty cells erase nothing there.

It has no column for consent, so it gets only opted-in signers.
"""

from campaign.organizing.exports.table import empty, table
from campaign.store.exports.query import Cell

EVERYACTION = table(
    "everyaction",
    "EveryAction, NGP VAN",
    "Bulk upload to EveryAction, which reads columns by position.",
    Cell("first_name", "first_name", "text"),
    Cell("last_name", "last_name", "text"),
    Cell("email", "email", "raw"),
    empty("phone"),
    empty("address_line1"),
    Cell("city", "city", "text"),
    Cell("state", "state"),
    Cell("zip", "zip"),
    Cell("country", kind="fixed", words=("US", "")),
    Cell("external_id", "public_id"),
    is_for_mail=True,
)
