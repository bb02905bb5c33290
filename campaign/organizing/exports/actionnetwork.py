"""Action Network's upload. It subscribes everyone in the file: only opted-in signers go in."""

from campaign.organizing.exports.table import empty, table
from campaign.store.exports.query import Cell

ACTIONNETWORK = table(
    "actionnetwork",
    "Action Network",
    "Upload to Action Network, which subscribes everyone in the file.",
    Cell("email", "email", "raw"),
    Cell("first_name", "first_name", "text"),
    Cell("last_name", "last_name", "text"),
    Cell("zip_code", "zip"),
    empty("can2_phone"),
    empty("can2_user_address"),
    Cell("can2_user_city", "city", "text"),
    Cell("can2_state_abbreviated", "state"),
    Cell("can2_user_tags", "campaign"),
    is_for_mail=True,
)
