"""What a page's address may carry after the question mark: names that its view gave, values that
its view checked. Nothing else of an address reaches a link, or the key under which a page is kept.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from flask import current_app, request

V = TypeVar("V", bound=Callable[..., Any])

#: Returns the value as it may be kept, "" for one that is not fit.
Check = Callable[[str], str]


def carries(**checks: Check) -> Callable[[V], V]:
    """Name the parameters of a view's address that links to the same page keep, and their checks.

    Put it below the route, so that it marks what the route registers.
    """

    def mark(view: V) -> V:
        view._carries = checks  # type: ignore[attr-defined]
        return view

    return mark


def one_of(*values: str) -> Check:
    """Return a check that lets only these values through."""
    return lambda given: given if given in values else ""


def carried() -> dict[str, str]:
    """Return this request's parameters that a link to the same page keeps, checked."""
    view = current_app.view_functions.get(request.endpoint or "")
    checks = cast(Mapping[str, Check], getattr(view, "_carries", {}))
    found = {name: check(request.args.get(name, "")) for name, check in checks.items()}
    return {name: value for name, value in found.items() if value}
