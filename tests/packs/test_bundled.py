"""The bundled campaign: complete, true on any day, and worded as it must be."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign import paths
from campaign.packs import organizer, source, wording
from campaign.packs import pack as packs
from campaign.packs.campaign_day import CampaignDay
from campaign.packs.pack import Pack
from campaign.packs.resolve import resolve
from campaign.packs.sentences import facts_of, split
from campaign.packs.topics import CWC_TOPICS
from campaign.packs.values import NarrowText

DAY = date(2026, 11, 24)
BUNDLED = paths.data() / "campaigns" / "section-907"
DRAFT, _ = source.read(BUNDLED)

VALUES: dict[str, str | dict[str, str]] = {
    "recipient": {
        "name": "Steve Daines", "short": "Senator Daines", "seat": "senator for Montana",
        "kind": "senator", "committees": "Senate Committee on Foreign Relations",
    },
    "constituent": {
        "name": "Ani Petrosyan", "first_name": "Ani", "last_name": "Petrosyan",
        "city": "Absarokee", "state": "MT", "zip": "59001",
    },
    "campaign": {"title": "Enforce Section 907"},
    "organizer": {"name": "Section 907 Campaign", "email": "organizer@example.org"},
    "date": "November 24, 2026",
}  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(BUNDLED, DAY)


def spoken(pack: Pack) -> list[str]:
    """Everything that the pack says, as people read it."""
    letters = pack.letters
    templates = (
        *letters.subjects, *letters.openings, *letters.asks.values(), *letters.closings,
        *(part.text for part in letters.narrow),
        letters.sign_off, *letters.call_script, letters.editor,
    )  # fmt: skip
    said = [wording.render(template, VALUES) for template in templates]
    for text in pack.texts.values():
        said += [
            text.title, text.headline, text.standfirst, text.addressees, text.share,
            text.consent, text.mail_consent, text.confirm_subject, *text.confirm_body,
            *(passage.plain for passage in text.petition),
        ]  # fmt: skip
    for point in pack.talking_points:
        said += [point.heading]
        said += [passage.plain for passage in (*point.passages, *point.brief)]
    return [*said, re.sub("<[^>]*>", "", pack.story_html)]


def test_it_passes_its_own_check() -> None:
    review = packs.review(BUNDLED, DAY)

    assert review.problems == ()
    assert [w.reason for w in review.warnings] == [
        "The organizer's email, organizer@example.org, is still an example. Enter your own email, "
        "and check the name and address.",
        organizer.NOT_STATED,
        *(
            f'Review the fact "{bill}" by 2027-01-02. After that day, sentences that cite it are '
            "left out."
            for bill in ("bill-oppose", "bill-support")
        ),
    ]


@given(st.dates(min_value=date(2026, 6, 15), max_value=date(2045, 1, 1)))
@settings(max_examples=40, deadline=None)
def test_it_can_be_used_on_any_day_and_states_only_usable_facts(day: date) -> None:
    pack, _ = resolve(DRAFT, CampaignDay.on(day))

    stated = {fact for text in pack.texts.values() for p in text.petition for fact in p.facts}
    stated |= {fact for point in pack.talking_points for p in point.passages for fact in p.facts}
    stated |= set(re.findall(r'href="facts#([a-z0-9-]+)"', pack.story_html))
    assert stated <= {fact.id for fact in pack.usable_facts()}
    assert len(pack.letters.openings) >= 6
    assert len(pack.letters.closings) >= 6
    assert all(said and "[^" not in said and "{{" not in said for said in spoken(pack))


@pytest.mark.parametrize("lapsed", [fact for fact in DRAFT.facts if fact != "statute"])
def test_it_still_reads_when_any_one_fact_lapses(lapsed: str) -> None:
    facts = dict(DRAFT.facts)
    row = facts[lapsed]
    facts[lapsed] = type(row)(**{**vars(row), "status": "stale"})

    pack, left_out = resolve(
        source.CampaignSource(**{**vars(DRAFT), "facts": facts}), CampaignDay.on(DAY)
    )

    assert any(lapsed in gone.facts for gone in left_out)
    assert len(pack.talking_points) >= 8
    gone = {gone.sentence for gone in left_out if lapsed in gone.facts}
    assert not gone & {sentence.strip() for said in spoken(pack) for sentence in split(said)}


def test_it_has_ten_talking_points_for_every_reader(pack: Pack) -> None:
    audiences = [point.audience for point in pack.talking_points]

    assert len(audiences) >= 10
    assert all(audiences.count(kind) >= 3 for kind in ("rule-of-law", "taxpayers", "human-rights"))
    assert audiences.count("all") >= 2


def asks_in(pack: Pack) -> list[NarrowText]:
    """The bundled campaign's asks that are for some letters only."""
    return [text for text in pack.letters.narrow if "ask" in text.heading.section]


def test_it_asks_every_kind_of_recipient_for_what_that_office_can_do(pack: Pack) -> None:
    assert set(pack.letters.asks) == set(pack.targets.kinds(has_committees=True))
    for kind, ask in pack.letters.asks.items():
        assert "Section 907" in ask
        assert "waiver" in ask, kind
    for narrow in asks_in(pack):
        assert "Section 907" in narrow.text
        assert "waive" in narrow.text or narrow.heading.reading is not None
    assert "Senate" in pack.letters.asks["senator"]
    assert "House" in pack.letters.asks["representative"]
    assert "Puerto Rico" in pack.letters.asks["resident-commissioner"]
    for kind in ("president", "secretary"):
        assert "withdraw" in pack.letters.asks[kind]
        assert "military assistance" in pack.letters.asks[kind]


def test_members_are_asked_for_what_their_committee_can_do(pack: Pack) -> None:
    full = {
        ask.heading.committees: ask.text
        for ask in asks_in(pack)
        if ask.heading.section == "ask" and ask.heading.reading is None
    }

    assert "fund no military assistance" in full["SSAP", "HSAP"]
    assert "at a hearing" in full["SSFR", "HSFA"]
    assert "defense authorization bill" in full["SSAS", "HSAS"]
    assert "public record" in full[("JCSE",)]
    assert set(pack.targets.chairs) <= set(pack.committees)
    for ask in asks_in(pack):
        is_for_chair = ask.heading.kind == "chair"
        assert ask.text.startswith("I am not one of your constituents.") == is_for_chair


def test_every_kind_can_be_asked_briefly_and_every_point_made_so(pack: Pack) -> None:
    brief = {
        ask.heading.kind: ask.text
        for ask in asks_in(pack)
        if ask.heading.section == "brief ask" and ask.heading.reading is None
    }

    assert set(brief) == set(pack.targets.kinds(has_committees=True))
    for kind in ("senator", "representative", "committee"):
        assert len(brief[kind]) < 0.7 * len(pack.letters.asks[kind])
    for point in pack.talking_points:
        assert point.brief, point.id
        said = " ".join(passage.plain for passage in point.brief)
        assert len(said) < sum(len(passage.plain) for passage in point.passages)
        assert {fact for passage in point.brief for fact in passage.facts} <= set(point.facts)


def test_every_language_is_complete_and_in_its_own_script(pack: Pack) -> None:
    assert set(pack.texts) == {"en", "es", "hy"}
    english = pack.texts["en"]
    for language in ("es", "hy"):
        text = pack.texts[language]
        assert len(text.petition) == len(english.petition)
        for field in (
            "title", "headline", "standfirst", "addressees", "share", "consent", "mail_consent",
            "confirm_subject", "confirm_body", "wording_version",
        ):  # fmt: skip
            assert getattr(text, field), (language, field)
            assert getattr(text, field) != getattr(english, field), (language, field)
        assert [p.facts for p in text.petition] == [p.facts for p in english.petition]
    for passage in pack.texts["hy"].petition:
        armenian = sum("\u0530" <= char <= "\u058f" for char in passage.plain)
        assert armenian > 0.7 * len(passage.plain.replace(" ", ""))


def test_a_language_that_is_not_there_falls_back_to_english(pack: Pack) -> None:
    assert pack.text("fr") is pack.texts["en"]


def test_no_sentence_exclaims_or_says_what_may_be_false_by_then(pack: Pack) -> None:
    stale = re.compile(
        r"[!՜¡]|\b(Biden|Trump|Blinken|Rubio|Menendez|Harris|Vance)\b|end military aid|currently"
        r"|today'?s|ongoing|continues to|is blocking|this year|last year|recently|every year"
        r"|\bended?ing aid\b|\bits?elf\b",
        re.IGNORECASE,
    )  # fmt: skip
    for said in spoken(pack):
        assert not stale.search(re.sub("“[^”]*”", "", said)), said


def test_every_sentence_with_a_date_or_an_amount_names_its_fact() -> None:
    telling = re.compile(r"\b(19|20)\d\d\b|\$\d|\d{3},\d{3}|sixty-nine")
    documents = [*DRAFT.petitions.values(), DRAFT.story, DRAFT.letters]
    rows = [row for d in documents if d for part in d.parts for row in part.paragraphs]
    rows += [row for point in DRAFT.points for row in point.paragraphs]

    for row in rows:
        for sentence in split(row.text):
            if telling.search(sentence):
                assert facts_of(sentence), f"{row.file}:{row.line}: {sentence}"


def test_the_petition_says_what_kind_of_petition_it_is(pack: Pack) -> None:
    text = pack.text()

    assert text.addressees == "To the President, the Secretary of State and the Congress"
    assert [passage.plain for passage in text.petition[2:]] == [
        "We call on the President and the Secretary of State to enforce Section 907: to issue no"
        " waiver of it, to extend none, and to withdraw any that is in effect; and to provide no"
        " United States military assistance to the Government of Azerbaijan.",
        "We call on the Congress to end the authority to waive Section 907, and to fund no military"
        " assistance to the Government of Azerbaijan.",
        "This is an issue petition, made under the right to petition the Government that the First"
        " Amendment protects. It is not a ballot petition: a signature here puts nothing on a"
        " ballot and does not register anyone to vote.",
    ]


def test_a_letter_with_three_points_stays_within_a_page(pack: Pack) -> None:
    """A page of letter paper holds about 3,000 characters of 11 pt body text beside the blocks."""
    letters = pack.letters
    points = sorted(sum(len(p.plain) for p in point.passages) for point in pack.talking_points)
    longest = (
        max(
            len(wording.render(opening, VALUES))
            for opening in (
                *letters.openings,
                *(
                    text
                    for part in letters.narrow
                    if part.heading.section == "openings"
                    for text in part.texts
                ),
            )
        )
        + sum(points[-3:])
        + max(
            len(wording.render(ask, VALUES))
            for ask in (*letters.asks.values(), *(part.text for part in asks_in(pack)))
        )
        + max(map(len, letters.closings))
    )

    assert longest <= 2400


def test_a_senators_letter_reads_as_it_should(pack: Pack) -> None:
    assert wording.render(pack.letters.openings[0], VALUES) == (
        "I live in Absarokee, and I am writing about Section 907 of the FREEDOM Support Act, in"
        " which Congress set a condition on aid to the Government of Azerbaijan. I ask that this"
        " condition be enforced."
    )
    assert wording.render(pack.letters.asks["committee"], VALUES).startswith(
        "Your seat on the Senate Committee on Foreign Relations gives you a special role in"
    )
    assert pack.letters.sign_off == "Respectfully,"


def test_the_ledger_shows_a_source_for_what_it_states_and_keeps_the_rest_empty(pack: Pack) -> None:
    usable = {fact.id for fact in pack.usable_facts()}

    assert {"statute", "waiver-authority", "gao-2022", "sam-2019", "icj-2023", "checkpoint",
            "house-letter-2023", "offensive-2023", "s3000", "waiver-2025", "waiver-2025-text",
            "treaty-2025", "bill-support", "bill-oppose", "released-2026", "verdicts-2026",
            "charter-2026"} <= usable  # fmt: skip
    assert {fact.id for fact in pack.facts.values() if fact.status == "stale"} == {
        "waiver-status", "aid-current", "treaty-status", "detainees",
    }  # fmt: skip
    assert all(fact.claim.endswith((".", ".”")) for fact in pack.usable_facts())
    for bill in ("bill-support", "bill-oppose"):
        assert pack.facts[bill].review_by == date(2027, 1, 2)
    assert not pack.facts["waiver-status"].is_usable(DAY + timedelta(days=1))


def test_its_settings_are_those_of_the_campaign(pack: Pack) -> None:
    assert pack.published
    assert pack.organizer.is_example
    assert pack.accent == "#8c1c2b"
    assert set(pack.cwc_topics) <= set(CWC_TOPICS)
    assert {"SSFR", "HSFA", "SSAP", "HSAP", "SSAS", "HSAS", "JCSE"} <= set(pack.committees)
    assert pack.goal_for(0) == 100
    assert pack.goal_for(100) == 250
    assert pack.goal_for(2_000_000) == 2_000_000
    assert pack.is_open_on(DAY)
