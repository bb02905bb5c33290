"""What few requests need is loaded when it is first used, not with everything else.

A process that serves the petition would else carry a typesetter, a word processor's format and the
driver of a database that it does not use: a quarter of its memory. The type checker and the
contracts between the floors see a plain import:

    if TYPE_CHECKING:
        import typst
    else:
        typst = lazy_import("typst")
"""

from importlib import import_module
from typing import Any


def lazy_import(name: str) -> Any:
    """Return a stand-in for the module `name`, which is imported when something of it is asked for.

    Safe among threads. Annotations that name something of the module are to be quoted: they would
    else ask for it at once.
    """
    return _LazyModule(name)


class _LazyModule:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
