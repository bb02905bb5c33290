"""Headings of asks: by kind, by committee, brief; and what a campaign's check says of them."""

import pytest

from campaign.packs import pack as packs
from campaign.packs.asks import AskHeading
from tests.packs.conftest import DAY, MakeFolder


@pytest.mark.parametrize(
    ("heading", "whom"),
    [
        ("Ask: senator", AskHeading("senator")),
        ("ask:  President", AskHeading("president")),
        ("Ask: resident-commissioner", AskHeading("resident-commissioner")),
        ("Ask: committee SSAP HSAP", AskHeading("committee", ("SSAP", "HSAP"))),
        ("Ask: committee ssap, hsfa14", AskHeading("committee", ("SSAP", "HSFA14"))),
        ("Brief ask: chair SSFR", AskHeading("chair", ("SSFR",), is_brief=True)),
        ("BRIEF ASK: secretary", AskHeading("secretary", is_brief=True)),
        ("Ask: senator SSAP", None),
        ("Ask: mayor", None),
        ("Openings", None),
    ],
)
def test_a_heading_says_whom_an_ask_is_for(heading: str, whom: AskHeading | None) -> None:
    assert AskHeading.parse(heading) == whom


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("letters.md", "## Ask: committee JCSE", "## Ask: committee HSLIG",
         'There is no section called "Ask: committee HSLIG". Check its spelling.'),
        ("letters.md", "## Ask: committee JCSE", "## Ask: committee HSSO",
         "Add HSSO to the committees or the targets in campaign.toml."),
        ("letters.md", "## Ask: chair\n", "## Ask: chair SSFR\n",
         "There is no text for: ask: chair."),
        ("letters.md", "## Brief ask: senator\n", "## Brief ask: senator\n\n" + "x" * 801 + "\n",
         "This is 801 characters long. Shorten it to 800 at most."),
        ("campaign.toml", 'targets = ["SSFR"', 'targets = ["SSFR01"',
         '"SSFR01" is not a full committee\'s code, such as SSFR.'),
        ("campaign.toml", 'targets = ["SSFR"', 'targets = ["A", "B", "C", "D", "E", "SSFR"',
         "List 8 targets at most."),
        ("points.md", "### In brief\n", "### In brief\n\n" + "word " * 50 + "\n",
         "Shorten it to 350 at most."),
        ("points.md", "### In brief\n", "### In brief\n\nIt was so.[^nowhere]\n",
         'There is no fact "nowhere" in facts.toml.'),
    ],
)  # fmt: skip
def test_a_check_says_what_is_wrong_with_asks_and_brief_points(
    make_folder: MakeFolder, file: str, old: str, new: str, reason: str
) -> None:
    folder = make_folder((file, old, new))

    found = packs.check(folder, DAY)

    assert any(problem.file == file and reason in problem.reason for problem in found), found


def test_a_campaign_without_targets_needs_no_ask_for_chairs(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ("campaign.toml", "targets = [", "hashtags_off = ["),
        ("campaign.toml", "hashtags_off = [", "# targets = ["),
    )
    letters = folder / "letters.md"
    text = letters.read_text(encoding="utf-8")
    begin, end = text.index("## Ask: chair\n"), text.index("## Ask: president")
    letters.write_text(text[:begin] + text[end:], encoding="utf-8")

    assert packs.check(folder, DAY) == ()
    assert "chair" not in packs.load(folder, DAY).letters.asks


def test_a_brief_point_whose_fact_lapses_falls_back_to_the_point(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ("points.md", "it has been met.[^statute]\n\n##", "it is met.[^waiver-status]\n\n##")
    )

    point = packs.load(folder, DAY).talking_points[0]

    assert point.brief == ()
    assert point.in_brief == point.passages[:1]
