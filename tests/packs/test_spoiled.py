"""Whatever a campaign's files hold, the answer is file, line and reason, and never a crash."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from campaign.errors import PackInvalid
from campaign.packs import pack as packs
from campaign.packs.registry import CampaignRegistry
from tests.packs.conftest import BUNDLED, DAY, MakeFolder
from tests.packs.spoiling import BLOBS, FILES, SPOILED, VALUES, Spoil, a_pipe, circle, gone

NOON = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)


@settings(max_examples=250, deadline=None)
@given(spoil=SPOILED)
@example(spoil=circle("facts.toml"))
@example(spoil=a_pipe("facts.toml"))
@example(spoil=gone("campaign.toml"))
def test_a_spoiled_campaign_is_judged_and_the_last_good_texts_stay(spoil: Spoil) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "section-907"
        shutil.copytree(BUNDLED, folder)
        registry = CampaignRegistry((folder.parent,), every=0)
        before = registry.get("section-907", NOON)
        spoil(folder)

        review = packs.review(folder, DAY)
        for problem in review.problems:
            assert problem.file
            assert problem.reason
            str(problem).encode()
        after = registry.get("section-907", NOON)

        if review.pack is None:
            assert review.problems
            assert after is before
            assert registry.fault("section-907", NOON) is not None
        else:
            assert after == review.pack
            assert registry.fault("section-907", NOON) is None
        assert [pack.name for pack in registry.published(NOON)] == ["section-907"] * after.published


@pytest.mark.parametrize("file", ["campaign.toml", "facts.toml"])
@pytest.mark.parametrize("value", VALUES[::2], ids=lambda value: value[:20])
def test_every_setting_of_any_kind_is_judged(
    make_folder: MakeFolder, file: str, value: str
) -> None:
    folder = make_folder()
    rows = (folder / file).read_text(encoding="utf-8").splitlines()
    first: dict[str, int] = {}
    for number, row in enumerate(rows):
        if " = " in row and not row.startswith(("#", " ")):
            first.setdefault(row.partition(" = ")[0], number)
    for key, number in first.items():
        changed = [*rows]
        changed[number] = f"{key} = {value}"
        (folder / file).write_text("\n".join(changed), encoding="utf-8")

        for problem in packs.check(folder, DAY):
            assert "cannot be used" not in problem.reason, "no check foresaw this"


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("content", BLOBS, ids=lambda content: repr(content[:12]))
def test_every_file_of_any_bytes_is_judged(
    make_folder: MakeFolder, file: str, content: bytes
) -> None:
    folder = make_folder()
    (folder / file).parent.mkdir(exist_ok=True)
    (folder / file).write_bytes(content)

    for problem in packs.check(folder, DAY):
        assert "cannot be used" not in problem.reason, "no check foresaw this"


def test_a_pasted_link_is_named_with_its_file_and_line(make_folder: MakeFolder) -> None:
    folder = make_folder()
    text = (folder / "facts.toml").read_text(encoding="utf-8")
    old = next(row for row in text.splitlines() if row.startswith("url ="))
    pasted = 'url = "https://[www.x.gov](https://www.x.gov)"'
    (folder / "facts.toml").write_text(text.replace(old, pasted, 1), encoding="utf-8")

    (problem,) = packs.check(folder, DAY)

    assert problem.file == "facts.toml"
    assert problem.line
    assert "https:// address" in problem.reason


@pytest.mark.parametrize(
    "address",
    ["https://[www.x.gov](https://x)", "https://[::1", "https://x.gov:0x/", "https://", "http://x",
     "https://x.gov/a b", "https://x.gov/\u202e", "https://x.gov:99999/"],
)  # fmt: skip
def test_an_organizers_site_is_an_address_that_opens(make_folder: MakeFolder, address: str) -> None:
    folder = make_folder()
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    rows = [f'url = "{address}"' if row.startswith("url =") else row for row in text.splitlines()]
    (folder / "campaign.toml").write_text("\n".join(rows), encoding="utf-8")

    (problem,) = packs.check(folder, DAY)

    assert problem.file == "campaign.toml"


def test_a_bad_campaign_stands_in_no_others_way(make_folder: MakeFolder) -> None:
    folder = make_folder()
    other = folder.parent / "other"
    shutil.copytree(folder, other)
    (folder / "facts.toml").write_bytes(b"\x00")

    registry = CampaignRegistry((folder.parent,), every=0)

    assert [pack.name for pack in registry.every(NOON)] == ["other"]
    assert registry.names() == ("other", "section-907")
    with pytest.raises(PackInvalid):
        registry.get("section-907", NOON)
    assert registry.fault("other", NOON) is None


def test_a_bad_file_is_read_once_for_every_change_of_it(
    make_folder: MakeFolder, caplog: pytest.LogCaptureFixture
) -> None:
    folder = make_folder()
    registry = CampaignRegistry((folder.parent,), every=0)
    registry.get("section-907", NOON)
    (folder / "facts.toml").write_bytes(b"\x00")

    for day in range(5):
        registry.get("section-907", NOON + timedelta(days=day))

    (record,) = caplog.records
    assert "facts.toml:1: " in record.getMessage()
    assert "\n" not in record.getMessage()


def test_a_fault_that_nobody_foresaw_is_a_problem_without_values(
    make_folder: MakeFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_folder()
    registry = CampaignRegistry((folder.parent,), every=0)
    before = registry.get("section-907", NOON)

    def broken(*_: object) -> object:
        raise ValueError("ani@example.org")

    for place in ("checks.facts_of", "resolve.resolve", "source.read_settings"):
        with monkeypatch.context() as patch:
            patch.setattr(f"campaign.packs.{place}", broken)
            (folder / "story.md").touch()
            (folder / "story.md").write_text(
                (folder / "story.md").read_text(encoding="utf-8") + "\n", encoding="utf-8"
            )

            problems = packs.check(folder, DAY)
            assert registry.get("section-907", NOON) is before

        assert any("ValueError" in problem.reason for problem in problems)
        assert "ani@example.org" not in str(problems)


def test_what_a_day_takes_away_is_no_fault_of_the_files(make_folder: MakeFolder) -> None:
    folder = make_folder()
    text = (folder / "facts.toml").read_text(encoding="utf-8")
    rows = [
        f"review_by = {DAY}" if row.startswith("review_by =") else row for row in text.splitlines()
    ]
    (folder / "facts.toml").write_text("\n".join(rows), encoding="utf-8")
    registry = CampaignRegistry((folder.parent,), every=0)
    registry.get("section-907", NOON)
    later = NOON + timedelta(days=1)

    with pytest.raises(PackInvalid):
        registry.get("section-907", later)
    assert registry.fault("section-907", later) is None
