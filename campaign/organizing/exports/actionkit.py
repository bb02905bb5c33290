"""ActionKit's upload. It subscribes everyone in the file, so it gets only opted-in signers."""

from campaign.organizing.exports.table import empty, table
from campaign.store.exports.query import Cell

ACTIONKIT = table(
    "actionkit",
    "ActionKit",
    "Upload to ActionKit, which subscribes everyone in the file.",
    Cell("email", "email", "raw"),
    Cell("first_name", "first_name", "text"),
    Cell("last_name", "last_name", "text"),
    empty("address1"),
    Cell("city", "city", "text"),
    Cell("state", "state"),
    Cell("zip", "zip"),
    Cell("country", kind="fixed", words=("US", "")),
    Cell("source", "source", "text"),
    Cell("created_at", "created_at", "time"),
    Cell("action_comment", "comment", "text"),
    is_for_mail=True,
)
