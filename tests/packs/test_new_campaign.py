"""A new campaign has good texts of its own, and none of the bundled campaign's words."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign import paths
from campaign.errors import InvalidInput
from campaign.packs import checks, new_campaign, source
from campaign.packs import pack as packs
from campaign.packs.new_campaign import Answers
from campaign.packs.source import LANGUAGES

DAY = date(2026, 11, 24)
BUNDLED = paths.data() / "campaigns" / "section-907"

#: Words by which the bundled campaign would show, in the languages of its texts.
BUNDLED_WORDS = re.compile(
    r"907|azerba|armeni(?!an\b)|artsakh|karabakh|freedom support|lachin|waiver|genocid|military"
    r"|адрб|ադրբեջան|արցախ|ղարաբաղ|հոդված|sección|militar",
    re.IGNORECASE,
)


def answers(**changes: object) -> Answers:
    given: dict[str, object] = {
        "title": "Keep our clinics open",
        "ask": "fund rural clinics through 2030",
        "organizer": "Clinics for All",
        "languages": ("en",),
        **changes,
    }
    return Answers.parse(**given)  # type: ignore[arg-type]


def test_it_passes_its_checks_in_english_only(tmp_path: Path) -> None:
    folder = new_campaign.create("clinics", tmp_path, answers())

    review = packs.review(folder, DAY)

    assert review.problems == ()
    assert review.pack is not None
    assert tuple(review.pack.texts) == ("en",)
    assert not review.pack.published
    assert [passage.plain for passage in review.pack.text().petition] == [
        "We ask Congress to fund rural clinics through 2030."
    ]
    assert len(review.pack.talking_points) == 2
    assert review.pack.facts == {}


@pytest.mark.parametrize(
    ("asked", "chambers", "executive"),
    [
        ("Congress", ("house", "senate"), ()),
        ("the U.S. Senate", ("senate",), ()),
        ("the House of Representatives", ("house",), ()),
        ("the President of the United States", (), ("president",)),
        ("the Secretary of Health and Human Services", (), ("health",)),
        ("the Havre City Council", ("house", "senate"), ()),
        ("the Montana Senate", ("house", "senate"), ()),
    ],
)
def test_it_asks_whom_the_answer_plainly_names(
    tmp_path: Path, asked: str, chambers: tuple[str, ...], executive: tuple[str, ...]
) -> None:
    review = packs.review(new_campaign.create("clinics", tmp_path, answers(asked=asked)), DAY)

    assert review.problems == ()
    assert review.pack is not None
    assert review.pack.targets.members.chambers == chambers
    assert review.pack.targets.executive == executive


@pytest.mark.parametrize("languages", [("es",), ("hy",), ("en", "es", "hy")])
def test_it_has_the_languages_that_were_chosen(tmp_path: Path, languages: tuple[str, ...]) -> None:
    folder = new_campaign.create("clinics", tmp_path, answers(languages=languages))

    pack = packs.load(folder, DAY)

    assert set(pack.texts) == {"en", *languages}


def test_texts_to_translate_are_named(tmp_path: Path) -> None:
    folder = new_campaign.create("clinics", tmp_path, answers(languages=("es",)))

    warnings = [str(warning) for warning in packs.review(folder, DAY).warnings]

    assert [warning for warning in warnings if "Translate" in warning] == [
        f"petition.es.md:{line}: Translate this text: it is the same as in petition.md."
        for line in (2, 3, 4, 5, 10)
    ]


def test_it_can_be_published_with_an_address_and_a_mailbox(tmp_path: Path) -> None:
    given = answers(
        foreign_principal=False,
        email="clinics@example.org",
        postal_address=("1 Main Street", "Havre, MT 59501"),
    )
    folder = new_campaign.create("clinics", tmp_path, given)
    file = folder / "campaign.toml"
    file.write_text(file.read_text().replace("published = false", "published = true"))

    assert packs.load(folder, DAY).published


def test_its_texts_have_no_word_of_the_bundled_campaign(tmp_path: Path) -> None:
    folder = new_campaign.create("clinics", tmp_path, answers(languages=tuple(LANGUAGES)))
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}

    assert len(written) == 8
    assert {name: BUNDLED_WORDS.findall(text) for name, text in written.items()} == {
        name: [] for name in written
    }
    assert BUNDLED_WORDS.search((BUNDLED / "petition.hy.md").read_text(encoding="utf-8"))


@settings(max_examples=60, deadline=None)
@given(
    title=st.text(min_size=1, max_size=70),
    ask=st.text(min_size=1, max_size=200),
    organizer=st.text(min_size=1, max_size=80),
)
def test_any_words_make_good_texts_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, title: str, ask: str, organizer: str
) -> None:
    try:
        given_answers = answers(title=title, ask=ask, organizer=organizer)
    except InvalidInput:
        return

    folder = new_campaign.create("any", tmp_path_factory.mktemp("any"), given_answers)

    assert packs.check(folder, DAY) == ()
    pack = packs.load(folder, DAY)
    assert pack.text().title == given_answers.title
    assert pack.organizer.name == given_answers.organizer


def test_the_longest_answers_keep_to_the_limits_of_all_texts(tmp_path: Path) -> None:
    longest = answers(
        title="W" * new_campaign.MAX_TITLE,
        ask="w" * new_campaign.MAX_ASK,
        asked="W" * new_campaign.MAX_ASKED,
        organizer="W" * new_campaign.MAX_ORGANIZER,
        languages=tuple(LANGUAGES),
    )

    folder = new_campaign.create("longest", tmp_path, longest)

    assert list(checks.problems(source.read(folder)[0])) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"ask": "{{ date }}"}, "ask"),
        ({"organizer": "x" * 81}, "organizer"),
        ({"languages": ("en", "xx")}, "languages"),
    ],
)
def test_an_answer_that_cannot_be_used_is_named(changes: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as error:
        answers(**changes)

    assert error.value.field == field


def test_a_copy_is_unpublished_and_has_no_organizer(tmp_path: Path) -> None:
    folder = new_campaign.copy("again", tmp_path, BUNDLED)

    pack = packs.load(folder, DAY)

    assert not pack.published
    assert pack.organizer.name == ""
    assert pack.talking_points == packs.load(BUNDLED, DAY).talking_points


@pytest.mark.parametrize("name", ["Clean", "a b", "../x", "new", "", ".hidden", "x" * 64])
def test_a_name_that_is_not_valid_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput) as error:
        new_campaign.create(name, tmp_path, answers())

    assert error.value.field == "name"
    assert list(tmp_path.iterdir()) == []
