"""Parse yes and no, as people and programs write them in a table, in the languages of the pages."""

import unicodedata

_YES = frozenset({
    "yes", "y", "true", "t", "x", "1", "1.0", "ok", "on", "agree", "agreed", "i agree", "checked",
    "sí", "si", "verdadero", "այո", "✓", "✔", "☑", "✅",
})  # fmt: skip
_NO = frozenset({
    "no", "n", "false", "f", "0", "0.0", "off", "none", "disagree", "unchecked", "falso", "ոչ",
    "☐", "✗", "✘", "❌",
})  # fmt: skip


def read(cell: str) -> bool | None:
    """Return True for a clear yes, False for a clear no, None for anything else."""
    text = unicodedata.normalize("NFC", cell).strip().casefold().replace("\ufe0f", "")
    if text in _YES:
        return True
    return False if text in _NO else None
