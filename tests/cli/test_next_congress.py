"""The rehearsal of January 3, 2027 on the command line."""

from datetime import datetime
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from campaign import cli
from campaign.store.db.engine import Database
from tests.congress.geocoder_server import GeocoderServer
from tests.new_congress import (
    AFTERNOON,
    DOWNING,
    JANUARY_2,
    JANUARY_4,
    KEPT_ONE,
    KEPT_TWO,
    MORNING,
    OLD_BILL,
    REDRAWN,
    WYOMING,
    refreshed,
)
from tests.organizing.signed import add_signers

ADDRESSES = {WYOMING: "Cheyenne", KEPT_ONE: "Absarokee", KEPT_TWO: "New York", REDRAWN: "Dallas"}

LETTERS = ("letters", "section-907", "people.csv", "--out", "all.pdf", "--rejects", "left.csv")


@pytest.fixture(scope="module")
def next_congress(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of refreshed data of the 120th Congress."""
    return refreshed(tmp_path_factory.mktemp("120th"))


class Machine:
    """An installation whose clock is set, and whose data can be refreshed."""

    def __init__(
        self,
        folder: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        next_congress: Path,
    ) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        self._next_congress = next_congress

    def at(self, now: datetime, *, is_refreshed: bool = False) -> "Machine":
        """Set the clock of the commands, and put the new Congress in use if `is_refreshed`."""

        class Clock(datetime):
            @classmethod
            def now(cls, tz: object = None) -> "Clock":
                return cls.fromtimestamp(now.timestamp(), tz)  # type: ignore[arg-type]

        for module in ("data", "installation", "check", "letter.similarity", "doctor.doctor"):
            self._monkeypatch.setattr(import_module(f"campaign.cli.{module}"), "datetime", Clock)
        if is_refreshed:
            (self.folder / "home").mkdir(exist_ok=True)
            (self.folder / "home" / "congress").symlink_to(self._next_congress)
        return self

    def run(self, *arguments: str) -> str:
        """Run a command, and return all that it said; its status is in `status`."""
        self._monkeypatch.setattr("sys.argv", ["campaign", *arguments])
        self._monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO()))
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        self.status = ended.value.code or 0
        said = self._capsys.readouterr()
        return " ".join((said.out + said.err).split())

    def table(self) -> None:
        """Write a table of one person at each address."""
        lines = [f"Ani,P{five},421 8th Ave,{five},yes" for five in ADDRESSES]
        text = "\n".join(["First name,Last name,Street,ZIP,Consent", *lines])
        (self.folder / "people.csv").write_text(text, encoding="utf-8")

    def packets(self, folder: str) -> dict[str, str]:
        """Make the packets, and return {seat: file} of each."""
        self.run("packet", "section-907", "--out", folder)
        files = [path.name for path in (self.folder / folder).glob("*.pdf")]
        return {"-".join(file.split("-")[:2]): file for file in files if "summary" not in file}

    def letter(self, five: str, *arguments: str) -> str:
        """Write the letters of a made-up person, and return the text and what was said."""
        said = self.run(
            *("letter", "section-907", "--zip", five, "--name", "Ani Petrosyan"),
            *("--address", "12 Main Street", "--city", ADDRESSES[five], "--out", "letters.txt"),
            *arguments,
        )
        made = self.folder / "letters.txt"
        text = made.read_text(encoding="utf-8") if made.exists() else ""
        made.unlink(missing_ok=True)
        return f"{text}\n{said}"


@pytest.fixture
def machine(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    next_congress: Path,
) -> Machine:
    """An installation of its own, without a database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    # Nothing listens here, so a look-up fails at once.
    monkeypatch.setenv("GEOCODER_URL", "http://127.0.0.1:9")
    return Machine(tmp_path, monkeypatch, capsys, next_congress)


# -- letters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", [AFTERNOON, JANUARY_4])
@pytest.mark.parametrize("five", ADDRESSES)
def test_no_letter_names_a_bill_of_the_old_congress(
    machine: Machine, now: datetime, five: str
) -> None:
    assert OLD_BILL.search(machine.at(JANUARY_2).letter(five))

    for said in (machine.at(now).letter(five), machine.letter(five, "--on", "2027-01-03")):
        assert "Dear Senator" in said
        assert OLD_BILL.search(said) is None
    assert OLD_BILL.search(machine.at(JANUARY_2).letter(five, "--on", "2027-01-03")) is None


def test_the_hour_decides_who_holds_a_seat(machine: Machine) -> None:
    assert "Dear Representative Crockett:" in machine.at(MORNING).letter(REDRAWN)

    said = machine.at(AFTERNOON).letter(REDRAWN)

    assert "Crockett" not in said
    assert "Dear Senator Cruz:" in said
    assert "District lines have changed since this list of ZIP codes was made." in said
    assert "https://www.house.gov/representatives/find-your-representative" in said


def test_until_a_refresh_letters_go_to_the_senators(machine: Machine) -> None:
    for five in ADDRESSES:
        said = machine.at(JANUARY_4).letter(five)

        assert "Dear Senator" in said
        assert "Dear Representative" not in said
        assert "The current House is missing" in said


def test_after_a_refresh_letters_go_to_the_new_members(machine: Machine) -> None:
    machine.at(JANUARY_4, is_refreshed=True)

    for five in (WYOMING, KEPT_ONE):
        said = machine.letter(five)
        assert said.count("Dear Representative Number") == 1
        assert said.count("Dear Senator Number") == 2
    assert "Dear Representative Number" in machine.letter(REDRAWN, "--district", "TX-33")
    asked = machine.letter(REDRAWN)
    assert "There is no letter to the House yet" in asked
    assert "TX-38 (Pat" in asked
    assert "TX-23 (vacant)" in asked


def test_a_table_gets_the_letters_that_are_known(machine: Machine) -> None:
    machine.table()

    assert "11 letters by 4 people" in machine.at(JANUARY_2).run(*LETTERS)
    refused = machine.at(JANUARY_4).run(*LETTERS)
    assert "Until then, choose only the senators." in refused
    assert "5 letters by 4 people" in machine.run(*LETTERS, "--to", "senate")
    machine.at(JANUARY_4, is_refreshed=True)
    assert "10 letters by 4 people. 2 letters to the House need" in machine.run(*LETTERS)


def test_streets_of_a_table_are_looked_up_by_the_lines_of_the_day(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.table()
    with GeocoderServer() as server:
        monkeypatch.setenv("GEOCODER_URL", server.url)

        machine.at(JANUARY_2).run(*LETTERS, "--look-up")
        machine.at(JANUARY_4, is_refreshed=True).run(*LETTERS, "--look-up")

        layers = [asked["layers"] for asked in server.asked if "layers" in asked]
    assert [*dict.fromkeys(layers)] == [
        "119th Congressional Districts",
        "120th Congressional Districts",
    ]


# -- looking up ------------------------------------------------------------------------------------


def test_a_look_up_names_no_member_by_old_lines(machine: Machine) -> None:
    assert "Jasmine Crockett" in machine.at(MORNING).run("lookup", REDRAWN)
    for moment in (AFTERNOON, JANUARY_4):
        said = machine.at(moment).run("lookup", REDRAWN)
        assert "Crockett" not in said
        assert "new district lines, not known by ZIP yet" in said
        assert "vacant" not in said
    assert "TX-1 Pat Number" in machine.at(JANUARY_4, is_refreshed=True).run("lookup", REDRAWN)
    note = "District lines are as in the 119th Congress."
    assert note in machine.run("lookup", KEPT_ONE)
    # A state that is one district has no lines.
    assert note not in machine.run("lookup", WYOMING)


# -- organizers and operators ----------------------------------------------------------------------


def test_the_operator_is_told_to_refresh(machine: Machine) -> None:
    assert "This Congress has ended" not in machine.at(MORNING).run("data", "status")
    assert "This Congress has ended: run `campaign data refresh`." in machine.at(AFTERNOON).run(
        "data", "status"
    )
    assert "120th Congress, as of January 4, 2027" in machine.at(JANUARY_4, is_refreshed=True).run(
        "data", "status"
    )


def test_work_of_the_last_days_is_recorded_after_a_term(
    machine: Machine, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    machine.at(JANUARY_4, is_refreshed=True)

    said = machine.run("mark", "section-907", DOWNING, "posted", "--day", "2027-01-02")

    assert said == f"Noted: 1 × posted, {DOWNING}."
    assert "Representative Downing (former)" in machine.run("figures", "section-907", "members")


def test_packets_go_to_the_members_of_the_hour(
    machine: Machine, database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    add_signers(
        database,
        {"state": "TX", "district": "TX-30", "zip": REDRAWN},
        {"first_name": "Bo", "state": "MT", "district": "MT-2", "zip": KEPT_ONE},
    )
    made = {
        name: machine.at(now, is_refreshed=is_refreshed).packets(name)
        for name, now, is_refreshed in (
            ("morning", MORNING, False),
            ("before", JANUARY_4, False),
            ("after", JANUARY_4, True),
        )
    }

    assert {"TX-30", "MT-2"} <= made["morning"].keys()
    assert made["morning"]["TX-30"].endswith("crockett.pdf")
    # The House is not known, and some senators' terms have ended.
    assert not any("-S" not in seat for seat in made["before"])
    # Texas has new lines, of which nobody knows the districts yet; Montana kept its own.
    assert made["after"].keys() == {"TX-S1", "TX-S2", "MT-S1", "MT-S2", "MT-2"}
    assert all("-number" in file for file in made["after"].values())
