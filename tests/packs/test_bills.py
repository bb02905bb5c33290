"""Bills as organizers write them, and what `campaign check` says of them."""

from datetime import date

import pytest

from campaign.packs import pack as packs
from campaign.packs.bills import Bill
from tests.packs.conftest import MakeFolder

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


def test_a_campaign_names_its_bills_and_stance(make_folder: MakeFolder) -> None:
    lines = (
        'cwc_bills = ["118 S. 3000", "119 H.R. 7"]\ncwc_stance = "pro"\ncwc_about = "We care."\n'
    )
    folder = make_folder(("campaign.toml", TOPICS, lines + TOPICS))

    pack = packs.load(folder, date(2026, 6, 15))

    assert pack.cwc_bills == (Bill(119, "hr", 7),)
    assert (pack.cwc_stance, pack.cwc_about) == ("pro", "We care.")
    assert any(
        "Congress no. 118 is over" in warning.reason
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
