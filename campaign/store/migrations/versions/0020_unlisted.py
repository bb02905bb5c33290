"""Signatures past retention keep no personal data; only numbers by place stay."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_EMPTY = ("state", "district", "source", "reason", "wording_version")
_UNKNOWN = (
    "mailed_at", "reminded_at", "confirmed_at", "ended_at", "unsubscribed_at", "number",
)  # fmt: skip


def upgrade() -> None:
    """Count the places of anonymised signatures, and erase them from their rows."""
    op.create_table(
        "unlisted",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("district", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "campaign", "state", "district", "origin", name=op.f("pk_unlisted")
        ),
        sqlite_with_rowid=False,
    )
    is_gone = "anonymised_at IS NOT NULL"
    op.execute(
        "INSERT INTO unlisted (campaign, state, district, origin, count) "  # noqa: S608 (no input)
        "SELECT campaign, state, district, origin, count(*) FROM signatures "
        f"WHERE {is_gone} AND status = 'confirmed' GROUP BY campaign, state, district, origin"
    )
    op.execute(f"DELETE FROM signatures WHERE {is_gone} AND status <> 'confirmed'")  # noqa: S608
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    blank_id = (
        "'gone-' || lower(hex(randomblob(12)))"
        if is_sqlite
        else "'gone-' || replace(gen_random_uuid()::text, '-', '')"
    )
    blank_time = "'1970-01-01T00:00:00Z'" if is_sqlite else "'1970-01-01T00:00:00Z'::timestamptz"
    blank_nonce = "x''" if is_sqlite else "''::bytea"
    values = [
        *(f"{name} = ''" for name in _EMPTY),
        *(f"{name} = NULL" for name in _UNKNOWN),
        f"public_id = {blank_id}",
        f"created_at = {blank_time}",
        f"nonce = {blank_nonce}",
        "language = 'en'",
        "mails = 0",
    ]
    op.execute(f"UPDATE signatures SET {', '.join(values)} WHERE {is_gone}")  # noqa: S608
