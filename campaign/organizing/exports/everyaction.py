"""EveryAction's bulk file: read by position, its heading ignored. Empty cells erase nothing there.

There is no column for consent, so those who asked for news.
"""

from campaign.organizing.exports.table import empty, table
from campaign.store.exports.query import Cell

EVERYACTION = table(
    "everyaction",
    "EveryAction, NGP VAN",
    "A bulk upload to EveryAction, which goes by the order of columns.",
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
