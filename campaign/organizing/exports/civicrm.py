"""CiviCRM's contact import, with its own opt-out flag for bulk mail."""

from campaign.organizing.exports.table import empty, table
from campaign.store.exports.query import Cell

CIVICRM = table(
    "civicrm",
    "CiviCRM",
    "Contact import for CiviCRM, which emails contacts without Opt Out.",
    Cell("First Name", "first_name", "text"),
    Cell("Last Name", "last_name", "text"),
    Cell("Email", "email", "raw"),
    empty("Street Address"),
    Cell("City", "city", "text"),
    Cell("State", "state"),
    Cell("Postal Code", "zip"),
    Cell("Country", kind="fixed", words=("US", "")),
    Cell("External Identifier", "public_id"),
    Cell("Opt Out", "mail_opt_in", "flag", ("No", "Yes")),
    is_for_mail=True,
)
