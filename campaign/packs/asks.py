"""The headings under which letters.md asks: `Ask: senator`, `Brief ask: committee SSAP HSAP`."""

import re
from dataclasses import dataclass
from typing import get_args

from campaign.packs.values import RecipientKind

_HEADING = re.compile(
    r"(?P<brief>brief )?ask: (?P<kind>[a-z-]+)(?P<codes>(?:[ ,]+[hsj][a-z]{3}(?:[0-9]{2})?)*)",
    re.IGNORECASE,
)
#: Whom an ask may be narrowed for, by committees.
_BY_COMMITTEE = frozenset({"committee", "chair"})
_KINDS = {str(kind): kind for kind in get_args(RecipientKind)}


@dataclass(frozen=True)
class AskHeading:
    """Whom an ask is for: a kind of recipient, on these committees alone where some are named."""

    kind: RecipientKind
    committees: tuple[str, ...] = ()
    is_brief: bool = False

    @classmethod
    def parse(cls, heading: str) -> "AskHeading | None":
        """Read a heading of letters.md; None for one that is not of an ask."""
        found = _HEADING.fullmatch(" ".join(heading.split()))
        kind = _KINDS.get(found["kind"].lower()) if found else None
        if found is None or kind is None:
            return None
        codes = tuple(re.findall(r"[A-Z0-9]+", found["codes"].upper()))
        if codes and kind not in _BY_COMMITTEE:
            return None
        return cls(kind, codes, bool(found["brief"]))
