"""`campaign data`: build, refresh, status, check, from the command line."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from campaign import paths
from campaign.cli.data.data import data
from campaign.errors import DatasetInvalid, InvalidInput
from tests.congress import full_upstream

Run = Callable[..., Result]

MADE_UP = Path(__file__).parent.parent / "congress" / "upstream"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own."""
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    return tmp_path / "home"


@pytest.fixture
def run(home: Path) -> Run:
    """Run a subcommand; foreseen errors are raised."""

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(data, arguments, standalone_mode=False)

    return call


def test_build_writes_tables_that_load(run: Run, tmp_path: Path) -> None:
    result = run("build", "--from", str(MADE_UP), "--out", str(tmp_path / "out"))

    assert result.exception is None
    assert "rows of the 119th Congress as of 2026-06-15" in result.stdout
    assert "left out 1 who are not members" in result.stderr
    assert (tmp_path / "out" / "meta.json").is_file()


def test_build_without_a_day_says_how_to_give_one(run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MADE_UP, tmp_path / "upstream"))
    (folder / "README.md").unlink()

    refused = run("build", "--from", str(folder), "--out", str(tmp_path / "out"))
    assert isinstance(refused.exception, InvalidInput)
    assert "--as-of" in str(refused.exception)

    given = run(
        "build", "--from", str(folder), "--out", str(tmp_path / "out"), "--as-of", "2026-06-15"
    )
    assert given.exception is None


def test_a_folder_that_cannot_be_written_to_is_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    result = run("build", "--from", str(MADE_UP), "--out", str(tmp_path / "file" / "out"))

    assert isinstance(result.exception, DatasetInvalid)
    assert "cannot be written to" in str(result.exception)


def test_status_for_people_and_programs(run: Run) -> None:
    shown = run("status", "--on", "2026-06-20").stdout
    assert "119th Congress, as of June 15, 2026 (5 days old), good until January 3, 2027." in shown
    assert "vacant: CA-14, FL-20, GA-13, TX-23." in shown
    assert "refresh" not in shown

    assert "more than 60 days old: run `campaign data refresh`" in (
        run("status", "--on", "2026-11-24").stdout
    )
    assert "has ended: run `campaign data refresh`" in run("status", "--on", "2027-01-04").stdout

    facts = json.loads(run("status", "--json", "--on", "2026-11-24").stdout)
    assert (facts["congress"], facts["state"], facts["origin"]) == (119, "aging", "shipped")
    assert facts["rows"]["offices"] == 1312
    assert facts["vacant"] == ["CA-14", "FL-20", "GA-13", "TX-23"]


def test_refresh_from_a_folder_comes_into_force(run: Run, home: Path, tmp_path: Path) -> None:
    source = full_upstream.write(tmp_path / "full")

    result = run("refresh", "--from", str(source))
    assert result.exception is None

    facts = json.loads(run("status", "--json").stdout)
    assert (facts["as_of"], facts["origin"]) == ("2026-07-01", "refreshed")
    checked = run("check")
    assert checked.exception is None
    assert checked.stdout.count("sound") == 2


def test_check_finds_refreshed_tables_that_were_changed(
    run: Run, home: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(paths.data() / "congress", home / "congress" / "mine"))
    (home / "congress" / "current").write_text("mine\n", encoding="utf-8")
    with (folder / "members.csv").open("a", encoding="utf-8") as out:
        out.write("X000001,A,,B,,,,F,\n")

    result = run("check")

    assert isinstance(result.exception, DatasetInvalid)
    assert "members.csv" in str(result.exception)
    # Look-ups go on with the shipped tables meanwhile.
    facts = json.loads(run("status", "--json").stdout)
    assert (facts["origin"], facts["spoiled"]) == ("shipped", str(folder))
    assert "Not used, because it is older or not sound" in run("status").stdout


@pytest.mark.parametrize("content", [b"", b"- id:\n    bioguide: A0", b"{}\n"])
def test_a_bad_file_exits_1_with_a_sentence_and_changes_nothing(
    tmp_path: Path, content: bytes
) -> None:
    folder = Path(shutil.copytree(MADE_UP, tmp_path / "upstream"))
    (folder / "legislators-current.yaml").write_bytes(content)
    home = tmp_path / "home"

    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from campaign.cli import main; main()",
            "data",
            "refresh",
            "--from",
            str(folder),
        ],
        capture_output=True,
        text=True,
        check=False,
        env={"CAMPAIGN_HOME": str(home), "PATH": "/usr/bin:/bin"},
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("campaign: legislators-current.yaml ")
    assert "nothing was changed" in done.stderr.splitlines()[0]
    assert list((home / "congress").iterdir()) == []


def test_what_was_left_out_is_shown_with_the_data(run: Run, home: Path, tmp_path: Path) -> None:
    folder = full_upstream.write(tmp_path / "upstream")
    (folder / "committee-membership-current.yaml").write_text("{}\n")

    assert "start of a Congress" in run("refresh", "--from", str(folder)).stderr

    assert "start of a Congress" in run("status").stdout
    facts = json.loads(run("status", "--json").stdout)
    assert any("start of a Congress" in note for note in facts["notes"])


def test_a_member_who_is_missing_can_be_accepted(run: Run, home: Path, tmp_path: Path) -> None:
    folder = full_upstream.write(tmp_path / "upstream")
    assert run("refresh", "--from", str(folder), "--as-of", "2026-07-01").exception is None
    path = folder / "legislators-current.yaml"
    before, _, last = path.read_text().rpartition("\n- id:\n")
    path.write_text(before + "\n")
    bioguide = last.split("bioguide: ")[1][:7]

    refused = run("refresh", "--from", str(folder), "--as-of", "2026-07-02")
    taken = run("refresh", "--from", str(folder), "--as-of", "2026-07-02",
                "--accept-missing", bioguide.lower())  # fmt: skip

    assert isinstance(refused.exception, DatasetInvalid)
    assert bioguide in refused.exception.problems[0]
    assert taken.exception is None


def test_the_list_of_states_with_new_lines_is_shown_and_changed(run: Run, home: Path) -> None:
    assert run("lines").stdout.splitlines()[0] == (
        "AL  120th Congress  press summary of 2026-06-03 (2026-06-03)"
    )
    assert not (home / "congress").exists()

    source = ("--source", "https://example.org/court", "--as-of", "2026-12-01")
    changed = run("lines", "--add", "va", "--remove", "NC", *source)
    assert changed.exception is None
    assert "VA  120th Congress  https://example.org/court (2026-12-01)" in changed.stdout
    assert "NC" not in changed.stdout

    facts = json.loads(run("status", "--json", "--on", "2027-01-03").stdout)
    assert facts["new_lines"] == ["AL", "CA", "FL", "LA", "MO", "OH", "TN", "TX", "UT", "VA"]
    assert "new_lines.csv: sound, 10 states" in run("check").stdout


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--add", "VA"), "add --source"),
        (("--add", "Texas!", "--source", "x"), "state and district"),
        (("--remove", "MT", "--congress", "120"), "MT is not listed for the 120th Congress"),
    ],
)
def test_a_change_of_that_list_that_makes_no_sense_is_refused(
    run: Run, home: Path, arguments: tuple[str, ...], why: str
) -> None:
    refused = run("lines", *arguments)

    assert isinstance(refused.exception, InvalidInput)
    assert why in str(refused.exception)
    assert not (home / "congress").exists()


def test_status_names_the_states_whose_zips_ask_for_a_street(run: Run) -> None:
    assert "District lines are new in" not in run("status", "--on", "2027-01-02").stdout
    assert "District lines are new in AL, CA, FL, LA, MO, NC, OH, TN, TX, UT:" in (
        run("status", "--on", "2027-01-03").stdout
    )


def test_a_correction_outlives_a_refresh_until_upstream_agrees(
    run: Run, home: Path, tmp_path: Path
) -> None:
    source = full_upstream.write(tmp_path / "full")
    assert run("refresh", "--from", str(source)).exception is None
    said = run("correct", "Q000000", "phone", "(202) 555-0199", "--source", "a call")
    assert said.stdout == "Corrected: Q000000, AK-S2, phone is now 202-555-0199.\n"

    kept = run("refresh", "--from", str(source))
    assert "dropped" not in kept.stdout
    [row] = json.loads(run("status", "--json").stdout)["corrections"]
    assert (row["value"], row["status"], row["source"]) == ("202-555-0199", "applied", "a call")
    assert "Q000000, AK-S2, phone: 202-555-0199 (in use)" in run("status").stdout
    assert "corrections.csv: sound, 1 correction of phones" in run("check").stdout

    legislators = source / "legislators-current.yaml"
    people = yaml.safe_load(legislators.read_bytes())
    [one] = [each for each in people if each["id"]["bioguide"] == "Q000000"]
    one["terms"][-1]["phone"] = "202-555-0199"
    legislators.write_text(yaml.dump(people, Dumper=yaml.CSafeDumper), encoding="utf-8")
    agreed = run("refresh", "--from", str(source))

    assert "Q000000, AK-S2, phone: dropped, because upstream agrees now." in agreed.stdout
    [row] = json.loads(run("status", "--json").stdout)["corrections"]
    assert row["status"] == "dropped"
    assert "because upstream agrees)" in run("status").stdout


def test_a_correction_can_be_removed_and_bad_ones_are_refused(run: Run) -> None:
    for value in ("call us", "224-2651"):
        refused = run("correct", "D000618", "phone", value, "--source", "a call")
        assert isinstance(refused.exception, InvalidInput)
        assert refused.exception.field == "value"
    missing = run("correct", "D000618", "phone", "--source", "a call")
    assert "Give the right value" in str(missing.exception)

    run("correct", "d000618", "phone", "202-224-9999", "--source", "a call")
    run("correct", "D000618", "closed", "yes", "--office", "D000618-sidney", "--source", "a call")
    removed = run("correct", "D000618", "phone", "--remove")
    assert removed.stdout == "Removed the correction of D000618 MT-S2 phone.\n"
    run("correct", "D000618", "closed", "--remove", "--office", "D000618-sidney")

    assert json.loads(run("status", "--json").stdout)["corrections"] == []
    again = run("correct", "D000618", "phone", "--remove")
    assert "no such correction" in str(again.exception)


def test_a_spoiled_table_of_corrections_is_named(run: Run, home: Path) -> None:
    home.mkdir()
    (home / "corrections.csv").write_text("phone,value\n", encoding="utf-8")

    assert "Corrections are not used: " in run("status").stdout
    assert isinstance(run("check").exception, DatasetInvalid)
    refused = run("correct", "D000618", "phone", "202-224-9999", "--source", "a call")
    assert isinstance(refused.exception, DatasetInvalid)
    assert (home / "corrections.csv").read_text(encoding="utf-8") == "phone,value\n"
