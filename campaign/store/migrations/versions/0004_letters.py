"""Fingerprints of letters, and reports of what became of letters."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import RowId, UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of letter fingerprints and of reported contacts."""
    op.create_table(
        "letters",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("writer", sa.LargeBinary()),
        sa.Column("sketch", sa.LargeBinary()),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
        sa.UniqueConstraint("campaign", "office", "writer", name="uq_letters_writer"),
    )
    known = sa.text("writer IS NOT NULL")
    op.create_index(
        "ix_letters_known", "letters", ["made_at"], sqlite_where=known, postgresql_where=known
    )
    op.create_table(
        "letter_bands",
        sa.Column("band", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("letter_id", RowId, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("band", "letter_id", name=op.f("pk_letter_bands")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contacts",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("office", sa.String(), server_default="", nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint(
            "outcome IN ('posted', 'sent', 'contact', 'voicemail', 'no-answer')",
            name=op.f("ck_contacts_outcome"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index("ix_contacts_figures", "contacts", ["campaign", "member", "outcome", "day"])
