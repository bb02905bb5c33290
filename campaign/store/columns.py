"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Dialect, Integer, String
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import JSON, TypeDecorator, TypeEngine

#: A row's number. SQLite fills only an INTEGER PRIMARY KEY by itself.
RowId = BigInteger().with_variant(Integer, "sqlite")

#: A small document. It holds ids and options, never a person's data.
Document = JSON(none_as_null=True)


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC, to the second: `2026-11-24T04:30:44Z` as text on SQLite.

    Whole seconds, so that both databases compare, sort and export the very same value. A naive
    time is a mistake of the caller: ValueError.
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
        whole = value.astimezone(UTC).replace(microsecond=0)
        return whole if dialect.name == "postgresql" else as_text(whole)  # type: ignore[return-value]

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        """Return an aware time."""
        if value is None:
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return datetime.fromisoformat(str(value))


def as_text(time: datetime) -> str:
    """Return the time as it is stored on SQLite and exported: `2026-11-24T04:30:44Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
