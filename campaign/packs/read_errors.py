"""A fault of ours in reading somebody's file is told as a problem of that file, never as a crash.

The checks name what they foresee. What they do not foresee must not take a running site down.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from campaign.errors import PackInvalid, Problem

T = TypeVar("T")


def unexpected_problem(file: str, error: Exception) -> Problem:
    """Return the problem that stands for an error that no check foresaw.

    It names the kind of error and where in the program it arose, and never its values.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    reason = (
        f"The file cannot be used ({type(error).__name__}{where}). Look at what you changed last, "
        "take it back, and check again."
    )
    return Problem(file, 0, reason)


def read_or_report(file: str, problems: list[Problem], work: Callable[[], T], instead: T) -> T:
    """Return what `work` makes of a file; what it cannot foresee is a Problem, and `instead`."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001
        problems.append(unexpected_problem(file, error))
        return instead


def check_or_report(file: str, found: Iterable[Problem]) -> Iterator[Problem]:
    """Yield what a check of a file finds, and what the check itself does not foresee."""
    try:
        yield from found
    except Exception as error:  # noqa: BLE001
        yield unexpected_problem(file, error)


def resolve_or_raise(file: str, work: Callable[[], T]) -> T:
    """Return what `work` makes. Raises PackInvalid, also for what nobody foresaw."""
    try:
        return work()
    except PackInvalid:
        raise
    except Exception as error:
        raise PackInvalid(
            "The campaign cannot be used.", (unexpected_problem(file, error),)
        ) from error
