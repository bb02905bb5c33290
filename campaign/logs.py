"""Logs: one JSON object a line on standard error, with ids and never personal data.

A program's own lines go through structlog; what libraries log goes through the same renderer at
WARNING and above, so that one reader can follow both.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

#: A mailed link is as good as a password, and Flask names the path of a request that failed.
_MAILED_LINK = re.compile(
    r"/(approve|confirm|disown|invitation|me|password|unsubscribe)/[^\s/?'\"]+"
)


def configure(*, stream: TextIO | None = None, quiet: bool = False) -> None:
    """Send every log line to `stream` (standard error unless told) from now on.

    On a terminal a line is plain text; elsewhere it is JSON with `timestamp` (UTC, ISO 8601),
    `level` and `event`. `quiet` keeps to warnings. Call it once a process, before any work.
    """
    out = stream if stream is not None else sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _without_tokens,
    ]
    renderer: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=False)]
        if out.isatty()
        # A traceback is kept as its text alone: the values of local variables may be personal.
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, *renderer],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.WARNING if quiet else logging.INFO
        ),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def logger(name: str) -> FilteringBoundLogger:
    """The logger of one part of the program; `name` is printed with each of its lines."""
    return cast(FilteringBoundLogger, structlog.get_logger(part=name))


def _without_tokens(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    line["event"] = _MAILED_LINK.sub(r"/\1/…", str(line.get("event", "")))
    return line
