"""Leases: of the rows that wait, take so many that no other worker takes, and not one more.

On PostgreSQL, `UPDATE … WHERE id IN (SELECT … LIMIT n FOR UPDATE SKIP LOCKED)` runs its subquery
again for each row that the planner compares, and each run locks and takes further rows. A
materialized common table expression runs once, whatever the planner believes.
Source: PostgreSQL documentation, 7.8.3 (Common Table Expression Materialization).
"""

from typing import Any

import sqlalchemy as sa


def taken(
    row_id: sa.Column[Any],
    *waiting: sa.ColumnElement[bool],
    order: tuple[sa.ColumnElement[Any], ...],
    most: int | sa.BindParameter[int],
) -> sa.ColumnElement[bool]:
    """Return the condition of an UPDATE or a DELETE that holds for up to `most` waiting rows.

    `row_id` is the primary key, `order` says which rows come first. Rows that another transaction
    holds are passed over; those taken stay locked until the transaction ends. SQLite lets one
    writer in at a time, and ignores the locks. Ask for the rows (RETURNING), not for their number:
    SQLite's driver counts none where a statement begins with the table expression.
    """
    due = (
        sa.select(row_id)
        .where(*waiting)
        .order_by(*order)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return row_id.in_(sa.select(due.c[row_id.name]))
