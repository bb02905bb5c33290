"""What every table is made with: one set of tables, names of constraints, usual columns."""

from typing import Any

from sqlalchemy import Column, Identity, Index, MetaData, String, text

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
    """Return the column of a row's number."""
    return Column("id", RowId, Identity(always=False), primary_key=True)


def text_column(name: str) -> Column[str]:
    """Return a column of text that is "" where nothing was given."""
    return Column(name, String, nullable=False, server_default="")


def partial_index(name: str, where: str, *columns: Column[Any], where_sqlite: str = "") -> Index:
    """Make an index of the few rows that a question is about; it must spell `where` alike."""
    return Index(
        name, *columns, sqlite_where=text(where_sqlite or where), postgresql_where=text(where)
    )
