"""The wordings of a petition that were signed: kept, so that none stands over others' names.

A signature bears the version of the texts that its signer read, in one language. Here is the text
of each version, noted before the first signature under it; it holds nobody's data, and stays.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.packs.pack import Pack, Texts
from campaign.packs.source import LANGUAGES
from campaign.store.db.engine import Database
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import signatures, wordings

_note = {
    name: insert.on_conflict_do_nothing(
        index_elements=[wordings.c.campaign, wordings.c.version, wordings.c.language]
    )
    for name, insert in both(wordings).items()
}

# What this process has noted in which database: nothing is written for one sign-up more.
_kept: WeakKeyDictionary[Database, set[tuple[str, str]]] = WeakKeyDictionary()
_keeping = Lock()


@dataclass(frozen=True)
class Wording:
    """One text of a petition as it was signed. `words` are equal for equal text.

    `language` is that of the text: English where the petition was not there in the signer's own.

    `first_seen` is when it was first noted here: at a signature under it, or when it was saved.
    """

    version: str
    language: str
    words: str
    title: str
    headline: str
    standfirst: str
    addressees: str
    paragraphs: tuple[str, ...]
    consent: str
    first_seen: datetime


@dataclass(frozen=True)
class Signed:
    """How many signatures that count bear a version, in one language."""

    version: str
    language: str
    count: int


@dataclass(frozen=True)
class Standing:
    """How the signers whose data is held divide: these words, earlier ones, and unknown ones.

    `unknown` are among `earlier`: the text that they signed is not on record.
    """

    current: int
    earlier: int
    unknown: int


class Wordings:
    """All wordings of a campaign that are on record."""

    def __init__(self, found: Mapping[tuple[str, str], Wording]) -> None:
        self._by_name = found

    def find(self, version: str, language: str = "en") -> Wording | None:
        """Return what was signed under that version in that language, None where it is unknown."""
        found = self._by_name.get((version, language))
        return found or self._by_name.get((version, "en"))

    def versions(self) -> tuple[Wording, ...]:
        """Return the English text of each version, the earliest first."""
        english = [one for (_, code), one in self._by_name.items() if code == "en"]
        return tuple(sorted(english, key=lambda one: (one.first_seen, one.version)))

    def on_paper(self, pack: Pack, signed_on: date) -> str:
        """Return the version that a sheet signed on that day held: the latest that was there then.

        A day before every wording that is on record has the earliest.
        """
        there = self.versions()
        current = self.find(pack.wording_version)
        earlier = [one for one in there if not self.is_current(pack, one.version, "en")]
        if current is None or not earlier or pack.day_of(current.first_seen) <= signed_on:
            return pack.wording_version
        by_then = [one for one in earlier if pack.day_of(one.first_seen) <= signed_on]
        return (by_then[-1] if by_then else earlier[0]).version

    def standing(self, pack: Pack, signed: Iterable[Signed]) -> Standing:
        """Return how those who signed divide between the pack's words and others."""
        current = earlier = unknown = 0
        for one in signed:
            if self.is_current(pack, one.version, one.language):
                current += one.count
            else:
                earlier += one.count
                unknown += one.count * (self.find(one.version, one.language) is None)
        return Standing(current, earlier, unknown)

    def is_current(self, pack: Pack, version: str, language: str) -> bool:
        """True where a version stands for the very words that the pack has today."""
        if version == pack.wording_version:
            return True
        found = self.find(version, language)
        return found is not None and found.words == words_of(pack.text(language))


def words_of(texts: Texts) -> str:
    """Return what is equal for equal words: 16 hex digits of SHA-256."""
    return hashlib.sha256("\x1f".join(texts.signed).encode()).hexdigest()[:16]


def keep(db: Database, pack: Pack, *, now: datetime) -> None:
    """Keep the pack's texts, before somebody signs them: once a process and version.

    Raises StoreUnavailable.
    """
    with _keeping:
        kept = _kept.setdefault(db, set())
    name = (pack.name, pack.wording_version)
    if name not in kept:
        with db.writing() as connection:
            note(connection, pack, now=now)
        # Now it is certain: a transaction that failed has noted nothing.
        kept.add(name)


def note(connection: Connection, pack: Pack, *, now: datetime) -> None:
    """Note the pack's texts under its version, and under the one that it had formerly."""
    rows = [
        {
            "campaign": pack.name,
            "version": version,
            "language": language,
            "words": words_of(texts),
            "texts": _document(texts),
            "first_seen": now,
        }
        for version in dict.fromkeys((pack.wording_version, pack.former_version))
        if version
        for language, texts in ((code, pack.text(code)) for code in LANGUAGES)
    ]
    if rows:
        connection.execute(_note[dialect_of(connection)], rows)


def of_campaign(connection: Connection, campaign: str) -> Wordings:
    """Return the wordings of a campaign."""
    rows = connection.execute(sa.select(wordings).where(wordings.c.campaign == campaign))
    return Wordings(
        {
            (row.version, row.language): Wording(
                version=row.version,
                # Texts that were kept first do not say it.
                language=row.texts.get("language", row.language),
                words=row.words,
                title=row.texts["title"],
                headline=row.texts["headline"],
                standfirst=row.texts["standfirst"],
                addressees=row.texts["addressees"],
                paragraphs=tuple(row.texts["paragraphs"]),
                consent=row.texts["consent"],
                first_seen=row.first_seen,
            )
            for row in rows
        }
    )


def signed(connection: Connection, campaign: str) -> tuple[Signed, ...]:
    """Return how many of a campaign's signatures count under each version and language.

    Those whose person retention took out are not among them: what they signed is not kept.
    """
    columns = signatures.c
    rows = connection.execute(
        sa.select(columns.wording_version, columns.language, sa.func.count())
        .where(
            sa.text("status = 'confirmed' AND anonymised_at IS NULL"),
            columns.campaign == campaign,
        )
        .group_by(columns.wording_version, columns.language)
        .order_by(columns.wording_version, columns.language)
    )
    return tuple(Signed(*row) for row in rows)


def standing(connection: Connection, pack: Pack) -> Standing:
    """Return how those who signed divide between the pack's words and earlier ones."""
    found = signed(connection, pack.name)
    if all(one.version == pack.wording_version for one in found):
        return Standing(sum(one.count for one in found), 0, 0)
    return of_campaign(connection, pack.name).standing(pack, found)


def signed_other(version: str) -> sa.ColumnElement[bool]:
    """The condition on `signatures` that other words were signed than those of a noted version."""
    own, wanted = wordings.alias("own_wording"), wordings.alias("wanted_wording")
    language = sa.case(
        (signatures.c.language.in_(list(LANGUAGES)), signatures.c.language), else_="en"
    )
    same: sa.Select[Any] = (
        sa.select(sa.literal_column("1"))
        .select_from(own.join(wanted, wanted.c.words == own.c.words))
        .where(
            own.c.campaign == signatures.c.campaign,
            own.c.version == signatures.c.wording_version,
            own.c.language == language,
            wanted.c.campaign == signatures.c.campaign,
            wanted.c.version == version,
            wanted.c.language == language,
        )
        .correlate(signatures)
    )
    return sa.and_(signatures.c.wording_version != version, sa.not_(sa.exists(same)))


def _document(texts: Texts) -> Mapping[str, object]:
    return {
        "language": texts.language,
        "title": texts.title,
        "headline": texts.headline,
        "standfirst": texts.standfirst,
        "addressees": texts.addressees,
        "paragraphs": [passage.plain for passage in texts.petition],
        "consent": texts.consent,
        "mail_consent": texts.mail_consent,
    }
