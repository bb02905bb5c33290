"""`campaign stances`: evidence goes in by file and by hand, and letters follow it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from campaign.cli import cli
from campaign.errors import CampaignError, InvalidInput
from tests.bill_status_files import Name, bill_status

#: Senator Daines of Montana, and the member for its second district.
DAINES, DOWNING = "D000618", "D000634"


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    run("db", "upgrade")


def run(*args: str, status: int = 0) -> Result:
    result = CliRunner().invoke(cli, args, catch_exceptions=False, standalone_mode=True)
    assert result.exit_code == status, result.output
    return result


def listed() -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(
        run("stances", "list", "section-907", "--json").stdout
    )
    return rows


def test_a_stance_set_by_hand_is_listed_with_its_source(tmp_path: Path) -> None:
    run("stances", "set", "section-907", DAINES, "against", "--source", "A letter to us",
        "--as-of", "2026-06-01")  # fmt: skip

    (row,) = listed()

    assert row["bioguide"] == DAINES
    assert row["stance"] == "against"
    assert row["evidence"] == [
        {"stance": "against", "as_of": "2026-06-01", "source": "A letter to us", "bill": ""}
    ]
    assert (
        "Daines: against - A letter to us (June 1, 2026)"
        in run("stances", "list", "section-907").stdout
    )


def test_a_letter_speaks_to_where_the_member_stands(tmp_path: Path) -> None:
    def letter() -> str:
        out = tmp_path / "letter.txt"
        run("letter", "section-907", "--zip", "59001", "--name", "Ani Petrosyan", "--address",
            "12 Main St", "--to", "senate", "--format", "txt", "--out", str(out))  # fmt: skip
        return " ".join(out.read_text(encoding="utf-8").split())

    assert "We see it differently" not in letter()
    run("stances", "set", "section-907", DAINES, "against", "--source", "A vote")

    daines, _, sheehy = letter().partition("The Honorable Tim Sheehy")

    assert "two things that do not depend on where we stand" in daines
    assert "two things that do not depend on where we stand" not in sheehy


def test_a_file_about_a_bill_is_imported_once(tmp_path: Path) -> None:
    folder = tmp_path / "campaigns" / "ours"
    run("new", "ours", "--like", "section-907")
    settings = folder / "campaign.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        'cwc_bills = ["119 H.R. 6840"]\ncwc_stance = "pro"\n' + text, encoding="utf-8"
    )
    file = tmp_path / "bill.xml"
    file.write_bytes(
        bill_status(Name("B001257", "Bilirakis", "FL", "12"), [Name(DOWNING, "Downing", "MT", "2")])
    )

    first = run("stances", "import", "ours", str(file))
    again = run("stances", "import", "ours", str(file))

    assert "Imported on H.R. 6840 (119th Congress): 2 new stances, 0 on record" in first.stdout
    assert "0 new stances, 2 on record already, 0 not used." in again.stdout


def test_what_a_table_holds_that_cannot_be_used_goes_to_the_rejects(tmp_path: Path) -> None:
    table = tmp_path / "ours.csv"
    table.write_text(
        "bioguide,stance,as_of,source\n"
        f"{DAINES},for,2026-06-01,A vote\nX000000,for,2026-06-01,A vote\n",
        encoding="utf-8",
    )
    rejects = tmp_path / "rejects.csv"

    result = run(
        "stances", "import", "section-907", str(table), "--rejects", str(rejects), status=1
    )

    assert "1 new stance, 0 on record already, 1 not used." in result.stdout
    assert "X000000" in rejects.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("start", "says"),
    [
        (b"<?xml version='1.0'?><billStatuses>", "BILLSTATUS XML of one bill is far smaller"),
        (b"bioguide,stance,as_of,source\n", "The table is larger than 20 MB. Cut it in several."),
    ],
)
def test_a_file_that_is_too_large_is_called_what_it_is(
    tmp_path: Path, start: bytes, says: str
) -> None:
    file = tmp_path / "large"
    file.write_bytes(start + b" " * (20 * 1024 * 1024))

    with pytest.raises(CampaignError, match=says):
        run("stances", "import", "section-907", str(file))
    with pytest.raises(InvalidInput, match=r"none\.xml cannot be read: No such file"):
        run("stances", "import", "section-907", str(tmp_path / "none.xml"))


def test_a_bill_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"119 H\.R\. 6840"):
        CliRunner().invoke(
            cli,
            ["stances", "import", "section-907", "-", "--bill", "the act"],
            catch_exceptions=False,
        )


def test_a_brief_is_written_for_those_who_visit_a_member(tmp_path: Path) -> None:
    out = tmp_path / "brief.pdf"

    said = run("stances", "brief", "section-907", DAINES.lower(), "--out", str(out)).stdout

    assert str(out) in said
    assert out.read_bytes().startswith(b"%PDF")
    with pytest.raises(InvalidInput, match="does not write to a member"):
        run("stances", "brief", "section-907", "X999999", "--out", str(out))
