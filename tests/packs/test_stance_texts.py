"""Texts for members whose stance is known, where the campaign has none of its own."""

from datetime import date
from pathlib import Path

import pytest

from campaign.letters.compose import voicemail_script
from campaign.letters.letter import PLACEHOLDER_CALLER
from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.packs.letter_headings import RecipientKind, Section
from campaign.packs.new_campaign import Answers
from campaign.packs.pack import Pack
from campaign.packs.stances import Reading

DAY = date(2026, 11, 24)
BILLS = """
[[bill]]
number = "H.R. 1234"
congress = 119
side = "for"

[[bill]]
number = "S. 567"
congress = 119
side = "against"
"""


def made(parent: Path, *, bills: str = "", letters: str = "") -> Path:
    answers = Answers.parse(title="Keep our clinics open", ask="fund clinics", organizer="Clinics")
    folder = new_campaign.create("clinics", parent, answers)
    for file, more in (("campaign.toml", bills), ("letters.md", letters)):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    return folder


def text(pack: Pack, section: Section, kind: RecipientKind, reading: Reading) -> str:
    found = pack.letters.best(section, (kind,), reading)
    return "" if found is None else " ".join(found.texts)


@pytest.mark.parametrize("section", ["ask", "brief ask", "call script"])
def test_a_new_campaign_never_asks_for_what_a_member_did_or_refused(
    tmp_path: Path, section: Section
) -> None:
    pack = packs.load(made(tmp_path, bills=BILLS), DAY)

    cosponsor = text(pack, section, "representative", Reading.COSPONSOR)
    supporter = text(pack, section, "senator", Reading.FOR)
    opponent = text(pack, section, "senator", Reading.AGAINST)

    thanks = "supporting" if section == "call script" else "putting your name to"
    assert f"{thanks} H.R. 1234 (119th Congress)" in cosponsor
    assert "colleague" in cosponsor
    assert "colleague" in supporter
    assert "meet with constituents" in opponent
    assert not any("fund clinics" in each for each in (cosponsor, supporter, opponent))


def test_without_bills_the_undecided_and_the_unknown_get_the_campaigns_own_ask(
    tmp_path: Path,
) -> None:
    pack = packs.load(made(tmp_path), DAY)

    assert text(pack, "ask", "senator", Reading.UNDECIDED) == ""
    assert text(pack, "ask", "senator", Reading.UNKNOWN) == ""
    assert "I ask you to fund clinics. Where do you stand?" in pack.letters.general_ask


@pytest.mark.parametrize("reading", [r for r in Reading if r is not Reading.UNKNOWN])
def test_a_message_on_a_machine_still_asks_for_something(
    tmp_path: Path, bundled: Path, reading: Reading
) -> None:
    for folder in (bundled, made(tmp_path, bills=BILLS)):
        letters = packs.load(folder, DAY).letters
        found = letters.best("call script", ("senator",), reading)
        script = letters.call_script if found is None else found.texts

        said = voicemail_script(script, PLACEHOLDER_CALLER)

        assert any("I ask" in line for line in said), said


def test_a_bill_of_the_other_chamber_or_side_is_not_named(tmp_path: Path) -> None:
    pack = packs.load(made(tmp_path, bills=BILLS), DAY)

    thanks = text(pack, "ask", "senator", Reading.COSPONSOR)

    assert "putting your name to the bill that I am writing about" in thanks
    assert "567" not in thanks


def test_a_bill_that_has_ended_is_not_named(tmp_path: Path) -> None:
    pack = packs.load(made(tmp_path, bills=BILLS), date(2027, 1, 3))

    assert "1234" not in text(pack, "ask", "representative", Reading.COSPONSOR)


def test_the_campaigns_own_text_for_a_stance_is_used_instead(tmp_path: Path) -> None:
    letters = "\n## Ask (for)\n\nThank you. Please call a hearing.\n"
    pack = packs.load(made(tmp_path, bills=BILLS, letters=letters), DAY)

    for reading in (Reading.FOR, Reading.COSPONSOR):
        for section in ("ask", "brief ask"):
            assert "call a hearing" in text(pack, section, "representative", reading)
    assert "meet with constituents" in text(pack, "ask", "representative", Reading.AGAINST)


def test_the_bundled_campaign_thanks_asks_less_and_asks_where_a_member_stands(
    bundled: Path,
) -> None:
    for day in (DAY, date(2027, 2, 1)):
        pack = packs.load(bundled, day)
        kinds: tuple[RecipientKind, ...] = ("senator", "representative", "committee")
        for kind in kinds:
            assert "thank" in text(pack, "ask", kind, Reading.FOR).lower()
            assert "colleague" in text(pack, "call script", kind, Reading.FOR)
            assert "meet with constituents" in text(pack, "ask", kind, Reading.AGAINST)
            assert "Before you decide" in text(pack, "ask", kind, Reading.UNDECIDED)
            assert "not decided yet" in text(pack, "call script", kind, Reading.UNDECIDED)
            unknown = text(pack, "ask", kind, Reading.UNKNOWN) or pack.letters.asks[kind]
            assert "Where do you stand?" in unknown
