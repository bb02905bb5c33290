"""Compile Typst templates to PDF in bounded memory.

Texts are passed as data (JSON), never as markup. The compiler reads only the letter templates and
fonts (shipped ones, then the system's for characters they lack); it has no network access.
"""

import json
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from typing import TYPE_CHECKING, Any

from campaign import paths
from campaign.lazy_import import lazy_import
from campaign.letters.print import fonts

if TYPE_CHECKING:
    import typst
else:
    typst = lazy_import("typst")

#: Pages per run. Typst caches the layouts of its last runs, 1.6 MB a page: 500 letters took 900 MB
#: in one run and take 175 MB in runs of 50 with the cache dropped in between, at the same speed.
RUN_SIZE = 50
# Typst evicts layouts that this many consecutive runs did not use.
_RUNS_TO_EVICT = 12
# Concurrent runs: one run leaves a second processor half idle.
_MAX_CONCURRENT = 2

_eviction = threading.Lock()


class TypstCompiler:
    """Compiles one template of `templates/letters`, which reads its data from `sys.inputs.data`.

    Fonts and template are read once, on the first run. Thread-safe.
    """

    def __init__(self, template: str) -> None:
        self._template = template
        self._slots = threading.BoundedSemaphore(_MAX_CONCURRENT)
        # typst.Compiler is not thread-safe.
        self._idle: dict[bool, list[typst.Compiler]] = {False: [], True: []}

    def compile(self, data: Mapping[str, Any], *, day: date) -> bytes:
        """Return a PDF/UA-1 file of these texts, created at noon UTC of `day`.

        The template gets the font families to use as `sys.inputs.fonts`. The same data give the
        same bytes on every machine, unless they need a system font.
        """
        texts = json.dumps(data, ensure_ascii=False)
        families = fonts.families(texts)
        needs_system_fonts = len(families) > len(fonts.FAMILIES)
        with self._slots:
            idle = self._idle[needs_system_fonts]
            compiler = idle.pop() if idle else self._compiler(needs_system_fonts)
            try:
                made = compiler.compile(
                    format="pdf",
                    sys_inputs={"data": texts, "fonts": json.dumps(families)},
                    pdf_standards=["ua-1"],
                    timestamp=int(datetime.combine(day, time(12), UTC).timestamp()),
                )
            finally:
                idle.append(compiler)
        assert isinstance(made, bytes)
        return made

    def _compiler(self, with_system_fonts: bool) -> "typst.Compiler":
        folder = paths.templates() / "letters"
        font_paths = _fonts(with_system_fonts)
        return typst.Compiler(folder / self._template, root=folder, font_paths=font_paths)


def drop_layout_cache() -> None:
    """Make Typst drop its cached layouts, which the next pages cannot use."""
    with _eviction:
        for _ in range(_RUNS_TO_EVICT):
            _blank().compile(b" ", format="svg")


@cache
def _fonts(with_system_fonts: bool) -> "typst.Fonts":
    return typst.Fonts(
        include_system_fonts=with_system_fonts,
        include_embedded_fonts=False,
        font_paths=[paths.data() / "fonts"],
    )


@cache
def _blank() -> "typst.Compiler":
    no_fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    return typst.Compiler(root=paths.templates() / "letters", font_paths=no_fonts)
