"""Letters that are sent through Communicating with Congress."""

import sqlalchemy as sa
from alembic import op

from campaign.store.db.column_types import RowId, UtcTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of letters through Communicating with Congress."""
    op.create_table(
        "sendings",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("status", sa.String(), server_default="asked", nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=False),
        *(
            _text(name)
            for name in (
                "prefix",
                "first_name",
                "last_name",
                "address1",
                "address2",
                "city",
                "state",
                "zip",
                "phone",
                "email",
            )
        ),
        sa.Column("wants_reply", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("language", sa.String(), server_default="en", nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.Column("approved_at", UtcTime()),
        _text("sentence"),
        _text("digest"),
        sa.Column("emptied_at", UtcTime()),
        sa.CheckConstraint("status IN ('asked', 'approved')", name=op.f("ck_sendings_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sendings")),
        sa.UniqueConstraint("public_id", name=op.f("uq_sendings_public_id")),
    )
    op.create_index(op.f("ix_sendings_person_key"), "sendings", ["person_key"])
    _partial("ix_sendings_asked", "sendings", ["expires_at"], "status = 'asked'")
    _partial(
        "ix_sendings_held",
        "sendings",
        ["approved_at"],
        "status = 'approved' AND emptied_at IS NULL",
    )
    op.create_table(
        "deliveries",
        sa.Column("id", RowId, sa.Identity(always=False), nullable=False),
        sa.Column("sending_id", RowId, nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("delivery_id", sa.String(), nullable=False),
        _text("subject"),
        _text("statement"),
        _text("own"),
        _text("digest"),
        sa.Column("status", sa.String(), server_default="waiting", nullable=False),
        _text("note"),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime()),
        sa.CheckConstraint(
            "status IN ('waiting', 'queued', 'delivered', 'kept', 'refused', 'given-up', "
            "'too-soon')",
            name=op.f("ck_deliveries_status"),
        ),
        sa.ForeignKeyConstraint(
            ["sending_id"],
            ["sendings.id"],
            name=op.f("fk_deliveries_sending_id_sendings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_deliveries_delivery_id")),
        sa.UniqueConstraint("sending_id", "member", name="uq_deliveries_member"),
    )
    op.create_index(op.f("ix_deliveries_sending_id"), "deliveries", ["sending_id"])
    _partial("ix_deliveries_queued", "deliveries", ["id"], "status = 'queued'")
    _partial("ix_outbox_letters", "outbox", ["to"], "kind = 'cwc'")
    _partial("ix_outbox_approvals", "outbox", ["to"], "kind = 'approve'")
    op.create_table(
        "delivery_turns",
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("member", sa.String(), nullable=False),
        sa.Column("person_key", sa.LargeBinary(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("campaign", "member", "person_key", name=op.f("pk_delivery_turns")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cwc_offices",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("listed_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_cwc_offices")),
        sqlite_with_rowid=False,
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), server_default="", nullable=False)


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(
        name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )
