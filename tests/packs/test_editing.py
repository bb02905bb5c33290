"""A campaign under an editor: tried out aside, put down whole, the shipped one untouched."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign import paths
from campaign.errors import InvalidInput
from campaign.packs import editing
from campaign.packs import pack as packs

BUNDLED = paths.data() / "campaigns" / "section-907"
TODAY = date(2026, 7, 1)


def test_the_texts_of_a_campaign_are_listed_in_a_readers_order() -> None:
    found = editing.files(BUNDLED)

    assert found[:4] == ("petition.md", "story.md", "points.md", "letters.md")
    assert {"facts.toml", "campaign.toml", "petition.es.md"} <= set(found)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "../secrets.md",
        "/etc/passwd",
        "petition.xx.md",
        "updates/../x.md",
        "notes.txt",
        "a/b.md",
    ],
)
def test_nothing_else_can_be_edited(name: str) -> None:
    assert not editing.is_file(name)
    with pytest.raises(InvalidInput):
        editing.read(BUNDLED, name)


def test_a_change_is_tried_out_without_touching_the_folder() -> None:
    before = editing.read(BUNDLED, "petition.md")

    with editing.scratch_copy(BUNDLED, {"petition.md": "broken"}) as copy:
        problems = packs.check(copy, TODAY)

    assert problems
    assert not copy.exists()
    assert editing.read(BUNDLED, "petition.md") == before


def test_the_first_edit_makes_a_copy_of_a_shipped_campaign(tmp_path: Path) -> None:
    own = tmp_path / "campaigns"

    put = editing.save_changes(BUNDLED, own, {"updates/2026-07-01-hearing.md": "+++\n+++\nNews.\n"})

    assert put == own / "section-907"
    assert editing.read(put, "petition.md") == editing.read(BUNDLED, "petition.md")
    assert "updates/2026-07-01-hearing.md" in editing.files(put)
    assert not (BUNDLED / "updates").exists()


def test_settings_keep_their_comments() -> None:
    content = editing.read(BUNDLED, "campaign.toml")

    changed = editing.with_settings(
        content, {"goals": [10, 20], "opens_on": date(2026, 8, 1)}, {"name": "We"}
    )
    back = editing.with_settings(changed, {"opens_on": None})

    assert "# The goal shown is the first that is above the count." in changed
    assert "goals = [10, 20]" in changed
    assert "opens_on = 2026-08-01" in changed
    assert 'name = "We"' in changed
    assert "\nopens_on = " not in back


def test_a_fact_is_changed_in_its_place_or_added_at_the_end() -> None:
    content = editing.read(BUNDLED, "facts.toml")

    changed = editing.with_fact(content, "gao-2022", {"review_by": date(2027, 1, 1)})
    added = editing.with_fact(changed, "hearing-2026", {"claim": "A hearing.", "status": "stale"})

    assert changed.index('id = "gao-2022"') < changed.index('id = "icj-2023"')
    assert changed.count("[[fact]]") == content.count("[[fact]]")
    assert added.count("[[fact]]") == content.count("[[fact]]") + 1
    with editing.scratch_copy(BUNDLED, {"facts.toml": added}) as copy:
        assert packs.check(copy, TODAY) == ()
        assert packs.load(copy, TODAY).facts["gao-2022"].review_by == date(2027, 1, 1)


def test_toml_that_cannot_be_read_is_reported() -> None:
    with pytest.raises(InvalidInput, match=r"facts\.toml cannot be read"):
        editing.with_fact("[[fact", "x", {})


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=200))
@settings(max_examples=50, deadline=None)
def test_cleaning_a_text_twice_changes_nothing_more(typed: str) -> None:
    try:
        once = editing.clean_text(typed)
    except InvalidInput:
        return

    assert editing.clean_text(once) == once
    assert once.endswith("\n")


def test_indents_empty_lines_and_no_break_spaces_stay() -> None:
    typed = "- one\r\n  - two\r\n\r\n\r\nSection\u00a0907   \r\n\r\n"

    assert editing.clean_text(typed) == "- one\n  - two\n\n\nSection\u00a0907\n"


@pytest.mark.parametrize("file", editing.files(BUNDLED))
def test_the_bundled_texts_come_through_an_edit_unchanged(file: str) -> None:
    content = editing.read(BUNDLED, file)

    assert editing.clean_text(content) == content
