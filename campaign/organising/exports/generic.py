"""The generic table: UTF-8 CSV by RFC 4180 with a heading, every column that a signer gave."""

from campaign.organising.exports.export import Preset
from campaign.store.export import Cell

GENERIC = Preset(
    name="generic",
    suffix=".csv",
    cells=(
        Cell("external_id", "public_id"),
        Cell("first_name", "first_name", "text"),
        Cell("last_name", "last_name", "text"),
        Cell("email", "email", "text"),
        Cell("zip", "zip"),
        Cell("city", "city", "text"),
        Cell("state", "state"),
        Cell("district", "district"),
        Cell("comment", "comment", "text"),
        Cell("show_name", "show_name", "flag"),
        Cell("mail_opt_in", "mail_opt_in", "flag"),
        Cell("source", "source", "text"),
        Cell("language", "language"),
        Cell("origin", "origin"),
        Cell("number", "number", "number"),
        Cell("signed_at", "created_at", "time"),
        Cell("confirmed_at", "confirmed_at", "time"),
    ),
)
