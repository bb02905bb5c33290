"""`campaign review`: what waits is seen, each decision is taken once and is on record."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign import paths
from campaign.cli.doctor import doctor
from campaign.cli.review import review
from campaign.errors import InvalidInput, SignatureUnknown
from campaign.keys import Keyring
from campaign.organizing.exports import export
from campaign.packs import pack as packs
from campaign.petition import erasure, mailed_links, public_counts, signing
from campaign.petition.identity import Email
from campaign.settings import read
from campaign.store import audit, outbox, signature_changes, signatures, tokens
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.store.statuses import SignatureStatus
from tests.organizing.exporting import order

NAME = "section-907"
NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
KEY = Keyring("a-secret-for-tests-that-is-long-enough")


class House:
    """The database of the settings, with people in it."""

    def __init__(self, database: Database, home: Path) -> None:
        self.database = database
        self.home = home

    def sign(self, name: str, *, confirm: bool = True, **said: object) -> Signature:
        pack = packs.load(paths.data() / "campaigns" / NAME, NOW.date())
        address = Email.parse(str(said.pop("email", f"{name}@example.org")))
        signup = signing.Signup(name, "Example", address, "59001", "MT", "MT-2", **said)  # type: ignore[arg-type]
        signing.sign(self.database, pack, signup, now=NOW, keyring=KEY)
        with self.database.reading() as connection:
            found = signatures.by_email(connection, address.canonical)[0]
        if confirm and found.status == "pending":
            assert found.confirm_nonce is not None
            token = tokens.mint(
                KEY,
                "confirm",
                public_id=found.public_id,
                nonce=found.confirm_nonce,
                expires_at=NOW + timedelta(days=1),
            )
            found = mailed_links.confirm(self.database, pack, token, now=NOW, keyring=KEY)
        return found

    def status(self, one: Signature) -> str:
        with self.database.reading() as connection:
            found = signatures.by_public_id(connection, one.public_id)
        assert found is not None
        return found.status

    def actions(self) -> list[tuple[str, str]]:
        with self.database.reading() as connection:
            return [(record.action, record.actor) for record in audit.records(connection)]


@pytest.fixture
def house(
    tmp_path: Path, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> House:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return House(database, tmp_path)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner().invoke(review, [NAME, *arguments], input=input, catch_exceptions=False)


def ids(result: Result) -> list[str]:
    return [line.split()[0] for line in result.stdout.splitlines()]


def test_the_summary_counts_what_waits_and_says_the_next_command(house: House) -> None:
    house.sign("ada", comment="Because.")
    house.sign("bo", network="f00d" * 8, flags=("network-burst",), email="bo@odd.example")
    house.sign("cy", network="f00d" * 8, flags=("disposable",), email="cy@odd.example")

    said = run().stdout

    assert said.startswith("section-907: 2 signatures\n")
    for line in (
        "1  sign-ups set aside    campaign review section-907 held",
        "1  comments to read      campaign review section-907 comments",
        "2  sign-ups flagged      campaign review section-907 flagged",
        "0  exports to delete\n",
        "2  f00df00df00d                  1 count, 1 set aside",
        "2  odd.example                   1 count, 1 set aside",
        "2  2026-06-15T12                 1 count, 1 set aside",
        "1  network-burst                 1 set aside",
    ):
        assert line in said
    for name in ("ada", "bo@", "cy@"):
        assert name not in said
    told = json.loads(run("--json").stdout)
    assert (told["count"], told["held"], told["comments"]) == (2, 1, 1)
    assert told["flagged"]["by_domain"][0] == {
        "key": "odd.example",
        "total": 2,
        "confirmed": 1,
        "held": 1,
    }


def test_a_held_sign_up_is_released_from_a_pipe_and_gets_its_mail(house: House) -> None:
    held = [house.sign(name, flags=("network-burst",)) for name in ("ada", "bo")]
    listed = run("held")
    assert ids(listed) == [one.public_id for one in held]
    assert "ada" not in listed.stdout

    done = run("release", "-", input=listed.stdout)

    assert done.stdout == "Released, each with its confirming mail: 2.\n"
    assert [house.status(one) for one in held] == ["pending", "pending"]
    with house.database.reading() as connection:
        assert outbox.queue_status(connection, now=datetime.now(UTC)).queued == 2
    assert ids(run("held")) == []


def test_false_ones_are_found_by_what_they_share_and_can_be_taken_back(house: House) -> None:
    false = house.sign("bo", flags=("disposable",), network="ab" * 16, email="bo@odd.example")
    house.sign("cy", flags=("domain-burst",), network="cd" * 16)
    for option, value in (
        ("--network", "abab"), ("--domain", "Odd.example"), ("--flag", "disposable")
    ):  # fmt: skip
        assert ids(run("flagged", option, value)) == [false.public_id]
    assert ids(run("flagged", "--hour", "2026-06-15T13")) == []

    with pytest.raises(InvalidInput, match="--reason"):
        run("invalidate", false.public_id)
    run("invalidate", false.public_id, "--reason", "a robot", "--actor", "Desk 2")
    assert house.status(false) == "invalid"
    assert public_counts.count(house.database, NAME) == 1
    run("reinstate", false.public_id)
    assert public_counts.count(house.database, NAME) == 2
    assert house.actions()[1] == ("invalidate", "cli:Desk 2")


def test_comments_are_read_and_judged(house: House) -> None:
    kind = house.sign("ada", comment="For my\ngrandmother.")
    rude = house.sign("bo", comment="Rude.")
    house.sign("cy", comment="Not confirmed.", confirm=False)

    assert run("comments").stdout.splitlines() == [
        f"{kind.public_id}  ada  MT  For my grandmother.",
        f"{rude.public_id}  bo  MT  Rude.",
    ]
    assert json.loads(run("comments", "--json", "--limit", "1").stdout) == {
        "id": kind.public_id,
        "first_name": "ada",
        "state": "MT",
        "comment": "For my\ngrandmother.",
    }
    run("approve", kind.public_id)
    run("reject", rude.public_id)

    shown = public_counts.approved_comments(house.database, NAME)
    assert [comment.text for comment in shown] == ["For my\ngrandmother."]
    assert ids(run("comments")) == []


def test_names_are_read_and_judged(house: House) -> None:
    odd = house.sign("spam.example.com", email="ada@example.org", show_name=True)
    house.sign("bo", show_name=True)

    assert run("names").stdout.splitlines() == [f"{odd.public_id}  spam.example.com  MT"]
    assert "1  names to read         campaign review section-907 names" in run().stdout

    def shown() -> set[str]:
        return {one.first_name for one in public_counts.shown_signers(house.database, NAME)}

    assert shown() == {"bo"}
    run("show-name", odd.public_id)
    assert shown() == {"bo", "spam.example.com"}
    run("hide-name", odd.public_id)
    assert shown() == {"bo"}
    assert ids(run("names")) == []


def test_an_export_is_listed_from_an_erasure_until_it_is_deleted(house: House) -> None:
    signer = house.sign("ada")
    house.sign("bo")

    def write() -> None:
        asked = order(actor="cli:someone", now=NOW + timedelta(hours=1))
        export.write(house.database, asked, house.home / "signers.csv")

    def exports() -> list[str]:
        found = doctor.examine(read(), datetime.now(UTC))
        return [one.says for one in found if one.check == "exports"]

    write()
    write()
    assert ids(run("copies")) == []
    assert exports() == []
    erasure.erase_address(
        house.database, Email.parse("ada@example.org"), actor="t", now=NOW, keyring=KEY
    )

    first, second = ids(run("copies"))
    assert signer.public_id in run("copies").stdout
    assert "2 exports of section-907" in exports()[0]
    assert run("deleted", first).stdout == "Exports on record as deleted: 1.\n"
    assert ids(run("copies")) == [second]
    for wrong in (first, "99", "x", "9" * 30):
        with pytest.raises(SignatureUnknown):
            run("deleted", wrong)
    # One that is deleted cannot hold whoever is erased later.
    erasure.erase_address(
        house.database, Email.parse("bo@example.org"), actor="t", now=NOW, keyring=KEY
    )
    assert ids(run("copies")) == [second]


def test_what_does_not_fit_is_reported_and_the_rest_is_done(house: House) -> None:
    held = house.sign("ada", flags=("network-burst",))
    confirmed = house.sign("bo")

    with pytest.raises(SignatureUnknown, match="2 of 3 ids do not fit"):
        run("release", held.public_id, confirmed.public_id, "nothing")

    assert house.status(held) == "pending"


def test_an_id_of_another_campaign_is_not_touched(house: House) -> None:
    held = house.sign("ada", flags=("network-burst",))
    with house.database.writing() as connection:
        signature_changes.change(
            connection, held.id, was=(SignatureStatus.HELD,), values={"campaign": "another"}
        )

    with pytest.raises(SignatureUnknown):
        run("release", held.public_id)

    assert house.status(held) == "held"


@pytest.mark.parametrize(
    "arguments", [["release"], ["release", "-"], ["held", "x"], ["comments", "--flag", "x"]]
)
def test_wrong_use_is_one_sentence(house: House, arguments: list[str]) -> None:
    with pytest.raises(InvalidInput):
        run(*arguments, input="\n")


def test_all_that_is_held_is_released_at_once_and_taken_back(house: House) -> None:
    for name in ("ada", "bo", "cy"):
        flag = "network-burst" if name != "cy" else "filled-by-program"
        house.sign(name, confirm=False, flags=(flag,))

    done = run("release", "--all", "--flag", "network-burst")

    assert "Released, each with its confirming mail: 2." in done.stdout
    undo = done.stderr.split()[-1]
    assert len(run("held").stdout.splitlines()) == 1
    assert "Taken back: 2." in run("undo", undo).stdout
    assert len(run("held").stdout.splitlines()) == 3
    assert len(run("held", "--flag", "network-burst").stdout.splitlines()) == 2


@pytest.mark.parametrize(
    "wrong",
    [("release", "--all", "0" * 26), ("invalidate", "--all"), ("comments", "--flag", "x")],
)
def test_all_and_filters_go_where_they_mean_something(house: House, wrong: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        run(*wrong)
