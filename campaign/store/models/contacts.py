"""What people say became of a letter: posted, sent, called. Figures alone, never who."""

from sqlalchemy import CheckConstraint, Column, Date, Index, String, Table

from campaign.store.models.base import metadata, row_id, text_column

#: One row each time somebody said so. It holds a day and no time, and nothing about the person.
contacts = Table(
    "contacts",
    metadata,
    row_id(),
    Column("campaign", String, nullable=False),
    # The bioguide id, "president" or "secretary".
    Column("member", String, nullable=False),
    # An office's id, "washington", or "" where it was not said.
    text_column("office"),
    Column("outcome", String, nullable=False),
    Column("day", Date, nullable=False),
    # Where it was said: "write", "call", or the tag of a link.
    text_column("source"),
    CheckConstraint(
        "outcome IN ('posted', 'sent', 'contact', 'voicemail', 'no-answer')", name="outcome"
    ),
)
# In the order in which they are counted: half a million are added up in a tenth of a second.
Index(
    "ix_contacts_figures",
    contacts.c.campaign,
    contacts.c.member,
    contacts.c.outcome,
    contacts.c.day,
)
