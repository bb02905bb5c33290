"""The picture that goes with a shared link: the headline and the count, set by Typst as a PNG."""

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

#: Pixels, as the sites that show such pictures ask for (Open Graph, 1.91:1).
WIDTH, HEIGHT = 1200, 630

# One compiler a process: it keeps the fonts, so that a picture takes milliseconds. Not for two
# threads at a time.
_setting = threading.Lock()


@dataclass(frozen=True)
class Card:
    """What the picture says, in one language.

    `number` is set large before `words` ("12,000", "have signed"); empty where only words are said.
    `share` of the way to the goal is from 0 to 1, 0 for no bar. `place` is where to sign, and
    `accent` the campaign's color as `#rrggbb`.
    """

    kicker: str
    headline: str
    number: str
    words: str
    place: str
    accent: str
    share: float = 0.0
    language: str = "en"


def png(card: Card) -> bytes:
    """Return the card as a PNG of `WIDTH` by `HEIGHT` pixels.

    The texts travel as data, never as markup. A character that no font has is left out.
    """
    with _setting:
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
