"""What `campaign check` says beforehand of texts that end with their bills."""

from datetime import date
from pathlib import Path

from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.packs.new_campaign import Answers
from tests.packs.test_bills import TABLES, with_bills


def test_a_text_of_which_nothing_would_be_left_is_told_beforehand(tmp_path: Path) -> None:
    folder = with_bills(tmp_path)
    petition = folder / "petition.md"
    petition.write_text(
        petition.read_text(encoding="utf-8").replace("to fund clinics", "to pass H.R. 6840"),
        encoding="utf-8",
    )

    review = packs.review(folder, date(2026, 11, 24))

    assert review.problems == ()
    assert [str(loss) for loss in review.losses] == [
        "petition.md: On January 3, 2027, at noon Eastern time, its bills end and nothing is left "
        f"of the {text}: the whole campaign then goes offline. Add a paragraph or a sentence that "
        "names no bill."
        for text in ("petition", "standfirst")
    ]
    assert set(review.losses) <= set(review.warnings)
    assert packs.check(folder, date(2027, 1, 3))[0].reason.startswith("Nothing is left of")


def test_a_new_campaign_whose_ask_names_bills_outlives_them(tmp_path: Path) -> None:
    ask = "pass H.R. 6840 and S. 567, to keep community clinics open"
    answers = Answers.parse(title="Keep our clinics open", ask=ask, organizer="Clinics")
    folder = new_campaign.create("clinics", tmp_path, answers)
    settings = folder / "campaign.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + TABLES, encoding="utf-8")

    assert packs.review(folder, date(2026, 11, 24)).losses == ()
    text = packs.load(folder, date(2027, 1, 4)).texts["en"]

    assert text.petition[0].plain == "We are constituents, and we ask for a clear answer."
    assert text.standfirst == text.petition[0].plain


def test_a_number_that_is_not_declared_gets_a_second_look(tmp_path: Path) -> None:
    folder = with_bills(tmp_path)
    (folder / "story.md").write_text(
        "Pass HR 7000 and H.R. 6840.\n\nThe House passed H.R. 12.[^119-hr-6840] U.S. 5 is none.\n",
        encoding="utf-8",
    )
    letters = folder / "letters.md"
    text = letters.read_text(encoding="utf-8")
    marked = "\n## Subjects: senator [^119-s-567]\n\nStop S. 99 and others\n"
    letters.write_text(text + marked, encoding="utf-8")

    warnings = packs.review(folder, date(2026, 11, 24)).warnings

    assert [str(warning) for warning in warnings if "Declare" in warning.reason] == [
        "story.md:1: Declare H.R. 7000 with [[bill]] in campaign.toml, so that the sentences that "
        "name it end with its Congress."
    ]
