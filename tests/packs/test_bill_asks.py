"""Members who have not decided are asked about the bills of their own chamber, and only once."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.packs.letter_headings import RecipientKind, Section
from campaign.packs.new_campaign import Answers
from campaign.packs.pack import Pack
from campaign.packs.stances import Reading

DAY, ENDED = date(2026, 11, 24), date(2027, 1, 3)
BOTH = {"H.R. 7000": "for", "S. 3500": "for"}
SECTIONS: tuple[Section, ...] = ("ask", "brief ask", "call script")


def campaign(
    parent: Path,
    ask: str = "pass H.R. 7000 and S. 3500",
    bills: Mapping[str, str] = BOTH,
    letters: str = "",
) -> Path:
    answers = Answers.parse(title="Keep our clinics open", ask=ask, organizer="Clinics")
    folder = new_campaign.create("clinics", parent, answers)
    more = "".join(
        f'\n[[bill]]\nnumber = "{number}"\ncongress = 119\nside = "{side}"\n'
        for number, side in bills.items()
    )
    for file, text in (("campaign.toml", more), ("letters.md", letters)):
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return folder


def said(
    pack: Pack,
    section: Section,
    kind: RecipientKind,
    reading: Reading = Reading.UNKNOWN,
    committees: tuple[str, ...] = (),
) -> str:
    """Return the text of a section for a recipient, as letters choose it."""
    texts = pack.letters
    found = texts.best(section, (kind,), reading, committees)
    if found is not None:
        return "\n".join(found.texts)
    if section == "call script":
        return "\n".join(texts.call_script)
    return texts.asks.get(kind, texts.general_ask)


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("reading", [Reading.UNKNOWN, Reading.UNDECIDED])
def test_each_member_is_asked_to_cosponsor_the_bill_of_their_own_chamber(
    tmp_path: Path, section: Section, reading: Reading
) -> None:
    pack = packs.load(campaign(tmp_path), DAY)

    to_senator = said(pack, section, "senator", reading)
    to_representative = said(pack, section, "representative", reading)

    assert "cosponsor S. 3500 (119th Congress)" in to_senator
    assert "7000" not in to_senator
    assert "cosponsor H.R. 7000 (119th Congress)" in to_representative
    assert "3500" not in to_representative
    for text in (to_senator, to_representative):
        assert "pass H.R." not in text
        assert ("Where do you stand?" in text or "taken a position" in text) == (
            reading is Reading.UNKNOWN
        )
        assert ("meet with constituents" in text) == (reading is Reading.UNDECIDED)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_bill_that_the_campaign_is_against_is_to_be_opposed(
    tmp_path: Path, section: Section
) -> None:
    bills = {"H.R. 7000": "for", "H.R. 7001": "for", "H.R. 8": "against", "S. 3500": "against"}
    pack = packs.load(campaign(tmp_path, bills=bills), DAY)

    assert (
        "cosponsor H.R. 7000 (119th Congress) and H.R. 7001 (119th Congress) and "
        "oppose H.R. 8 (119th Congress)"
    ) in said(pack, section, "representative")
    assert "oppose S. 3500 (119th Congress)" in said(pack, section, "senator")
    assert "cosponsor" not in said(pack, section, "senator")


@pytest.mark.parametrize("section", SECTIONS)
def test_an_ask_that_names_no_bill_stays_beside_the_request(
    tmp_path: Path, section: Section
) -> None:
    pack = packs.load(campaign(tmp_path, "fund clinics", {"H.R. 7000": "for"}), DAY)

    text = said(pack, section, "representative")

    assert text.count("cosponsor H.R. 7000 (119th Congress).") == 1
    assert text.count("I ask you to fund clinics.") == 1
    assert text.count("?") == (2 if section == "ask" else 1)
    assert "7000" not in said(pack, section, "senator")


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize(
    "ask", ["cosponsor H.R. 7000", "become a cosponsor of HR 7000", "cosponsor the clinics bill"]
)
def test_an_ask_that_says_so_already_is_not_doubled(
    tmp_path: Path, section: Section, ask: str
) -> None:
    pack = packs.load(campaign(tmp_path, ask, {"H.R. 7000": "for"}), DAY)

    text = said(pack, section, "representative")

    assert f"I ask you to {ask}." in text
    assert text.count("cosponsor") == 1


@pytest.mark.parametrize("section", SECTIONS)
def test_an_ask_for_both_chambers_names_one_bill_to_each(tmp_path: Path, section: Section) -> None:
    pack = packs.load(campaign(tmp_path, "cosponsor H.R. 7000 and S. 3500"), DAY)

    assert "7000" not in said(pack, section, "senator")
    assert said(pack, section, "senator").count("3500") == 1


def test_the_campaigns_own_texts_win(tmp_path: Path) -> None:
    letters = (
        "\n## Ask: senator\n\nPlease speak up for clinics.\n"
        "\n## Brief ask: senator\n\nPlease speak up.\n"
        "\n## Ask (undecided)\n\nPlease visit a clinic.\n"
        "\n## Call script: senator\n\nPlease speak up for clinics.\n"
    )
    pack = packs.load(campaign(tmp_path, letters=letters), DAY)

    for section in SECTIONS:
        assert "Please speak up" in said(pack, section, "senator")
    for kind in ("senator", "representative"):
        assert "visit a clinic" in said(pack, "ask", kind, Reading.UNDECIDED)
    assert "cosponsor H.R. 7000" in said(pack, "ask", "representative")


def test_a_member_of_a_committee_is_asked_about_the_bill_of_its_chamber(tmp_path: Path) -> None:
    general = packs.load(campaign(tmp_path), DAY)
    letters = "\n## Ask: committee\n\nPlease hold a hearing.\n"
    (tmp_path / "own").mkdir()
    own = packs.load(campaign(tmp_path / "own", letters=letters), DAY)

    for section in ("ask", "brief ask"):
        senator = said(general, section, "committee", committees=("SSAP",))
        representative = said(general, section, "committee", committees=("HSAP",))
        assert "S. 3500" in senator
        assert "7000" not in senator
        assert "H.R. 7000" in representative
    assert "hold a hearing" in said(own, "ask", "committee", committees=("SSAP",))


def test_nothing_of_a_bill_remains_after_its_congress(tmp_path: Path) -> None:
    pack = packs.load(campaign(tmp_path, "fund clinics"), ENDED)

    for section in SECTIONS:
        for reading in Reading:
            for kind in ("senator", "representative"):
                text = said(pack, section, kind, reading)
                assert "7000" not in text
                assert "3500" not in text
    assert pack.letters.asks == {}


def test_the_bundled_letters_get_no_such_text(bundled: Path) -> None:
    for day in (DAY, ENDED):
        texts = packs.load(bundled, day).letters
        said = [*texts.asks.values(), *(each.text for each in texts.narrow)]

        assert not [text for text in said if "cosponsor H.R. 6840 (119th Congress)" in text]
