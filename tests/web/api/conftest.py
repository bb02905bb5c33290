"""A site with confirmed signers and keys of its API."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign.organizing.connect import api_keys
from campaign.store import counts, models, tokens
from tests.web.whole_site import Site, make_site

NAME = "section-907"
SCOPES = tuple(api_keys.SCOPES)


def make_key(site: Site, *scopes: str, campaign: str = NAME, **more: Any) -> str:
    """Make a key and return it."""
    _, key = api_keys.create(
        site.database,
        campaign,
        name="a program",
        scopes=scopes or SCOPES,
        actor="user:1",
        now=site.time[0],
        **{"expires_at": None, **more},
    )
    return key


def bearer(key: str) -> dict[str, str]:
    """Return the header that shows a key."""
    return {"Authorization": f"Bearer {key}"}


def add_signers(site: Site, many: int, **said: Any) -> list[str]:
    """Add so many confirmed signers, a minute apart; return their public ids in that order."""
    start = site.time[0] - timedelta(minutes=many)
    rows = [
        {
            "public_id": tokens.new_public_id(start),
            "campaign": NAME,
            "status": "confirmed",
            "first_name": f"Ani{number}",
            "last_name": "Petrosyan",
            "name_key": f"ani{number} petrosyan",
            "email": f"ani{number}@example.org",
            "email_key": f"ani{number}@example.org",
            "zip": "59001",
            "state": "MT",
            "district": "MT-2",
            "city": "Absarokee",
            "mail_opt_in": number % 2 == 0,
            "nonce": b"n" * 16,
            "created_at": start + timedelta(minutes=number) - timedelta(hours=1),
            "confirmed_at": start + timedelta(minutes=number),
            **said,
        }
        for number in range(many)
    ]
    with site.database.writing() as connection:
        connection.execute(sa.insert(models.signatures), rows)
        for row in rows:
            counts.append(
                connection, NAME, state="MT", district="MT-2", at=row["confirmed_at"], delta=1
            )
    return [row["public_id"] for row in rows]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site for all tests of a module that change nothing that others look at."""
    folder: Path = tmp_path_factory.mktemp("api")
    made = make_site(folder)
    add_signers(made, 60)
    yield made
    made.database.dispose()
