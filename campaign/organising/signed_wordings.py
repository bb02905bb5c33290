"""Which wordings of a petition were signed, as files and answers tell them apart.

Texts are told in English, numbered in the order in which they were first seen; versions that differ
in nothing that is printed are one.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign.letters.packet_texts import Figures
from campaign.letters.signed_texts import UNKNOWN, Shares, SignedText
from campaign.packs.pack import Pack
from campaign.store import wordings
from campaign.store.columns import as_text


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
        return Shares(self.title, self.today, self.texts, figures.wordings)


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
    """A version that signatures bear, with its English text where that is on record."""

    version: str
    count: int
    is_current: bool
    wording: wordings.Wording | None

    @property
    def first_seen(self) -> datetime | None:
        """When it was first noted, None where it is not on record."""
        return None if self.wording is None else self.wording.first_seen

    def as_object(self) -> dict[str, Any]:
        """Return the version for programs; `petition` is null where its text is not on record."""
        told: dict[str, Any] = {
            "version": self.version,
            "is_current": self.is_current,
            "signatures": self.count,
            "first_seen": None,
            "headline": None,
            "standfirst": None,
            "addressees": None,
            "petition": None,
            "consent": None,
        }
        if self.wording is not None:
            told |= {
                "first_seen": as_text(self.wording.first_seen),
                "headline": self.wording.headline,
                "standfirst": self.wording.standfirst,
                "addressees": self.wording.addressees,
                "petition": list(self.wording.paragraphs),
                "consent": self.wording.consent,
            }
        return told


def versions(connection: Connection, campaign: str, current: str) -> tuple[Version, ...]:
    """Return each version that signatures of people whose data is held bear, the earliest first.

    `current` is the version of today.
    """
    known = wordings.of_campaign(connection, campaign)
    counts: dict[str, int] = {}
    for one in wordings.signed(connection, campaign):
        counts[one.version] = counts.get(one.version, 0) + one.count
    found = [
        Version(version, count, version == current, known.find(version))
        for version, count in counts.items()
    ]
    return tuple(
        sorted(found, key=lambda one: (one.first_seen is not None, one.first_seen, one.version))
    )
