"""What each ask is about: marked in the campaign, and by default counted as lobbying."""

from datetime import date
from pathlib import Path

import pytest

from campaign.packs import pack as packs
from tests.packs.conftest import MakeFolder

DAY = date(2026, 11, 24)
LOCAL = (
    "id,name,title,block,salutation,phone,form,mail,places\n"
    'mayor,Jo Doe,Mayor,"The Honorable Jo Doe|City Hall|1 Main Street|Havre, MT 59501",'
    "Dear Mayor Doe:,,,,\n"
)


def marked(make_folder: MakeFolder, marks: str, *, is_local: bool = False) -> Path:
    folder = make_folder(("campaign.toml", "[organizer]", f"[asks]\n{marks}\n[organizer]"))
    if is_local:
        (folder / "targets.csv").write_text(LOCAL)
        letters = folder / "letters.md"
        letters.write_text(f"{letters.read_text()}\n## Ask: local\n\nPlease help.\n")
    return folder


def test_without_marks_members_are_asked_about_a_bill_and_offices_as_executives(
    bundled: Path,
) -> None:
    pack = packs.load(bundled, DAY)

    assert pack.ask_about("D000618") == "bill"
    assert pack.ask_about("president") == "executive"
    assert pack.ask_about("health") == "executive"


def test_marks_are_taken_by_target_and_by_group(make_folder: MakeFolder) -> None:
    marks = 'members = "other"\npresident = "bill"\nmayor = "executive"'
    pack = packs.load(marked(make_folder, marks, is_local=True), DAY)

    assert pack.ask_about("D000618") == "other"
    assert pack.ask_about("president") == "bill"
    assert pack.ask_about("secretary") == "executive"
    assert pack.ask_about("mayor") == "executive"


def test_a_local_official_without_a_mark_counts_as_about_a_bill_with_a_warning(
    make_folder: MakeFolder,
) -> None:
    folder = marked(make_folder, "", is_local=True)

    review = packs.review(folder, DAY)

    assert review.pack is not None
    assert review.pack.ask_about("mayor") == "bill"
    assert any("[asks] whether mayor is asked about a bill" in w.reason for w in review.warnings)


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        ('senators = "bill"', '[asks] has no "senators"'),
        ('members = "law"', 'Set members under [asks] to "bill", "executive" or "other".'),
        ("members = true", "Set members under [asks]"),
        ("members = []", "Set members under [asks]"),
    ],
)
def test_a_wrong_mark_is_named_with_its_line(
    make_folder: MakeFolder, marks: str, sentence: str
) -> None:
    folder = marked(make_folder, marks)
    rows = (folder / "campaign.toml").read_text().splitlines()

    (problem,) = packs.check(folder, DAY)

    assert sentence in problem.reason
    assert problem.line == rows.index(marks) + 1
