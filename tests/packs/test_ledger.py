"""The ledger keeps what has a source, names what has none, and forgets nothing quietly."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import Problem
from campaign.packs import ledger

ROW = {
    "id": '"law"',
    "claim": '"It was passed."',
    "event_date": '"1992"',
    "attribution": '"the statute book"',
    "publisher": '"Congress"',
    "url": '"https://example.org/law"',
    "source_date": '"1992-10-24"',
    "verified_on": "2026-06-15",
    "review_by": "2027-01-03",
    "status": '"verified"',
}


def make_ledger(*rows: dict[str, str]) -> str:
    """Write a ledger of rows like ROW, each with the given fields changed ("" takes one out)."""
    return "\n".join(
        "[[fact]]\n"
        + "\n".join(f"{key} = {value}" for key, value in {**ROW, **row}.items() if value)
        for row in rows
    )


def read(text: str) -> tuple[dict[str, ledger.Fact], list[Problem]]:
    problems: list[Problem] = []
    return ledger.read(text, "facts.toml", problems), problems


def test_a_row_becomes_a_fact() -> None:
    facts, problems = read(make_ledger({}))

    assert problems == []
    assert facts["law"].claim == "It was passed."
    assert facts["law"].review_by == date(2027, 1, 3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": '"La w"'}, "Give the fact an id of lowercase letters, digits and hyphens."),
        ({"id": ""}, "Give the fact an id of lowercase letters, digits and hyphens."),
        ({"claim": '""'}, 'Fact "law" has no claim; fill it in or set status to stale.'),
        ({"attribution": ""}, 'Fact "law" has no attribution; fill it in or set status to stale.'),
        ({"verified_on": '""'}, 'Fact "law": set verified_on to the day on which it was checked.'),
        ({"verified_on": '"soon"'}, 'Fact "law": write verified_on as a date such as 2026-06-15.'),
        ({"review_by": "2027-01-03T00:00:00"},
         'Fact "law": write review_by as a date such as 2026-06-15.'),
        ({"url": '"http://example.org"'},
         'Fact "law": give the source\'s https:// address as url.'),
        ({"status": '"true"'},
         'Fact "law": set status to one of verified, attributed, disputed, stale.'),
        ({"claim": "7"}, 'Fact "law": write claim as text, in quotation marks.'),
        ({"source": '"x"'}, 'Fact "law" has no field "source".'),
    ],
)  # fmt: skip
def test_a_faulty_row_is_named_with_its_line_and_may_not_be_stated(
    change: dict[str, str], reason: str
) -> None:
    facts, problems = read(make_ledger({"id": '"other"'}, change))

    assert [fact.id for fact in facts.values() if fact.status != "stale"] == ["other"]
    assert problems == [Problem("facts.toml", 12, reason)]


def test_an_id_may_be_given_once() -> None:
    _, problems = read(make_ledger({}, {}))

    assert [problem.reason for problem in problems] == ['The id "law" is used twice.']


def test_a_stale_row_may_be_empty() -> None:
    facts, problems = read('[[fact]]\nid = "now"\nclaim = ""\nreview_by = ""\nstatus = "stale"\n')

    assert problems == []
    assert not facts["now"].is_usable(date(2026, 6, 15))


def test_text_that_is_no_toml_is_a_problem_with_its_line() -> None:
    facts, problems = read('[[fact]]\nid = "law\n')

    assert facts == {}
    assert [(problem.file, problem.line) for problem in problems] == [("facts.toml", 2)]


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2040, 1, 1)))
def test_a_fact_may_be_stated_through_its_review_day_and_not_after(review_by: date) -> None:
    facts, _ = read(make_ledger({"review_by": review_by.isoformat()}))

    assert facts["law"].is_usable(review_by)
    assert not facts["law"].is_usable(review_by + timedelta(days=1))


@pytest.mark.parametrize("status", ["disputed", "stale"])
def test_what_is_disputed_or_stale_may_not_be_stated(status: str) -> None:
    facts, _ = read(make_ledger({"status": f'"{status}"'}))

    assert not facts["law"].is_usable(date(2026, 6, 15))


@given(st.text(max_size=200))
def test_any_text_is_read_or_named(text: str) -> None:
    facts, problems = read(text)

    assert facts == {}
    assert all(problem.reason for problem in problems)
