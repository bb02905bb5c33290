"""Fingerprints of letters: how many are similar to a given one, and how many each office gets."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from campaign.letters import similarity
from campaign.store.db.compiled_statements import CompiledStatement
from campaign.store.db.engine import Database
from campaign.store.db.upsert import both, dialect_of
from campaign.store.models import letter_bands, letters

#: Only this many of the newest letters of a band are compared. If everyone sends the same letter,
#: all bands are full of it, and reading them all would take too long.
MAX_SIMILAR = 100

_BATCH = 500


@dataclass(frozen=True)
class LetterFingerprint:
    """Keyed hashes of a letter's writer and text.

    `office` is a recipient's id: a bioguide id, "president" or "secretary". `about` says what the
    letter asks about (`campaign.packs.asks`).
    """

    campaign: str
    office: str
    writer: bytes
    sketch: bytes
    about: str = ""

    @property
    def place(self) -> tuple[str, str, bytes]:
        """The unique key: campaign, office and writer."""
        return self.campaign, self.office, self.writer

    @property
    def bands(self) -> tuple[int, ...]:
        """The hashes under which similar letters are found."""
        return _bands(self.sketch, self.campaign, self.office)


def _bands(sketch: bytes, campaign: str, office: str) -> tuple[int, ...]:
    return similarity.band_hashes(sketch, f"{campaign}\x1f{office}")


def _newest_of(name: str) -> sa.Select[tuple[int]]:
    newest = (
        sa.select(letter_bands.c.letter_id)
        .where(letter_bands.c.band == sa.bindparam(name))
        .order_by(letter_bands.c.letter_id.desc())
        .limit(sa.literal_column(str(MAX_SIMILAR)))
        .subquery()
    )
    return sa.select(newest.c.letter_id)


def _alike(bands: int) -> CompiledStatement:
    candidates = sa.union_all(*(_newest_of(f"band_{number}") for number in range(bands)))
    return CompiledStatement(
        sa.select(letters.c.sketch).where(
            letters.c.id.in_(candidates), letters.c.writer != sa.bindparam("writer")
        )
    )


_candidates = _alike(similarity.BANDS)


def count_similar(connection: Connection, letter: LetterFingerprint) -> int:
    """Return how many letters of other writers to the same office are nearly the same.

    Only the newest are compared; `MAX_SIMILAR` means that many or more.
    """
    values = {f"band_{number}": band for number, band in enumerate(letter.bands)}
    sketches = _candidates.run(connection, {**values, "writer": letter.writer})
    return min(
        MAX_SIMILAR,
        similarity.count_near_duplicates(letter.sketch, (bytes(row[0]) for row in sketches)),
    )


_save = {
    name: insert.values(
        campaign=sa.bindparam("campaign"),
        office=sa.bindparam("office"),
        writer=sa.bindparam("writer"),
        sketch=sa.bindparam("sketch"),
        made_at=sa.bindparam("now"),
        on_site=sa.bindparam("on_site"),
        about=sa.bindparam("about"),
    )
    .on_conflict_do_update(
        index_elements=[letters.c.campaign, letters.c.office, letters.c.writer],
        # The old sketch is kept here, because its bands have to be deleted. A letter that its
        # writer made on the site keeps its time if someone else makes it again.
        set_={
            "made_at": sa.case(
                (letters.c.on_site & ~insert.excluded.on_site, letters.c.made_at),
                else_=insert.excluded.made_at,
            ),
            "on_site": letters.c.on_site | insert.excluded.on_site,
            "about": insert.excluded.about,
        },
    )
    .returning(letters.c.id, letters.c.sketch)
    for name, insert in both(letters).items()
}
_band = {name: insert.on_conflict_do_nothing() for name, insert in both(letter_bands).items()}


def save(
    connection: Connection, letter: LetterFingerprint, *, now: datetime, on_site: bool = True
) -> None:
    """Save a letter's fingerprint in place of its writer's previous one to that office.

    `on_site` is False if someone else made it for its writer. One upsert, which locks the row until
    the transaction ends, so that concurrent calls see each other's result. Saving the same letter
    again only changes its time. Save several in the order of `LetterFingerprint.place` to avoid
    deadlocks.
    """
    dialect = dialect_of(connection)
    row = connection.execute(
        _save[dialect],
        {
            "campaign": letter.campaign,
            "office": letter.office,
            "writer": letter.writer,
            "sketch": letter.sketch,
            "now": now,
            "on_site": on_site,
            "about": letter.about,
        },
    ).one()
    if row.sketch != letter.sketch:
        _drop_bands(connection, [(row.id, row.sketch, letter.campaign, letter.office)])
        connection.execute(
            sa.update(letters).where(letters.c.id == row.id).values(sketch=letter.sketch)
        )
    connection.execute(
        _band[dialect], [{"band": band, "letter_id": row.id} for band in letter.bands]
    )


def rekey(connection: Connection, older: LetterFingerprint, writer: bytes) -> None:
    """Move a letter to its writer's current key, so that it is not counted twice."""
    newer = letters.alias()
    is_taken = sa.exists().where(
        newer.c.campaign == older.campaign,
        newer.c.office == older.office,
        newer.c.writer == writer,
    )
    connection.execute(
        sa.update(letters)
        .where(
            letters.c.campaign == older.campaign,
            letters.c.office == older.office,
            letters.c.writer == older.writer,
            ~is_taken,
        )
        .values(writer=writer)
    )


def by_office(connection: Connection, campaign: str) -> dict[str, int]:
    """Return {office: number of letters}."""
    query = (
        sa.select(letters.c.office, sa.func.count().label("number"))
        .where(letters.c.campaign == campaign)
        .group_by(letters.c.office)
    )
    return {row.office: row.number for row in connection.execute(query)}


def writers_on_site(connection: Connection, campaign: str, *, since: datetime) -> int:
    """Return how many people made letters on the site themselves, since then."""
    query = sa.select(sa.func.count(sa.distinct(letters.c.writer))).where(
        letters.c.campaign == campaign,
        letters.c.writer.is_not(None),
        letters.c.made_at >= since,
        letters.c.on_site,
    )
    return int(connection.execute(query).scalar_one())


def made_for_others(connection: Connection, campaign: str, *, since: datetime) -> int:
    """Return how many letters others made for their writers, since then."""
    query = sa.select(sa.func.count()).where(
        letters.c.campaign == campaign, letters.c.made_at >= since, ~letters.c.on_site
    )
    return int(connection.execute(query).scalar_one())


def count_by_about(
    connection: Connection, campaign: str, *, since: datetime, before: datetime
) -> dict[str, int]:
    """Return {what the letter asks about: letters made} of a period, `before` not included."""
    query = (
        sa.select(letters.c.about, sa.func.count().label("number"))
        .where(
            letters.c.campaign == campaign, letters.c.made_at >= since, letters.c.made_at < before
        )
        .group_by(letters.c.about)
    )
    return {row.about: row.number for row in connection.execute(query)}


def forget_writer(connection: Connection, campaign: str, writer: bytes) -> int:
    """Delete the hashes of a writer's letters; return how many letters."""
    rows = connection.execute(
        _to_forget(letters.c.campaign == campaign, letters.c.writer == writer)
    ).all()
    return _forget(connection, rows)


def forget_old(db: Database, *, made_before: datetime) -> int:
    """Delete the hashes of letters made before that time; return how many letters."""
    is_old = letters.c.writer.is_not(None) & (letters.c.made_at < made_before)
    done = 0
    while True:
        with db.writing() as connection:
            rows = connection.execute(_to_forget(is_old).limit(_BATCH)).all()
            done += _forget(connection, rows)
        if not rows:
            return done


def _to_forget(*which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Select letters, locked until the transaction ends, in the order in which they are saved."""
    order = (letters.c.campaign, letters.c.office, letters.c.writer)
    return sa.select(letters).where(*which).order_by(*order).with_for_update()


def _forget(connection: Connection, rows: Collection[sa.Row[tuple[object, ...]]]) -> int:
    if rows:
        _drop_bands(connection, [(row.id, row.sketch, row.campaign, row.office) for row in rows])
        ids = [row.id for row in rows]
        erased = {"writer": None, "sketch": None}
        connection.execute(sa.update(letters).where(letters.c.id.in_(ids)).values(erased))
    return len(rows)


def _drop_bands(connection: Connection, of: Iterable[tuple[int, bytes, str, str]]) -> None:
    """Delete the bands of up to `_BATCH` letters, each as id, sketch, campaign and office.

    They are named one by one, because the table's only index begins with the band.
    """
    keys = [
        (band, letter_id)
        for letter_id, sketch, campaign, office in of
        for band in _bands(sketch, campaign, office)
    ]
    is_one = sa.tuple_(letter_bands.c.band, letter_bands.c.letter_id).in_(keys)
    connection.execute(sa.delete(letter_bands).where(is_one))
