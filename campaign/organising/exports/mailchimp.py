"""Mailchimp's import of an audience: it subscribes whoever is in it, and cuts text at 255 bytes."""

from campaign.organising.exports.table import empty, table
from campaign.store.selection import Cell

#: Cut here already, between two characters: Mailchimp would cut within one.
MOST_BYTES = 255

MAILCHIMP = table(
    "mailchimp",
    "Mailchimp",
    "An import into a Mailchimp audience, which subscribes everybody in it.",
    Cell("Email Address", "email", "text", most_bytes=MOST_BYTES),
    Cell("First Name", "first_name", "text", most_bytes=MOST_BYTES),
    Cell("Last Name", "last_name", "text", most_bytes=MOST_BYTES),
    empty("Phone Number"),
    Cell("Address", kind="place", most_bytes=MOST_BYTES),
    Cell("Tags", "campaign"),
    is_for_mail=True,
)
