"""Report our own bugs in reading a campaign file as problems of that file, never as a crash.

The checks report the faults they know. An unexpected error must not take a running site down.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from campaign.errors import PackInvalid, Problem

T = TypeVar("T")


def unexpected_problem(file: str, error: Exception) -> Problem:
    """Return the problem for an error that no check expected.

    It names the type of the error and its place in the program, but none of its values.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    reason = (
        f"The file cannot be used ({type(error).__name__}{where}). Undo your last change "
        "and check again."
    )
    return Problem(file, 0, reason)


def read_or_report(file: str, problems: list[Problem], work: Callable[[], T], instead: T) -> T:
    """Return the result of `work`, or `instead` and a new Problem after an unexpected error."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001
        problems.append(unexpected_problem(file, error))
        return instead


def check_or_report(file: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield the problems that a check finds, and one for an unexpected error in the check."""
    try:
        yield from problems
    except Exception as error:  # noqa: BLE001
        yield unexpected_problem(file, error)


def resolve_or_raise(file: str, work: Callable[[], T]) -> T:
    """Return the result of `work`. Raises PackInvalid, also for an unexpected error."""
    try:
        return work()
    except PackInvalid:
        raise
    except Exception as error:
        raise PackInvalid(
            "The campaign cannot be used.", (unexpected_problem(file, error),)
        ) from error
