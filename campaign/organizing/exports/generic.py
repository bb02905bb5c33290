"""The generic export: everything a signer gave, as UTF-8 CSV (RFC 4180) with a heading.

`campaign import` reads it back (`parse_generic`).
"""

from campaign.organizing.exports.table import table
from campaign.store.exports.query import Cell

GENERIC = table(
    "generic",
    "Generic CSV",
    "All data that signers gave, for spreadsheets, archives and other installations.",
    Cell("external_id", "public_id"),
    Cell("first_name", "first_name", "text"),
    Cell("last_name", "last_name", "text"),
    Cell("email", "email", "text"),
    Cell("zip", "zip"),
    Cell("city", "city", "text"),
    Cell("state", "state"),
    Cell("district", "district"),
    Cell("comment", "comment", "text"),
    Cell("comment_status", "comment_status"),
    Cell("show_name", "show_name", "flag"),
    Cell("mail_opt_in", "mail_opt_in", "flag"),
    Cell("unsubscribed_at", "unsubscribed_at", "time"),
    Cell("source", "source", "text"),
    Cell("sheet", "sheet", "text"),
    Cell("language", "language"),
    Cell("origin", "origin"),
    Cell("wording_version", "wording_version", "text"),
    Cell("number", "number", "number"),
    Cell("signed_at", "created_at", "time"),
    Cell("confirmed_at", "confirmed_at", "time"),
    is_for_mail=False,
)
