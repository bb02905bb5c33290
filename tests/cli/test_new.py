"""`campaign new` starts a campaign from answers, or as a copy."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from campaign.cli.check import check
from campaign.cli.new import new
from campaign.packs import pack as packs
from campaign.packs.organizer import Organizer

ANSWERS = ("--title", "Keep our clinics open", "--ask", "fund clinics", "--organizer", "Clinics")


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CAMPAIGN_PATH", raising=False)
    return tmp_path / "home"


def test_options_make_a_campaign_that_passes_its_check(home: Path) -> None:
    made = CliRunner().invoke(new, ["clinics", *ANSWERS, "--languages", "en,es"])
    checked = CliRunner().invoke(check, ["clinics"])

    assert made.exit_code == 0
    assert str(home / "campaigns" / "clinics") in made.output
    assert "2 languages, 2 talking points, 0 usable facts; nothing is left out." in checked.output


def test_questions_are_asked_for_what_no_option_says(home: Path) -> None:
    typed = "Keep our clinics open\nthe Senate\nfund clinics\nClinics for All\n\n\nno\n"

    made = CliRunner().invoke(new, ["clinics"], input=typed)

    assert made.exit_code == 0
    assert "We ask the Senate to" in made.output
    petition = (home / "campaigns" / "clinics" / "petition.md").read_text(encoding="utf-8")
    assert 'standfirst = "We ask the Senate to fund clinics."' in petition
    settings = (home / "campaigns" / "clinics" / "campaign.toml").read_text(encoding="utf-8")
    assert 'paid_for_by = "Clinics for All"\nforeign_principal = false\n' in settings


def test_options_say_who_pays(home: Path) -> None:
    options = ["--title", "Clinics", "--ask", "fund clinics", "--organizer", "Clinics for All"]
    payer = ["--paid-by", "The Clinic Fund", "--foreign-principal"]

    made = CliRunner().invoke(new, ["clinics", *options, *payer])
    unsaid = CliRunner().invoke(new, ["others", *options])

    assert (made.exit_code, unsaid.exit_code) == (0, 0)
    settings = (home / "campaigns" / "clinics" / "campaign.toml").read_text(encoding="utf-8")
    assert 'paid_for_by = "The Clinic Fund"\nforeign_principal = true\n' in settings
    settings = (home / "campaigns" / "others" / "campaign.toml").read_text(encoding="utf-8")
    assert 'paid_for_by = "Clinics for All"\n# foreign_principal = false\n' in settings


def test_without_answers_the_options_are_named() -> None:
    made = CliRunner().invoke(new, ["clinics"])

    assert made.exit_code == 2
    assert "Give --title, --ask and --organizer" in made.output


def test_like_copies_another_campaign(home: Path) -> None:
    made = CliRunner().invoke(new, ["mine", "--like", "section-907"])

    assert made.exit_code == 0
    assert (home / "campaigns" / "mine" / "petition.hy.md").is_file()


def test_a_copy_gets_the_organizer_that_the_options_name(home: Path) -> None:
    arguments = ("--organizer", "Clinics for All", "--email", "clinics@example.org",
                 "--address", "1 Main Street", "--address", "Havre, MT 59501",
                 "--paid-by", "Clinics Fund", "--no-foreign-principal")  # fmt: skip

    made = CliRunner().invoke(new, ["mine", "--like", "section-907", *arguments])

    assert made.exit_code == 0
    copied = packs.load(home / "campaigns" / "mine", date(2026, 11, 24))
    funding = copied.funding
    assert (funding.paid_for_by, funding.foreign_principal) == ("Clinics Fund", False)
    assert copied.organizer == Organizer(
        "Clinics for All", ("1 Main Street", "Havre, MT 59501"), "clinics@example.org"
    )


def test_a_copy_refuses_answers_that_it_cannot_use(home: Path) -> None:
    made = CliRunner().invoke(
        new, ["mine", "--like", "section-907", "--title", "Ours", "--of", "the Senate"]
    )

    assert made.exit_code == 2
    assert "Leave out --title, --of, and edit the copy." in " ".join(made.output.split())
    assert not (home / "campaigns" / "mine").exists()
