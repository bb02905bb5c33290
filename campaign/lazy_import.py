"""Import a module when it is first used, to save memory in processes that do not need it.

A process that serves the petition does not need the typesetter, the Word format or the driver of
another database; together they take a quarter of its memory. Type checker and import contracts see
a plain import:

    if TYPE_CHECKING:
        import typst
    else:
        typst = lazy_import("typst")
"""

from importlib import import_module
from typing import Any


def lazy_import(name: str) -> Any:
    """Return a proxy for the module `name` that imports it at the first access to an attribute.

    Safe among threads. Quote annotations that use the module, or they import it at once.
    """
    return _LazyModule(name)


class _LazyModule:
    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)
