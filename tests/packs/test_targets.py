"""`[targets]` and targets.csv: whom a campaign asks, and what is wrong with them by line."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign import paths
from campaign.errors import DatasetInvalid, Problem
from campaign.packs import executive, local_targets, new_campaign
from campaign.packs import pack as packs
from campaign.packs.local_targets import LocalTarget
from campaign.packs.new_campaign import Answers
from campaign.packs.targets import ALL_MEMBERS, NO_MEMBERS, MemberFilter, Targets
from tests.packs.spoiling import VALUES

DAY = date(2026, 11, 24)
HEADER = "id,name,title,block,salutation,phone,form,mail,places\n"
MAYOR = (
    'mayor,Jo Doe,Mayor,"Jo Doe|City Hall|Havre, MT 59501",Dear Mayor Doe:,,,,"Havre, MT; 595*"\n'
)


#: The targets of a new campaign.
STANDARD = '[targets]\nchambers = ["house", "senate"]\n'


def make(folder: Path, table: str, rows: str = "") -> Path:
    """Make a campaign with these targets, and rows of targets.csv."""
    answers = Answers.parse(title="Keep our clinics open", ask="fund clinics", organizer="Clinics")
    made = new_campaign.create("clinics", folder, answers)
    file = made / "campaign.toml"
    written = file.read_text(encoding="utf-8").replace(STANDARD, "")
    written = written.replace("[organizer]", f"{table}\n\n[organizer]")
    file.write_text(written, encoding="utf-8")
    letters = made / "letters.md"
    letters.write_text(
        letters.read_text(encoding="utf-8") + "\n## Ask: copy\n\nI send you a copy of my letter.\n",
        encoding="utf-8",
    )
    if rows:
        (made / "targets.csv").write_text(HEADER + rows, encoding="utf-8")
    return made


def test_without_targets_a_campaign_asks_all_members_and_two_offices(tmp_path: Path) -> None:
    assert packs.load(make(tmp_path, ""), DAY).targets == Targets()
    assert Targets().members == ALL_MEMBERS
    assert Targets().executive == ("president", "secretary")


def test_every_setting_of_targets_is_read(tmp_path: Path) -> None:
    folder = make(
        tmp_path,
        """
[targets]
chambers = ["house"]
states = ["MT"]
districts = ["CA-30"]
committees = ["HSWM"]
leaders = true
parties = ["Democrat", "Independent"]
members = ["D000618"]
chairs = ["SSFI"]
executive = ["health"]

[targets.copies]
executive = ["president"]
chambers = ["senate"]
""",
        MAYOR,
    )

    targets = packs.load(folder, DAY).targets

    assert targets.members == MemberFilter(
        chambers=("house",),
        states=("MT",),
        districts=("CA-30",),
        committees=("HSWM",),
        leaders=True,
        parties=("Democrat", "Independent"),
        members=("D000618",),
    )
    assert targets.member_copies == MemberFilter(chambers=("senate",))
    assert targets.chairs == ("SSFI",)
    assert (targets.executive, targets.executive_copies) == (("health",), ("president",))
    assert [target.id for target in targets.local] == ["mayor"]


def test_members_by_id_are_the_only_ones_unless_more_is_said(tmp_path: Path) -> None:
    table = '[targets]\nmembers = ["D000618"]'

    targets = packs.load(make(tmp_path, table), DAY).targets

    assert targets.members == MemberFilter(chambers=(), members=("D000618",))
    assert targets.executive == ()
    assert targets.member_copies == NO_MEMBERS


def test_a_city_council_can_be_the_only_target(tmp_path: Path) -> None:
    targets = packs.load(make(tmp_path, "[targets]\nchambers = []", MAYOR), DAY).targets

    assert targets.kinds(has_committees=True) == ("local",)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ('chambers = ["lords"]', '"lords" is not a chamber: write house or senate.'),
        ("chambers = 3", "Write chambers as a list of texts."),
        ('states = ["Montana"]', '"Montana" is not a state\'s code, such as MT.'),
        ('districts = ["CA30"]', '"CA30" is not a district, such as CA-30 or WY-0.'),
        ('committees = ["Ways"]', '"Ways" is not a committee\'s code, such as SSFR or HSFA14.'),
        ('leaders = "yes"', "Write leaders as true or false."),
        ('parties = ["D"]', '"D" is not a party here: Democrat, Republican, Independent.'),
        ('members = ["Daines"]', '"Daines" is not a bioguide ID, such as D000618.'),
        ('chairs = ["HSFA14"]', '"HSFA14" is not a full committee\'s code, such as SSFR.'),
        (
            f"chairs = {[f'SS{one}A' for one in 'ABCDEFGHI']}",
            "List 8 chairs at most.",
        ),
        (
            'executive = ["king"]',
            '"king" is not an executive office. docs/campaigns.md lists them.',
        ),
        ('local = ["mayor"]', 'There is no row "mayor" in targets.csv.'),
        ("senators = true", 'There is no setting "senators" under [targets].'),
        ("chambers = []", "Name at least one target that gets the ask."),
        ("copies = 3", "Write the copies under [targets.copies]."),
    ],
)
def test_a_fault_is_reported_with_its_line(tmp_path: Path, row: str, reason: str) -> None:
    folder = make(tmp_path, f"[targets]\n{row}")
    rows = (folder / "campaign.toml").read_text(encoding="utf-8").splitlines()
    at = rows.index("[targets]") + (1 if "Name at least" in reason else 2)

    assert Problem("campaign.toml", at, reason) in packs.check(folder, DAY)


def test_the_earlier_list_is_the_chairs(tmp_path: Path) -> None:
    folder = make(tmp_path, "")
    file = folder / "campaign.toml"
    file.write_text('targets = ["SSFI"]\n' + file.read_text(encoding="utf-8"), encoding="utf-8")

    assert packs.load(folder, DAY).targets == Targets(chairs=("SSFI",))


@pytest.mark.parametrize("key", ["chambers", "leaders", "local", "copies", "executive", "any"])
@pytest.mark.parametrize("value", [value for value in VALUES if value], ids=lambda text: text[:20])
def test_any_value_is_judged(tmp_path: Path, key: str, value: str) -> None:
    folder = make(tmp_path, f"[targets]\n{key} = {value}", MAYOR)

    for problem in packs.check(folder, DAY):
        assert "cannot be used" not in problem.reason, "no check expected this"


def test_an_address_may_have_the_lines_of_a_spreadsheet_cell() -> None:
    typed = MAYOR.replace("|", "\n")
    problems: list[Problem] = []

    assert local_targets.read(HEADER + typed, problems) == local_targets.read(HEADER + MAYOR, [])
    assert problems == []


def test_a_problem_names_the_line_on_which_the_row_begins() -> None:
    typed = MAYOR.replace("|", "\n")
    problems: list[Problem] = []

    local_targets.read(HEADER + typed + typed, problems)

    assert [problem.line for problem in problems] == [5]


def test_the_places_of_a_local_target_are_its_people() -> None:
    (mayor,) = local_targets.read(HEADER + MAYOR, [])

    assert mayor.short == "Mayor Jo Doe"
    assert mayor.answers_to(state="MT", city="HAVRE")
    assert mayor.answers_to(state="MT", zip_code="59521")
    assert not mayor.answers_to(state="MT", zip_code="59101", city="Billings")
    assert LocalTarget("board", "Board", "", ("Board", "X"), "Dear Board:").answers_to(state="")


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("id,name\n", 1, 'Add the column "block".'),
        (HEADER.replace("mail", "email"), 1, 'There is no column "email".'),
        (HEADER + MAYOR + MAYOR, 3, 'The id "mayor" is used twice.'),
        (HEADER + MAYOR.replace("mayor,", "The Mayor,"), 2, "Write the id with lowercase letters"),
        (HEADER + MAYOR.replace("Dear Mayor Doe:", ""), 2, "Fill in the column salutation."),
        (HEADER + MAYOR.replace("|", " "), 2, "Write 2 to 7 address lines"),
        (HEADER + MAYOR.replace("595*", "Montana"), 2, "Write the place “Montana” as MT"),
        (HEADER + MAYOR.replace(",,,,", ",,http://x.example,,"), 2, "an https:// address"),
        (HEADER + MAYOR.replace(",,,,", ",,,jo@x..y,"), 2, "not a valid email address"),
        (HEADER + MAYOR.replace(",,,,", ",City Hall,,,"), 2, "one number with its area code"),
        (HEADER + '"open', 2, "This is not valid CSV."),
    ],
)
def test_a_row_that_cannot_be_used_is_named(content: str, line: int, reason: str) -> None:
    problems: list[Problem] = []

    local_targets.read(content, problems)

    assert [problem.line for problem in problems if reason in problem.reason] == [line], problems


def test_every_fault_of_a_row_is_named_with_its_column() -> None:
    problems: list[Problem] = []
    row = "mayor,Jo Doe,Mayor,City Hall|Havre,Dear Mayor:,12,notaurl,nomail,Havre MT\n"

    assert local_targets.read(HEADER + row, problems) == ()

    assert [problem.line for problem in problems] == [2] * 4
    for column, problem in zip(("phone", "form", "mail", "places"), problems, strict=True):
        assert f"column {column}" in problem.reason


@settings(max_examples=200, deadline=None)
@given(content=st.text(max_size=200) | st.text(max_size=100).map(lambda text: HEADER + text))
def test_any_table_is_judged(content: str) -> None:
    problems: list[Problem] = []

    local_targets.read(content, problems)

    assert all(problem.file == "targets.csv" and problem.line for problem in problems)


def test_every_executive_office_is_complete() -> None:
    table = executive.offices()

    assert list(table) == list(executive.NAMES)
    for office in table.values():
        assert office.block[-1].startswith("Washington, DC 20")
        assert office.salutation.endswith(":")
        assert office.source.startswith("https://")
        assert office.as_of.year >= 2026


def test_numbers_of_executive_offices_are_optional_and_checked() -> None:
    with (paths.data() / "executive.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    column = rows[0].index("phone")
    shipped = [row[column] for row in rows[1:]]

    assert "202-456-1414" in shipped
    assert "" in shipped
    without = [",".join(f'"{cell}"' for cell in row[:column] + row[column + 1 :]) for row in rows]
    assert {office.phone for office in executive.read(without).values()} == {""}
    wrong = [",".join(f'"{cell}"' for cell in row).replace("202-456-1414", "456") for row in rows]
    with pytest.raises(DatasetInvalid, match=r"executive\.csv, line 2: write the phone as"):
        executive.read(wrong)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("406-555-0142", "406-555-0142"),
        ("(406) 555 0142", "406-555-0142"),
        ("+1 406.555.0142", "406-555-0142"),
        ("406-555-0142 x3", "406-555-0142 ext. 3"),
    ],
)
def test_a_number_of_an_official_is_kept_in_one_form(typed: str, number: str) -> None:
    problems: list[Problem] = []

    [mayor] = local_targets.read(HEADER + MAYOR.replace(":,,", f":,{typed},"), problems)

    assert (mayor.phone, problems) == (number, [])


def test_the_guide_lists_the_executive_offices_and_a_good_table() -> None:
    guide = (paths.data().parent / "docs" / "campaigns.md").read_text(encoding="utf-8")
    example = [
        row.strip() for row in guide.splitlines() if row.startswith(("    id,name", "    mayor,"))
    ]
    problems: list[Problem] = []

    found = local_targets.read("\n".join(example), problems)

    assert problems == []
    assert [target.id for target in found] == ["mayor"]
    assert next(csv.reader(example)) == list(local_targets.COLUMNS)
    for office in executive.offices():
        assert f"`{office}`" in guide
