"""`campaign backup` and `campaign restore`: a lost machine comes back, who was erased does not."""

import gzip
import os
import tarfile
import zlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from campaign import paths
from campaign.cli import backup as commands
from campaign.errors import BackupInvalid, StoreUnavailable
from campaign.keys import Keyring
from campaign.organizing.accounts import accounts as running
from campaign.organizing.accounts import passwords
from campaign.organizing.connect import api_keys
from campaign.packs import pack as packs
from campaign.petition import erasure, mailed_links, own_data, public_counts, signing
from campaign.petition.identity import Email
from campaign.petition.signing import Signup
from campaign.store import accounts, models, signatures, suppressions
from campaign.store.db.engine import Database

NAME = "section-907"
KEYRING = Keyring("development-only-key-never-used-in-production")


@pytest.fixture
def home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, database: Database
) -> Path:
    """The home of an installation whose database is either kind."""
    monkeypatch.chdir(tmp_path)
    for name in ("SMTP_HOST", "SECRET_KEY", "BASE_URL", "MAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    return tmp_path / "home"


def run(command: str, *arguments: str) -> Result:
    result = CliRunner().invoke(getattr(commands, command), list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def sign(db: Database, *names: str) -> None:
    pack = packs.load(paths.data() / "campaigns" / NAME, datetime.now(UTC).date())
    for name in names:
        signup = Signup(name, "Example", Email.parse(f"{name}@example.org"), "59001", "MT", "MT-2")
        signing.sign(db, pack, signup, now=datetime.now(UTC), keyring=KEYRING)
    with db.writing() as connection:
        connection.execute(
            sa.update(models.signatures).values(
                status="confirmed", confirmed_at=datetime.now(UTC), confirm_nonce=None
            )
        )


def emails(db: Database) -> list[str]:
    with db.reading() as connection:
        rows = connection.execute(sa.select(models.signatures.c.email)).scalars()
        return sorted(email for email in rows if email)


def statuses(db: Database) -> set[str]:
    with db.reading() as connection:
        return set(connection.execute(sa.select(models.outbox.c.status)).scalars())


def test_what_was_there_comes_back(home: Path, database: Database, tmp_path: Path) -> None:
    sign(database, "ada", "grace")
    written = run("backup", "first.backup")
    sign(database, "mary")

    restored = run("restore", "first.backup", "--yes")

    assert written.exit_code == restored.exit_code == 0
    assert emails(database) == ["ada@example.org", "grace@example.org"]
    assert database.is_current()
    assert (os.stat(tmp_path / "first.backup").st_mode & 0o777) == 0o600


def test_the_restored_database_takes_new_rows(home: Path, database: Database) -> None:
    sign(database, "ada")
    run("backup", "first.backup")
    run("restore", "first.backup", "--yes")

    sign(database, "mary")

    assert emails(database) == ["ada@example.org", "mary@example.org"]


def test_who_was_erased_since_does_not_come_back(home: Path, database: Database) -> None:
    sign(database, "ada", "grace")
    run("backup", "first.backup")
    erasure.erase_address(
        database,
        Email.parse("ada@example.org"),
        actor="signer",
        now=datetime.now(UTC),
        keyring=KEYRING,
    )

    restored = run("restore", "first.backup", "--yes")

    assert emails(database) == ["grace@example.org"]
    assert "Erased again, since they were erased after the backup: 1 signature." in restored.output


def test_who_left_since_leaves_again(home: Path, database: Database) -> None:
    """The list is left with one press; a restore must not take that back."""
    sign(database, "ada", "grace", "mary")
    with database.writing() as connection:
        connection.execute(sa.update(models.signatures).values(mail_opt_in=True))
    run("backup", "first.backup")
    before = public_counts.count(database, NAME)
    with database.writing() as connection:
        by_name = {
            one.first_name: one
            for name in ("ada", "grace")
            for one in signatures.by_email(connection, f"{name}@example.org")
        }
        own_data.unsubscribe_mailbox(connection, by_name["ada"], datetime.now(UTC))
        mailed_links.end_signature(connection, by_name["grace"], "withdrawn", now=datetime.now(UTC))
        suppressions.suppress(connection, b"nobody's", now=datetime.now(UTC))

    restored = run("restore", "first.backup", "--yes")

    with database.reading() as connection:
        rows = connection.execute(sa.select(models.signatures)).all()
        told = {row.first_name: (row.status, row.mail_opt_in) for row in rows}
        assert suppressions.is_suppressed(connection, b"nobody's")
    assert told == {
        "ada": ("confirmed", False),
        "grace": ("withdrawn", True),
        "mary": ("confirmed", True),
    }
    assert public_counts.count(database, NAME) == before - 1
    assert "Left again: 2 signers." in restored.output


def test_what_opened_the_back_office_and_was_ended_since_opens_it_no_more(
    home: Path, database: Database
) -> None:
    now = datetime.now(UTC)
    with database.writing() as connection:
        for name in ("owner", "moved", "removed", "closed", "changed"):
            one = accounts.add(
                connection,
                email=f"{name}@example.org",
                password=passwords.hash_password("a long old password"),
                now=now,
            )
            accounts.grant(connection, one.id, campaign=NAME, role="owner", now=now)
    scopes = ("stats:read",)
    by: dict[str, Any] = {"expires_at": None, "actor": "user:1", "now": now}
    _, kept_key = api_keys.create(database, NAME, name="kept", scopes=scopes, **by)
    ended, ended_key = api_keys.create(database, NAME, name="ended", scopes=scopes, **by)
    run("backup", "first.backup")
    with database.reading() as connection:
        was = {one.email.partition("@")[0]: one for one in accounts.all_accounts(connection)}
    change: dict[str, Any] = {"campaign": NAME, "actor": "user:1", "now": now}
    running.set_role(database, was["moved"].id, "viewer", **change)
    running.remove(database, was["removed"].id, **change)
    running.disable(database, was["closed"].id, actor="user:1", now=now)
    with database.writing() as connection:
        accounts.change(
            connection, was["changed"].id, password=passwords.hash_password("a new password")
        )
    api_keys.revoke(database, NAME, ended.public_id, actor="user:1", now=now)

    restored = run("restore", "first.backup", "--yes")

    with database.reading() as connection:
        found = {one.email.partition("@")[0]: one for one in accounts.all_accounts(connection)}
    assert all(found[name].uniquifier != was[name].uniquifier for name in was)
    assert all(found[name].nonce != was[name].nonce for name in was)
    assert {name: dict(one.grants) for name, one in found.items()} == {
        "owner": {NAME: "owner"},
        "moved": {NAME: "viewer"},
        "removed": {},
        "closed": {NAME: "owner"},
        "changed": {NAME: "owner"},
    }
    assert [name for name, one in found.items() if not one.active] == ["closed"]
    assert found["owner"].password == was["owner"].password
    assert found["changed"].password not in {None, was["changed"].password}
    assert api_keys.recognize(database, kept_key, now=now) is not None
    assert api_keys.recognize(database, ended_key, now=now) is None
    assert "1 key, 2 roles, the log-ins of 2 accounts" in restored.output


def test_the_list_beside_the_backups_remembers_erasures_when_the_machine_is_lost(
    home: Path, database: Database, tmp_path: Path
) -> None:
    sign(database, "ada", "grace")
    run("backup", "first.backup")
    erasure.erase_address(
        database,
        Email.parse("ada@example.org"),
        actor="signer",
        now=datetime.now(UTC),
        keyring=KEYRING,
    )
    run("backup", "second.backup")
    with database.writing() as connection:
        models.metadata.drop_all(connection)
        connection.exec_driver_sql("DROP TABLE alembic_version")

    run("restore", "first.backup", "--yes")

    assert emails(database) == ["grace@example.org"]
    assert "@" not in (tmp_path / "erased-signatures.txt").read_text()


@pytest.mark.parametrize("is_backed_up", [True, False])
def test_who_was_erased_comes_back_from_no_other_backup_either(
    home: Path, database: Database, is_backed_up: bool
) -> None:
    sign(database, "ada")
    run("backup", "first.backup")
    sign(database, "grace")
    run("backup", "second.backup")
    email = Email.parse("grace@example.org")
    erasure.erase_address(database, email, actor="cli:x", now=datetime.now(UTC), keyring=KEYRING)
    if is_backed_up:
        run("backup", "third.backup")

    run("restore", "first.backup", "--yes")
    run("backup", "fourth.backup")
    run("restore", "second.backup", "--yes")

    assert emails(database) == ["ada@example.org"]


def test_mail_that_was_waiting_is_set_aside_unless_it_is_asked_for(
    home: Path, database: Database
) -> None:
    sign(database, "ada")
    run("backup", "first.backup")

    run("restore", "first.backup", "--yes")
    aside = statuses(database)
    run("restore", "first.backup", "--yes", "--send-waiting")

    assert aside == {"failed"}
    assert statuses(database) == {"queued"}


def test_campaigns_made_on_the_site_come_along(
    home: Path, database: Database, tmp_path: Path
) -> None:
    own = home / "campaigns" / "river" / "campaign.toml"
    own.parent.mkdir(parents=True)
    own.write_text('title = "Clean the river"\n')
    run("backup", "first.backup")
    own.unlink()

    run("restore", "first.backup", "--yes")

    assert own.read_text() == 'title = "Clean the river"\n'


def test_counts_are_those_of_the_backup(home: Path, database: Database) -> None:
    sign(database, "ada")
    before = public_counts.count(database, NAME)
    run("backup", "first.backup")
    sign(database, "grace")

    run("restore", "first.backup", "--yes")

    assert public_counts.count(database, NAME) == before


def test_saying_no_changes_nothing(home: Path, database: Database) -> None:
    sign(database, "ada")
    run("backup", "first.backup")
    sign(database, "mary")

    declined = CliRunner().invoke(commands.restore, ["first.backup"], input="n\n")

    assert declined.exit_code == 1
    assert emails(database) == ["ada@example.org", "mary@example.org"]


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x1f\x8b" + bytes(40)])
def test_a_file_that_is_no_backup_changes_nothing(
    home: Path, database: Database, tmp_path: Path, content: bytes
) -> None:
    sign(database, "ada")
    (tmp_path / "broken.backup").write_bytes(content)

    with pytest.raises(BackupInvalid, match="not a backup"):
        run("restore", "broken.backup", "--yes")

    assert emails(database) == ["ada@example.org"]


def test_a_cut_off_backup_changes_nothing(home: Path, database: Database, tmp_path: Path) -> None:
    sign(database, "ada")
    run("backup", "first.backup")
    whole = (tmp_path / "first.backup").read_bytes()
    (tmp_path / "cut.backup").write_bytes(whole[: len(whole) * 2 // 3])

    with pytest.raises(BackupInvalid):
        run("restore", "cut.backup", "--yes")

    assert emails(database) == ["ada@example.org"]


def _holds_the_same(changed: bytes, whole: bytes) -> bool:
    """True if the byte is one of gzip's own, such as its time or bits that fill up a byte."""
    try:
        return gzip.decompress(changed) == gzip.decompress(whole)
    except (OSError, EOFError, zlib.error):
        return False


def test_a_backup_with_one_changed_byte_is_refused_and_changes_nothing(
    home: Path, database: Database, tmp_path: Path
) -> None:
    sign(database, "ada", "grace")
    run("backup", "first.backup")
    whole = (tmp_path / "first.backup").read_bytes()
    sign(database, "mary")
    broken = tmp_path / "broken.backup"
    refusals = 0

    for place in [*range(10), *range(10, len(whole), max(1, len(whole) // 60)), len(whole) - 1]:
        changed = whole[:place] + bytes([whole[place] ^ 0x10]) + whole[place + 1 :]
        if _holds_the_same(changed, whole):
            continue
        broken.write_bytes(changed)
        with pytest.raises(BackupInvalid) as refused:
            run("restore", "broken.backup", "--yes")
        assert "example" not in str(refused.value)
        refusals += 1

    assert refusals > 55
    assert emails(database) == ["ada@example.org", "grace@example.org", "mary@example.org"]


@pytest.mark.parametrize("change", ["altered", "missing", "added"])
def test_a_file_in_a_backup_that_is_not_as_it_was_written_is_refused(
    home: Path, database: Database, tmp_path: Path, change: str
) -> None:
    """Written anew by whoever can make an archive: the checksums of its files tell."""
    sign(database, "ada")
    run("backup", "first.backup")
    folder = tmp_path / "unpacked"
    with tarfile.open(tmp_path / "first.backup") as tar:
        tar.extractall(folder, filter="data")
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "about.json"]
    if change == "altered":
        files[0].write_bytes(files[0].read_bytes() + b"\0")
    elif change == "missing":
        files[-1].unlink()
    else:
        (folder / "more").write_bytes(b"x")
    with tarfile.open(tmp_path / "again.backup", "w:gz") as tar:
        for path in sorted(folder.rglob("*")):
            tar.add(path, str(path.relative_to(folder)), recursive=False)

    with pytest.raises(BackupInvalid):
        run("restore", "again.backup", "--yes")

    assert emails(database) == ["ada@example.org"]


def test_nothing_is_restored_while_the_site_runs(
    home: Path, database: Database, database_url: str
) -> None:
    sign(database, "ada")
    run("backup", "first.backup")
    sign(database, "mary")
    site = Database(database_url, is_serving=True)
    with site.reading() as connection:
        connection.execute(sa.text("SELECT 1"))

    with pytest.raises(StoreUnavailable, match="Stop `campaign serve` and every worker"):
        run("restore", "first.backup", "--yes")

    assert emails(database) == ["ada@example.org", "mary@example.org"]
    site.dispose()
    assert run("restore", "first.backup", "--yes").exit_code == 0
    assert emails(database) == ["ada@example.org"]


def test_an_erased_address_is_nowhere_after_a_restore_and_gets_no_second_mail(
    home: Path, database: Database
) -> None:
    sign(database, "ada", "grace")
    run("backup", "first.backup")
    ada = Email.parse("ada@example.org")
    erasure.erase_address(database, ada, actor="test", now=datetime.now(UTC), keyring=KEYRING)

    run("restore", "first.backup", "--yes")

    assert emails(database) == ["grace@example.org"]
    with database.reading() as connection:
        rows = connection.execute(sa.select(models.outbox)).all()
    assert not [row for row in rows if "ada@" in str(tuple(row)) or row.kind == "erased"]


def test_a_member_that_would_land_elsewhere_is_refused(
    home: Path, database: Database, tmp_path: Path
) -> None:
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "evil.backup", "w:gz") as tar:
        tar.add(tmp_path / "evil", "../../evil")

    with pytest.raises(BackupInvalid):
        run("restore", "evil.backup", "--yes")


def test_it_is_on_record(home: Path, database: Database) -> None:
    run("backup", "first.backup")
    run("restore", "first.backup", "--yes")

    with database.reading() as connection:
        actions = connection.execute(sa.select(models.audit.c.action)).scalars().all()
    assert actions == ["restore"]
