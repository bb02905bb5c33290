"""A progress bar on a terminal; nothing in a pipe, so that logs and files stay clean."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


def is_shown() -> bool:
    """True where standard error is a terminal."""
    return sys.stderr.isatty()


class Bar:
    """A bar that a command moves."""

    def __init__(self, progress: Progress, label: str, total: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task(label, total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar on by that many steps."""
        self._progress.advance(self._task, steps)

    def show(self, done: int, total: int) -> None:
        """Set how many steps are done, and how many there are."""
        self._progress.update(self._task, completed=done, total=total)


@contextmanager
def bar(label: str, total: int | None = None) -> Iterator[Bar]:
    """Show a bar on standard error until the block ends; `total` may become known later."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not is_shown(),
        transient=True,
    ) as progress:
        yield Bar(progress, label, total)
