"""The texts of a new campaign make a letter to every kind of recipient."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from campaign.congress.dataset import Congress
from campaign.letters.compose import TONES, Constituent, Tone, call_script, compose, recipients
from campaign.letters.recipient_groups import RECIPIENT_GROUPS
from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.packs.new_campaign import Answers
from campaign.packs.targets import Targets
from tests.letters.conftest import DAY, Represented
from tests.packs.test_new_campaign import BUNDLED_WORDS


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(
    ("district", "kinds"),
    [
        ("MT-1", {"senator", "representative", "committee", "chair", "president", "secretary"}),
        ("GU-0", {"delegate", "chair", "president", "secretary"}),
        ("PR-0", {"resident-commissioner", "chair", "president", "secretary"}),
    ],
)
def test_a_new_campaign_writes_to_every_kind_of_recipient(
    tmp_path: Path,
    congress: Congress,
    represented: Represented,
    make_constituent: Callable[..., Constituent],
    tone: Tone,
    district: str,
    kinds: set[str],
) -> None:
    answers = Answers.parse(title="Keep our clinics open", ask="fund clinics", organizer="Clinics")
    made = packs.load(new_campaign.create("clinics", tmp_path, answers), DAY)
    pack = replace(made, committees=("SSFR",), targets=Targets(chairs=("SSFI",)))

    written = [
        compose(pack, recipient, make_constituent(), tone=tone, on_date=DAY)
        for recipient in recipients(congress, represented(district), pack, RECIPIENT_GROUPS)
    ]
    scripts = [
        call_script(pack, letter.recipient, make_constituent(), on_date=DAY) for letter in written
    ]

    assert {letter.recipient.kind for letter in written} == kinds
    for letter, script in zip(written, scripts, strict=True):
        assert "I ask you to fund clinics." in letter.body
        assert BUNDLED_WORDS.findall(" ".join((letter.subject, letter.body, *script))) == []
