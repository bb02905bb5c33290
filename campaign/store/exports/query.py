"""What a table of signers holds: its columns, and which signatures are in it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

#: `text` is what people typed: quoted, and escaped for spreadsheets. `raw` is what people typed and
#: a program reads to the letter, such as an email address in a mail tool's file: quoted only.
#: `fixed` is one word for every signer; the others are the product's own.
Kind = Literal["text", "raw", "fixed", "plain", "flag", "time", "number"]

#: Who may be written to, in SQL that both databases read.
MAY_BE_MAILED = "mail_opt_in AND email <> '' AND unsubscribed_at IS NULL"

#: Rows fetched before they are handed on.
BATCH = 1000


@dataclass(frozen=True)
class Cell:
    """A column of a table: its heading, the column of `signatures` that fills it, and its kind.

    `words` are what a flag is written as, when true and when false; the first is a `fixed` one's
    word. A text of more than `most_bytes` is cut there, between two characters; 0 is no limit.
    """

    heading: str
    source: str = ""
    kind: Kind = "plain"
    words: tuple[str, str] = ("true", "false")
    most_bytes: int = 0


@dataclass(frozen=True)
class Selection:
    """Which confirmed signatures: `since` included, `until` not, both by confirmation.

    `only_mail` are those who asked for news; `for_mail` leaves out who has no address, or said
    that they want no more of it.
    """

    campaign: str
    state: str = ""
    district: str = ""
    since: datetime | None = None
    until: datetime | None = None
    source: str = ""
    origin: str = ""
    only_mail: bool = False
    for_mail: bool = False

    def conditions(self) -> list[tuple[str, str, object]]:
        """The conditions as (column, operator, value)."""
        asked: list[tuple[str, str, object]] = [("campaign", "=", self.campaign)]
        for column in ("state", "district", "source", "origin"):
            if value := getattr(self, column):
                asked.append((column, "=", value))
        if self.since is not None:
            asked.append(("confirmed_at", ">=", self.since))
        if self.until is not None:
            asked.append(("confirmed_at", "<", self.until))
        return asked

    def fixed_conditions(self) -> list[str]:
        """The conditions that hold no value, in SQL that both databases read."""
        asked = ["status = 'confirmed'", "anonymised_at IS NULL"]
        if self.only_mail:
            asked += ["mail_opt_in", "unsubscribed_at IS NULL"]
        if self.for_mail:
            asked += ["email <> ''", "unsubscribed_at IS NULL"]
        return asked


@dataclass(frozen=True)
class Counted:
    """How many signers a selection holds, and how many of them may be mailed."""

    total: int
    opted_in: int


def driver(connection: Connection) -> Any:
    """Return the driver's own connection, which streams and formats as SQLAlchemy does not."""
    own = connection.connection.driver_connection
    assert own is not None
    return own
