"""The wordings of a petition that were signed, for printed files and the API.

English texts are numbered in the order in which they were first seen; versions with the same
printed text share a number.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from campaign.letters.packet_texts import Figures
from campaign.letters.signed_texts import UNKNOWN_WORDING, SignedText, SignedWordings
from campaign.packs.pack import Pack
from campaign.store import wordings
from campaign.store.db.column_types import as_text


@dataclass(frozen=True)
class Catalog:
    """The texts on record by key, the key of each version, and the keys that were signed."""

    title: str
    today: SignedText
    texts: dict[str, SignedText] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)

    def key(self, version: str) -> str:
        """Return the key of a version, or `UNKNOWN_WORDING` if its text is not on record."""
        return self.keys.get(version, UNKNOWN_WORDING)

    def shares(self, figures: Figures) -> SignedWordings:
        """Return how many of the counted signers signed each text."""
        return SignedWordings(
            self.title, self.today, self.texts, figures.wordings, figures.unlisted
        )


def catalog(connection: Connection, pack: Pack) -> Catalog:
    """Return the texts that signers of the campaign may have signed, signed ones first."""
    today = SignedText.of(pack.text())
    found = Catalog(pack.text().title, today)
    known = wordings.of_campaign(connection, pack.name)
    signed = {one.version for one in wordings.count_signed(connection, pack.name)}
    order = {
        one.version: (one.version not in signed, one.version == pack.wording_version, place)
        for place, one in enumerate(known.versions())
    }
    # Today's wording is not on record until its first signature is committed.
    order.setdefault(pack.wording_version, (pack.wording_version not in signed, True, 0))
    numbers: dict[SignedText, str] = {}
    for version in sorted(order, key=order.__getitem__):
        text = today
        if version != pack.wording_version and (old := known.find(version)) is not None:
            text = SignedText(old.headline, old.standfirst, old.addressees, old.paragraphs)
        key = numbers.setdefault(text, str(len(numbers) + 1))
        found.texts[key] = text
        found.keys[version] = key
        if version in signed:
            found.signed.add(key)
    return found


@dataclass(frozen=True)
class Version:
    """A signed version with its number of signatures; `wording` is None if not on record."""

    version: str
    signatures: int
    is_current: bool
    wording: wordings.Wording | None

    def as_object(self) -> dict[str, Any]:
        """Return the version as JSON; its texts are null if they are not on record."""
        one = self.wording
        return {
            "version": self.version,
            "is_current": self.is_current,
            "signatures": self.signatures,
            "first_seen": as_text(one.first_seen) if one else None,
            "headline": one.headline if one else None,
            "standfirst": one.standfirst if one else None,
            "addressees": one.addressees if one else None,
            "petition": list(one.paragraphs) if one else None,
            "consent": one.consent if one else None,
        }

    def as_row(self) -> tuple[str | int, ...]:
        """Return the version as a row of a table, with a blank line between paragraphs."""
        cells = self.as_object() | {"is_current": "true" if self.is_current else "false"}
        cells["petition"] = "\n\n".join(cells["petition"] or ())
        return tuple("" if cell is None else cell for cell in cells.values())


def versions(connection: Connection, pack: Pack) -> tuple[Version, ...]:
    """Return each version that was signed, except by anonymized signers, earliest first.

    Versions whose text is not on record come first.
    """
    known = wordings.of_campaign(connection, pack.name)
    counts: dict[str, int] = {}
    for one in wordings.count_signed(connection, pack.name):
        counts[one.version] = counts.get(one.version, 0) + one.count
    found = [
        Version(version, count, known.is_current(pack, version, "en"), known.find(version))
        for version, count in counts.items()
    ]
    return tuple(sorted(found, key=_age))


def _age(one: Version) -> tuple[bool, str, bool, str]:
    seen = as_text(one.wording.first_seen) if one.wording else ""
    return one.wording is not None, seen, one.is_current, one.version
