"""Made-up people who have signed and confirmed, written straight into the tables."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from campaign import paths
from campaign.packs import pack as packs
from campaign.petition import identity
from campaign.store import counts, models, tokens, wordings
from campaign.store.db.engine import Database

#: A day inside the shipped Congress.
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


#: The bundled campaign's petition on that day, which they have signed.
PETITION = packs.load(paths.data() / "campaigns" / "section-907", NOON.date())


def add_signers(database: Database, *people: dict[str, Any]) -> None:
    """Add a signature for each person: Ani Petrosyan of Montana, or what the test says."""
    wordings.ensure_recorded(database, PETITION, now=NOON)
    rows = [_row(person) for person in people]
    with database.writing() as connection:
        connection.execute(sa.insert(models.signatures), rows)
        for row in rows:
            if row["status"] == "confirmed":
                counts.append(
                    connection,
                    row["campaign"],
                    state=row["state"],
                    district=row["district"],
                    at=row["confirmed_at"],
                    delta=1,
                    origin=row["origin"],
                )


def _row(person: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {
        "public_id": tokens.new_public_id(NOON),
        "campaign": "section-907",
        "status": "confirmed",
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "email": None,
        "email_key": None,
        "zip": "59101",
        "city": "",
        "state": "MT",
        "district": "MT-2",
        "comment": "",
        "comment_status": "none",
        "origin": "online",
        "nonce": tokens.new_nonce(),
        "wording_version": PETITION.wording_version,
        "created_at": NOON,
        "confirmed_at": NOON,
        "anonymised_at": None,
        **person,
    }
    return values | {"name_key": identity.name_key(values["first_name"], values["last_name"])}
