"""The texts that were signed, as they are kept and read again."""

from datetime import UTC, datetime

import sqlalchemy as sa

from campaign import paths
from campaign.packs import pack as packs
from campaign.store import models, wordings
from campaign.store.db.engine import Database

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def test_texts_that_were_kept_before_they_named_their_language_are_read(
    database: Database,
) -> None:
    pack = packs.load(paths.data() / "campaigns" / "section-907", NOW.date())
    wordings.ensure_recorded(database, pack, now=NOW)
    kept = models.wordings.c
    with database.writing() as connection:
        for row in connection.execute(sa.select(models.wordings)).all():
            texts = {name: value for name, value in row.texts.items() if name != "language"}
            connection.execute(
                sa.update(models.wordings)
                .where(
                    kept.campaign == row.campaign,
                    kept.version == row.version,
                    kept.language == row.language,
                )
                .values(texts=texts)
            )

    with database.reading() as connection:
        found = wordings.of_campaign(connection, pack.name).find(pack.wording_version, "es")

    assert found is not None
    assert found.language == "es"
