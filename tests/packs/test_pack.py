"""A campaign folder becomes a Pack for a day, or a list of what is wrong with file and line."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from campaign import paths
from campaign.errors import CampaignUnknown, PackInvalid, Problem
from campaign.packs import editing
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import read as read_settings

DAY = date(2026, 11, 24)
MakeFolder = Callable[..., Path]

# The first words of the row of a fact, and the same row as it may no longer be stated.
ICJ_LAPSED = (
    "facts.toml",
    'source_date = "2023-07-06"\nverified_on = 2026-11-24\nreview_by = ""\nstatus = "verified"',
    'source_date = "2023-07-06"\nverified_on = 2026-11-24\nreview_by = 2026-11-23\n'
    'status = "verified"',
)


def plain(pack: Pack, language: str = "en") -> str:
    return "\n".join(passage.plain for passage in pack.texts[language].petition)


def test_a_fact_past_its_review_date_takes_its_sentence_from_every_language(
    make_folder: MakeFolder,
) -> None:
    folder = make_folder(ICJ_LAPSED)

    before, after = packs.load(folder, date(2026, 11, 23)), packs.load(folder, DAY)

    for language, court in [
        ("en", "International Court of Justice"),
        ("es", "Corte Internacional de Justicia"),
        ("hy", "Արդարադատության միջազգային դատարան"),
    ]:
        assert court in plain(before, language)
        assert court not in plain(after, language)
        assert "2023" in plain(after, language)


def test_it_takes_the_sentence_from_the_story_and_a_point_left_empty_disappears(
    make_folder: MakeFolder,
) -> None:
    folder = make_folder(ICJ_LAPSED)

    before, after = packs.load(folder, date(2026, 11, 23)), packs.load(folder, DAY)

    assert "International Court" in before.story_html
    assert "International Court" not in after.story_html
    assert before.point("court") is not None
    assert after.point("court") is None


def test_it_takes_the_sentence_from_the_letters(make_folder: MakeFolder) -> None:
    folder = make_folder(
        (
            "letters.md",
            "## Openings\n",
            "## Openings\n\nThe Court ordered it.[^icj-2023]\n\nI write. The Court ordered"
            " it.[^icj-2023] Thank you.\n",
        ),
        ICJ_LAPSED,
    )

    before, after = packs.load(folder, date(2026, 11, 23)), packs.load(folder, DAY)

    assert before.letters.openings[:2] == (
        "The Court ordered it.",
        "I write. The Court ordered it. Thank you.",
    )
    assert after.letters.openings[0] == "I write. Thank you."


def test_a_passage_left_empty_goes(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ICJ_LAPSED,
        *[
            (file, mark, mark.strip() + "\n\n")
            for file in ("petition.md", "petition.es.md", "petition.hy.md")
            for mark in ("[^offensive-2023] ", "[^icj-2023]")
        ],
    )

    assert len(packs.load(folder, date(2026, 11, 23)).texts["en"].petition) == 7
    assert len(packs.load(folder, DAY).texts["en"].petition) == 6


def test_the_raised_numbers_follow_the_fact_sheet(make_folder: MakeFolder) -> None:
    pack = packs.load(make_folder(ICJ_LAPSED), DAY)

    numbered = [pack.fact_number(fact.id) for fact in pack.usable_facts()]
    offensive = next(p for p in pack.texts["en"].petition if "offensive-2023" in p.facts)

    assert numbered == list(range(1, len(numbered) + 1))
    number = pack.fact_number("offensive-2023")
    assert f'<a href="facts#offensive-2023">{number}</a>' in offensive.html
    with pytest.raises(KeyError):
        pack.fact_number("icj-2023")


def test_a_claim_filled_in_once_appears_wherever_a_text_asks_for_it(
    make_folder: MakeFolder,
) -> None:
    stale = (
        'claim = ""\nevent_date = ""\nattribution = ""\n'
        'publisher = "International Committee of the Red Cross"\nurl = "https://www.icrc.org"\n'
        'source_date = ""\nverified_on = ""\nreview_by = ""\nstatus = "stale"'
    )
    reviewed = (
        'claim = "Nineteen people were still held on 1 May 2026."\nattribution = "the ICRC"\n'
        'url = "https://www.icrc.org"\nsource_date = "2026-05-01"\nverified_on = 2026-05-02\n'
        'review_by = 2026-12-31\nstatus = "verified"'
    )

    before = packs.load(make_folder(), DAY)
    after = packs.load(make_folder(("facts.toml", stale, reviewed)), DAY)

    assert before.point("detainees") is None
    point = after.point("detainees")
    assert point is not None
    assert point.passages[0].plain == "Nineteen people were still held on 1 May 2026."
    assert point.passages[0].facts == ("detainees",)
    assert "Nineteen people" in after.story_html
    assert "not reviewed" not in (before.story_html + after.story_html).lower()


def test_a_claim_of_two_sentences_goes_as_a_whole(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ("story.md", "## What we ask", "## What we ask\n\n[=icj-2023]"), ICJ_LAPSED
    )

    before, after = packs.load(folder, date(2026, 11, 23)), packs.load(folder, DAY)

    assert "The Court reaffirmed the order on July 6, 2023." in before.story_html
    assert "The Court reaffirmed" not in after.story_html


def test_publishing_is_refused_when_a_required_fact_may_not_be_stated(
    make_folder: MakeFolder,
) -> None:
    required = ("campaign.toml", 'required = ["statute"]', 'required = ["statute", "icj-2023"]')
    unpublished = ("campaign.toml", "published = true", "published = false")

    assert packs.load(make_folder(required, ICJ_LAPSED), date(2026, 11, 23)).published
    with pytest.raises(PackInvalid) as refused:
        packs.load(make_folder(required, ICJ_LAPSED), DAY)
    assert "icj-2023" in refused.value.problems[0].reason
    assert not packs.load(make_folder(required, ICJ_LAPSED, unpublished), DAY).published


def test_publishing_is_refused_when_a_required_fact_is_missing(make_folder: MakeFolder) -> None:
    folder = make_folder(
        ("campaign.toml", 'required = ["statute"]', 'required = ["statute", "nowhere"]')
    )

    with pytest.raises(PackInvalid) as refused:
        packs.load(folder, DAY)

    (problem,) = refused.value.problems
    assert (problem.file, problem.reason) == (
        "campaign.toml",
        'There is no fact "nowhere" in facts.toml.',
    )
    assert problem.line > 1


def test_the_wording_version_changes_with_what_is_signed_and_with_nothing_else(
    make_folder: MakeFolder,
) -> None:
    same = packs.load(make_folder(), DAY).wording_version

    story = make_folder(("story.md", "## What the law said", "## The law"))
    points = make_folder(("points.md", "Other governments see", "Governments see"))
    assert packs.load(story, DAY).wording_version == same
    assert packs.load(points, DAY).wording_version == same
    for changed in [
        ("petition.md", "to issue no waiver", "to make no waiver"),
        ("petition.es.md", "ninguna dispensa", "dispensa alguna"),
        ("petition.md", "withdraw at any time", "withdraw on any day"),
        ("campaign.toml", "The Section 907 Campaign", "Another campaign"),
        ICJ_LAPSED,
    ]:
        assert packs.load(make_folder(changed), DAY).wording_version != same, changed


def test_updates_are_newest_first_and_none_from_the_future(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "updates").mkdir()
    for day, title in [("2026-06-15", "One"), ("2026-07-01", "Two"), ("2026-12-01", "Later")]:
        (folder / "updates" / f"{day}-news.md").write_text(
            f'+++\ntitle = "{title}"\n+++\n\nIt *happened*.\n', encoding="utf-8"
        )

    updates = packs.load(folder, DAY).updates

    assert [(update.id, update.title) for update in updates] == [
        ("2026-07-01-news", "Two"),
        ("2026-06-15-news", "One"),
    ]
    assert updates[0].html == "<p>It <em>happened</em>.</p>"


def test_an_outcome_page_is_there_when_it_is_written(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "outcome.md").write_text("The waiver was withdrawn.\n", encoding="utf-8")

    assert packs.load(folder, DAY).outcome_html == "<p>The waiver was withdrawn.</p>"


# -- where campaigns are found ---------------------------------------------------------------------


def test_the_first_folder_that_has_a_campaign_wins(make_folder: MakeFolder) -> None:
    own, shipped = make_folder().parent, paths.data() / "campaigns"

    assert packs.find("section-907", (own, shipped)) == own / "section-907"
    assert packs.find("section-907", (own / "nowhere", shipped)) == shipped / "section-907"
    assert packs.names((own, shipped)) == ("section-907",)


@pytest.mark.parametrize("name", ["other", "../section-907", "", ".", "a/b", "A", "x" * 64, "a\n"])
def test_a_name_that_is_none_is_unknown(name: str) -> None:
    with pytest.raises(CampaignUnknown, match=r"Choose from: section-907\.$"):
        packs.find(name, (paths.data() / "campaigns",))


def test_campaigns_are_looked_for_at_home_then_on_the_path_then_among_the_shipped(
    tmp_path: Path,
) -> None:
    settings = read_settings(
        {"CAMPAIGN_HOME": str(tmp_path / "home"), "CAMPAIGN_PATH": f"{tmp_path}/a:{tmp_path}/b"},
        working_directory=tmp_path,
    )

    assert packs.folders(settings) == (
        tmp_path / "home" / "campaigns",
        tmp_path / "a",
        tmp_path / "b",
        paths.data() / "campaigns",
    )


def test_an_empty_folder_is_named_file_by_file(tmp_path: Path) -> None:
    problems = packs.check(tmp_path, DAY)

    missing = {p.file for p in problems if p.reason == "The file is missing."}
    assert missing == {
        "campaign.toml", "facts.toml", "petition.md", "points.md", "letters.md", "story.md",
    }  # fmt: skip


def test_a_file_that_is_not_utf_8_is_named_with_its_line(make_folder: MakeFolder) -> None:
    folder = make_folder()
    (folder / "story.md").write_bytes(b"## Good\n\n\xff\xfe\n")

    assert Problem("story.md", 3, "The file is not UTF-8 text. Save it as UTF-8.") in packs.check(
        folder, DAY
    )


def test_a_folder_in_the_earlier_spelling_reads_the_same(make_folder: MakeFolder) -> None:
    """Folders that were written before have `[organiser]` and `{{ organiser.name }}`."""
    today = packs.load(make_folder(), DAY)
    folder = make_folder(("campaign.toml", "[organizer]", "[organiser]"))
    for file in folder.glob("petition*.md"):
        text = file.read_text(encoding="utf-8")
        assert "{{ organizer.name }}" in text
        file.write_text(text.replace("{{ organizer.", "{{ organiser."), encoding="utf-8")

    before = packs.load(folder, DAY)

    assert before.organizer == today.organizer
    assert before.texts == today.texts


def test_settings_saved_by_the_site_take_the_current_name(make_folder: MakeFolder) -> None:
    folder = make_folder(("campaign.toml", "[organizer]", "[organiser]"))
    content = (folder / "campaign.toml").read_text(encoding="utf-8")

    saved = editing.with_settings(content, {}, {"name": "Bridge Neighbors"})

    assert "[organiser]" not in saved
    assert 'name = "Bridge Neighbors"' in saved
