"""INSERT statements that write their row only on request."""

from collections.abc import Sequence

import sqlalchemy as sa


def conditional_insert(table: sa.Table, names: Sequence[str]) -> sa.Insert:
    """Return an INSERT of these columns that writes its row only if `:wanted` is true.

    A sign-up runs the same statements for a new and for a known address, so that its time reveals
    nothing.
    """
    values = [sa.bindparam(name, type_=table.c[name].type) for name in names]
    wanted = sa.bindparam("wanted", type_=sa.Boolean) == sa.true()
    return sa.insert(table).from_select(list(names), sa.select(*values).where(wanted))
