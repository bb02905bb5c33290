"""What the public sees when a petition's bills end with their Congress."""

import logging
from pathlib import Path

import pytest

from campaign.packs import new_campaign
from campaign.packs.new_campaign import Answers
from tests.new_congress import AFTERNOON, JANUARY_4, MORNING
from tests.web.made_site import words
from tests.web.rehearsal import Rehearsal
from tests.web.whole_site import Site

BILL = '\n[[bill]]\nnumber = "H.R. 7000"\ncongress = 119\nside = "for"\n'
PETITION = "/c/clinics/"


def publish(site: Site, request: str) -> None:
    """Publish the campaign "clinics", whose petition is `request`."""
    parent = Path(site.settings.campaigns_folder)
    parent.mkdir(parents=True, exist_ok=True)
    answers = Answers.parse(
        title="Keep our clinics open",
        ask="fund clinics",
        organizer="Clinics",
        email="hello@example.org",
        postal_address=("1 Example Street", "Helena, MT 59601"),
        foreign_principal=False,
    )
    folder = new_campaign.create("clinics", parent, answers)
    for file, old, new in (
        ("campaign.toml", "published = false", "published = true"),
        ("petition.md", "\nWe ask Congress to fund clinics.\n", f"\n{request}\n"),
    ):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        added = BILL if file == "campaign.toml" else ""
        (folder / file).write_text(text.replace(old, new, 1) + added, encoding="utf-8")


def test_a_cached_page_is_not_served_in_the_next_congress(rehearsal: Rehearsal) -> None:
    site = rehearsal.at(MORNING)
    publish(site, "Keep clinics open. We ask Congress to pass HR 7000.")
    before = site.client.get(PETITION)
    assert "pass HR 7000" in words(before.text)
    assert before.headers["Cache-Control"] == "public, max-age=10"

    for now in (AFTERNOON, JANUARY_4):
        site.time[0] = now  # the cache keeps its pages
        page = site.client.get(PETITION)

        assert page.status_code == 200
        assert "7000" not in page.text
        assert "Keep clinics open." in words(page.text)
    assert "stale-while-revalidate" in page.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("language", "heading", "advice"),
    [
        ("en", "This petition is being brought up to date", "Come back later."),
        ("es", "Esta petición se está actualizando", "Vuelva más tarde."),
        ("hy", "Այս հանրագիրը թարմացվում է", "Վերադարձեք ավելի ուշ։"),
    ],
)
def test_a_petition_of_which_nothing_is_left_says_so(
    rehearsal: Rehearsal,
    caplog: pytest.LogCaptureFixture,
    language: str,
    heading: str,
    advice: str,
) -> None:
    site = rehearsal.at(MORNING)
    publish(site, "We ask Congress to pass H.R. 7000.")
    assert site.client.get(PETITION).status_code == 200

    site.time[0] = AFTERNOON
    with caplog.at_level(logging.WARNING):
        page = site.client.get(PETITION, query_string={"lang": language})
    sent = site.client.post(f"{PETITION}sign", data={"email": "ani@example.org"})

    assert page.status_code == sent.status_code == 503
    assert heading in words(page.text)
    assert advice in words(page.text)
    assert "Nothing was saved" not in page.text
    assert "Nothing was saved. Come back later." in words(sent.text)
    assert "7000" not in page.text
    assert page.headers["Retry-After"] == "600"
    assert "clinics" in caplog.text
    assert "petition.md" in caplog.text
