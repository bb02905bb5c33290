"""The registry keeps campaigns current, cheaply, and never worse than they were."""

import logging
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campaign.errors import CampaignUnknown, PackInvalid
from campaign.packs.registry import CampaignRegistry

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MakeFolder = Callable[..., Path]
Edit = Callable[[Path, str, str, str], None]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_the_same_pack_is_given_until_something_changes(
    make_folder: MakeFolder, edit_file: Edit, clock: Clock
) -> None:
    folder = make_folder()
    registry = CampaignRegistry((folder.parent,), every=3, monotonic=clock)

    first = registry.get("section-907", NOON)
    clock.now = 10
    assert registry.get("section-907", NOON) is first

    edit_file(folder, "petition.md", "Enforce Section 907", "Keep Section 907")
    clock.now = 12
    assert registry.get("section-907", NOON) is first
    clock.now = 14
    assert registry.get("section-907", NOON).text().title == "Keep Section 907"


def test_an_edit_that_fails_its_checks_leaves_the_last_good_texts_and_is_logged(
    make_folder: MakeFolder, edit_file: Edit, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_folder()
    registry = CampaignRegistry((folder.parent,), every=3, monotonic=clock)
    first = registry.get("section-907", NOON)
    edit_file(folder, "points.md", "[^statute]", "[^nowhere]")
    clock.now = 4

    with caplog.at_level(logging.WARNING):
        assert registry.get("section-907", NOON) is first

    assert 'There is no fact "nowhere"' in caplog.text
    edit_file(folder, "points.md", "[^nowhere]", "[^statute]")
    clock.now = 8
    assert registry.get("section-907", NOON).talking_points == first.talking_points


def test_a_bad_edit_finds_good_texts_of_a_campaign_that_no_one_asked_for(
    make_folder: MakeFolder, edit_file: Edit, clock: Clock
) -> None:
    folder = make_folder()
    registry = CampaignRegistry((folder.parent,), every=3, monotonic=clock)
    registry.get("section-907", NOON)
    added = make_folder()
    added.rename(folder.parent / "added")
    clock.now = 4
    registry.get("section-907", NOON)

    edit_file(folder.parent / "added", "points.md", "[^statute]", "[^nowhere]")
    clock.now = 8

    assert registry.get("added", NOON).text().title == "Enforce Section 907"
    assert registry.fault("added", NOON) is not None


def test_the_last_good_texts_lose_what_lapses_at_midnight_even_after_a_bad_edit(
    make_folder: MakeFolder, edit_file: Edit, clock: Clock
) -> None:
    lapses = ("facts.toml", 'review_by = ""\nstatus = "verified"\n\n[[fact]]\nid = "waiver-auth',
              'review_by = ""\nstatus = "verified"\n\n[[fact]]\nid = "waiver-auth')  # fmt: skip
    folder = make_folder(lapses)
    text = (folder / "facts.toml").read_text(encoding="utf-8")
    before, court, after = text.partition('id = "icj-2023"')
    after = after.replace('review_by = ""', "review_by = 2026-11-24", 1)
    (folder / "facts.toml").write_text(before + court + after, encoding="utf-8")
    registry = CampaignRegistry((folder.parent,), every=3, monotonic=clock)
    assert registry.get("section-907", NOON).point("court") is not None
    edit_file(folder, "letters.md", "## Closings", "## Endings")
    clock.now = 4

    assert registry.get("section-907", NOON + timedelta(days=1)).point("court") is None


def test_a_campaign_that_never_was_good_is_refused_until_it_is(
    make_folder: MakeFolder, edit_file: Edit, clock: Clock
) -> None:
    folder = make_folder(("points.md", "[^statute]", "[^nowhere]"))
    registry = CampaignRegistry((folder.parent,), every=3, monotonic=clock)

    with pytest.raises(PackInvalid):
        registry.get("section-907", NOON)
    assert registry.published(NOON) == ()

    edit_file(folder, "points.md", "[^nowhere]", "[^statute]")
    assert registry.get("section-907", NOON).published


def test_a_required_fact_that_lapses_closes_the_campaign_that_day(
    make_folder: MakeFolder, clock: Clock
) -> None:
    folder = make_folder(("facts.toml", 'review_by = ""', "review_by = 2026-11-24"))
    registry = CampaignRegistry((folder.parent,), every=3, monotonic=clock)

    assert registry.get("section-907", NOON).published
    with pytest.raises(PackInvalid):
        registry.get("section-907", NOON + timedelta(days=1))


def test_a_folder_taken_away_is_unknown(make_folder: MakeFolder, clock: Clock) -> None:
    folder = make_folder()
    registry = CampaignRegistry((folder.parent,), every=3, monotonic=clock)
    registry.get("section-907", NOON)
    shutil.rmtree(folder)
    clock.now = 4

    with pytest.raises(CampaignUnknown):
        registry.get("section-907", NOON)
    assert registry.published(NOON) == ()


def test_only_published_campaigns_are_listed(make_folder: MakeFolder) -> None:
    folder = make_folder()
    hidden = make_folder(("campaign.toml", "published = true", "published = false"))
    hidden.rename(folder.parent / "hidden")

    registry = CampaignRegistry((folder.parent,))

    assert [pack.name for pack in registry.published(NOON)] == ["section-907"]
    assert not registry.get("hidden", NOON).published


def test_many_threads_get_one_and_the_same_pack(make_folder: MakeFolder) -> None:
    registry = CampaignRegistry((make_folder().parent,))
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(id(registry.get("section-907", NOON))))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
