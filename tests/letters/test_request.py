"""A request for letters: whom it reaches, and what the writer's changes do to each letter."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput
from campaign.letters.compose import Constituent
from campaign.letters.request import LetterRequest, drafts, recipients_of
from campaign.packs.pack import Pack
from tests.letters.conftest import DAY, Represented


@pytest.fixture
def letter_request(make_constituent: Callable[..., Constituent]) -> LetterRequest:
    return LetterRequest(constituent=make_constituent(), groups=("senate", "house"), on_date=DAY)


def test_committee_asks_add_no_recipient(
    congress: Congress, represented: Represented, pack: Pack, letter_request: LetterRequest
) -> None:
    answer = represented("MT-2")
    plain = recipients_of(replace(letter_request, groups=("senate",)), congress, pack, answer)
    asked = recipients_of(
        replace(letter_request, groups=("senate",), uses_committee_asks=True),
        congress,
        pack,
        answer,
    )

    assert [to.id for to in asked] == [to.id for to in plain]
    assert {to.kind for to in plain} == {"senator"}
    assert "committee" in {to.kind for to in asked}


def test_a_draft_keeps_the_composed_letter_beside_the_edited_one(
    congress: Congress, represented: Represented, pack: Pack, letter_request: LetterRequest
) -> None:
    to = recipients_of(letter_request, congress, pack, represented("MT-2"))
    office = congress.members[to[0].id].offices[0]
    wanted = replace(
        letter_request,
        edits={to[0].id: "My own text."},
        offices={to[0].id: office.id, "X000000": "?"},
    )

    first, *others = drafts(wanted, congress, pack, to)

    assert first.letter.body == "My own text."
    assert first.composed.body != first.letter.body
    assert office.city in first.letter.recipient.block[-1]
    assert "Washington, DC" in first.composed.recipient.block[-1]
    assert all(draft.letter == draft.composed for draft in others)


def test_an_edit_that_is_too_long_names_its_letter(
    congress: Congress, represented: Represented, pack: Pack, letter_request: LetterRequest
) -> None:
    to = recipients_of(letter_request, congress, pack, represented("MT-2"))

    with pytest.raises(InvalidInput) as refused:
        drafts(replace(letter_request, edits={to[0].id: "x" * 10_001}), congress, pack, to)

    assert refused.value.field == f"edit_{to[0].id}"


def test_a_letter_requestshows_nothing_of_its_writer(letter_request: LetterRequest) -> None:
    assert repr(letter_request) == "LetterRequest(…)"
