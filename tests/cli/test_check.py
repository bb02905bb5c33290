"""`campaign check` says what is wrong and where; `campaign new` starts a campaign to rewrite."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from campaign import cli, paths

#: Runs `campaign ARGUMENTS` and returns (exit status, standard output, standard error).
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run_packs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Run:
    """Run the command line in an instance folder of its own, `tmp_path / "home"`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CAMPAIGN_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CAMPAIGN_PATH", raising=False)

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["campaign", *arguments])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
        said = capsys.readouterr()
        return int(exit_.value.code or 0), said.out, said.err

    return run


def test_a_good_campaign_is_summed_up_in_one_line(run_packs: Run) -> None:
    status, out, err = run_packs("check", "section-907", "--on", "2026-11-24")

    assert status == 0
    assert out.startswith(
        "section-907: good on November 24, 2026, published; 3 languages, 16 talking points, "
        "19 usable facts; not usable: detainees, aid-current, waiver-status, treaty-status; "
        "sentences left out: 8 (story.md:"
    )
    assert out.count("\n") == 1
    assert "The organizer's email, " in err


def test_new_starts_an_unpublished_copy_without_an_organizer(
    run_packs: Run, tmp_path: Path
) -> None:
    status, out, _ = run_packs("new", "clean-water", "--like", "section-907")
    folder = tmp_path / "home" / "campaigns" / "clean-water"

    assert status == 0
    assert str(folder) in out
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        path.name for path in (paths.data() / "campaigns" / "section-907").iterdir()
    )
    made = (folder / "campaign.toml").read_text(encoding="utf-8")
    for line in ("published = false", 'name = ""', 'email = ""', "postal_address = []"):
        assert f"\n{line}\n" in made
    status, out, err = run_packs("check", "clean-water")
    assert status == 0
    assert "not published" in out
    assert "Enter who runs the campaign before you publish it." in err


def test_a_new_campaign_cannot_be_published_before_it_says_who_runs_it(
    run_packs: Run, tmp_path: Path
) -> None:
    run_packs(
        "new",
        "clean-water",
        "--like",
        "section-907",
        "--into",
        str(tmp_path / "home" / "campaigns"),
    )
    file = tmp_path / "home" / "campaigns" / "clean-water" / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("published = false", "published = true"), encoding="utf-8")

    status, _, err = run_packs("check", "clean-water")

    line = text.splitlines().index("[organizer]") + 1
    assert status == 1
    assert (
        f"  campaign.toml:{line}: Before you publish, enter the organizer's name, postal address "
        "and email.\n" in err
    )


def test_every_problem_is_listed_with_file_line_and_reason(run_packs: Run, tmp_path: Path) -> None:
    run_packs("new", "clean-water", "--like", "section-907")
    folder = tmp_path / "home" / "campaigns" / "clean-water"
    (folder / "points.md").write_text(
        "## One {#one}\n\nIt was so.[^nowhere]\n\n## Two {#one}\n\n{{ 7 * 7 }}\n", encoding="utf-8"
    )

    status, out, err = run_packs("check", "clean-water")

    assert status == 1
    assert out == ""
    assert err.splitlines()[-4:] == [
        "campaign: The campaign clean-water has 3 problems; correct them and check again.",
        '  points.md:5: The id "one" is used twice.',
        "  points.md:7: Use only fields and conditions in a template; Mul is not allowed.",
        '  points.md:3: There is no fact "nowhere" in facts.toml.',
    ]


def test_a_committee_that_congress_does_not_have_is_warned_of(
    run_packs: Run, tmp_path: Path
) -> None:
    run_packs("new", "clean-water", "--like", "section-907")
    file = tmp_path / "home" / "campaigns" / "clean-water" / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"JCSE"', '"JCSE", "JXYZ"'), encoding="utf-8")

    status, _, err = run_packs("check", "clean-water")

    assert status == 0
    assert "campaign.toml: The legislator dataset has no committee JXYZ." in err


def test_targets_that_congress_does_not_have_are_warned_of(run_packs: Run, tmp_path: Path) -> None:
    run_packs("new", "clean-water", "--title", "Water", "--ask", "help", "--organizer", "We")
    file = tmp_path / "home" / "campaigns" / "clean-water" / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    wrong = 'members = ["Z999999"]\nstates = ["ZZ"]\ndistricts = ["MT-9"]\ncommittees = ["HSXX"]\n'
    file.write_text(text.replace("[targets]\n", f"[targets]\n{wrong}"), encoding="utf-8")

    status, _, err = run_packs("check", "clean-water")

    assert status == 1
    assert "Nobody gets the ask" in err
    for what in ("committee HSXX", "member Z999999", "state ZZ", "district MT-9"):
        assert f"campaign.toml: The legislator dataset has no {what}." in err


def test_places_without_a_post_office_are_warned_of_by_line(run_packs: Run, tmp_path: Path) -> None:
    run_packs("new", "council", "--title", "Water", "--ask", "help", "--organizer", "We")
    folder = tmp_path / "home" / "campaigns" / "council"
    (folder / "targets.csv").write_text(
        "id,name,block,salutation,places\n"
        "council,Council,City Hall|Main Street,Dear Council:,ZZ; 00001; 000*\n"
        'mayor,Mayor,City Hall|Main Street,Dear Mayor:,"Havree, MT; Havre, MT; 59501; 595*; MT"\n',
        encoding="utf-8",
    )

    status, _, err = run_packs("check", "council")

    assert status == 0
    assert re.findall(r"targets.csv:(\d): Check the column places: .* has no (.*)\.", err) == [
        ("2", "state ZZ"),
        ("2", "ZIP code 00001"),
        ("2", "ZIP code 000*"),
        ("3", "city “Havree, MT”"),
    ]


@pytest.mark.parametrize(
    ("base_url", "is_warned"),
    [("https://petition.example.org", False), ("http://petition.example.org", True)],
)
def test_a_challenge_that_browsers_cannot_answer_is_warned_of(
    run_packs: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base_url: str, is_warned: bool
) -> None:
    run_packs("new", "clean-water", "--like", "section-907")
    file = tmp_path / "home" / "campaigns" / "clean-water" / "campaign.toml"
    file.write_text(file.read_text().replace("challenge = false", "challenge = true"))
    monkeypatch.setenv("BASE_URL", base_url)

    status, out, err = run_packs("check", "clean-water")

    assert status == 0
    assert "browsers are asked for a calculation" in out
    assert ("Browsers answer the challenge only over https" in err) is is_warned


def test_new_never_writes_over_a_folder(run_packs: Run, tmp_path: Path) -> None:
    run_packs("new", "clean-water", "--like", "section-907")
    mark = tmp_path / "home" / "campaigns" / "clean-water" / "mine.txt"
    mark.write_text("mine", encoding="utf-8")

    status, _, err = run_packs("new", "clean-water", "--like", "section-907")

    assert status == 2
    assert "already exists. Choose another name." in err
    assert mark.read_text(encoding="utf-8") == "mine"
    assert [path.name for path in mark.parent.parent.iterdir()] == ["clean-water"]


@pytest.mark.parametrize("name", ["Clean", "clean water", "../x", "a/b", "-", ".hidden", "x" * 64])
def test_new_refuses_a_name_that_cannot_be_a_folder_of_ours(
    run_packs: Run, tmp_path: Path, name: str
) -> None:
    status, _, err = run_packs("new", "--like", "section-907", "--", name)

    assert status == 2
    assert "Name the campaign with lowercase letters, digits and hyphens" in err
    assert not (tmp_path / "home" / "campaigns").exists()


def test_new_says_so_where_it_may_not_write(run_packs: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")

    status, _, err = run_packs(
        "new", "clean-water", "--like", "section-907", "--into", str(tmp_path / "file" / "x")
    )

    assert status in {1, 2}
    assert "cannot be created" in err


def test_an_unknown_campaign_is_one_sentence_that_names_the_known(run_packs: Run) -> None:
    assert run_packs("check", "nowhere") == (
        1,
        "",
        "campaign: There is no campaign of that name. Choose from: section-907.\n",
    )


def test_a_bad_date_is_wrong_use(run_packs: Run) -> None:
    status, _, err = run_packs("check", "section-907", "--on", "soon")

    assert status == 2
    assert "Write the day as 2026-06-15." in err


def test_sentences_that_an_ended_bill_leaves_out_are_counted(
    run_packs: Run, tmp_path: Path
) -> None:
    run_packs("new", "clinics", "--title", "Clinics", "--organizer", "Us", "--ask", "pass HR 7000")
    settings = tmp_path / "home" / "campaigns" / "clinics" / "campaign.toml"
    bill = '\n[[bill]]\nnumber = "H.R. 7000"\ncongress = 119\nside = "for"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + bill, encoding="utf-8")

    before = run_packs("check", "clinics", "--on", "2027-01-02")[1]
    after = run_packs("check", "clinics", "--on", "2027-01-04")[1]

    assert "nothing is left out" in before
    assert "not usable: 119-hr-7000; sentences left out:" in after
    assert "petition.md:11" in after
