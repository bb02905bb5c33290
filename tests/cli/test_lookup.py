"""`campaign lookup`: one answer for people, one line of JSON for programs, a stream of both."""

import json
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli.lookup import lookup
from campaign.errors import InvalidInput, PlaceContradicted, PlaceUnknown
from tests.cli.test_three_campaigns import COUNCIL
from tests.congress.geocoder_server import GeocoderServer
from tests.web.test_targets import aim

#: A day within the Congress of the shipped data, so that these tests hold on any day.
DAY = "2026-11-24"

PROGRAM = "from campaign.cli import main; main()"

Run = Callable[..., Result]


@pytest.fixture
def geocoder_server() -> Iterator[GeocoderServer]:
    """A server that plays the Census geocoder."""
    with GeocoderServer() as server:
        yield server


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command with an installation of its own; foreseen errors are raised."""
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.delenv("GEOCODER_URL", raising=False)

    def call(*arguments: str, given: str | bytes = "") -> Result:
        return CliRunner().invoke(
            lookup, [*arguments, "--on", DAY], input=given, standalone_mode=False
        )

    return call


def answers(result: Result) -> list[dict[str, object]]:
    assert result.exception is None, result.exception
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_json_object_has_the_promised_keys(run: Run) -> None:
    (found,) = answers(run("59001", "--json"))

    assert list(found)[:7] == [
        "query",
        "districts",
        "certainty",
        "members",
        "vacant",
        "notes",
        "as_of",
    ]
    assert (found["query"], found["districts"], found["certainty"], found["as_of"]) == (
        "59001",
        ["MT-2"],
        "certain",
        "2026-06-15",
    )
    members = found["members"]
    assert isinstance(members, list)
    assert members[2] == {
        "bioguide": "D000634",
        "name": "Troy Downing",
        "chamber": "house",
        "seat": "MT-2",
        "party": "Republican",
        "phone": "202-225-3211",
        "status": "serving",
        "contact": "https://downing.house.gov",
    }


def test_a_vacancy_is_listed_with_the_senators(run: Run) -> None:
    (found,) = answers(run("GA-13", "--json"))

    assert found["vacant"] == ["GA-13"]
    members = found["members"]
    assert isinstance(members, list)
    assert [member["chamber"] for member in members] == ["senate", "senate"]


def test_a_split_zip_lists_candidates_and_vacancies_among_them(run: Run) -> None:
    (found,) = answers(run("30034", "--json"))

    assert (found["certainty"], found["need"]) == ("split", "street")
    assert found["districts"] == ["GA-4", "GA-5", "GA-13"]
    candidates = found["candidates"]
    assert isinstance(candidates, list)
    assert [member["seat"] for member in candidates] == ["GA-4", "GA-5"]
    assert found["vacant"] == ["GA-13"]


def test_people_read_names_seats_parties_and_phones(run: Run) -> None:
    shown = run("ME-1").output

    assert shown.splitlines()[0] == "ME-1, Maine's 1st district"
    assert "Angus S. King, Jr.  Senator for Maine" in shown
    assert "Independent, sits with the Democrats · 202-224-5344" in shown
    assert shown.endswith("Data of June 15, 2026.\n")


def test_people_read_of_vacancies_and_elections(run: Run) -> None:
    assert "vacant" in run("GA-13").output
    assert "verify: a special election was due on November 3, 2026" in run("OH-1").output


def test_a_member_without_a_number_is_reached_by_the_switchboard(run: Run) -> None:
    shown = run("CA-1").output
    found = json.loads(run("CA-1", "--json").output)
    (newest,) = (one for one in found["members"] if one["seat"] == "CA-1")

    assert "202-224-3121" in shown
    assert "ask for Representative Gallagher" in " ".join(shown.split())
    assert newest["phone"] == "202-224-3121"
    (note,) = (one for one in found["notes"] if "switchboard" in one)
    assert note.startswith("We do not have this office's direct number yet.")


def test_lines_in_lines_out_and_a_bad_line_does_not_end_it(run: Run) -> None:
    given = "59001\n\n  ca-30\nnonsense\nCA-99\n\x00\n" + "9" * 5000 + "\n59001-1234"
    found = answers(run("-", given=given))

    assert [answer.get("certainty", "error") for answer in found] == [
        "certain",
        "certain",
        "error",
        "error",
        "error",
        "error",
        "certain",
    ]
    assert found[1]["query"] == "ca-30"
    assert str(found[2]["error"]).startswith("Enter a ZIP such as 59001")
    assert "no district CA-99" in str(found[3]["error"])


def test_bytes_that_are_not_text_are_a_bad_line(run: Run) -> None:
    found = answers(run("-", given=b"\xff\xfe\n59001\n"))

    assert "error" in found[0]
    assert found[1]["districts"] == ["MT-2"]


def test_a_street_settles_a_split_zip(
    run: Run, geocoder_server: GeocoderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOCODER_URL", geocoder_server.url)
    arguments = ["10011", "--street", "421 8th Ave", "--city", "New York", "--state", "ny"]

    (found,) = answers(run(*arguments, "--json"))

    assert (found["districts"], found["certainty"]) == (["NY-12"], "certain")
    assert geocoder_server.asked[0]["state"] == "NY"


def test_with_the_geocoder_down_the_candidates_are_given(
    run: Run, geocoder_server: GeocoderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOCODER_URL", geocoder_server.url)
    geocoder_server.mood = "html"

    (found,) = answers(run("10011", "--street", "421 8th Ave", "--json"))

    assert (found["certainty"], found["need"]) == ("split", "district")


@pytest.mark.parametrize(
    ("arguments", "error", "reason"),
    [
        (["5900"], InvalidInput, "Enter the ZIP"),
        (["Springfield"], InvalidInput, "Enter a ZIP such as 59001, or a district"),
        (["x" * 200], InvalidInput, "Enter a ZIP such as 59001"),
        (["CA-99"], PlaceUnknown, "There is no district CA-99"),
        (["CA-30", "--street", "1 Main St"], InvalidInput, "Give the ZIP together"),
        (["-", "--street", "1 Main St"], InvalidInput, "one ZIP at a time"),
    ],
)
def test_wrong_use_is_a_sentence(
    run: Run, arguments: list[str], error: type[Exception], reason: str
) -> None:
    result = run(*arguments)

    assert isinstance(result.exception, error)
    assert reason in str(result.exception)
    assert result.stdout == ""


def test_past_its_congress_people_read_how_to_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    shown = CliRunner().invoke(lookup, ["59001", "--on", "2027-02-01"]).output

    assert shown.startswith("59001: MT-2, Montana's 2nd district\n")
    assert "District lines are as in the 119th Congress." in shown
    assert "https://www.house.gov/representatives/find-your-representative" in shown
    assert "Run `campaign data refresh`" in shown
    assert "Troy Downing" not in shown
    assert "Tim Sheehy" in shown


def test_past_its_congress_a_redrawn_state_has_no_district_by_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))

    shown = CliRunner().invoke(lookup, ["75201", "--on", "2027-01-03"]).output
    assert shown.startswith("75201: new district lines, not known by ZIP yet\n")
    assert "TX-30" not in shown

    answer = json.loads(
        CliRunner().invoke(lookup, ["75201", "--on", "2027-01-03", "--json"]).output
    )
    assert (answer["districts"], answer["lines"]) == ([], 0)
    assert answer["line_status"] == "unpublished"
    assert answer["candidates"] == answer["vacant"] == []
    assert any("house.gov/representatives/find" in note for note in answer["notes"])


def test_a_day_that_is_none_is_wrong_use(tmp_path: Path) -> None:
    result = CliRunner().invoke(lookup, ["59001", "--on", "soon"], standalone_mode=False)

    assert isinstance(result.exception, InvalidInput)
    assert str(result.exception) == "Write the day as 2026-06-15."


def test_the_whole_command_answers_in_half_a_second(tmp_path: Path) -> None:
    """Processor time of the whole process, the best of three: a busy machine does not decide."""
    took = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "lookup", "59001", "--on", DAY],
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
            env={"CAMPAIGN_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    assert "Troy Downing" in done.stdout
    assert min(took) < 0.5, took


def test_a_look_up_imports_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from campaign.cli import cli\n"
        "cli(['lookup', '59001', '--on', '2026-11-24'], standalone_mode=False)\n"
        "heavy = {'requests', 'yaml', 'flask', 'sqlalchemy', 'zipcodes', 'rich', 'typst'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"CAMPAIGN_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )

    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "arguments", [("59101,CA",), ("59101", "--state", "CA"), ("59101", "--state", "California")]
)
def test_a_zip_and_a_state_that_do_not_agree_are_refused(
    run: Run, arguments: tuple[str, ...]
) -> None:
    done = run(*arguments)

    assert isinstance(done.exception, PlaceContradicted)
    assert "59101 is in Montana" in str(done.exception)


def test_a_zip_and_its_state_are_taken_together(run: Run) -> None:
    (found,) = answers(run("59101, MT", "--json"))

    assert found["districts"] == ["MT-2"]


def test_a_geocoders_answer_elsewhere_leaves_the_candidates(
    run: Run, geocoder_server: GeocoderServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GEOCODER_URL", geocoder_server.url)
    geocoder_server.mood = "dallas"

    (found,) = answers(run("02861", "--street", "12 Oak St", "--json"))

    assert found["districts"] == ["MA-4", "RI-1"]
    assert "outside that ZIP code" in str(found["notes"])


def test_the_officials_whom_a_campaign_asks_are_named(run: Run, tmp_path: Path) -> None:
    aim(tmp_path / "home", '[targets]\nchambers = []\nexecutive = ["treasury"]', COUNCIL)

    havre = run("59501", "--campaign", "clinics").stdout
    elsewhere = run("82001", "--campaign", "clinics").stdout
    (found,) = answers(run("59501", "--campaign", "clinics", "--json"))
    refused = run("59501", "--campaign", "nobody")

    assert "The campaign clinics asks:\n  Havre City Council\n    406-555-0100" in havre
    assert "  The Secretary of the Treasury\n    202-622-2000" in havre
    assert "Havre City Council" not in elsewhere
    officials = found["officials"]
    assert isinstance(officials, list)
    assert [each["id"] for each in officials] == ["council", "treasury"]
    assert isinstance(refused.exception, InvalidInput)


def test_a_state_that_is_given_settles_a_zip_of_several_states(run: Run) -> None:
    (found,) = answers(run("57638,ND", "--json"))

    assert found["districts"] == ["ND-0"]
