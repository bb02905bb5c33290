"""A campaign from nothing is served in its languages, with no word of the bundled one."""

from pathlib import Path

import pytest

from campaign.packs import new_campaign
from campaign.packs.new_campaign import Answers
from tests.packs.test_new_campaign import BUNDLED_WORDS
from tests.web.letter_builder import a_letter, letters
from tests.web.made_site import visitor, words

PAGES = ("", "write", "facts", "share", "embed", "updates", "editor", "map", "call/D000618")


def publish(home: Path, *languages: str) -> None:
    answers = Answers.parse(
        title="Keep our clinics open",
        ask="fund rural clinics through 2030",
        organizer="Clinics for All",
        languages=languages,
        foreign_principal=False,
        email="clinics@example.org",
        postal_address=("1 Main Street", "Havre, MT 59501"),
    )
    folder = new_campaign.create("clinics", home / "campaigns", answers)
    file = folder / "campaign.toml"
    written = file.read_text(encoding="utf-8")
    file.write_text(written.replace("published = false", "published = true"), encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "es", "hy"])
def test_every_page_is_served_without_a_word_of_the_bundled_campaign(
    tmp_path: Path, language: str
) -> None:
    publish(tmp_path, language)

    with visitor(tmp_path) as client:
        answers = {
            path: client.get(f"/c/clinics/{path}?lang={language}", follow_redirects=True)
            for path in PAGES
        }
        answers["json"] = client.get("/c/clinics.json")

    assert "Keep our clinics open" in words(answers[""].text)
    for path, answer in answers.items():
        assert answer.status_code == 200, path
        assert BUNDLED_WORDS.findall(answer.text) == [], path


def test_its_letters_go_to_both_chambers(tmp_path: Path) -> None:
    publish(tmp_path)

    with visitor(tmp_path) as client:
        page = client.post(
            "/c/clinics/write",
            data=a_letter(points=["position"], personal="", to=["senate", "house"]),
        )

    written = letters(page.text)
    assert len(written) == 3
    for letter in written:
        assert "I ask you to fund rural clinics through 2030." in letter
        assert BUNDLED_WORDS.findall(letter) == []
