"""Bills as organizers write them, and what `campaign check` says of them."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaign import civil_time
from campaign.errors import Problem
from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.packs.bills import Bill, CampaignBill
from campaign.packs.new_campaign import Answers
from campaign.packs.registry import CampaignRegistry
from tests.packs.conftest import MakeFolder
from tests.packs.spoiling import VALUES

TOPICS = "cwc_topics = ["


@pytest.mark.parametrize(
    ("text", "bill"),
    [
        ("119 H.R. 1234", Bill(119, "hr", 1234)),
        ("119-hr-1234", Bill(119, "hr", 1234)),
        ("119th S.J.Res. 5", Bill(119, "sjres", 5)),
        ("118 H. Con. Res. 76", Bill(118, "hconres", 76)),
        ("119 s1", Bill(119, "s", 1)),
        ("H.R. 1234", None),
        ("119 X.Y. 3", None),
        ("119 H.R.", None),
    ],
)
def test_a_bill_is_read_as_people_write_it(text: str, bill: Bill | None) -> None:
    assert Bill.parse(text) == bill


def test_a_bill_dies_with_its_congress() -> None:
    bill = Bill(119, "hr", 1)

    assert bill.is_open(date(2027, 1, 2))
    assert not bill.is_open(date(2027, 1, 3))


def test_a_campaign_can_name_its_bills_and_stance_in_settings(tmp_path: Path) -> None:
    lines = (
        'cwc_bills = ["118 S. 3000", "119 H.R. 7"]\ncwc_stance = "pro"\ncwc_about = "We care."\n'
    )
    folder = with_bills(tmp_path, "")
    file = folder / "campaign.toml"
    file.write_text(lines + file.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "story.md").write_text("Clinics matter.\n", encoding="utf-8")
    letters = (folder / "letters.md").read_text(encoding="utf-8")
    (folder / "letters.md").write_text(letters.partition("\n## Subjects: r")[0], encoding="utf-8")

    pack = packs.load(folder, date(2026, 6, 15))

    assert pack.cwc_bills == (Bill(119, "hr", 7),)
    assert (pack.cwc_stance, pack.cwc_about) == ("pro", "We care.")
    assert any(
        "The Congress of S. 3000 (118th Congress) has ended" in warning.reason
        for warning in packs.review(folder, date(2026, 6, 15)).warnings
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('cwc_bills = ["H.R. 7"]', 'Write the bill "H.R. 7" as its Congress and number'),
        ('cwc_stance = "for"', "Set cwc_stance to pro or con"),
        ('cwc_about = "We"', "Write cwc_about in 6 to 500 characters"),
    ],
)
def test_what_congress_would_not_take_is_a_problem(
    make_folder: MakeFolder, line: str, reason: str
) -> None:
    folder = make_folder(("campaign.toml", TOPICS, f"{line}\n{TOPICS}"))

    problems = packs.check(folder, date(2026, 6, 15))

    assert [problem.reason for problem in problems if reason in problem.reason]
    assert all(problem.line for problem in problems)


def test_a_letter_that_names_its_sender_gets_a_second_look(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ("letters.md", "## Openings", "## Openings\n\nI am {{ constituent.name }}, of your state.")
    )

    warnings = packs.review(folder, date(2026, 6, 15)).warnings

    assert [w for w in warnings if w.file == "letters.md" and "sender's name" in w.reason]


TABLES = """
[[bill]]
number = "H.R. 6840"
congress = 119
side = "for"
title = "The Clinics Act"

[[bill]]
number = "S. 567"
congress = 119
side = "against"
"""


def with_bills(folder: Path, tables: str = TABLES) -> Path:
    """Make a campaign with these bills, whose story and ask name the first."""
    answers = Answers.parse(title="Keep our clinics open", ask="fund clinics", organizer="Clinics")
    made = new_campaign.create("clinics", folder, answers)
    for file, text in {
        "campaign.toml": tables,
        "story.md": "\nWe support H.R. 6840.[^119-hr-6840] Clinics matter.\n",
        "letters.md": "\n## Subjects: representative [^119-hr-6840]\n\nVote for H.R. 6840\n",
    }.items():
        path = made / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return made


def test_a_bill_has_a_side_a_title_and_a_chamber(tmp_path: Path) -> None:
    pack = packs.load(with_bills(tmp_path), date(2026, 11, 24))

    house, senate = pack.bills

    assert house == CampaignBill(Bill(119, "hr", 6840), "for", "The Clinics Act")
    assert (house.bill.chamber, senate.bill.chamber) == ("house", "senate")
    assert str(house.bill) == "H.R. 6840 (119th Congress)"
    assert pack.side_of(senate.bill) == "against"
    assert (pack.cwc_bills, pack.cwc_stance) == ((), "")


def test_a_bill_and_the_texts_that_cite_it_end_with_its_congress(tmp_path: Path) -> None:
    folder = with_bills(tmp_path)

    last, after = (packs.load(folder, date(2027, 1, day)) for day in (2, 3))

    assert "We support H.R. 6840. Clinics matter." in last.story_html.replace("\n", " ")
    assert "6840" not in after.story_html
    assert "Clinics matter." in after.story_html
    assert {*last.letters.narrow} - {*after.letters.narrow} == {
        text for text in last.letters.narrow if "6840" in text.text or "567" in text.text
    }
    assert not any("6840" in text.text or "567" in text.text for text in after.letters.narrow)
    assert (after.bills, after.cwc_bills, after.cwc_stance) == ((), (), "")


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Guam", "Pacific/Honolulu"])
def test_a_bill_ends_at_noon_in_washington_wherever_the_campaign_is(
    tmp_path: Path, zone: str
) -> None:
    folder = with_bills(tmp_path)
    settings = folder / "campaign.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(f'time_zone = "{zone}"\n{text}', encoding="utf-8")
    registry = CampaignRegistry((tmp_path,))
    noon = datetime(2027, 1, 3, 12, tzinfo=civil_time.WASHINGTON)
    before = noon - timedelta(minutes=1)

    for last, after in (
        (packs.load_at(folder, before), packs.load_at(folder, noon)),
        (registry.get("clinics", before), registry.get("clinics", noon)),
    ):
        assert "6840" in last.story_html
        assert len(last.bills) == 2
        assert "6840" not in after.story_html
        assert after.bills == ()
        # The campaign's own days are those of its place.
        assert last.on_date == civil_time.day_of(before, ZoneInfo(zone))
    assert not any("has ended" in each.reason for each in packs.review_at(folder, before).warnings)
    assert any("has ended" in each.reason for each in packs.review_at(folder, noon).warnings)


def test_a_bill_gets_no_number_like_a_fact(tmp_path: Path) -> None:
    pack = packs.load(with_bills(tmp_path), date(2026, 11, 24))

    assert "<sup" not in pack.story_html


@pytest.mark.parametrize(
    ("sentence", "is_named"),
    [
        ("Pass HR 6840 now.", True),
        ("Pass H. R. 6840 now.", True),
        ("Pass H.R.6840 now.", True),
        ("Pass (h.r. 6840).", True),
        ("Pass H.R. No. 6840.", True),
        ("Pass H.R.&nbsp;6840.", True),
        ("Stop S. 567 now.", True),
        ("Pass H.R. 68401 now.", False),
        ("Pass S. 6840 now.", False),
        ("In the U.S. 567 clinics closed.", False),
        ("It costs S. 567,000 a year.", False),
    ],
)
def test_a_sentence_that_names_a_bill_ends_with_it_even_without_its_mark(
    tmp_path: Path, sentence: str, is_named: bool
) -> None:
    folder = with_bills(tmp_path)
    for file in ("story.md", "petition.md", "points.md", "letters.md"):
        text = (folder / file).read_text(encoding="utf-8")
        place = "## Openings\n" if file == "letters.md" else "## Share" if "pet" in file else ""
        new = f"{place}\nWe ask. {sentence}\n" if file == "letters.md" else ""
        new = new or f"We ask. {sentence}\n\n{place}"
        text = text.replace(place, new, 1) if place else f"{text}\n{new}"
        (folder / file).write_text(text, encoding="utf-8")

    last, after = (packs.load(folder, date(2027, 1, day)) for day in (2, 3))

    def texts(pack: packs.Pack) -> tuple[str, ...]:
        return (
            pack.story_html,
            pack.texts["en"].petition[-1].plain,
            " ".join(each.plain for each in pack.talking_points[-1].brief),
            pack.letters.openings[0],
        )

    def plain(text: str) -> str:
        return " ".join(text.replace("&nbsp;", " ").split())

    shown = plain(sentence)
    for before, now in zip(texts(last), texts(after), strict=True):
        assert shown in plain(before)
        assert (shown not in plain(now)) is is_named
        assert "We ask." in now
    reviewed = packs.review(folder, date(2026, 11, 24))
    assert not any("[^119-" in warning.reason for warning in reviewed.warnings)


def test_a_number_that_a_later_congress_uses_again_means_the_open_bill(tmp_path: Path) -> None:
    again = TABLES + '\n[[bill]]\nnumber = "H.R. 6840"\ncongress = 120\nside = "for"\n'
    folder = with_bills(tmp_path, again)
    story = folder / "story.md"
    story.write_text("Pass H.R. 6840 now. Stop S. 567.\n", encoding="utf-8")

    assert "Pass H.R. 6840 now." in packs.load(folder, date(2027, 1, 4)).story_html
    assert "567" not in packs.load(folder, date(2027, 1, 4)).story_html


def test_a_condition_that_loses_a_sentence_is_left_out_whole(tmp_path: Path) -> None:
    folder = with_bills(tmp_path)
    letters = folder / "letters.md"
    text = (
        "## Openings\n\n{% if constituent.city %} Pass H.R. 6840. {% else %} Help. {% endif %} "
        "Thank you.\n"
    )
    letters.write_text(
        letters.read_text(encoding="utf-8").replace("## Openings\n", text, 1), encoding="utf-8"
    )

    last, after = (packs.load(folder, date(2027, 1, day)) for day in (2, 3))

    assert "6840" in last.letters.openings[0]
    assert len(after.letters.openings) == len(last.letters.openings) - 1


def test_a_point_whose_heading_names_an_ended_bill_is_left_out(tmp_path: Path) -> None:
    folder = with_bills(tmp_path)
    points = folder / "points.md"
    text = points.read_text(encoding="utf-8")
    points.write_text(f"{text}\n## Why H.R. 6840 {{#why}}\n\nClinics help.\n", encoding="utf-8")

    last, after = (packs.load(folder, date(2027, 1, day)) for day in (2, 3))

    assert [point.id for point in last.talking_points if point not in after.talking_points] == [
        "why"
    ]
    assert any(
        "Why H.R." in gone.sentence for gone in packs.review(folder, date(2027, 1, 3)).left_out
    )


def test_news_keeps_a_sentence_without_a_mark_and_gets_a_second_look(tmp_path: Path) -> None:
    folder = with_bills(tmp_path)
    (folder / "updates").mkdir()
    (folder / "updates" / "2026-11-20-vote.md").write_text(
        '+++\ntitle = "A vote"\n+++\n\nThe House voted on HR 6840.\n', encoding="utf-8"
    )

    warnings = packs.review(folder, date(2026, 11, 24)).warnings

    assert "6840" in packs.load(folder, date(2027, 1, 4)).updates[0].html
    assert [str(warning) for warning in warnings if "6840" in warning.reason] == [
        "updates/2026-11-20-vote.md:5: End the sentence about H.R. 6840 (119th Congress) with "
        "[^119-hr-6840]."
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (
            "congress = 119",
            'congress = "119"',
            "Write the bill's congress as a number (119).",
        ),
        (
            "congress = 119",
            "congress = true",
            "Write the bill's congress as a number (119).",
        ),
        ('"H.R. 6840"', '"6840"', 'Write the bill\'s number as in "H.R. 6840" or "S. 567".'),
        ('"H.R. 6840"', "6840", 'Write the bill\'s number as in "H.R. 6840" or "S. 567".'),
        ('side = "for"', "", 'Set the bill\'s side to "for" or "against".'),
        ('side = "for"', 'side = ["for"]', 'Set the bill\'s side to "for" or "against".'),
        ('title = "The', 'name = "The', 'A bill has no setting "name".'),
        ('"The Clinics Act"', "7", "Write the bill's title as text of 200 characters at most."),
    ],
)
def test_a_fault_of_a_bill_is_reported_with_its_line(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    folder = with_bills(tmp_path, TABLES.replace(old, new, 1))
    rows = (folder / "campaign.toml").read_text(encoding="utf-8").splitlines()

    problems = packs.check(folder, date(2026, 11, 24))

    assert Problem("campaign.toml", rows.index("[[bill]]") + 1, reason) in problems


def test_a_bill_is_listed_once(tmp_path: Path) -> None:
    folder = with_bills(tmp_path, TABLES + TABLES)

    reasons = [problem.reason for problem in packs.check(folder, date(2026, 11, 24))]

    assert "H.R. 6840 (119th Congress) is listed twice." in reasons


@pytest.mark.parametrize("key", ["number", "congress", "side", "title", "any"])
@pytest.mark.parametrize("value", [value for value in VALUES if value], ids=lambda text: text[:20])
def test_any_value_of_a_bill_is_judged(tmp_path: Path, key: str, value: str) -> None:
    folder = with_bills(tmp_path, f"\n[[bill]]\n{key} = {value}\n")

    for problem in packs.check(folder, date(2026, 11, 24)):
        assert "cannot be used" not in problem.reason, "no check expected this"


@pytest.mark.parametrize(
    ("congress", "ordinal"),
    [(101, "101st"), (102, "102nd"), (103, "103rd"), (104, "104th"), (111, "111th"),
     (112, "112th"), (113, "113th"), (119, "119th"), (120, "120th"), (121, "121st")],
)  # fmt: skip
def test_a_bill_is_printed_with_the_ordinal_of_its_congress(congress: int, ordinal: str) -> None:
    assert str(Bill(congress, "sjres", 5)) == f"S.J.Res. 5 ({ordinal} Congress)"
