"""`campaign user`: the first owner, the links that are handed over, and who is let back in."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli.user import user
from campaign.errors import InvalidInput, LastOwner, SettingsUnsafe
from campaign.store import accounts, audit, outbox
from campaign.store.accounts import Account
from campaign.store.db.engine import Database
from campaign.web.app import create_app
from tests.web.organize.signing_in import log_in, submit
from tests.web.whole_site import NOON, make_settings

OWNER = "nare@example.org"
NEW = "a good long sentence"


@pytest.fixture
def house(tmp_path: Path, sqlite_template: bytes, monkeypatch: pytest.MonkeyPatch) -> Database:
    settings = make_settings(tmp_path)
    (tmp_path / "campaign.db").write_bytes(sqlite_template)
    for name, value in {
        "CAMPAIGN_ENV": "development",
        "CAMPAIGN_HOME": str(tmp_path),
        "BASE_URL": settings.base_url,
        "SECRET_KEY": settings.secret_key,
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return Database(settings.database_url)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(user, arguments, catch_exceptions=False)


def link_in(result: Result) -> str:
    found = re.search(r"http://localhost(/organize/\w+/[\w-]+)", result.stdout)
    assert found is not None, result.stdout
    return found[1]


def account(house: Database, email: str = OWNER) -> Account:
    with house.reading() as connection:
        found = accounts.find_by_email(connection, email)
    assert found is not None
    return found


def test_the_first_owner_opens_the_account_by_the_printed_link(
    house: Database, tmp_path: Path
) -> None:
    made = run("add", OWNER, "--role", "owner")
    assert "owner of every campaign" in made.stdout

    app = create_app(make_settings(tmp_path), database=house)
    app.testing = True
    opened = submit(
        app.test_client(), link_in(made), name="Nare Petrosyan", password=NEW, again=NEW
    )
    assert opened.status_code == 302
    client = app.test_client()
    assert log_in(client, OWNER, NEW).status_code == 302
    assert client.get("/organize/section-907/").status_code == 200

    with house.reading() as connection:
        assert outbox.queue_status(connection, now=NOON).queued == 0
        records = audit.records(connection)
    assert records[-1].action == "account-invited"
    assert records[-1].actor.startswith("cli:")
    house.dispose()


def test_a_role_is_for_one_campaign_where_it_is_named(house: Database) -> None:
    run("add", "ani@example.org", "--role", "viewer", "--campaign", "section-907")

    assert account(house, "ani@example.org").grants == {"section-907": "viewer"}
    house.dispose()


def test_typing_errors_are_reported(house: Database) -> None:
    with pytest.raises(InvalidInput, match="There is no campaign called autumn"):
        run("add", OWNER, "--role", "owner", "--campaign", "autumn")
    with pytest.raises(InvalidInput, match="email address"):
        run("add", "nobody", "--role", "owner")
    with pytest.raises(InvalidInput, match="No account has this address"):
        run("disable", OWNER)
    assert run("add", OWNER, "--role", "emperor").exit_code == 2
    run("add", OWNER, "--role", "owner")
    with pytest.raises(InvalidInput, match="already has a role here"):
        run("add", OWNER, "--role", "viewer")
    house.dispose()


def test_they_are_listed_with_roles_and_standing(house: Database) -> None:
    assert "Make the first" in run("list").stdout
    run("add", OWNER, "--role", "owner")
    run("add", "ani@example.org", "--role", "viewer", "--campaign", "section-907")

    assert run("list").stdout.splitlines() == [
        "ani@example.org  viewer of section-907  (invited)",
        "nare@example.org  owner of *  (invited)",
    ]
    assert len(run("list", "--campaign", "section-907").stdout.splitlines()) == 2
    house.dispose()


def test_the_last_owner_is_not_disabled(house: Database) -> None:
    run("add", OWNER, "--role", "owner")
    run("add", "ani@example.org", "--role", "viewer")

    with pytest.raises(LastOwner):
        run("disable", OWNER)
    run("disable", "ani@example.org")
    assert not account(house, "ani@example.org").active
    run("enable", "ani@example.org")

    assert account(house, "ani@example.org").active
    house.dispose()


def test_whoever_lost_password_and_phone_is_let_back_in(house: Database, tmp_path: Path) -> None:
    run("add", OWNER, "--role", "owner")
    with house.writing() as connection:
        accounts.change(
            connection,
            account(house).id,
            password="$argon2id$old",
            totp_secret="encrypted",
            recovery_codes=["encrypted"],
        )

    said = run("reset", OWNER, "--second-factor")

    assert account(house).totp_secret is None
    assert account(house).recovery_codes is None
    app = create_app(make_settings(tmp_path), database=house)
    app.testing = True
    assert submit(app.test_client(), link_in(said), password=NEW, again=NEW).status_code == 302
    assert log_in(app.test_client(), OWNER, NEW).status_code == 302
    house.dispose()


def test_a_link_is_never_made_with_an_unsafe_secret(
    house: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_ENV", "production")
    monkeypatch.setenv("SECRET_KEY", "short")

    with pytest.raises(SettingsUnsafe):
        run("add", OWNER, "--role", "owner")
    house.dispose()


def test_an_account_is_deleted_with_its_roles(house: Database) -> None:
    run("add", OWNER, "--role", "owner")
    run("add", "ani@example.org", "--role", "viewer")

    assert "deleted" in run("delete", "ani@example.org", "--yes").stdout

    assert "ani@example.org" not in run("list").stdout
    with pytest.raises(LastOwner):
        run("delete", OWNER, "--yes")
    run("delete", OWNER, "--yes", "--last-owner")
    assert "There is no account yet" in run("list").stdout


def test_a_deletion_asks_first(house: Database) -> None:
    run("add", OWNER, "--role", "owner")

    result = CliRunner().invoke(user, ["delete", OWNER, "--last-owner"], input="n\n")

    assert result.exit_code == 1
    assert account(house).email == OWNER


def test_the_earlier_spelling_of_a_role_is_taken(house: Database) -> None:
    made = run("add", OWNER, "--role", "organiser")

    assert "organizer of every campaign" in made.stdout
    assert account(house).grants == {"*": "organizer"}
