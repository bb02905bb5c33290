"""`make dev`: the demonstration in one process, started again when code or a text changes.

An error while it starts is printed, and the next change starts it again. Pages and mail are those
of `campaign demo`, whose folder it shares.
"""

import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from werkzeug.serving import is_running_from_reloader, run_simple

ROOT = Path(__file__).resolve().parent.parent
HOME = Path("demo")
CATALOGS = ROOT / "data/translations"


def watched() -> Iterator[str]:
    """Every file that a page is made of, beside the Python files that the reloader finds itself."""
    for folder in ("campaign", "templates", "data"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in {".mo", ".py", ".pyc"}:
                yield str(path)


def compile_catalogs() -> None:
    """Compile the translations that were edited after they were compiled."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in CATALOGS.glob("*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as catalog, compiled.open("wb") as target:
                write_mo(target, read_po(catalog))


def start(host: str, port: int, stopping: threading.Event) -> Callable[..., Iterable[bytes]]:
    """Make the site of the demonstration, with its mail worker in a thread until `stopping` is set.

    All is imported here, so that an error in a module is printed and its correction is noticed.
    """
    from campaign.cli import worker
    from campaign.cli.demo import demo
    from campaign.web import wsgi

    compile_catalogs()
    settings = demo.demo_settings(HOME.resolve(), host, port)
    welcome = demo.set_up(settings, HOME, datetime.now(UTC))
    site = wsgi.create(settings)
    threading.Thread(target=worker.run, args=(settings, stopping)).start()
    print(welcome, flush=True)
    return site


def main(host: str, port: int) -> None:
    """Serve until Ctrl-C. Requests that come while the site starts wait for it."""
    site: Future[Callable[..., Iterable[bytes]]] = Future()
    stopping = threading.Event()
    # A shell lets what it starts in the background ignore Ctrl-C, and Python keeps to that.
    signal.signal(signal.SIGINT, signal.default_int_handler)

    def begin() -> None:
        try:
            site.set_result(start(host, port, stopping))
        except BaseException as error:  # noqa: BLE001
            traceback.print_exc()
            site.set_exception(error)

    def application(environ: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
        return site.result()(environ, respond)

    if is_running_from_reloader():
        # Threads that a daemon starts are daemons too: none outlives a restart or Ctrl-C.
        threading.Thread(target=begin, daemon=True).start()
    try:
        run_simple(host, port, application, use_reloader=True, threaded=True, extra_files=watched())
    finally:
        # At its exit, Python waits for the threads that send mail.
        stopping.set()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
