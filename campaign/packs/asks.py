"""The headings of the asks in letters.md: `Ask: senator`, `Brief ask: committee SSAP HSAP`."""

import re
from dataclasses import dataclass
from typing import get_args

from campaign.packs.values import RecipientKind

_HEADING = re.compile(
    r"(?P<brief>brief )?ask: (?P<kind>[a-z-]+)(?P<codes>(?:[ ,]+[hsj][a-z]{3}(?:[0-9]{2})?)*)",
    re.IGNORECASE,
)
#: Kinds whose asks may be limited to some committees.
_BY_COMMITTEE = frozenset({"committee", "chair"})
_KINDS = {str(kind): kind for kind in get_args(RecipientKind)}


@dataclass(frozen=True)
class AskHeading:
    """The recipients that an ask is for: a kind, limited to `committees` unless that is empty."""

    kind: RecipientKind
    committees: tuple[str, ...] = ()
    is_brief: bool = False

    @classmethod
    def parse(cls, heading: str) -> "AskHeading | None":
        """Parse a heading of letters.md; return None if it is not the heading of an ask."""
        found = _HEADING.fullmatch(" ".join(heading.split()))
        kind = _KINDS.get(found["kind"].lower()) if found else None
        if found is None or kind is None:
            return None
        codes = tuple(re.findall(r"[A-Z0-9]+", found["codes"].upper()))
        if codes and kind not in _BY_COMMITTEE:
            return None
        return cls(kind, codes, bool(found["brief"]))
