"""Clean single values of upstream's files, and collect notes about them."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from campaign import phone_numbers

#: Upstream's titles on committees -> their standard form.
_TITLES = {
    "chair": "chair",
    "chairman": "chair",
    "chairwoman": "chair",
    "chairperson": "chair",
    "cochair": "co-chair",
    "cochairman": "co-chair",
    "cochairwoman": "co-chair",
    "vice chair": "vice chair",
    "vice chairman": "vice chair",
    "vice chairwoman": "vice chair",
    "ranking member": "ranking member",
    "ranking": "ranking member",
    "ex officio": "ex officio",
}

#: How many notes are kept with a dataset.
_MAX_NOTES = 200


class Notes:
    """Collects sentences about what was left out of upstream's files, or was odd in them."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def add(self, where: str, what: str) -> None:
        """Add a note: the file and entry, and what was found there."""
        self._found.setdefault(f"{where}: {clean(what)[:300]}")

    @property
    def found(self) -> tuple[str, ...]:
        """The notes in order, each once; after the first 200, only the number of the others."""
        every = tuple(self._found)
        if len(every) <= _MAX_NOTES:
            return every
        return (*every[:_MAX_NOTES], f"and {len(every) - _MAX_NOTES:,} more notes")


def committee_title(title: str) -> str:
    """Return the standard form of a title: `Chairwoman` and `Chairman` become `chair`."""
    folded = " ".join(title.lower().replace("-", "").split())
    return _TITLES.get(folded, folded)


def clean(value: object) -> str:
    """Return a value as one line of text in Unicode NFC, with single spaces; None becomes ""."""
    if value is None:
        return ""
    return " ".join(unicodedata.normalize("NFC", str(value)).split())


def normalize_phone(value: object) -> str:
    """Return a phone as `phone_numbers.normalize` writes it; other text is returned unchanged."""
    return phone_numbers.normalize(clean(value))


def parse_day(value: object) -> date:
    """Return a date as `2025-01-03`. Raises ValueError for anything else."""
    return date.fromisoformat(clean(value))


def web_address(value: object) -> str:
    """Return a web address, or "" if upstream has none, or text that is not one.

    A repeated first letter (`hhttps://`, seen once upstream) is corrected.
    """
    text = re.sub(r"^h+(https?://)", r"\1", clean(value))
    return text if text.startswith(("https://", "http://")) and " " not in text else ""


def coordinates(office: Mapping[str, Any]) -> tuple[str, str]:
    """Return latitude and longitude in degrees as text, both "" if either is missing or impossible.

    Upstream has one latitude of 441.508; such a typo is left out, because any correction would be a
    guess.
    """
    try:
        latitude, longitude = float(office["latitude"]), float(office["longitude"])
    except (KeyError, TypeError, ValueError):
        return "", ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return "", ""
    return str(latitude), str(longitude)


def reason(error: Exception) -> str:
    """Return what an error means for an entry: a missing key by its name, or another shape."""
    if isinstance(error, (TypeError, AttributeError)):
        return "it has another shape than upstream's"
    return f"no {error}" if isinstance(error, KeyError) else str(error)
