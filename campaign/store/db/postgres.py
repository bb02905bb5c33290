"""PostgreSQL: how we connect, and what its errors mean.

The driver takes 9 MB of every process, so this module is loaded only for a PostgreSQL URL.
"""

import psycopg
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.engine import URL

from campaign.errors import CampaignError
from campaign.store.db import driver_errors

#: What the driver raises.
DriverError: type[Exception] = psycopg.Error


def make_engine(url: URL, pool_size: int, *, timeout: float, name: str = "campaign") -> Engine:
    """Return the engine, whose connections wait for a lock for `timeout` seconds.

    `name` is their `application_name` in `pg_stat_activity`. Opens no connection.
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


def store_error(error: Exception) -> CampaignError | None:
    """Return the store's error for an error of the driver; None if it is a bug of ours."""
    if isinstance(error, psycopg.IntegrityError):
        return driver_errors.conflict(error.diag.constraint_name or "")
    if isinstance(error, psycopg.errors.UndefinedTable):
        return driver_errors.missing_tables()
    if isinstance(error, psycopg.OperationalError | psycopg.errors.ReadOnlySqlTransaction):
        return driver_errors.unavailable()
    # The driver refuses it before it asks the server, so there is no SQLSTATE.
    if isinstance(error, psycopg.DataError) and error.sqlstate is None and "NUL" in str(error):
        return driver_errors.nul_character()
    return None
