"""Conditions with the value spelled out in the SQL, for partial indexes.

Both databases use a partial index only if they can see its condition when they plan the query, so a
bound parameter does not do.
"""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa


def equals_literal(column: sa.Column[Any], value: StrEnum) -> sa.ColumnElement[bool]:
    """Return `column = 'value'`, with the value spelled out."""
    return column == sa.literal_column(f"'{value}'")
