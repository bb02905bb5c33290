"""Sentences are cut where they end, and go with their facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.packs.sentences import drop_lapsed, facts_of, split

PIECES = st.sampled_from(
    ["It fell.", "It rose!", "U.S. aid", "Did it?", "«Այո։»", "[^a]", "[^b-2]", " ", "\n", "end",
     "Sen.", "“Quoted.”", "...", "a.b", "[^", "]", "3.5", "No", "Հայ", "¿Qué?", "(x.)"]
)  # fmt: skip
PARAGRAPHS = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=200))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One fell.[^a] Two rose.[^b]", ["One fell.[^a] ", "Two rose.[^b]"]),
        ("One fell. Two rose.", ["One fell. ", "Two rose."]),
        ("One “fell.”[^a] Two.", ["One “fell.”[^a] ", "Two."]),
        ("One fell.[^a][^b] Two.", ["One fell.[^a][^b] ", "Two."]),
        ("The U.S. Government paid.", ["The U.S. Government paid."]),
        ("The U.S.[^a] The rest.", ["The U.S.[^a] ", "The rest."]),
        ("Sen. Smith and Rep. Jones spoke. So did I.",
         ["Sen. Smith and Rep. Jones spoke. ", "So did I."]),
        ("J. Doe v. Roe was heard.", ["J. Doe v. Roe was heard."]),
        ("It cost $3.5 million. Much.", ["It cost $3.5 million. ", "Much."]),
        ("Մեկը։[^a] Երկուսը։", ["Մեկը։[^a] ", "Երկուսը։"]),
        ("Այն հանրագիր չէ. ստորագրությունը հաշվվում է։",
         ["Այն հանրագիր չէ. ստորագրությունը հաշվվում է։"]),
        ("Se hizo en EE. UU. ayer. ¿Por qué? No sé.",
         ["Se hizo en EE. UU. ayer. ", "¿Por qué? ", "No sé."]),
        ("A pause... and on.", ["A pause... and on."]),
        ("In the middle[^a] of one. Two.", ["In the middle[^a] of one. ", "Two."]),
        ("", []),
    ],
)  # fmt: skip
def test_a_paragraph_is_cut_after_its_sentences(text: str, parts: list[str]) -> None:
    assert list(split(text)) == parts


@given(PARAGRAPHS)
def test_the_parts_joined_are_the_paragraph(text: str) -> None:
    assert "".join(split(text)) == text


@given(PARAGRAPHS)
def test_with_every_fact_usable_nothing_goes(text: str) -> None:
    left, gone = drop_lapsed(text, set(facts_of(text)))

    assert left == text.strip()
    assert gone == ()


@given(PARAGRAPHS, st.sets(st.sampled_from(["a", "b-2"])))
def test_what_is_left_rests_on_usable_facts_alone(text: str, usable: set[str]) -> None:
    left, gone = drop_lapsed(text, usable)

    assert set(facts_of(left)) <= usable
    assert all(not set(facts_of(sentence)) <= usable for sentence in gone)


@given(PARAGRAPHS)
def test_a_sentence_without_facts_always_stays(text: str) -> None:
    plain = [part for part in split(text) if not facts_of(part)]

    left, _ = drop_lapsed(text, set())

    assert left == "".join(plain).strip()


def test_only_the_sentence_of_a_lapsed_fact_goes() -> None:
    left, gone = drop_lapsed("First.[^a] Second.[^b] Third.", {"a"})

    assert left == "First.[^a] Third."
    assert gone == ("Second.[^b]",)


def test_a_sentence_goes_when_one_of_its_two_facts_lapses() -> None:
    assert drop_lapsed("Both.[^a][^b]", {"a"}) == ("", ("Both.[^a][^b]",))


@pytest.mark.parametrize("text", ["a" * 100_000, "." * 100_000, "[^" * 50_000, ". " * 50_000])
def test_a_monstrous_paragraph_is_cut_in_time_that_grows_with_it(text: str) -> None:
    assert "".join(split(text)) == text
