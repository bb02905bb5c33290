"""An index of consents by time, for API clients that ask what changed."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the time of each consent."""
    op.create_index("ix_consents_at", "consents", ["at", "signature_id"])
