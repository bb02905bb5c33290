"""Bookkeeping beside what a person asked for: where it fails, the person gets the result anyway."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaign import logs

_log = logs.logger("store")


@contextmanager
def best_effort(what: str) -> Iterator[None]:
    """Do bookkeeping that may fail for any reason: it is logged in one line, and work goes on.

    `what` names it in the log. The fault is named by its type alone, since its words may quote a
    row. Use it for what nobody asked for, never for a person's own data or for the audit.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 (whatever it is, it must not cost the result)
        _log.warning("bookkeeping-failed", what=what, fault=type(error).__name__)
