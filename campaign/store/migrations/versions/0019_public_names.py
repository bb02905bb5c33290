"""Which first names may be public."""

import sqlalchemy as sa
from alembic import op

from campaign.public_names import needs_review

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    """Set which names are shown and which wait for review, and index both."""
    op.add_column(
        "signatures",
        sa.Column("name_status", sa.String(), nullable=False, server_default="waiting"),
    )
    connection = op.get_bind()
    signatures = sa.table(
        "signatures", sa.column("first_name", sa.String), sa.column("name_status", sa.String)
    )
    connection.execute(sa.update(signatures).values(name_status="shown"))
    names = connection.scalars(sa.select(signatures.c.first_name).distinct()).all()
    odd = [name for name in names if needs_review(name)]
    for start in range(0, len(odd), _AT_ONCE):
        some = odd[start : start + _AT_ONCE]
        connection.execute(
            sa.update(signatures)
            .where(signatures.c.first_name.in_(some))
            .values(name_status="waiting")
        )
    op.drop_index("ix_signatures_shown", "signatures")
    for name, status, columns in (
        ("ix_signatures_shown", "shown", ["campaign", "confirmed_at", "id"]),
        ("ix_signatures_unread_names", "waiting", ["campaign", "id"]),
    ):
        condition = f"status = 'confirmed' AND name_status = '{status}' AND show_name"
        op.create_index(
            name,
            "signatures",
            columns,
            sqlite_where=sa.text(f"{condition} = 1"),
            postgresql_where=sa.text(condition),
        )
