"""The press: a template and its texts become a PDF by Typst, in bounded memory.

Texts travel as data (JSON), never as markup; the press sees the letters' templates and the shipped
fonts, and the machine's own for characters that those lack: no other file, no network.
"""

import json
import threading
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from campaign import paths
from campaign.lazy_import import lazy_import
from campaign.letters.print import fonts

if TYPE_CHECKING:
    import typst
else:
    typst = lazy_import("typst")

#: Pages set in one run. Typst remembers the layouts of its last runs, 1.6 MB a page: 500 letters
#: held 900 MB in one run, hold 175 MB in runs of 50 that are forgotten, and take no longer.
RUN = 50
# Typst forgets what this many runs in a row had no use for.
_RUNS_TO_FORGET = 12
# Runs at a time: Typst leaves a second processor half idle.
_MOST_AT_ONCE = 2

_forgetting = threading.Lock()


class Press:
    """A press for one template of `templates/letters`, which reads its data from `sys.inputs.data`.

    It is warm after its first run: fonts and template are read once. Safe among threads.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._turns = threading.BoundedSemaphore(_MOST_AT_ONCE)
        # A compiler is not to be used by two threads at once.
        self._idle: dict[bool, list[typst.Compiler]] = {False: [], True: []}

    def print(self, data: Mapping[str, Any], *, stamp: int) -> bytes:
        """Return these texts as a PDF/UA-1 file whose time is `stamp`, in seconds since 1970.

        The template finds the families to set them with as `fonts`. The same data make the same
        bytes on every machine, unless they need a font that does not ship.
        """
        texts = json.dumps(data, ensure_ascii=False)
        families = fonts.families(texts)
        beyond = len(families) > len(fonts.FAMILIES)
        with self._turns:
            idle = self._idle[beyond]
            compiler = idle.pop() if idle else self._compiler(beyond)
            try:
                made = compiler.compile(
                    format="pdf",
                    sys_inputs={"data": texts, "fonts": json.dumps(families)},
                    pdf_standards=["ua-1"],
                    timestamp=stamp,
                )
            finally:
                idle.append(compiler)
        assert isinstance(made, bytes)
        return made

    def _compiler(self, beyond: bool) -> "typst.Compiler":
        folder = paths.templates() / "letters"
        return typst.Compiler(folder / self._template, root=folder, font_paths=_fonts(beyond))


def forget() -> None:
    """Let Typst drop the layouts that it remembers: the next pages are other ones."""
    with _forgetting:
        for _ in range(_RUNS_TO_FORGET):
            _blank().compile(b" ", format="svg")


@cache
def _fonts(beyond: bool) -> "typst.Fonts":
    return typst.Fonts(
        include_system_fonts=beyond,
        include_embedded_fonts=False,
        font_paths=[paths.data() / "fonts"],
    )


@cache
def _blank() -> "typst.Compiler":
    no_fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    return typst.Compiler(root=paths.templates() / "letters", font_paths=no_fonts)
