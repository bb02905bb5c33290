"""Leases: pick at most n rows for one worker, and none that another worker picked.

On PostgreSQL, `UPDATE … WHERE id IN (SELECT … LIMIT n FOR UPDATE SKIP LOCKED)` may run its subquery
once for each row that the planner compares, and each run locks further rows. A materialized common
table expression runs once, whatever the plan.
Source: PostgreSQL documentation, 7.8.3 (Common Table Expression Materialization).
"""

from typing import Any

import sqlalchemy as sa


def next_unlocked(
    row_id: sa.Column[Any],
    *conditions: sa.ColumnElement[bool],
    order: tuple[sa.ColumnElement[Any], ...],
    limit: int | sa.BindParameter[int],
) -> sa.ColumnElement[bool]:
    """Return the WHERE condition of an UPDATE or DELETE of the first `limit` unlocked rows.

    `row_id` is the primary key; the rows meet all `conditions` and are sorted by `order`. Rows that
    another transaction has locked are skipped; the picked rows stay locked until the transaction
    ends. SQLite ignores the locks, since it has one writer at a time. Use RETURNING, not
    `rowcount`: SQLite's driver reports 0 for a statement that begins with WITH.
    """
    due = (
        sa.select(row_id)
        .where(*conditions)
        .order_by(*order)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    return row_id.in_(sa.select(due.c[row_id.name]))
