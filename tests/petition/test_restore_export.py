"""Export, import, export: the same bytes, and nobody comes back who asked to be gone."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput, TableRefused
from campaign.keys import Keyring
from campaign.organizing.exports import parse_generic
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.petition import erasure, public_counts, restore_export
from campaign.petition.identity import Email, name_key
from campaign.petition.paper import person_keys
from campaign.petition.paper.duplicates import Outcome
from campaign.petition.restore_export import ExportedSignature, Restorer
from campaign.store import models, signature_changes, signatures
from campaign.store.db.engine import Database
from campaign.store.statuses import SignatureStatus
from campaign.text import block, line
from tests.organizing.exporting import add, exported, order

KEYRING = Keyring("a-secret-for-tests-that-is-long-enough")
NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@cache
def _congress() -> Congress:
    return dataset.load(paths.data() / "congress")


def put_back(database: Database, pack: Pack, table: bytes, **how: Any) -> list[str]:
    """Put a table back and return what became of each line."""
    restorer = Restorer(database, pack, now=NOW, keyring=KEYRING, actor="cli:tester")
    judged = [
        restore_export.parse_or_refuse(cells, _congress())
        for _, cells in parse_generic.signers(io.BytesIO(table))
    ]
    fit = [one for one in judged if isinstance(one, ExportedSignature)]
    became = iter(restorer.restore(fit, details={}, **how))
    return [(one if isinstance(one, Outcome) else next(became)).kind for one in judged]


def ids(place: int) -> str:
    return f"{place:026d}"


def signer(place: int, /, **more: Any) -> dict[str, Any]:
    """A signer as the site stores one."""
    made = {"public_id": ids(place), **more}
    first, last = made.get("first_name", "Ada"), made.get("last_name", "Lovelace")
    return made | {"name_key": name_key(first, last)}


def empty(database: Database) -> None:
    with database.writing() as connection:
        for table in (
            models.consents, models.signatures, models.journal, models.tallies, models.paper,
        ):  # fmt: skip
            connection.execute(sa.delete(table))


def can_be_typed(make: Any, **how: Any) -> Any:
    """What a text becomes at the edge; None where it is refused there."""

    def typed(raw: str) -> str | None:
        try:
            return str(make(raw, **how))
        except InvalidInput:
            return None

    return typed


_odd = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="'=+-@＝＋－＠\t\r\n\",; aé", max_size=8),
)
_lines = _odd.map(can_be_typed(line, limit=80)).filter(lambda it: it is not None)
_names = _lines.filter(bool)
_blocks = _odd.map(can_be_typed(block)).filter(lambda it: it is not None)
_flags = st.booleans()
_days = st.none() | st.just(NOW)


@st.composite
def people(draw: Any) -> dict[str, Any]:
    """What one signer gave."""
    origin = draw(st.sampled_from(("online", "paper")))
    return {
        "first_name": draw(_names),
        "last_name": draw(_names),
        "city": draw(_lines),
        "comment": draw(_blocks),
        "comment_status": draw(st.sampled_from(("none", "waiting", "approved", "rejected"))),
        "source": draw(_lines),
        "show_name": draw(_flags),
        "mail_opt_in": draw(_flags),
        "unsubscribed_at": draw(_days),
        "language": draw(st.sampled_from(("en", "es", "hy"))),
        "wording_version": draw(_lines),
        "origin": origin,
        "number": draw(st.none() | st.integers(1, 10**6)),
        "district": draw(st.sampled_from(("", "RI-1", "RI-2"))),
    }


@pytest.fixture(scope="module")
def kept_database(
    sqlite_template: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("restoring") / "campaign.db"
    path.write_bytes(sqlite_template)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(people(), min_size=1, max_size=6))
def test_export_import_export_is_lossless(
    kept_database: Database, some: list[dict[str, Any]]
) -> None:
    pack = packs.load(packs.find("section-907", [paths.data() / "campaigns"]), NOW.date())
    empty(kept_database)
    add(kept_database, *(signer(place, **one) for place, one in enumerate(some)))
    before = exported(kept_database)

    empty(kept_database)
    became = put_back(kept_database, pack, before)

    assert became == ["entered"] * len(some)
    assert exported(kept_database) == before


def test_it_is_lossless_on_both_databases_and_counted_as_before(
    database: Database, pack: Pack
) -> None:
    trouble = (
        signer(1, first_name="'=1", last_name="''+2", comment="'=a\n\nb", source="'"),
        signer(2, first_name="=1", mail_opt_in=True, show_name=True, city='\'Tis, "here"'),
        signer(3, origin="paper", email=None, email_key=None, number=None),
        signer(4, origin="paper", email=None, email_key=None),
        signer(5, unsubscribed_at=NOW, first_name="Grace", comment_status="approved"),
    )
    add(database, *trouble)
    before = exported(database)
    empty(database)

    put_back(database, pack, before)

    assert exported(database) == before
    standing = public_counts.signature_counts(database, pack.name)
    assert (standing.total, standing.paper) == (5, 2)


def test_restoring_twice_adds_nobody(database: Database, pack: Pack) -> None:
    add(database, signer(1), signer(2, first_name="Grace"))
    table = exported(database)
    empty(database)

    assert put_back(database, pack, table, dry_run=True) == ["entered", "entered"]
    assert exported(database).count(b"\n") == 1
    assert put_back(database, pack, table) == ["entered", "entered"]
    assert put_back(database, pack, table) == ["known", "known"]
    assert exported(database) == table


def test_restored_paper_is_not_entered_again_from_its_sheet(database: Database, pack: Pack) -> None:
    add(database, signer(1, origin="paper", email=None, email_key=None))
    table = exported(database)
    empty(database)
    put_back(database, pack, table)

    key = person_keys.person_key(KEYRING, pack.name, name_key("Ada", "Lovelace"), "02861", 1)
    with database.reading() as connection:
        assert connection.scalar(sa.select(models.paper.c.key)) == key


def test_erased_or_withdrawn_signers_are_not_restored(database: Database, pack: Pack) -> None:
    add(database, signer(1), signer(2, first_name="Grace"), signer(3, first_name="Mary"))
    table = exported(database)
    erasure.erase_signature(database, ids(1), actor="cli:tester", now=NOW, keyring=KEYRING)
    with database.writing() as connection:
        second = signatures.by_public_id(connection, ids(2))
        assert second is not None
        signature_changes.change(
            connection,
            second.id,
            was=(SignatureStatus.CONFIRMED,),
            values={"status": SignatureStatus.WITHDRAWN},
        )

    assert put_back(database, pack, table) == ["refused", "refused", "known"]
    assert exported(database).count(b"\n") == 2


def test_an_address_that_signed_here_already_counts_once(database: Database, pack: Pack) -> None:
    add(database, signer(1))
    table = exported(database)
    empty(database)
    email = Email.parse("signer0@example.org")
    add(database, signer(9, email=email.address, email_key=email.canonical))

    assert put_back(database, pack, table) == ["known"]


def test_a_signature_of_another_campaign_stays_there(database: Database, pack: Pack) -> None:
    add(database, signer(1))

    assert put_back(database, replace(pack, name="another"), exported(database)) == ["refused"]


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("external_id", "short"),
        ("zip", "abc"),
        ("state", "ZZ"),
        ("state", "TX"),
        ("district", "TX-30"),
        ("origin", "telephone"),
        ("show_name", "yes"),
        ("signed_at", "yesterday"),
        ("number", "-1"),
        ("language", "<b>"),
        ("email", "nobody"),
    ],
)
def test_an_invalid_cell_refuses_only_its_line(
    database: Database, pack: Pack, cell: str, wrong: str
) -> None:
    add(database, signer(1), signer(2, first_name="Grace"))
    table = exported(database)
    empty(database)
    [(_, first), (_, second)] = parse_generic.signers(io.BytesIO(table))
    assert isinstance(restore_export.parse_or_refuse(second, _congress()), ExportedSignature)

    judged = restore_export.parse_or_refuse(first | {cell: wrong}, _congress())

    assert isinstance(judged, Outcome)
    assert judged.kind == "refused"


def test_an_address_is_stored_as_parsed_not_as_in_the_cell(database: Database, pack: Pack) -> None:
    """A line break beside an address would end every mail to it, or begin a header of its own."""
    add(database, signer(1, email="ada@example.org", email_key="ada@example.org"))
    table = exported(database).replace(b"ada@example.org", b"ada@example.org\r\n ")
    empty(database)

    assert put_back(database, pack, table) == ["entered"]

    with database.reading() as connection:
        [found] = signatures.by_email(connection, "ada@example.org")
    assert found.email == "ada@example.org"


def test_a_table_is_known_by_its_heading_with_or_without_a_byte_order_mark(
    database: Database, tmp_path: Path
) -> None:
    add(database, signer(1))
    table = exported(database)

    assert parse_generic.is_generic(io.BytesIO(table))
    assert parse_generic.is_generic(io.BytesIO(b"\xef\xbb\xbf" + table))
    assert not parse_generic.is_generic(io.BytesIO(b"first_name,last_name,zip\r\n"))
    # Line ends that are no line ends of bytes: UTF-16, and CR alone.
    heading = "name,zip\r\nAna Lopez,59001\r\n"
    assert not parse_generic.is_generic(io.BytesIO(heading.encode("utf-16")))
    assert not parse_generic.is_generic(io.BytesIO(heading.replace("\n", "").encode()))


@pytest.mark.parametrize("rest", [b"a,b\r\n", b'"never closed', b"\xff\xfe\r\n"])
def test_a_file_that_is_not_a_table_is_refused(rest: bytes) -> None:
    heading = ",".join(parse_generic.HEADING).encode() + b"\r\n"

    with pytest.raises(TableRefused):
        list(parse_generic.signers(io.BytesIO(heading + rest)))


def test_times_are_kept_to_the_second(database: Database, pack: Pack) -> None:
    add(database, signer(1, confirmed_at=NOW + timedelta(seconds=1)))
    table = exported(database)
    empty(database)

    put_back(database, pack, table)

    with database.reading() as connection:
        found = signatures.by_public_id(connection, ids(1))
    assert found is not None
    assert found.confirmed_at == NOW + timedelta(seconds=1)


@pytest.mark.parametrize("preset", ["generic", "jsonl", "parquet", "xlsx"])
def test_every_generic_format_round_trips(database: Database, pack: Pack, preset: str) -> None:
    add(
        database,
        signer(1, first_name="'=1", last_name="''+2", comment="'=a\n\nb;=2", source="'"),
        signer(2, first_name="=1", mail_opt_in=True, show_name=True, city='\'Tis, "here"'),
        signer(3, origin="paper", email=None, email_key=None, number=None),
        signer(4, unsubscribed_at=NOW, first_name="Grace", comment_status="approved"),
        signer(5, confirmed_at=NOW.replace(hour=0), first_name="Zoe"),
    )
    before = exported(database)
    table = exported(database, order(preset))
    empty(database)

    assert parse_generic.is_generic(io.BytesIO(table))
    assert put_back(database, pack, table) == ["entered"] * 5
    assert exported(database) == before


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_an_export_saved_by_a_spreadsheet_round_trips(
    database: Database, pack: Pack, delimiter: str
) -> None:
    add(database, signer(1, comment="a\nb"), signer(2, show_name=True, first_name="Grace"))
    before = exported(database)
    empty(database)
    again = io.StringIO()
    rows = csv.reader(io.StringIO(before.decode(), newline=""))
    csv.writer(again, delimiter=delimiter).writerows(
        [cell.upper() if cell in {"true", "false"} else cell for cell in row] for row in rows
    )
    table = again.getvalue().encode("utf-8-sig")

    assert parse_generic.is_generic(io.BytesIO(table))
    assert put_back(database, pack, table) == ["entered"] * 2
    assert exported(database) == before


def test_a_quote_without_its_partner_refuses_the_export_with_its_line(
    database: Database,
) -> None:
    add(database, signer(1), signer(2, first_name="Grace"))
    table = exported(database).replace(b'"Ada"', b'"Ada')

    with pytest.raises(TableRefused, match="line 2"):
        list(parse_generic.signers(io.BytesIO(table)))
    with pytest.raises(TableRefused, match="line 3"):
        list(parse_generic.signers(io.BytesIO(exported(database).replace(b'"Grace"', b'"Grace'))))


@pytest.mark.parametrize("raw", [b'{"a":1}\n', b"{", b"PAR1....PAR1", b"PK\x03\x04"])
def test_a_lookalike_of_an_export_is_refused(raw: bytes) -> None:
    with pytest.raises(TableRefused):
        list(parse_generic.signers(io.BytesIO(raw)))
