"""PostgreSQL: how we connect, and what its errors mean.

The driver takes 9 MB of every process, so this module is loaded for a PostgreSQL URL alone.
"""

import psycopg
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from campaign.errors import CampaignError
from campaign.store.db import driver_errors

#: What the driver raises.
Fault: type[Exception] = psycopg.Error


def make_engine(url: URL, pool_size: int, *, timeout: float, name: str = "campaign") -> Engine:
    """Return the engine; a lock is waited for `timeout` seconds. Connects to nothing.

    Its connections bear `name` in `pg_stat_activity`.
    """
    return sa.create_engine(
        url,
        connect_args={
            "connect_timeout": 5,
            "application_name": name,
            "options": f"-c timezone=UTC -c datestyle=ISO -c lock_timeout={int(timeout * 1000)}"
            " -c idle_in_transaction_session_timeout=60000",
        },
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=timeout,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,
    )


def outcome(error: Exception) -> CampaignError | None:
    """Return the outcome that an error of the driver's stands for; None for a fault of ours."""
    if isinstance(error, psycopg.IntegrityError):
        return driver_errors.conflict(error.diag.constraint_name or "")
    if isinstance(error, psycopg.errors.UndefinedTable):
        return driver_errors.no_tables()
    if isinstance(error, psycopg.OperationalError | psycopg.errors.ReadOnlySqlTransaction):
        return driver_errors.not_now()
    # The driver refuses it before the server is asked: there is no number of the server's.
    if isinstance(error, psycopg.DataError) and error.sqlstate is None and "NUL" in str(error):
        return driver_errors.nul()
    return None
