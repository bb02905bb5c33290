"""Headings of letters.md by kind, committee and stance; and what a campaign's check says."""

import pytest

from campaign.packs import pack as packs
from campaign.packs.letter_headings import LetterHeading, RecipientKind, Section
from campaign.packs.stances import Reading
from campaign.packs.values import LetterTexts, NarrowText
from tests.packs.conftest import DAY, MakeFolder


@pytest.mark.parametrize(
    ("heading", "whom"),
    [
        ("Ask: senator", LetterHeading("ask", "senator")),
        ("ask:  President", LetterHeading("ask", "president")),
        ("Ask: resident-commissioner", LetterHeading("ask", "resident-commissioner")),
        ("Ask: committee SSAP HSAP", LetterHeading("ask", "committee", ("SSAP", "HSAP"))),
        ("Ask: committee ssap, hsfa14", LetterHeading("ask", "committee", ("SSAP", "HSFA14"))),
        ("Brief ask: chair SSFR", LetterHeading("brief ask", "chair", ("SSFR",))),
        ("BRIEF ASK: secretary", LetterHeading("brief ask", "secretary")),
        ("Ask (cosponsor)", LetterHeading("ask", reading=Reading.COSPONSOR)),
        ("Ask: representative (Against)",
         LetterHeading("ask", "representative", reading=Reading.AGAINST)),
        ("Subjects: senator", LetterHeading("subjects", "senator")),
        ("Call script (undecided)", LetterHeading("call script", reading=Reading.UNDECIDED)),
        ("Openings", LetterHeading("openings")),
        ("Openings [^bill]", LetterHeading("openings", facts=("bill",))),
        ("Ask: senator (for) [^bill][^vote]",
         LetterHeading("ask", "senator", (), Reading.FOR, ("bill", "vote"))),
        ("Ask [^bill]", None),
        ("Ask", LetterHeading("ask")),
        ("Brief ask", LetterHeading("brief ask")),
        ("Ask: executive health, treasury",
         LetterHeading("ask", "executive", offices=("health", "treasury"))),
        ("Subjects: local Mayor", LetterHeading("subjects", "local", offices=("mayor",))),
        ("Ask: executive mayor", None),
        ("Ask: executive president", None),
        ("Ask: president health", None),
        ("Ask: senator SSAP", None),
        ("Ask: mayor", None),
        ("Ask: senator (maybe)", None),
        ("Ask: president (for)", None),
        ("Closings: senator", None),
    ],
)  # fmt: skip
def test_a_heading_says_which_letters_a_text_is_for(
    heading: str, whom: LetterHeading | None
) -> None:
    assert LetterHeading.parse(heading) == whom


def texts(*headings: str) -> LetterTexts:
    """Letter texts in which each heading's text is the heading itself."""
    narrow = []
    for heading in headings:
        parsed = LetterHeading.parse(heading)
        assert parsed is not None
        narrow.append(NarrowText(parsed, (heading,)))
    return LetterTexts("", (), {}, (), "", (), "", narrow=tuple(narrow))


@pytest.mark.parametrize(
    ("section", "kinds", "reading", "codes", "expected"),
    [
        ("ask", ["representative"], "cosponsor", [], "Ask: representative (cosponsor)"),
        ("ask", ["senator"], "cosponsor", [], "Ask (for)"),
        ("ask", ["senator"], "for", [], "Ask (for)"),
        ("ask", ["senator"], "against", [], "Ask (against)"),
        ("ask", ["delegate", "representative"], "cosponsor", [], "Ask: representative (cosponsor)"),
        ("ask", ["committee"], "unknown", ["HSFA14"], "Ask: committee HSFA"),
        ("ask", ["committee"], "unknown", ["SSAP"], None),
        ("ask", ["committee"], "against", ["HSFA14"], "Ask (against)"),
        ("ask", ["president"], "unknown", [], None),
        ("brief ask", ["senator"], "unknown", [], "Brief ask: senator"),
        ("brief ask", ["senator"], "for", [], "Ask (for)"),
        ("brief ask", ["senator"], "against", [], "Brief ask (against)"),
        ("subjects", ["senator"], "for", [], None),
        ("subjects", ["representative"], "for", [], "Subjects: representative"),
    ],
)
def test_the_most_particular_text_is_used_and_the_stance_counts_most(
    section: Section,
    kinds: list[RecipientKind],
    reading: str,
    codes: list[str],
    expected: str | None,
) -> None:
    given = texts(
        "Ask (for)",
        "Ask: representative (cosponsor)",
        "Ask (against)",
        "Brief ask (against)",
        "Ask: committee HSFA",
        "Brief ask: senator",
        "Subjects: representative",
    )

    found = given.best(section, kinds, Reading(reading), codes)

    assert (found.text if found else None) == expected


def test_a_text_whose_heading_rests_on_a_lapsed_fact_gives_way_to_the_general_one(
    make_folder: MakeFolder,
) -> None:
    folder = make_folder(
        ("letters.md", "## Ask: president\n",
         "## Ask: secretary [^statute]\n\nVote.\n\n## Call script: secretary [^aid-current]\n\n"
         "Hello.\n\n## Ask: president\n"),
    )  # fmt: skip

    letters, omissions = packs.load(folder, DAY).letters, packs.review(folder, DAY).left_out

    ask = letters.best("ask", ["secretary"])
    assert ask is not None
    assert ask.text == "Vote."
    assert letters.best("call script", ["secretary"]) is None
    assert [each.facts for each in omissions if each.sentence.startswith("## Call")] == [
        ("aid-current",)
    ]


def test_texts_by_stance_are_checked_like_the_others(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ("letters.md", "## Ask: president\n",
         "## Ask (against)\n\n{{ nothing.here }}\n\n## Subjects (for)\n\nOh\n\n"
         "## Ask: president\n"),
    )  # fmt: skip

    reasons = [problem.reason for problem in packs.check(folder, DAY)]

    assert "The field {{ nothing.here }} cannot be used in this text." in reasons
    assert "Write a subject of at least 6 characters." in reasons


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
         'is not a full committee'),
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


def test_an_office_has_an_ask_of_its_own_and_the_others_get_that_for_their_kind() -> None:
    given = texts("Brief ask: executive health", "Ask: executive health", "Ask: local mayor")

    def found(section: Section, kind: RecipientKind, office: str) -> str | None:
        best = given.best(section, [kind], office=office)
        return best.text if best else None

    assert found("ask", "executive", "health") == "Ask: executive health"
    assert found("brief ask", "executive", "health") == "Brief ask: executive health"
    assert found("ask", "executive", "treasury") is None
    assert found("ask", "local", "mayor") == "Ask: local mayor"
    assert found("ask", "senator", "D000618") is None


def test_an_ask_for_each_office_is_enough_and_one_for_another_office_is_a_problem(
    make_folder: MakeFolder,
) -> None:
    folder = make_folder(
        ("letters.md", "## Ask: president\n",
         "## Ask: executive health\n\nFund them.\n\n## Ask: executive energy\n\nSave it.\n\n"
         "## Ask: president\n"),
    )  # fmt: skip
    settings = folder / "campaign.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("targets = [", "hashtags_off = [", 1)
        + '\n[targets]\nchambers = []\nexecutive = ["health", "labor"]\n',
        encoding="utf-8",
    )

    reasons = {problem.reason for problem in packs.check(folder, DAY)}

    assert '"energy" is not among the targets in campaign.toml or targets.csv.' in reasons
    assert "There is no text for: ask: executive." in reasons
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('"health", "labor"', '"health", "energy"')
    )
    reasons = {problem.reason for problem in packs.check(folder, DAY)}
    assert not [reason for reason in reasons if "executive" in reason or "energy" in reason]
