"""The preview image of a shared link: headline and count, as a PNG made by Typst."""

import json
import threading
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

from campaign import paths
from campaign.lazy_import import lazy_import

if TYPE_CHECKING:
    import typst
else:
    typst = lazy_import("typst")

#: Pixels, the size that Open Graph previews use (1.91:1).
WIDTH, HEIGHT = 1200, 630

# One compiler per process keeps the fonts loaded; it is not thread-safe.
_compiler_lock = threading.Lock()


@dataclass(frozen=True)
class Card:
    """The texts of the image, in one language.

    `number` is printed large before `words` ("12,000", "have signed"); it may be empty. `share` is
    the progress to the goal, 0 to 1; 0 draws no bar. `place` is the address where people sign, and
    `accent` the campaign's color as `#rrggbb`. `disclosure` is the line below the bar that the law
    may require, in a language of its own, or "".
    """

    kicker: str
    headline: str
    number: str
    words: str
    place: str
    accent: str
    share: float = 0.0
    language: str = "en"
    disclosure: str = ""
    disclosure_language: str = "en"


def png(card: Card) -> bytes:
    """Return the card as a PNG of `WIDTH` by `HEIGHT` pixels.

    Texts are passed as data, never as markup. Characters that no font has are left out.
    """
    with _compiler_lock:
        made = _compiler().compile(
            format="png", ppi=72, sys_inputs={"card": json.dumps(asdict(card))}
        )
    assert isinstance(made, bytes)
    return made


@cache
def _compiler() -> "typst.Compiler":
    return typst.Compiler(
        str(paths.templates() / "share" / "card.typ"),
        root=str(paths.templates()),
        font_paths=[str(paths.data() / "fonts")],
        ignore_system_fonts=True,
    )
