"""A petition and its signers, made up, with the clock in the test's hand."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from campaign.errors import TokenRefused
from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition import mailed_links, signing
from campaign.petition.identity import Email
from campaign.petition.signing import Signup
from campaign.store import models, outbox, tokens
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.statuses import OutboxStatus

KEYRING = Keyring("a-secret-for-tests-that-is-long-enough")
NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


def make_signup(*, email: str = "ada@example.org", **said: Any) -> Signup:
    """A sign-up of Ada Lovelace, with what the test says instead."""
    values: dict[str, Any] = {
        "first_name": "Ada",
        "last_name": "Lovelace",
        "zip": "59001",
        "state": "MT",
        "district": "MT-2",
        **said,
    }
    return Signup(email=Email.parse(email), **values)


def together(times: int, work: Callable[[], object]) -> list[object]:
    """Run `work` in so many threads that start at the same moment; return results or refusals."""
    start = threading.Barrier(times)

    def run(_: int) -> object:
        start.wait()
        try:
            return work()
        except TokenRefused as error:
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


class Petition:
    """What the tests do to a petition, and see of it."""

    def __init__(self, database: Database, pack: Pack) -> None:
        self.database = database
        self.pack = pack

    def sign(self, *, now: datetime = NOW, pack: Pack | None = None, **said: Any) -> None:
        """Sign as Ada, or as the test says."""
        signing.sign(
            self.database,
            pack or self.pack,
            make_signup(**said),
            now=now,
            keyring=KEYRING,
        )

    def mails(self, kind: str | None = None) -> list[sa.Row[Any]]:
        """The rows of the outbox, oldest first."""
        with self.database.reading() as connection:
            rows = connection.execute(sa.select(models.outbox).order_by(models.outbox.c.id)).all()
        return [row for row in rows if kind in {None, row.kind}]

    def rows(self) -> list[sa.Row[Any]]:
        """The signatures, oldest first."""
        with self.database.reading() as connection:
            return list(
                connection.execute(sa.select(models.signatures).order_by(models.signatures.c.id))
            )

    def consents(self) -> list[sa.Row[Any]]:
        """The consents, oldest first."""
        with self.database.reading() as connection:
            return list(
                connection.execute(sa.select(models.consents).order_by(models.consents.c.id))
            )

    def link(self, purpose: str, *, signature_id: int = 0, now: datetime = NOW) -> str:
        """The token that a mail sent now would carry."""
        row = self.rows()[-1] if not signature_id else self._row(signature_id)
        kinds = {"confirm": "confirm", "me": "thanks", "unsubscribe": "thanks"}
        kind = "confirm" if row.status == "pending" else kinds[purpose]
        with self.database.reading() as connection:
            found = tokens.for_mail(
                connection,
                outbox.OutboxRow(
                    id=0,
                    kind=kind,
                    campaign=row.campaign,
                    to="",
                    payload={},
                    message_id="",
                    not_before=now,
                    attempts=1,
                    leased_until=None,
                    status=OutboxStatus.LEASED,
                    last_error="",
                    signature_id=row.id,
                ),
                keyring=KEYRING,
                now=now,
            )
        assert found is not None
        return found[purpose]

    def confirm(self, token: str, *, now: datetime = NOW, pack: Pack | None = None) -> Signature:
        """Press the button of a confirming link."""
        return mailed_links.confirm(
            self.database, pack or self.pack, token, now=now, keyring=KEYRING
        )

    def sign_and_confirm(self, *, now: datetime = NOW, **said: Any) -> Signature:
        """Sign, and follow the link at once."""
        self.sign(now=now, **said)
        return self.confirm(self.link("confirm", now=now), now=now)

    def _row(self, signature_id: int) -> sa.Row[Any]:
        return next(row for row in self.rows() if row.id == signature_id)


def everything(petition: Petition) -> str:
    """Every value of every table, as text."""
    with petition.database.reading() as connection:
        return repr(
            [
                list(map(tuple, connection.execute(sa.select(table))))
                for table in models.metadata.sorted_tables
            ]
        )
