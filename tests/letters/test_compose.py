"""What a letter says, and in which order; that it varies, and that it stays the same."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace

import pytest

from campaign.congress.dataset import Congress
from campaign.congress.places import District
from campaign.errors import InvalidInput
from campaign.letters.compose import (
    MAX_EDITED_CHARACTERS,
    MAX_OWN_CHARACTERS,
    Constituent,
    Letter,
    Recipient,
    Tone,
    call_script,
    compose,
    recipients,
    with_edited_body,
)
from campaign.letters.recipient_groups import RECIPIENT_GROUPS
from campaign.packs.letter_headings import LetterHeading
from campaign.packs.pack import Pack
from campaign.packs.stances import Reading, Stance, Standing
from campaign.packs.values import NarrowText
from tests.letters.conftest import DAY, Represented


@pytest.fixture
def senator(congress: Congress, represented: Represented, pack: Pack) -> Recipient:
    return recipients(congress, represented("MT-2"), pack, ("senate",))[0]


def test_own_words_come_before_the_campaigns(
    written: Callable[..., Letter], senator: Recipient
) -> None:
    letter = written(senator, personal="My first.\n\nMy second\nof two rows.", points=("second",))

    assert [(part.role, part.text) for part in letter.paragraphs[:2]] == [
        ("own", "My first."),
        ("own", "My second\nof two rows."),
    ]
    assert letter.paragraphs[2].role == "opening"
    assert [part.role for part in letter.paragraphs] == [
        "own", "own", "opening", "point", "ask", "closing",
    ]  # fmt: skip
    assert letter.subject == "A bridge in Billings"
    assert letter.salutation == "Dear Senator Daines:"


def test_the_ask_is_that_of_the_recipients_kind(
    congress: Congress, represented: Represented, pack: Pack, written: Callable[..., Letter]
) -> None:

    asks = {
        to.short: next(part.text for part in written(to).paragraphs if part.role == "ask")
        for to in recipients(congress, represented("MT-2"), pack, RECIPIENT_GROUPS)
    }

    assert asks["Senator Daines"] == (
        "Please take up the bridge in the Senate Committee on Foreign Relations."
    )
    assert asks["Senator Risch"] == (
        "Please bring the bridge before the Senate Committee on Foreign Relations."
    )
    assert asks["Representative Downing"] == "Please vote for the bridge in the House."
    assert asks["the President"] == "Please sign the bridge bill."
    assert asks["the Secretary of State"] == "Please build the bridge."


def test_a_resident_commissioner_gets_the_delegates_ask_where_a_pack_has_no_other(
    congress: Congress, represented: Represented, pack: Pack, written: Callable[..., Letter]
) -> None:
    (to,) = recipients(congress, represented("PR-0"), pack)

    assert "Please speak for the bridge." in [part.text for part in written(to).paragraphs]


def test_a_kind_that_the_campaign_does_not_ask_is_refused(
    pack: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    mute = replace(pack, letters=replace(pack.letters, asks={}))

    with pytest.raises(InvalidInput, match="no letter to Senator Daines"):
        compose(mute, senator, make_constituent(), on_date=DAY)


def test_the_same_input_makes_the_same_letter(
    written: Callable[..., Letter], senator: Recipient
) -> None:
    assert written(senator, personal="Mine.") == written(senator, personal="Mine.")


def test_letters_of_one_event_differ(
    pack: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    made = {
        tuple(
            part.text
            for part in compose(
                pack, senator, make_constituent(first_name=f"Writer {number}"), on_date=DAY
            ).paragraphs
        )
        for number in range(40)
    }

    # Two openings, two closings, ten choices of points: forty ways, each as likely.
    assert len(made) > 20


def test_three_points_are_chosen_across_audiences(
    bundled: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    texts = {passage.plain: point for point in bundled.talking_points for passage in point.passages}

    in_packs_order = 0
    for number in range(10):
        letter = compose(bundled, senator, make_constituent(last_name=f"No{number}"), on_date=DAY)
        chosen = list(
            dict.fromkeys(texts[part.text].id for part in letter.paragraphs if part.role == "point")
        )
        assert len(chosen) == 3
        order = [point.id for point in bundled.talking_points if point.id in chosen]
        in_packs_order += chosen == order
        assert len({bundled.point(name).audience for name in chosen}) == 3  # type: ignore[union-attr]
    # One order of six is the pack's own.
    assert in_packs_order < 10


def chosen(letter: Letter) -> list[str]:
    return [part.text for part in letter.paragraphs if part.role == "point"]


def test_points_that_build_on_each_other_keep_their_order(
    pack: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    wanted = frozenset({"fourth", "first", "third"})
    letters = [
        compose(
            pack, senator, make_constituent(last_name=f"No{number}"), points=wanted, on_date=DAY
        )
        for number in range(10)
    ]

    in_order = ["The first point.", "The third point.", "The fourth point."]
    assert all(chosen(letter) == in_order for letter in letters)


def test_points_ticked_alike_are_made_in_different_orders_where_the_pack_allows_it(
    pack: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    loose = replace(pack, points_in_any_order=True)
    wanted = frozenset({"fourth", "first", "third"})
    orders = {
        tuple(chosen(compose(loose, senator, writer, points=wanted, on_date=DAY)))
        for writer in (make_constituent(last_name=f"No{number}") for number in range(30))
    }

    assert len(orders) > 3
    assert {frozenset(order) for order in orders} == {
        frozenset({"The first point.", "The third point.", "The fourth point."})
    }
    # A list is an order that somebody wants.
    kept = compose(loose, senator, make_constituent(), points=("third", "first"), on_date=DAY)
    assert chosen(kept) == ["The third point.", "The first point."]


def test_the_same_person_gets_the_same_letter_however_they_type(
    bundled: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    one = compose(bundled, senator, make_constituent(), on_date=DAY)
    again = compose(
        bundled,
        senator,
        make_constituent(
            first_name="ani", address1="12  main street", zip="59101-1234", email="ani@example.org"
        ),
        on_date=DAY,
    )

    assert again.body == one.body


_TONES: tuple[Tone, Tone] = ("brief", "full")

# -- Tone ------------------------------------------------------------------------------------------


def test_a_brief_letter_makes_one_point_and_asks_briefly(
    bundled: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    full = compose(bundled, senator, make_constituent(), personal="Mine.", on_date=DAY)
    brief = compose(
        bundled, senator, make_constituent(), personal="Mine.", tone="brief", on_date=DAY
    )

    assert [part.role for part in brief.paragraphs] == ["own", "opening", "point", "ask", "closing"]
    assert len(brief.body) < 0.6 * len(full.body)
    ask = next(part.text for part in brief.paragraphs if part.role == "ask")
    assert ask in {
        text.text
        for text in bundled.letters.narrow
        if (text.heading.section, text.heading.kind) == ("brief ask", "senator")
    }


def test_a_brief_letter_makes_each_point_in_its_brief_words(
    bundled: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    for point in bundled.talking_points:
        brief, full = (
            compose(
                bundled, senator, make_constituent(), points=(point.id,), tone=tone, on_date=DAY
            ).paragraphs
            for tone in _TONES
        )
        said = [part.text for part in brief if part.role == "point"]

        assert point.brief, point.id
        assert said == [passage.plain for passage in point.brief]
        assert [part.text for part in full if part.role == "point"] == [
            passage.plain for passage in point.passages
        ]
        assert said != [passage.plain for passage in point.passages]


def test_a_brief_letter_falls_back_to_the_words_there_are(
    pack: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    letter = compose(
        pack, senator, make_constituent(), points=("second", "first"), tone="brief", on_date=DAY
    )

    assert chosen(letter) == ["The second point."]
    assert "Please vote for the bridge in the Senate." in letter.body


# -- What a committee can do -----------------------------------------------------------------------


def test_a_member_is_asked_for_what_their_committee_can_do(
    bundled: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    def ask(*codes: str, tone: Tone = "full") -> str:
        names = tuple(f"Committee {code}" for code in codes)
        to = replace(senator, kind="committee", committees=names, committee_codes=codes)
        letter = compose(bundled, to, make_constituent(), tone=tone, on_date=DAY)
        return next(part.text for part in letter.paragraphs if part.role == "ask")

    assert "fund no military assistance" in ask("SSAP")
    assert "fund no military assistance" in ask("HSAP04")
    assert "at a hearing" in ask("HSFA")
    assert "defense authorization bill" in ask("SSAS")
    assert "no bill funds" in ask("SSAP", tone="brief")
    # Of several, the ask that comes first in the file; it names the committees that it is for.
    assert "As a member of the Committee SSAP you" in ask("SSAS", "SSAP")
    # One that has no ask of its own gets the general one.
    assert ask("HLIG").startswith("Your seat on the Committee HLIG gives you")


# -- By hand ---------------------------------------------------------------------------------------


def test_a_letter_changed_by_hand_says_what_was_typed(
    written: Callable[..., Letter], senator: Recipient
) -> None:
    letter = written(senator, personal="Mine.", points=("first",))

    changed = with_edited_body(
        letter, letter.body.replace("The first point.", "My own\r\npoint.\r\n\r\nMore.")
    )

    assert [(part.role, part.text) for part in changed.paragraphs] == [
        ("own", "Mine."),
        ("opening", letter.paragraphs[1].text),
        ("own", "My own\npoint."),
        ("own", "More."),
        ("ask", "Please vote for the bridge in the Senate."),
        ("closing", letter.paragraphs[-1].text),
    ]
    assert with_edited_body(letter, letter.body) == letter
    assert with_edited_body(letter, " \n\n ") == letter


@pytest.mark.parametrize("body", ["x" * (MAX_EDITED_CHARACTERS + 1), "a\x00b", "a\u202eb"])
def test_a_changed_letter_passes_the_same_edge(
    written: Callable[..., Letter], senator: Recipient, body: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        with_edited_body(written(senator), body)

    assert caught.value.field == "edit_D000618"


def test_an_unknown_point_is_refused_with_those_there_are(
    written: Callable[..., Letter], senator: Recipient
) -> None:
    with pytest.raises(InvalidInput, match=r"“sixth\.”") as caught:
        written(senator, points=("first", "sixth"))

    assert caught.value.field == "points"
    assert "Choose from: first, second," in str(caught.value)


@pytest.mark.parametrize(
    "words", ["x" * (MAX_OWN_CHARACTERS + 1), "NUL \x00", "lone \ud800", "a\u202eb"]
)
def test_own_words_that_cannot_be_used_are_refused(
    written: Callable[..., Letter], senator: Recipient, words: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        written(senator, personal=words)

    assert caught.value.field == "personal"


def test_templates_in_what_a_person_types_stay_text(
    pack: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    name = '#read("/etc/passwd") {{7*7}} *b* $x$'
    writer = make_constituent(first_name=name, last_name="", city="{{ campaign.title }}")

    letter = compose(pack, senator, writer, personal="{{ constituent.zip }}", on_date=DAY)

    assert letter.constituent.name == name
    assert letter.subject == "A bridge in {{ campaign.title }}"
    assert "{{ constituent.zip }}" in [part.text for part in letter.paragraphs]


def test_a_letter_cannot_be_changed(written: Callable[..., Letter], senator: Recipient) -> None:
    with pytest.raises(FrozenInstanceError):
        written(senator).subject = "Another"  # type: ignore[misc]


def test_the_bundled_campaign_has_a_letter_to_every_kind(
    congress: Congress,
    represented: Represented,
    bundled: Pack,
    make_constituent: Callable[..., Constituent],
) -> None:
    seen = set()
    for district in ("MT-2", "MA-4", "DC-0", "PR-0"):
        answer = represented(str(District.parse(district)))
        for asked in (RECIPIENT_GROUPS, RECIPIENT_GROUPS[:2]):
            for to in recipients(congress, answer, bundled, asked):
                letter = compose(bundled, to, make_constituent(), on_date=DAY)
                seen.add(to.kind)
                whole = " ".join(part.text for part in letter.paragraphs)
                assert "{" not in whole
                assert "[^" not in whole

    assert seen == set(bundled.targets.kinds(has_committees=True))


def with_stances(pack: Pack) -> Pack:
    """The campaign with texts for where a member stands."""
    narrow = tuple(
        NarrowText(heading, (said,))
        for heading, said in (
            (LetterHeading("ask", reading=Reading.COSPONSOR), "Thank you for cosponsoring."),
            (LetterHeading("ask", reading=Reading.AGAINST), "Would you meet us?"),
            (LetterHeading("ask", "committee", ("SSFR",)), "Please hold a hearing."),
            (LetterHeading("subjects", "senator"), "S. 1: the bridge"),
            (LetterHeading("openings", reading=Reading.AGAINST), "We disagree."),
            (LetterHeading("call script", reading=Reading.COSPONSOR), "Thank you."),
        )
    )
    letters = replace(pack.letters, narrow=narrow, call_script=("Please support the bridge.",))
    return replace(pack, letters=letters)


@pytest.mark.parametrize(
    ("reading", "ask", "script"),
    [
        (Reading.COSPONSOR, "Thank you for cosponsoring.", "Thank you."),
        (Reading.FOR, "Please vote for the bridge in the Senate.", "Please support the bridge."),
        (Reading.AGAINST, "Would you meet us?", "Please support the bridge."),
        (
            Reading.UNKNOWN,
            "Please vote for the bridge in the Senate.",
            "Please support the bridge.",
        ),
    ],
)  # fmt: skip
def test_a_letter_and_a_call_speak_to_where_the_member_stands(
    pack: Pack,
    senator: Recipient,
    make_constituent: Callable[..., Constituent],
    reading: Reading,
    ask: str,
    script: str,
) -> None:
    campaign = with_stances(pack)
    to = replace(senator, reading=reading)

    letter = compose(campaign, to, make_constituent(), on_date=DAY)

    assert [part.text for part in letter.paragraphs if part.role == "ask"] == [ask]
    assert letter.subject == "S. 1: the bridge"
    opening = next(part.text for part in letter.paragraphs if part.role == "opening")
    assert (opening == "We disagree.") == (reading is Reading.AGAINST)
    assert call_script(campaign, to, make_constituent(), on_date=DAY) == (script,)


def test_a_committee_member_gets_the_texts_for_the_seat_where_the_committee_has_none(
    pack: Pack, senator: Recipient, make_constituent: Callable[..., Constituent]
) -> None:
    to = replace(senator, kind="committee", committees=("Foreign Relations",),
                 committee_codes=("SSFR",))  # fmt: skip

    letter = compose(with_stances(pack), to, make_constituent(), on_date=DAY)

    assert letter.subject == "S. 1: the bridge"
    assert "Please hold a hearing." in letter.body


def test_recipients_carry_where_they_stand_and_other_peoples_chairs_do_not(
    pack: Pack, congress: Congress, represented: Represented
) -> None:
    answer = represented("MT-2")
    everyone = {member: Standing(Stance.FOR) for member in congress.members}
    campaign = replace(pack, standings=everyone)

    found = recipients(congress, answer, campaign, ("senate", "house", "chair"))

    assert {to.reading for to in found if to.kind != "chair"} == {Reading.FOR}
    assert {to.reading for to in found if to.kind == "chair"} == {Reading.UNKNOWN}
