"""The rehearsal of January 3, 2027 on the command line."""

from datetime import datetime
from importlib import import_module
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign import cli
from campaign.store import models, stances
from campaign.store.db.engine import Database
from tests.congress.geocoder_server import GeocoderServer
from tests.letters.reading import words_of
from tests.new_congress import (
    AFTER,
    AFTERNOON,
    BEFORE,
    DECEMBER,
    DOWNING,
    JANUARY_2,
    JANUARY_4,
    KEPT_ONE,
    KEPT_TWO,
    MOMENTS,
    MORNING,
    OLD_BILL,
    REDRAWN,
    REFRESHED,
    SHEEHY,
    STANCES,
    TOWNS,
    WYOMING,
    table_of_people,
)
from tests.organizing.signed import add_signers

LETTERS = ("letters", "section-907", "people.csv", "--out", "all.pdf", "--rejects", "left.csv")


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

        for module in ("day", "installation", "check", "letter.similarity", "doctor.doctor"):
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

    def reach(self, moment: str) -> "Machine":
        """Set the clock to one of `MOMENTS`, with the data of that moment."""
        return self.at(MOMENTS[moment].now, is_refreshed=MOMENTS[moment].is_refreshed)

    def table(self) -> None:
        """Write a table of one person at each address."""
        (self.folder / "people.csv").write_text(table_of_people(), encoding="utf-8")

    def packets(self, folder: str) -> dict[str, str]:
        """Make the packets, and return {seat: file} of each."""
        self.run("packet", "section-907", "--out", folder)
        files = [path.name for path in (self.folder / folder).glob("*.pdf")]
        return {"-".join(file.split("-")[:2]): file for file in files if "summary" not in file}

    def letter(self, five: str, *arguments: str) -> str:
        """Write the letters of a made-up person, and return the text and what was said."""
        said = self.run(
            *("letter", "section-907", "--zip", five, "--name", "Ani Petrosyan"),
            *("--address", "12 Main Street", "--city", TOWNS[five], "--out", "letters.txt"),
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
@pytest.mark.parametrize("five", TOWNS)
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
    for five in TOWNS:
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


def test_the_operator_is_asked_to_refresh(machine: Machine) -> None:
    assert "This Congress has ended" not in machine.at(MORNING).run("data", "status")
    assert "This Congress has ended: run `campaign data refresh`." in machine.at(AFTERNOON).run(
        "data", "status"
    )
    assert "120th Congress, as of January 4, 2027" in machine.at(JANUARY_4, is_refreshed=True).run(
        "data", "status"
    )


DOCTOR = {
    "January 2": "note congress The 119th Congress ends in 1 day, on January 3, 2027",
    "January 3, 11:59": "note congress The 119th Congress ends today at noon Eastern.",
    "January 3, 12:01": "fix congress The data describes the 119th Congress, which ended",
    "January 4, before a refresh": "fix congress The data describes the 119th Congress, which",
    "January 4, after a refresh": "good congress The data is as of January 4, 2027.",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_doctor_says_where_the_congress_stands(machine: Machine, moment: str) -> None:
    said = machine.reach(moment).run("doctor")

    assert DOCTOR[moment] in said
    assert "failed unexpectedly" not in said
    assert "good letters A letter prints" in said
    assert OLD_BILL.search(said) is None


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_table_of_signatures_is_placed_by_the_lines_of_the_hour(
    machine: Machine,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    rows = [f"Ani,P{five},{five},2026-12-30" for five in TOWNS]
    text = "\n".join(["first_name,last_name,zip,signed_on", *rows])
    (machine.folder / "paper.csv").write_text(text, encoding="utf-8")

    said = machine.reach(moment).run("import", "section-907", "paper.csv")

    assert "Entered 4 of 4" in said
    with database.reading() as connection:
        found = connection.execute(sa.select(models.signatures))
        placed = {row.zip: (row.state, row.district) for row in found}
    assert placed == {
        WYOMING: ("WY", "WY-0"),
        KEPT_ONE: ("MT", "MT-2"),
        KEPT_TWO: ("NY", ""),
        REDRAWN: ("TX", "TX-30" if moment in BEFORE else ""),
    }


@pytest.mark.parametrize("moment", MOMENTS)
def test_stances_recorded_before_are_history_after_noon(
    machine: Machine,
    database: Database,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    with database.writing() as connection:
        stances.add(connection, "section-907", STANCES, actor="cli:ani", now=DECEMBER)
    machine.reach(moment)

    listed = machine.run("stances", "list", "section-907")
    later = machine.run("stances", "list", "section-907", "--on", "2027-01-03")
    letter = machine.letter(KEPT_ONE)
    machine.run("stances", "brief", "section-907", SHEEHY, "--out", "brief.pdf")

    assert ("Downing: for - a file" in listed) is (moment in BEFORE)
    assert ": for - " not in later
    assert ("6840" in letter) is (moment == "January 2")
    if moment == REFRESHED:  # then other people hold every seat
        assert not (machine.folder / "brief.pdf").exists()
        return
    brief = words_of((machine.folder / "brief.pdf").read_bytes(), machine.folder)
    named = "Sponsor or cosponsor of H.R. 6840 (119th Congress), as of March 2, 2026"
    assert (named in brief) is (moment in BEFORE)
    past = "Earlier: for, Sponsor or cosponsor of a bill of the 119th Congress"
    assert (past in brief) is (moment in AFTER)
    assert (OLD_BILL.search(brief) is None) is (moment in AFTER)


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
