"""Single values of upstream's files, cleaned; and the faults found on the way."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from campaign.errors import DatasetInvalid

#: Upstream's titles of chairs and others, in one form each.
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


class Faults:
    """Collects every fault of a file, so that a person sees them all at once."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, where: str, what: str) -> None:
        """Note a fault, with the file and entry it is in."""
        self.found.append(f"{where}: {what}")

    def raise_any(self) -> None:
        """Raise DatasetInvalid with the first twenty faults, if there are any."""
        if self.found:
            raise DatasetInvalid(
                f"The upstream files fail {len(self.found)} checks; nothing was changed.",
                self.found[:20],
            )


def committee_title(title: str) -> str:
    """Return upstream's title in its one form: `Chairwoman` and `Chairman` are `chair`."""
    folded = " ".join(title.lower().replace("-", "").split())
    return _TITLES.get(folded, folded)


def clean(value: object) -> str:
    """Return a value as one clean line in NFC; None is "". Accents stay as they are."""
    if value is None:
        return ""
    return " ".join(unicodedata.normalize("NFC", str(value)).split())


def phone(value: object) -> str:
    """Return `NNN-NNN-NNNN`; what has not ten digits stays as upstream wrote it."""
    text = clean(value)
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}" if len(digits) == 10 else text


def web_address(value: object) -> str:
    """Return a web address, or "" where upstream has none or something that is not one.

    A stammered scheme (`hhttps://`, once upstream) can mean one thing only, and is mended.
    """
    text = re.sub(r"^h+(https?://)", r"\1", clean(value))
    return text if text.startswith(("https://", "http://")) and " " not in text else ""


def point(office: Mapping[str, Any]) -> tuple[str, str]:
    """Return latitude and longitude as text, both "" where either is missing or off the globe.

    Upstream once has the latitude 441.508: a typo is not mended by guessing.
    """
    try:
        latitude, longitude = float(office["latitude"]), float(office["longitude"])
    except (KeyError, TypeError, ValueError):
        return "", ""
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return "", ""
    return str(latitude), str(longitude)


def reason(error: Exception) -> str:
    """Return what an error says, a missing key by its name."""
    return f"no {error}" if isinstance(error, KeyError) else str(error)
