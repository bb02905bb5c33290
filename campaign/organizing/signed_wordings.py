"""Which wordings of a petition were signed, as files and answers tell them apart.

Texts are told in English, numbered in the order in which they were first seen; versions that differ
in nothing that is printed are one.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from campaign.letters.packet_texts import Figures
from campaign.letters.signed_texts import UNKNOWN, Shares, SignedText
from campaign.packs.pack import Pack
from campaign.store import wordings
from campaign.store.db.column_types import as_text


@dataclass(frozen=True)
class Catalog:
    """The texts on record, by their keys; the key of each version; the keys of those signed."""

    title: str
    today: SignedText
    texts: dict[str, SignedText] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)

    def key(self, version: str) -> str:
        """Return the key of a version, `UNKNOWN` where its text is not on record."""
        return self.keys.get(version, UNKNOWN)

    def shares(self, figures: Figures) -> Shares:
        """Return who of those counted signed which text."""
        return Shares(self.title, self.today, self.texts, figures.wordings, figures.unlisted)


def catalog(connection: Connection, pack: Pack) -> Catalog:
    """Return the texts that signers of the pack's campaign may have signed: those signed first."""
    today = SignedText.of(pack.text())
    found = Catalog(pack.text().title, today)
    known = wordings.of_campaign(connection, pack.name)
    signed = {one.version for one in wordings.signed(connection, pack.name)}
    order = {
        one.version: (one.version not in signed, one.version == pack.wording_version, place)
        for place, one in enumerate(known.versions())
    }
    # Where the first signature is being written at this moment, it is not on record yet.
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
    """A version that signatures bear, with its English text, None where that is not on record."""

    version: str
    signatures: int
    is_current: bool
    wording: wordings.Wording | None

    def as_object(self) -> dict[str, Any]:
        """Return the version for programs; its texts are null where they are not on record."""
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
        """Return the version as a line of a table, its paragraphs apart by an empty line."""
        told = self.as_object() | {"is_current": "true" if self.is_current else "false"}
        told["petition"] = "\n\n".join(told["petition"] or ())
        return tuple("" if cell is None else cell for cell in told.values())


def versions(connection: Connection, pack: Pack) -> tuple[Version, ...]:
    """Return each version that signatures of people whose data is held bear, the earliest first.

    Those whose text is not on record come before all.
    """
    known = wordings.of_campaign(connection, pack.name)
    counts: dict[str, int] = {}
    for one in wordings.signed(connection, pack.name):
        counts[one.version] = counts.get(one.version, 0) + one.count
    found = [
        Version(version, count, known.is_current(pack, version, "en"), known.find(version))
        for version, count in counts.items()
    ]
    return tuple(sorted(found, key=_age))


def _age(one: Version) -> tuple[bool, str, bool, str]:
    seen = as_text(one.wording.first_seen) if one.wording else ""
    return one.wording is not None, seen, one.is_current, one.version
