"""`campaign check` finds what is wrong in a campaign's texts, and says where."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from campaign.errors import PackInvalid
from campaign.packs import pack as packs

DAY = date(2026, 11, 24)
MakeFolder = Callable[..., Path]


def line_of(folder: Path, file: str, text: str) -> int:
    rows = (folder / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, row in enumerate(rows, start=1) if text in row)


OPENING = "## Openings\n"
POINT = "## There was one road {#road .human-rights}\n"


@pytest.mark.parametrize(
    ("file", "old", "new", "at", "reason"),
    [
        ("letters.md", OPENING, OPENING + "\nDear {{ recipient.nickname }}.\n", "nickname",
         "The field {{ recipient.nickname }} cannot be used in this text."),
        ("letters.md", OPENING, OPENING + "\nDear {{ recipient.short.\n", "recipient.short.",
         "The template cannot be read: expected name or number."),
        ("letters.md", OPENING, OPENING + "\n{% for c in date %}x{% endfor %}\n", "{% for",
         "Use only fields and conditions in a template; For is not allowed."),
        ("letters.md", OPENING, OPENING + "\nIt was so.[^nowhere]\n", "nowhere",
         'There is no fact "nowhere" in facts.toml.'),
        ("letters.md", OPENING, OPENING + "\n" + "word " * 101 + "\n", "word word",
         "This is 504 characters long. Shorten it to 500 at most."),
        ("letters.md", "## Subjects\n", "## Subjects\n\n" + "x" * 201 + "\n", "xxx",
         "This is 201 characters long. Shorten it to 200 at most."),
        ("letters.md", "## Subjects\n", "## Subjects\n\nshort\n", "short",
         "Write a subject of at least 6 characters."),
        ("letters.md", "## Closings", "## Endings", "## Endings",
         'There is no section called "Endings". Check its spelling.'),
        ("letters.md", "## Closings", "## Openings\n\nAgain.\n\n## Closings", None,
         'The section "Openings" appears twice. Join the two.'),
        ("letters.md", "## Ask: senator\n", "## Ask: sheriff\n", "sheriff",
         'There is no section called "Ask: sheriff". Check its spelling.'),
        ("letters.md", "## Ask: senator\n", "## Ask: sheriff\n", None,
         "There is no text for: ask: senator."),
        ("letters.md", 'sign_off = "Respectfully,"', 'sign_of = "Respectfully,"', "sign_of ",
         'The header has no field "sign_of".'),
        ("letters.md", 'sign_off = "Respectfully,"', 'sign_off = "Respectfully,', "sign_off",
         "This is not valid TOML: Unterminated string."),
        ("points.md", POINT, POINT.replace("road .h", "court .h"), "There was one road",
         'The id "court" is used twice.'),
        ("points.md", POINT, POINT.replace(".human-rights", ".everybody"), ".everybody",
         "Set the audience to one of all, rule-of-law, human-rights, taxpayers."),
        ("points.md", POINT, "## There was one road\n", "one road",
         "Write the heading of a point as: ## Heading {#id .audience}"),
        ("points.md", POINT, POINT + "\n" + "word " * 160 + "\n", "one road",
         "This is 991 characters long. Shorten it to 900 at most."),
        ("points.md", POINT, POINT + "\nDear {{ recipient.short }}.\n", "recipient",
         "The field {{ recipient.short }} cannot be used in this text."),
        ("points.md", POINT, POINT + "\nThen-Secretary Blinken and Secretary Blinken.\n", "Blinken",
         'Do not use "Secretary Blinken": it is banned in campaign.toml.'),
        ("letters.md", OPENING, OPENING + "\n{\\{ nobody }}\n", "nobody",
         "The field {{ nobody }} cannot be used in this text."),
        ("letters.md", OPENING,
         OPENING + "\n{% if date %}So.[^statute] It was.[^s3000] {% endif %}\n", "{% if date",
         "The template cannot be read: Encountered unknown tag 'endif'."),
        ("story.md", "## What we ask", "## What we ask\n\nAsk {{ organizer.name }}.", "Ask {{",
         "The field {{ organizer.name }} cannot be used in this text."),
        ("story.md", "## What we ask", "## What we ask\n\n[=nowhere]", "nowhere",
         'There is no fact "nowhere" in facts.toml.'),
        ("petition.md", "## Share", "## Shared", "## Shared",
         'There is no section called "Shared". Check its spelling.'),
        ("petition.md", 'title = "Enforce Section 907"', 'title = ""', "title =",
         "There is no text for: title."),
        ("petition.md", 'title = "Enforce Section 907"', 'name = "Enforce"', "name =",
         'The header has no field "name".'),
        ("petition.md", "We call on the Congress", "We ask {{ organizer.name }}", "We ask {{",
         "The field {{ organizer.name }} cannot be used in this text."),
        ("petition.hy.md", "[^icj-2023]", "", None,
         "Its facts differ from those of petition.md:12."),
        ("petition.es.md", "Pedimos al Congreso", "\nMás.\n\nPedimos al Congreso", None,
         "It has 6 paragraphs where petition.md has 5."),
        ("campaign.toml", "goals = [100, 250,", "goals = [true, 250,", "goals =",
         "Write the setting goals as a list of whole numbers."),
        ("campaign.toml", "challenge = false", 'opens_on = "soon"', 'opens_on = "soon"',
         "The setting opens_on has a value of the wrong type; see docs/campaigns.md."),
        ("campaign.toml", "challenge = false", "chalenge = false", "chalenge",
         'There is no setting "chalenge". Check its spelling.'),
        ("campaign.toml", "challenge = false", "challenge = maybe", "challenge = maybe",
         "This is not valid TOML: Invalid value."),
    ],
)  # fmt: skip
def test_a_fault_is_found_with_file_and_line(
    make_folder: MakeFolder, file: str, old: str, new: str, at: str | None, reason: str
) -> None:
    folder = make_folder((file, old, new))

    problems = [p for p in packs.check(folder, DAY) if p.file == file and p.reason == reason]

    assert problems, [str(p) for p in packs.check(folder, DAY)]
    if at is not None:
        assert problems[0].line == line_of(folder, file, at)
    with pytest.raises(PackInvalid):
        packs.load(folder, DAY)


def test_an_unknown_language_is_named(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "petition.xx.md").write_text("x", encoding="utf-8")

    (problem,) = packs.check(folder, DAY)

    assert (
        str(problem)
        == "petition.xx.md: Pages are not available in this language. Use one of: es, hy."
    )


def test_an_update_with_a_bad_name_is_named(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "updates").mkdir()
    (folder / "updates" / "2026-13-01-x.md").write_text("x", encoding="utf-8")

    (problem,) = packs.check(folder, DAY)

    assert problem.file == "updates/2026-13-01-x.md"


def test_an_update_without_a_title_is_named(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "updates").mkdir()
    (folder / "updates" / "2026-06-15-hearing.md").write_text("A hearing.\n", encoding="utf-8")

    (problem,) = packs.check(folder, DAY)

    assert str(problem) == "updates/2026-06-15-hearing.md: There is no text for: title."


def test_what_deserves_a_second_look_is_a_warning_and_no_problem(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ("story.md", "## What we ask", "## What we ask\n\nAct now!"),
        ("facts.toml", 'review_by = ""', "review_by = 2026-12-24"),
    )

    review = packs.review(folder, DAY)
    warned = [str(warning) for warning in review.warnings]

    assert review.problems == ()
    assert review.pack is not None
    exclaimed = line_of(folder, "story.md", "Act now!")
    assert f"story.md:{exclaimed}: Remove the exclamation mark." in warned
    assert (
        'facts.toml: Review the fact "statute" by 2026-12-24. After that day, '
        "sentences that cite it are left out." in warned
    )
    assert any("The organizer's email, " in warning for warning in warned)


def test_the_review_says_which_sentences_are_left_out(make_folder: MakeFolder) -> None:
    folder = make_folder()

    left_out = packs.review(folder, DAY).left_out

    assert {gone.facts for gone in left_out} == {
        ("waiver-status",), ("aid-current",), ("treaty-status",), ("detainees",),
    }  # fmt: skip
    assert ("points.md", line_of(folder, "points.md", "[=detainees]")) in {
        (gone.file, gone.line) for gone in left_out
    }
