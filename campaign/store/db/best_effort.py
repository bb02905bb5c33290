"""Bookkeeping whose failure must not cost the visitor the result that they asked for."""

from collections.abc import Iterator
from contextlib import contextmanager

from campaign import logs

_log = logs.logger("store")


@contextmanager
def best_effort(what: str) -> Iterator[None]:
    """Suppress any exception and log it in one line.

    `what` names the bookkeeping in the log. Only the exception's type is logged, since its message
    may quote a row. Never use it for a person's own data or for the audit log.
    """
    try:
        yield
    except Exception as error:  # noqa: BLE001 (no failure may cost the visitor the result)
        _log.warning("bookkeeping-failed", what=what, fault=type(error).__name__)
