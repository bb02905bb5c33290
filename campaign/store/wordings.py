"""The texts of petitions that were signed, so that a later text never appears over earlier names.

A signature has the version of the texts that its signer read. The text of each version is recorded
before the first signature under it. It holds no personal data and is recorded.
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

_record = {
    name: insert.on_conflict_do_nothing(
        index_elements=[wordings.c.campaign, wordings.c.version, wordings.c.language]
    )
    for name, insert in both(wordings).items()
}

# What this process has recorded in which database, so that sign-ups write nothing more.
_recorded: WeakKeyDictionary[Database, set[tuple[str, str]]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True)
class Wording:
    """A text of a petition as it was signed.

    `words` is a hash: equal for equal texts. `language` is that of the text, which is English if
    the petition was not available in the signer's language. `first_seen` is when it was recorded:
    at the first signature or when it was saved.
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
class SignedCount:
    """How many counting signatures have a version, in one language."""

    version: str
    language: str
    count: int


@dataclass(frozen=True)
class WordingCounts:
    """How many signers signed the current text, and how many an earlier one.

    `unknown` are those of `earlier` whose text is not on record.
    """

    current: int
    earlier: int
    unknown: int


class Wordings:
    """All recorded wordings of a campaign."""

    def __init__(self, by_name: Mapping[tuple[str, str], Wording]) -> None:
        self._by_name = by_name

    def find(self, version: str, language: str = "en") -> Wording | None:
        """Return the text of that version and language, or the English one, or None."""
        wording = self._by_name.get((version, language))
        return wording or self._by_name.get((version, "en"))

    def versions(self) -> tuple[Wording, ...]:
        """Return the English text of each version, oldest first."""
        english = [wording for (_, code), wording in self._by_name.items() if code == "en"]
        return tuple(sorted(english, key=lambda wording: (wording.first_seen, wording.version)))

    def on_paper(self, pack: Pack, signed_on: date) -> str:
        """Return the version that was on a sheet signed on that day: the latest one at that time.

        For a day before every recorded wording, return the earliest.
        """
        versions = self.versions()
        current = self.find(pack.wording_version)
        earlier = [
            wording for wording in versions if not self.is_current(pack, wording.version, "en")
        ]
        if current is None or not earlier or pack.day_of(current.first_seen) <= signed_on:
            return pack.wording_version
        by_then = [wording for wording in earlier if pack.day_of(wording.first_seen) <= signed_on]
        return (by_then[-1] if by_then else earlier[0]).version

    def count_current(self, pack: Pack, signed: Iterable[SignedCount]) -> WordingCounts:
        """Return how many signed the current text of the pack, and how many earlier ones."""
        current = earlier = unknown = 0
        for counted in signed:
            if self.is_current(pack, counted.version, counted.language):
                current += counted.count
            else:
                earlier += counted.count
                unknown += counted.count * (self.find(counted.version, counted.language) is None)
        return WordingCounts(current, earlier, unknown)

    def is_current(self, pack: Pack, version: str, language: str) -> bool:
        """True if a version has the same text as the pack has now."""
        if version == pack.wording_version:
            return True
        wording = self.find(version, language)
        return wording is not None and wording.words == words_of(pack.text(language))


def words_of(texts: Texts) -> str:
    """Return a hash of the text: 16 hexadecimal digits of SHA-256."""
    return hashlib.sha256("\x1f".join(texts.signed).encode()).hexdigest()[:16]


def ensure_recorded(db: Database, pack: Pack, *, now: datetime) -> None:
    """Record the pack's texts before someone signs them; once for each process and version.

    Raises StoreUnavailable.
    """
    with _lock:
        recorded = _recorded.setdefault(db, set())
    name = (pack.name, pack.wording_version)
    if name not in recorded:
        with db.writing() as connection:
            record(connection, pack, now=now)
        # Only after the commit: a failed transaction has recorded nothing.
        recorded.add(name)


def record(connection: Connection, pack: Pack, *, now: datetime) -> None:
    """Record the pack's texts under its version, and under its former version if it has one."""
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
        connection.execute(_record[dialect_of(connection)], rows)


def of_campaign(connection: Connection, campaign: str) -> Wordings:
    """Return the recorded wordings of a campaign."""
    rows = connection.execute(sa.select(wordings).where(wordings.c.campaign == campaign))
    return Wordings(
        {
            (row.version, row.language): Wording(
                version=row.version,
                # The first recorded texts lack it.
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


def count_signed(connection: Connection, campaign: str) -> tuple[SignedCount, ...]:
    """Return how many of a campaign's counting signatures have each version and language.

    Signatures whose data retention has erased are left out, because their version is not recorded.
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
    return tuple(SignedCount(*row) for row in rows)


def count_current(connection: Connection, pack: Pack) -> WordingCounts:
    """Return how many signed the current text of the pack, and how many earlier ones."""
    counts = count_signed(connection, pack.name)
    if all(each.version == pack.wording_version for each in counts):
        return WordingCounts(sum(each.count for each in counts), 0, 0)
    return of_campaign(connection, pack.name).count_current(pack, counts)


def signed_other_words(version: str) -> sa.ColumnElement[bool]:
    """Return the condition on `signatures` whose text differs from that of a recorded version."""
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
