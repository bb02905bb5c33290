"""Who pays: answered before a campaign is public, and printed as a line."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campaign.packs import new_campaign, organizer
from campaign.packs import pack as packs
from campaign.packs.organizer import MAX_DISCLOSURE, Funding
from tests.packs.conftest import MakeFolder

DAY = date(2026, 11, 24)
ANSWERED = 'paid_for_by = "River Friends"\nforeign_principal = false'
ABROAD = 'paid_for_by = "River Friends"\nforeign_principal = true'


@pytest.fixture
def make_funded(make_folder: MakeFolder) -> Callable[[str], Path]:
    """Return a public campaign with these lines under `[funding]`."""
    return lambda lines: make_folder(
        ("campaign.toml", "[[bill]]", f"[funding]\n{lines}\n\n[[bill]]")
    )


def reasons(folder: Path) -> list[str]:
    return [str(problem) for problem in packs.check(folder, DAY)]


@pytest.mark.parametrize(
    ("lines", "line", "sentence"),
    [
        ('paid_for_by = "X"', 0, "set foreign_principal under [funding]"),
        ("foreign_principal = false", 0, "say under [funding] who pays"),
        (ABROAD, 0, "set the disclosure line under [funding]"),
        (f'{ABROAD}\ndisclosure_es = "Sí"', 0, "set the disclosure line"),
        (f'{ANSWERED}\ndisclosure = "{"x" * 301}"', 3, f"Shorten it to {MAX_DISCLOSURE}"),
        ('paid_for_by = "X"\nforeign_principal = "no"', 2, "to true or false"),
        (f"{ANSWERED}\ndisclosure = 3", 3, "Write disclosure as text"),
        (f'{ANSWERED}\nfunded_by = "X"', 3, 'no setting "funded_by" under [funding]'),
    ],
)
def test_what_funding_lacks_is_named_with_its_line(
    make_funded: Callable[[str], Path], lines: str, line: int, sentence: str
) -> None:
    folder = make_funded(lines)
    rows = (folder / "campaign.toml").read_text().splitlines()
    heading = rows.index("[funding]") + 1

    found = reasons(folder)

    assert any(sentence in each for each in found), found
    assert any(each.startswith(f"campaign.toml:{heading + line}: ") for each in found), found


def test_an_answer_publishes_and_prints_no_disclosure(
    make_funded: Callable[[str], Path],
) -> None:
    pack = packs.load(make_funded(f'{ANSWERED}\ndisclosure = "Not needed."'), DAY)

    assert pack.funding.disclosure() == ("", "en")
    assert pack.funding.statement() == "Paid for by River Friends."


def test_a_yes_prints_the_line_in_the_language_that_has_it(
    make_funded: Callable[[str], Path],
) -> None:
    lines = f'{ABROAD}\ndisclosure = "On behalf of X."\ndisclosure_es = "Por cuenta de X."'
    folder = make_funded(lines)

    pack = packs.load(folder, DAY)

    assert pack.funding.disclosure("es") == ("Por cuenta de X.", "es")
    assert pack.funding.disclosure("hy") == ("On behalf of X.", "en")
    assert pack.funding.statement() == "Paid for by River Friends. On behalf of X."
    warned = [each.reason for each in packs.review(folder, DAY).warnings]
    assert "Set disclosure_hy under [funding]: pages in this language show the English line." in (
        warned
    )


def test_a_campaign_older_than_the_question_stays_public_with_a_warning(bundled: Path) -> None:
    review = packs.review(bundled, DAY)

    assert review.pack is not None
    assert review.pack.published
    assert organizer.NOT_STATED in [each.reason for each in review.warnings]


def test_one_that_becomes_public_needs_the_answer(bundled: Path, tmp_path: Path) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)

    new = packs.review_at(bundled, now, needs_funding=True)

    assert packs.predates_funding(bundled)
    assert [each.reason for each in new.problems] == [
        reason for _, reason in organizer.missing_answers(Funding())
    ]


def test_a_copy_has_to_answer_for_itself(
    make_funded: Callable[[str], Path], tmp_path: Path
) -> None:
    source = make_funded(f'{ABROAD}\ndisclosure = "On behalf of X."')

    copied = new_campaign.copy("mine", tmp_path / "campaigns", source)

    pack = packs.load(copied, DAY)
    assert pack.funding == Funding(is_stated=True)
    assert "On behalf of X." not in (copied / "campaign.toml").read_text()
