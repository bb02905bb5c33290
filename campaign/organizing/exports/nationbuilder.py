"""NationBuilder's import, with its own opt-in flag."""

from campaign.organizing.exports.table import empty, table
from campaign.store.exports.query import Cell

NATIONBUILDER = table(
    "nationbuilder",
    "NationBuilder",
    "Import into NationBuilder, which emails people with email_opt_in.",
    Cell("email", "email", "raw"),
    Cell("email_opt_in", "mail_opt_in", "flag", ("Y", "N")),
    Cell("first_name", "first_name", "text"),
    Cell("last_name", "last_name", "text"),
    empty("phone_number"),
    empty("address_address1"),
    Cell("address_city", "city", "text"),
    Cell("address_state", "state"),
    Cell("address_zip", "zip"),
    Cell("address_country_code", kind="fixed", words=("US", "")),
    Cell("language", "language"),
    Cell("tag_list", "campaign"),
    Cell("note", "comment", "text"),
    Cell("external_id", "public_id"),
    Cell("created_at", "created_at", "time"),
    is_for_mail=True,
)
