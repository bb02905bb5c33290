"""Logs: one JSON object per line on standard error, with ids and without personal data.

Our own lines go through structlog; lines of libraries (WARNING and above) go through the same
renderer. An error is logged by its type and place only, because its message may quote what people
typed.
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

# The innermost frames say most; the limit keeps an endless recursion from filling the disk.
_MAX_FRAMES = 30
_MAX_CAUSES = 5


def configure(*, stream: TextIO | None = None, quiet: bool = False) -> None:
    """Send all log lines to `stream`, or to standard error if it is None.

    Lines are plain text on a terminal, otherwise JSON with `timestamp` (UTC, ISO 8601), `level` and
    `event`. With `quiet`, only warnings and errors are logged. Call it once per process, at start.
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
    # Otherwise logging would print a line that it cannot format, with its values.
    logging.raiseExceptions = False


def log_uncaught() -> None:
    """Log uncaught errors of this process and its threads as one line each, without values.

    Python itself would print the error's message, which may quote what people typed.
    """

    def uncaught(
        kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            return
        logger("program").error("unforeseen", exc_info=error)

    sys.excepthook = uncaught
    threading.excepthook = lambda args: uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )
    sys.unraisablehook = lambda args: uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def logger(name: str) -> FilteringBoundLogger:
    """Return the logger of one part of the program; `name` is in each of its lines as `part`."""
    return cast(FilteringBoundLogger, structlog.get_logger(part=name))


def error_frames(error: BaseException) -> list[dict[str, Any]]:
    """Return an error and its causes, each as a dict of `type` and `at`, its frames.

    A frame is `campaign/web/petition/petition_page.py:88 in show`, the innermost last. Messages,
    source lines and values are left out because they may contain personal data.
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
    """Replace the error of a log line by `fault`: its type and frames, without values."""
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
