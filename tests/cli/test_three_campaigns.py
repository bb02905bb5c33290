"""Campaigns for two committees, a city council and one member, from nothing to the packet."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from campaign import cli
from tests.letters.reading import words_of
from tests.packs.test_new_campaign import BUNDLED_WORDS

Run = Callable[..., str]

STANDARD = '[targets]\nchambers = ["house", "senate"]\n'
BILLS = """
[[bill]]
number = "H.R. 1234"
congress = 119
side = "for"

[[bill]]
number = "S. 567"
congress = 119
side = "for"
"""
ASKS = """
## Ask: senator

I ask you to cosponsor S. 567.[^119-s-567]

## Ask: representative

I ask you to cosponsor H.R. 1234.[^119-hr-1234]

## Ask
"""
COUNCIL = (
    "id,name,title,block,salutation,phone,form,mail,places\n"
    'council,Havre City Council,,"Havre City Council|520 4th Street|Havre, MT 59501",'
    'Dear Council Members:,406-555-0100,,council@example.org,"Havre, MT"\n'
)
PEOPLE = (
    "First name,Last name,Street,City,ZIP,Consent,Own words\n"
    "Ani,Petrosyan,12 Main Street,Havre,59501,yes,Our town cares.\n"
    "Bo,Li,225 4th Street North,Fargo,58102,yes,Mine.\n"
)
PAPER = "first_name,last_name,zip\nAni,Petrosyan,59501\nBo,Li,58102\n"

#: Campaign -> its targets, the salutation of the only letter in Havre, and what it names.
CAMPAIGNS = {
    "clinics": (f'{STANDARD}committees = ["SSFI", "HSWM"]\n{BILLS}', "Dear Senator Daines:",
                "S. 567"),
    "council": ("[targets]\nchambers = []\n", "Dear Council Members:", "repave Main Street"),
    "one-member": ('[targets]\nmembers = ["D000618"]\n', "Dear Senator Daines:",
                   "repave Main Street"),
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command, and return what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_ENV", "development")
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GEOCODER_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("CAMPAIGN_PATH", raising=False)

    def run(*arguments: str, status: int = 0) -> str:
        monkeypatch.setattr("sys.argv", ["campaign", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = "".join(capsys.readouterr())
        assert (ended.value.code or 0) == status, printed
        return printed

    return run


@pytest.mark.parametrize("name", list(CAMPAIGNS))
def test_a_campaign_goes_from_nothing_to_its_packets(run: Run, tmp_path: Path, name: str) -> None:
    targets, salutation, named = CAMPAIGNS[name]
    make(run, tmp_path / "home" / "campaigns" / name, targets)
    for file, content in {"people.csv": PEOPLE, "paper.csv": PAPER}.items():
        (tmp_path / file).write_text(content, encoding="utf-8")
    run("db", "upgrade")

    home = ("--name", "Ani Petrosyan", "--address", "12 Main Street", "--city", "Havre")
    run("letter", name, "--zip", "59501", *home, "--out", "own.txt")
    refused = run("letter", name, "--zip", "90001", *home[:4], "--out", "none.txt", status=2)
    one_office = run("letter", name, "--zip", "73301", *home[:4], "--state", "TX",
                     "--out", "none.txt", status=2 if name != "clinics" else 0)  # fmt: skip
    run("letters", name, "people.csv", "--out", "many.pdf", "--call-sheets", "calls.pdf",
        "--rejects", "rejects.csv")  # fmt: skip
    run("sheet", name, "--out", "sheet.pdf")
    run("import", name, "paper.csv")
    run("packet", name, "--out", "packets")
    run("export", name, "--preset", "generic", "--out", "signers.csv")

    own = (tmp_path / "own.txt").read_text(encoding="utf-8")
    assert re.findall(r"^Dear .*:$", own, re.MULTILINE) == [salutation]
    assert named in own
    assert "You can still sign its petition." in refused
    # A street of Texas could only change who represents a person if a target is there.
    assert ("--street" in one_office) is (name == "clinics")
    rejects = [row["line"] for row in rows(tmp_path / "rejects.csv")]
    assert rejects == ["3"]  # no target represents Fargo
    [packet] = rows(tmp_path / "packets" / "index.csv")
    assert packet["signers"] == "1"
    assert len(rows(tmp_path / "signers.csv")) == 2
    made = [own, *(words_of(file.read_bytes(), tmp_path) for file in printed(tmp_path))]
    assert len(made) >= 6
    for text in made:
        assert BUNDLED_WORDS.findall(re.sub(r"\d{3}-\d{3}-\d{4}|\b\w{3}-\w{4}\b", "", text)) == []


def make(run: Run, folder: Path, targets: str) -> None:
    """Start a campaign, aim it at its targets, publish it, and check it."""
    run("new", folder.name, "--title", "Fix our street", "--ask", "repave Main Street",
        "--organizer", "Neighbors", "--email", "n@example.org", "--address", "1 Main Street",
        "--address", "Havre, MT 59501", "--no-foreign-principal")  # fmt: skip
    settings = folder / "campaign.toml"
    text = settings.read_text(encoding="utf-8").replace("published = false", "published = true")
    assert STANDARD in text
    settings.write_text(text.replace(STANDARD, targets), encoding="utf-8")
    if folder.name == "council":
        (folder / "targets.csv").write_text(COUNCIL, encoding="utf-8")
    if folder.name == "clinics":
        letters = folder / "letters.md"
        asked = letters.read_text(encoding="utf-8").replace("\n## Ask\n", ASKS)
        letters.write_text(asked, encoding="utf-8")
    assert "good on" in run("check", folder.name)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def printed(folder: Path) -> list[Path]:
    return [*folder.glob("*.pdf"), *folder.glob("packets/*.pdf")]
