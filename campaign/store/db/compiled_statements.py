"""SQLAlchemy Core statements that are compiled once for each dialect, for the hot paths.

SQLAlchemy caches a compiled statement, but still looks it up and processes its values on every
use, which cost a sign-up more than the database did. These run straight on the driver's cursor, in
SQLAlchemy's connection and transaction; `Database` translates the driver's errors.
"""

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.compiler import SQLCompiler

_Processor = Callable[[Any], Any] | None


class CompiledStatement:
    """One statement, or a mapping from dialect name to statement. Values are bound by name.

    Rows are returned as the driver gives them: times are text on SQLite (`column_types.as_time`).
    """

    def __init__(self, statement: sa.Executable | Mapping[str, sa.Executable]) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Execute with these values and return the rows; none if it returns no rows."""
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
    """The SQL of a statement for one dialect, and how its values are bound."""

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
        # A value that the statement holds is a default; the caller has to pass all others.
        params = compiler.construct_params(_check=False)
        self._defaults = {name: value for name, value in params.items() if value is not None}
        self._binds = [(name, processors[name]) for name in names or ()]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """Return the values as the driver expects them. Raises KeyError for a missing one."""
        if self._defaults:
            values = {**self._defaults, **values}
        if self._is_positional:
            return [
                values[name] if processor is None else processor(values[name])
                for name, processor in self._binds
            ]
        return {
            name: values[name] if processor is None else processor(values[name])
            for name, processor in self._binds
        }
