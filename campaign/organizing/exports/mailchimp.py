"""Mailchimp's audience import, which subscribes everyone in the file and cuts text at 255 bytes.

State and ZIP are columns of their own, because Mailchimp's one-cell `Address` needs a street, which
a petition does not ask for.
"""

from campaign.organizing.exports.table import empty, table
from campaign.store.exports.query import Cell

#: We cut between two characters; Mailchimp would cut within one.
MAX_BYTES = 255

MAILCHIMP = table(
    "mailchimp",
    "Mailchimp",
    "Import into a Mailchimp audience, which subscribes everyone in the file.",
    Cell("Email Address", "email", "raw", max_bytes=MAX_BYTES),
    Cell("First Name", "first_name", "text", max_bytes=MAX_BYTES),
    Cell("Last Name", "last_name", "text", max_bytes=MAX_BYTES),
    empty("Phone Number"),
    Cell("State", "state"),
    Cell("ZIP Code", "zip"),
    Cell("Tags", "campaign"),
    is_for_mail=True,
)
