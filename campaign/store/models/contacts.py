"""Anonymous reports of what became of a letter: mailed, sent, called."""

from sqlalchemy import CheckConstraint, Column, Date, Index, String, Table

from campaign.store.models.base import metadata, row_id, text_column

#: One row for each report. It has a day but no time, and nothing about the person.
contacts = Table(
    "contacts",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False),
    # The bioguide id, "president" or "secretary".
    Column("member", String, nullable=False),
    # An office's id, "washington", or "" if unknown.
    text_column("office"),
    Column("outcome", String, nullable=False),
    Column("day", Date, nullable=False),
    # Where it was reported: "write", "call", or the tag of a link.
    text_column("source"),
    # What was asked about (campaign.packs.asks); "" in rows of versions that did not record it.
    text_column("about"),
    CheckConstraint(
        "outcome IN ('posted', 'sent', 'contact', 'voicemail', 'no-answer')", name="outcome"
    ),
)
# Ordered for counting: half a million rows are summed in a tenth of a second.
Index(
    "ix_contacts_figures",
    contacts.c.campaign,
    contacts.c.member,
    contacts.c.outcome,
    contacts.c.day,
)
