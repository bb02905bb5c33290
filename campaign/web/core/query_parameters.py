"""Query parameters that a page keeps: each is declared by its view and checked.

No other parameter reaches a link or the key under which a page is cached.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from flask import current_app, request

V = TypeVar("V", bound=Callable[..., Any])

#: Returns the value if it is valid, else "".
Check = Callable[[str], str]


def carries(**checks: Check) -> Callable[[V], V]:
    """Declare the query parameters that links to the same page keep, with their checks.

    Put it below the route decorator, so that it marks the function that the route registers.
    """

    def mark(view: V) -> V:
        view._carries = checks  # type: ignore[attr-defined]
        return view

    return mark


def one_of(*values: str) -> Check:
    """Return a check that accepts only these values."""
    return lambda given: given if given in values else ""


def carried() -> dict[str, str]:
    """Return the checked parameters of this request that a link to the same page keeps."""
    view = current_app.view_functions.get(request.endpoint or "")
    checks = cast(Mapping[str, Check], getattr(view, "_carries", {}))
    found = {name: check(request.args.get(name, "")) for name, check in checks.items()}
    return {name: value for name, value in found.items() if value}
