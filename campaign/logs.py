"""Logs: one JSON object a line on standard error, with ids and never personal data.

A program's own lines go through structlog; what libraries log goes through the same renderer at
WARNING and above, so that one reader can follow both. An error is told by its type and by where it
arose: its message may quote what people typed, and so is left out.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

from campaign.secret_paths import redact_secrets

# The innermost frames say most, and an endless recursion must not fill the disk.
_MAX_FRAMES = 30
_MAX_CAUSES = 5


def configure(*, stream: TextIO | None = None, quiet: bool = False) -> None:
    """Send every log line to `stream` (standard error unless told) from now on.

    On a terminal a line is plain text; elsewhere it is JSON with `timestamp` (UTC, ISO 8601),
    `level` and `event`. `quiet` keeps to warnings. Call it once a process, before any work.
    """
    out = stream if stream is not None else sys.stderr
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_errors,
        _without_secrets,
    ]
    renderer: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=False)]
        if out.isatty()
        else [structlog.processors.JSONRenderer()]
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
    # A line that cannot be made would be told on standard error, with its values.
    logging.raiseExceptions = False


def log_uncaught() -> None:
    """Log what nobody caught, in this process and its threads, as one line without values.

    Python itself would print the error's message, which may quote what people typed.
    """

    def uncaught(
        kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger("program").error("unforeseen", exc_info=error)

    sys.excepthook = uncaught
    threading.excepthook = lambda told: uncaught(
        told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
    )
    sys.unraisablehook = lambda told: uncaught(
        told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback
    )


def logger(name: str) -> FilteringBoundLogger:
    """The logger of one part of the program; `name` is printed with each of its lines."""
    return cast(FilteringBoundLogger, structlog.get_logger(part=name))


def error_frames(error: BaseException) -> list[dict[str, Any]]:
    """Return an error and what caused it, each as its type and the places it came through.

    A place is `campaign/web/petition/petition_page.py:88 in show`, the innermost last. Messages,
    lines of source and values are left out: they may hold personal data.
    """
    return [
        {
            "type": f"{type(one).__module__}.{type(one).__qualname__}".removeprefix("builtins."),
            "at": [_place(frame) for frame in traceback.extract_tb(one.__traceback__)][
                -_MAX_FRAMES:
            ],
        }
        for one in _chain(error)
    ]


def _chain(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(_MAX_CAUSES):
        if found is None:
            return
        yield found
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)


def _place(frame: traceback.FrameSummary) -> str:
    parts = Path(frame.filename).parts
    for root in ("site-packages", "campaign"):
        if root in parts:
            begin = len(parts) - parts[::-1].index(root) - (root == "campaign")
            parts = parts[begin:]
            break
    else:
        parts = parts[-2:]
    return f"{'/'.join(parts)}:{frame.lineno} in {frame.name}"


def _describe_errors(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Tell an error by its type and places, and drop all that Python would print of it."""
    given = line.pop("exc_info", None)
    line.pop("stack_info", None)
    error = given if isinstance(given, BaseException) else None
    if isinstance(given, tuple):
        error = given[1]
    elif given and error is None:
        error = sys.exc_info()[1]
    if error is not None:
        line["fault"] = error_frames(error)
    return line


def _without_secrets(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in line.items():
        if isinstance(value, str):
            line[key] = redact_secrets(value)
    return line
