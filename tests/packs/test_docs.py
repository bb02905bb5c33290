"""docs/campaigns.md says what there is: nothing documented is missing, nothing is left out."""

import re
from pathlib import Path

import pytest

from campaign.errors import Problem
from campaign.packs import checks, ledger, source, wording
from campaign.packs.letter_headings import RECIPIENT_KINDS
from campaign.packs.values import AUDIENCES

GUIDE = (Path(__file__).parents[2] / "docs" / "campaigns.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([^`\n]+)`", GUIDE))
#: Settings that the guide names as tables.
TABLES = {"organizer", "funding", "asks", "targets"}


@pytest.mark.parametrize(
    "names",
    [
        {f"[{name}]" if name in TABLES else name for name in source.SETTINGS},
        set(checks.HEADER) | {"sign_off"},
        {f"## {part.capitalize()}" for part in checks.PETITION_PARTS if part},
        {f"## {part.capitalize()}" for part in checks.LETTER_PARTS},
        {f".{audience}" for audience in AUDIENCES},
        {kind for kind in RECIPIENT_KINDS if kind != "senator"} | {"## Ask: senator"},
        set(wording.FILTERS),
        {f"{{{{ {name} }}}}" for name in wording.PUBLIC_FIELDS},
        {"campaign.toml", "facts.toml", "petition.md", "story.md", "points.md", "letters.md"},
        set(ledger.STATUSES),
    ],
    ids=lambda names: sorted(names)[0],
)  # fmt: skip
def test_the_guide_names_every_setting_part_field_and_filter(names: set[str]) -> None:
    assert names <= NAMED


def test_the_guide_names_every_field_of_a_letter() -> None:
    for field in wording.LETTER_FIELDS | wording.EDITOR_FIELDS:
        assert f"{{{{ {field} }}}}" in NAMED or f".{field.partition('.')[2]}" in NAMED, field


def test_the_example_of_a_fact_is_a_good_row() -> None:
    rows = GUIDE.partition("    [[fact]]\n")[2].partition("\n\n")[0]
    problems: list[Problem] = []

    facts = ledger.read("[[fact]]\n" + rows, "facts.toml", problems)

    assert problems == []
    assert list(facts) == ["s3000"]
