"""`campaign serve`: the site on Granian, and one mail worker; if one ends, so does the other.

Granian's parent process serves nothing itself: it starts the web processes and this module's
mail worker, and ends them all on SIGTERM, on Ctrl-C, or when one of them ends by itself, so that
its supervisor (systemd, a container) sees one program.
"""

import gc
import importlib
import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.common import AbstractServer

from campaign import logs
from campaign.cli.installation import require_current_schema
from campaign.errors import CampaignError
from campaign.settings import Settings, require_safe
from campaign.settings import read as read_settings

_log = logs.logger("serve")

#: SQLite takes one writer at a time, but a sign-up is mostly processor time outside the write. Two
#: processes that share a lock (campaign/store/db/process_lock.py) signed 858 a second; one signed
#: 657, with twice the 99th percentile (bench_web.py, 2 processors). More would only wait.
MAX_SQLITE_PROCESSES = 2
MAX_POSTGRESQL_PROCESSES = 4
#: Python threads a process: enough that a slow geocoder or mail look-up does not delay others, few
#: enough that many requests do not contend for the interpreter.
THREADS = 16
# Requests that wait in one process before new connections wait in the kernel's queue instead.
_BACKPRESSURE = 256
# A connection that stays silent is closed after this many milliseconds.
_HEADER_TIMEOUT_MS = 15_000
# A request that still runs this many seconds after SIGTERM is cut off.
_GRACE_S = 20


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Web processes. Default: one a processor, at most 2 on SQLite and 4 on PostgreSQL.",
)
@click.option(
    "--no-worker",
    is_flag=True,
    help="Send no mail from here: `campaign worker` runs elsewhere.",
)
def serve(host: str, port: int, workers: int | None, no_worker: bool) -> None:
    """Serve the site, with a mail worker beside it.

    Runs until Ctrl-C or SIGTERM. Put a web server with HTTPS in front of it, and set
    TRUSTED_PROXIES to the number of proxies between it and the visitor.
    """
    settings = require_safe(read_settings())
    run(
        settings,
        host=host,
        port=port,
        workers=workers,
        with_worker=not no_worker,
        on_ready=lambda: _log.info("serving", address=f"http://{host}:{port}/"),
    )


def run(
    settings: Settings,
    *,
    host: str,
    port: int,
    workers: int | None = None,
    with_worker: bool = True,
    threads: int = THREADS,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until a signal stops it; `on_ready` is called once the port is open.

    `workers` are web processes, `threads` the requests that each answers at once.

    Raises CampaignError when the port is taken or the tables are out of date; exits with 1 when a
    web process or the mail worker ended by itself.
    """
    logs.configure(quiet=settings.env == "demo")
    logs.log_uncaught()
    require_current_schema(settings)
    _require_free(host, port)
    server = web_server(host, port, workers or default_processes(settings), threads=threads)
    beside = _MailWorker(settings, server) if with_worker else None
    if beside is not None:
        server.on_startup(beside.start)
        server.on_shutdown(beside.stop)
    if on_ready is not None:
        server.on_startup(partial(_when_listening, host, port, on_ready))
    server.serve(target_loader=partial(_application, settings), wrap_loader=False)
    _end_quickly()
    if beside is not None and beside.ended_by_itself:
        raise CampaignError("The mail worker ended by itself; its log lines above say why.")


def web_server(
    host: str, port: int, processes: int, *, threads: int = THREADS
) -> AbstractServer[Any]:
    """The server as this product sets it up, ready for `serve(target_loader=…)`."""
    # Threads are running by the time processes start; a forked copy would inherit whatever locks
    # they hold at that moment, and hang on its first request.
    multiprocessing.set_start_method("spawn", force=True)
    return Granian(
        "campaign.web.wsgi:create",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backpressure=_BACKPRESSURE,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_TIMEOUT_MS),
        workers_kill_timeout=_GRACE_S,
        log_level=LogLevels.warning,
        log_dictconfig=_GRANIAN_LOGGING,
    )


def default_processes(settings: Settings) -> int:
    """How many web processes serve this database best."""
    limit = MAX_SQLITE_PROCESSES if settings.is_sqlite else MAX_POSTGRESQL_PROCESSES
    return min(os.cpu_count() or 1, limit)


def _end_quickly() -> None:
    """Let this process end without a last search through all objects, which takes 0.3 seconds."""
    gc.freeze()


class _MailWorker:
    """The mail worker's process. It ends with the server, and the server with it."""

    def __init__(self, settings: Settings, server: AbstractServer[Any]) -> None:
        self._process = multiprocessing.get_context("spawn").Process(
            target=_mail_worker, args=(settings,), name="campaign-worker"
        )
        self._server = server
        self._is_stopping = False
        self.ended_by_itself = False

    def start(self) -> None:
        """Start it, and watch it."""
        self._process.start()
        threading.Thread(target=self._watch, daemon=True).start()
        threading.Thread(target=self._end_with_server, daemon=True).start()

    def stop(self) -> None:
        """Let it finish the message in hand, then end it."""
        self._is_stopping = True
        if self._process.is_alive():
            self._process.terminate()
        self._process.join(_GRACE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def _end_with_server(self) -> None:
        """Tell it to end when a signal ends the server, which calls `stop` only at the end."""
        while not (self._server.interrupt_signal or self._server.interrupt_children):
            self._server.main_loop_interrupt.wait()
        self._is_stopping = True
        self._process.terminate()

    def _watch(self) -> None:
        self._process.join()
        # Ctrl-C in a terminal reaches both processes, and this one may be the slower to take it.
        self._server.main_loop_interrupt.wait(1)
        if not self._is_stopping and not self._server.interrupt_signal:
            self.ended_by_itself = True
            self._server.signal_handler_interrupt()  # type: ignore[no-untyped-call]


def _mail_worker(settings: Settings) -> None:
    """Run the mail worker in this process; its modules are loaded only here."""
    from campaign.cli import worker

    try:
        worker.run_beside(settings)
        _end_quickly()
    except Exception as error:  # noqa: BLE001
        # Python's own way to end a process prints the error with its values.
        _log.error("unforeseen", exc_info=error)
        sys.exit(1)


def _application(settings: Settings) -> Callable[..., Any]:
    """Make the application, inside a web process.

    It is imported by name, because `web` is on the same floor and the parent does not need it.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    try:
        create: Callable[[Settings], Callable[..., Any]] = importlib.import_module(
            "campaign.web.wsgi"
        ).create
        application = create(settings)
    except CampaignError as error:
        click.echo(f"campaign: {error}", err=True)
        sys.exit(1)
    except Exception as error:  # noqa: BLE001
        logs.configure(quiet=settings.env == "demo")
        _log.error("unforeseen", exc_info=error)
        sys.exit(1)
    _end_quickly()
    return application


def _follow(parent: multiprocessing.process.BaseProcess) -> None:
    """End this web process when its parent was killed: nothing else would end it."""
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _require_free(host: str, port: int) -> None:
    """Raise CampaignError when something listens there: Granian would share the port silently."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CampaignError(
                f"Port {port} of {host} cannot be listened on ({error.strerror}). "
                "Choose another with --port."
            ) from error


def _when_listening(host: str, port: int, then: Callable[[], None]) -> None:
    """Call `then` once the first web process accepts connections."""

    def wait() -> None:
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
        while True:
            try:
                socket.create_connection((reachable, port), timeout=1).close()
            except OSError:
                time.sleep(0.05)
            else:
                then()
                return

    threading.Thread(target=wait, daemon=True).start()


class _Facts(logging.Filter):
    """Lets Granian say what happened, not what it would have chosen in our place."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "Consider" not in record.getMessage()


# Granian's own lines go through the handler that `logs` sets up, as any library's.
_GRANIAN_LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"facts": {"()": _Facts}},
    "formatters": {},
    "handlers": {},
    "loggers": {
        "_granian": {"propagate": True, "filters": ["facts"]},
        "granian.access": {"propagate": True},
    },
}
