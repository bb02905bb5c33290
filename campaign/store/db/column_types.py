"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Dialect, Integer, String
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

#: A row's number. SQLite fills only an INTEGER PRIMARY KEY by itself.
RowId = BigInteger().with_variant(Integer, "sqlite")

#: A small JSON document of ids and options. Only `signatures.earlier` holds personal data.
Document = JSON(none_as_null=True)


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC, to the second: `2026-11-24T04:30:44Z` as text on SQLite.

    Whole seconds, so that both databases compare, sort and export the same value. Raises
    ValueError for a naive time.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        """Pick TIMESTAMPTZ on PostgreSQL, text elsewhere."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True, precision=0))
        return dialect.type_descriptor(String())  # type: ignore[arg-type]

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Cut to whole seconds of UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        if dialect.name == "postgresql":
            return value.astimezone(UTC).replace(microsecond=0)
        return as_text(value)  # type: ignore[return-value]

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Return an aware time."""
        return as_time(value)


def as_text(time: datetime) -> str:
    """Return the time as it is stored on SQLite and exported: `2026-11-24T04:30:44Z`."""
    naive = time.astimezone(UTC).replace(tzinfo=None)
    return naive.isoformat(timespec="seconds") + "Z"


def as_time(stored: object) -> datetime | None:
    """Return the time in a row that came straight from a driver."""
    if stored is None:
        return None
    return (
        stored.astimezone(UTC)
        if isinstance(stored, datetime)
        else datetime.fromisoformat(str(stored))
    )
