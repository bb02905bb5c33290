"""Letters made, by fingerprint: which are like a given one, and what is kept of each."""

from collections.abc import Collection
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

#: The newest letters of a band that are looked at. Where everybody sends the same letter all bands
#: are full of it, and a look must not read them all: so a count of letters alike ends here.
MOST_ALIKE = 100

_BATCH = 500


@dataclass(frozen=True)
class Made:
    """A letter that its writer took away: keyed hashes of the writer and of the text."""

    campaign: str
    #: A recipient's id: a bioguide id, "president" or "secretary".
    office: str
    writer: bytes
    sketch: bytes

    @property
    def place(self) -> tuple[str, str, bytes]:
        """What no other letter has: campaign, office and writer."""
        return self.campaign, self.office, self.writer

    @property
    def bands(self) -> tuple[int, ...]:
        """Where letters like it are found."""
        return _bands(self.sketch, self.campaign, self.office)


def _bands(sketch: bytes, campaign: str, office: str) -> tuple[int, ...]:
    return similarity.band_hashes(sketch, f"{campaign}\x1f{office}")


def _newest_of(name: str) -> sa.Select[tuple[int]]:
    newest = (
        sa.select(letter_bands.c.letter_id)
        .where(letter_bands.c.band == sa.bindparam(name))
        .order_by(letter_bands.c.letter_id.desc())
        .limit(sa.literal_column(str(MOST_ALIKE)))
        .subquery()
    )
    return sa.select(newest.c.letter_id)


def _alike(bands: int) -> CompiledStatement:
    found = sa.union_all(*(_newest_of(f"band_{number}") for number in range(bands)))
    return CompiledStatement(
        sa.select(letters.c.sketch).where(
            letters.c.id.in_(found), letters.c.writer != sa.bindparam("writer")
        )
    )


_worth_comparing = _alike(similarity.BANDS)


def count_alike(connection: Connection, made: Made) -> int:
    """Return how many other writers' letters to that office are very like this one.

    It looks at the newest ones alone: MOST_ALIKE stands for that many or more.
    """
    values = {f"band_{number}": band for number, band in enumerate(made.bands)}
    found = _worth_comparing.run(connection, {**values, "writer": made.writer})
    return min(
        MOST_ALIKE, similarity.count_near_duplicates(made.sketch, (bytes(row[0]) for row in found))
    )


_keep = {
    name: insert.values(
        campaign=sa.bindparam("campaign"),
        office=sa.bindparam("office"),
        writer=sa.bindparam("writer"),
        sketch=sa.bindparam("sketch"),
        made_at=sa.bindparam("now"),
        on_site=sa.bindparam("on_site"),
    )
    .on_conflict_do_update(
        index_elements=[letters.c.campaign, letters.c.office, letters.c.writer],
        # The sketch stays for now, to say under which bands the letter is to be found. A letter
        # that its writer took from the site stays the site's, and of that time.
        set_={
            "made_at": sa.case(
                (letters.c.on_site & ~insert.excluded.on_site, letters.c.made_at),
                else_=insert.excluded.made_at,
            ),
            "on_site": letters.c.on_site | insert.excluded.on_site,
        },
    )
    .returning(letters.c.id, letters.c.sketch)
    for name, insert in both(letters).items()
}
_band = {name: insert.on_conflict_do_nothing() for name, insert in both(letter_bands).items()}


def keep(connection: Connection, made: Made, *, now: datetime, on_site: bool = True) -> None:
    """Keep a letter's fingerprint in place of the one that its writer's last to that office left.

    `on_site` is False where somebody else made it for its writer.

    One upsert, which holds the row until the transaction ends: of presses that come together, each
    finds what the one before it left. Taking the same letter again changes nothing but its time.
    Keep several in the order of `Made.place`, so that none waits for another that waits for it.
    """
    dialect = dialect_of(connection)
    row = connection.execute(
        _keep[dialect],
        {
            "campaign": made.campaign,
            "office": made.office,
            "writer": made.writer,
            "sketch": made.sketch,
            "now": now,
            "on_site": on_site,
        },
    ).one()
    if row.sketch != made.sketch:
        _drop_bands(connection, row.id, _bands(row.sketch, made.campaign, made.office))
        connection.execute(
            sa.update(letters).where(letters.c.id == row.id).values(sketch=made.sketch)
        )
    connection.execute(_band[dialect], [{"band": one, "letter_id": row.id} for one in made.bands])


def rekey(connection: Connection, older: Made, writer: bytes) -> None:
    """Put a letter under its writer's new key, so that taking it again does not count it twice."""
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
    """Return how many letters were taken away to each office."""
    asked = (
        sa.select(letters.c.office, sa.func.count().label("number"))
        .where(letters.c.campaign == campaign)
        .group_by(letters.c.office)
    )
    return {row.office: row.number for row in connection.execute(asked)}


def writers_on_site(connection: Connection, campaign: str, *, since: datetime) -> int:
    """Return how many people took letters from the site themselves, from an instant on."""
    asked = sa.select(sa.func.count(sa.distinct(letters.c.writer))).where(
        letters.c.campaign == campaign,
        letters.c.writer.is_not(None),
        letters.c.made_at >= since,
        letters.c.on_site,
    )
    return int(connection.execute(asked).scalar_one())


def made_for_others(connection: Connection, campaign: str, *, since: datetime) -> int:
    """Return how many letters were made for their writers by others, from an instant on."""
    asked = sa.select(sa.func.count()).where(
        letters.c.campaign == campaign, letters.c.made_at >= since, ~letters.c.on_site
    )
    return int(connection.execute(asked).scalar_one())


def forget_writer(connection: Connection, campaign: str, writer: bytes) -> int:
    """Forget whose letters these are, and what they were like. Returns how many."""
    found = connection.execute(
        _to_forget(letters.c.campaign == campaign, letters.c.writer == writer)
    ).all()
    return _forget(connection, found)


def forget_old(db: Database, *, made_before: datetime) -> int:
    """Forget writer and fingerprint of letters made before: that there was one stays. How many."""
    is_old = letters.c.writer.is_not(None) & (letters.c.made_at < made_before)
    done = 0
    while True:
        with db.writing() as connection:
            found = connection.execute(_to_forget(is_old).limit(_BATCH)).all()
            done += _forget(connection, found)
        if not found:
            return done


def _to_forget(*which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Rows of letters, held until the transaction ends, in the order in which they are kept."""
    order = (letters.c.campaign, letters.c.office, letters.c.writer)
    return sa.select(letters).where(*which).order_by(*order).with_for_update()


def _forget(connection: Connection, found: Collection[sa.Row[tuple[object, ...]]]) -> int:
    for row in found:
        _drop_bands(connection, row.id, _bands(row.sketch, row.campaign, row.office))
    if found:
        ids = [row.id for row in found]
        nothing = {"writer": None, "sketch": None}
        connection.execute(sa.update(letters).where(letters.c.id.in_(ids)).values(nothing))
    return len(found)


def _drop_bands(connection: Connection, letter_id: int, bands: Collection[int]) -> None:
    connection.execute(
        sa.delete(letter_bands).where(
            letter_bands.c.letter_id == letter_id, letter_bands.c.band.in_(bands)
        )
    )
