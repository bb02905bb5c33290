"""${message}."""

import sqlalchemy as sa
from alembic import op

from campaign.store.columns import Document, RowId, UtcTime
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables one step forward."""
    ${upgrades if upgrades else "pass"}
