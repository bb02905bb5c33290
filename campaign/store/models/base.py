"""What all tables share: the metadata, the names of constraints, common columns."""

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Identity, Index, MetaData, String, text

from campaign.store.db.column_types import RowId

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


def row_id() -> Column[int]:
    """Return the primary key column `id`."""
    return Column("id", RowId, Identity(always=False), primary_key=True)


def text_column(name: str) -> Column[str]:
    """Return a text column that is never NULL; its default is ""."""
    return Column(name, String, nullable=False, server_default="")


def allowed_values(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return a CHECK constraint, named like its column, that only allows these values."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def partial_index(name: str, where: str, *columns: Column[Any], where_sqlite: str = "") -> Index:
    """Make an index of the rows that meet `where`; queries must spell that condition the same."""
    return Index(
        name, *columns, sqlite_where=text(where_sqlite or where), postgresql_where=text(where)
    )
