"""Core statements compiled once for each dialect, for the paths that meet a crowd.

SQLAlchemy caches what a statement compiles to, but still looks it up and sorts its values on every
use, which cost a sign-up more than the database did. These go straight to the driver's cursor, in
SQLAlchemy's connection and transaction; `Database` translates the driver's errors.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Processor = Callable[[Any], Any] | None


class CompiledStatement:
    """A statement, or one for each dialect by its name. Values are bound by name.

    Rows come back as the driver gives them: times are text on SQLite (see `columns.as_time`).
    """

    def __init__(self, statement: sa.Executable | Mapping[str, sa.Executable]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute with these values and return the rows, if it gives any."""
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            statement = self._statement
            if isinstance(statement, Mapping):
                statement = statement[dialect.name]
            compiled = self._compiled[dialect.name] = _Compiled(statement, dialect)
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.execute(compiled.sql, compiled.bound(values))
        return cursor.fetchall() if cursor.description else []


class _Compiled:
    """The text of a statement for one dialect, and how its values are handed over."""

    def __init__(self, statement: sa.Executable, dialect: Dialect) -> None:
        compiler = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
        assert isinstance(compiler, SQLCompiler)
        self.sql = str(compiler)
        self._is_positional = compiler.positional
        names = compiler.positiontup if compiler.positional else list(compiler.bind_names.values())
        processors: Mapping[str, _Processor] = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect)
            for bind, name in compiler.bind_names.items()
        }
        # A value that the statement itself holds may be absent; one that it asks for may not.
        given = compiler.construct_params(_check=False)
        self._held = {name: value for name, value in given.items() if value is not None}
        self._places = [(name, processors[name]) for name in names or ()]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """The values in the driver's own form. Raises KeyError for one that is missing."""
        if self._held:
            values = {**self._held, **values}
        if self._is_positional:
            return [
                values[name] if processor is None else processor(values[name])
                for name, processor in self._places
            ]
        return {
            name: values[name] if processor is None else processor(values[name])
            for name, processor in self._places
        }
