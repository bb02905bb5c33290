"""Whom letters go to: the block, the salutation, the committee, the office that takes mail."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from campaign.congress.dataset import Congress
from campaign.congress.members import Member, Name
from campaign.congress.routing import Representation
from campaign.letters.compose import Recipient, recipients
from campaign.letters.recipients import full_name
from campaign.messages import Message
from campaign.packs.pack import Pack
from campaign.packs.targets import Targets
from tests.letters.conftest import Represented


@pytest.mark.parametrize(
    ("district", "chamber", "block", "salutation", "kind"),
    [
        (
            "MT-2",
            "senate",
            (
                "The Honorable Steve Daines",
                "United States Senate",
                "320 Hart Senate Office Building",
                "Washington, DC 20510",
            ),
            "Dear Senator Daines:",
            "senator",
        ),
        (
            "MA-4",
            "house",
            (
                "The Honorable Jake Auchincloss",
                "U.S. House of Representatives",
                "1524 Longworth House Office Building",
                "Washington, DC 20515-2104",
            ),
            "Dear Representative Auchincloss:",
            "representative",
        ),
        (
            "DC-0",
            "house",
            (
                "The Honorable Eleanor Holmes Norton",
                "U.S. House of Representatives",
                "2136 Rayburn House Office Building",
                "Washington, DC 20515-5101",
            ),
            "Dear Delegate Norton:",
            "delegate",
        ),
        (
            "PR-0",
            "house",
            (
                "The Honorable Pablo José Hernández",
                "U.S. House of Representatives",
                "1419 Longworth House Office Building",
                "Washington, DC 20515-5401",
            ),
            "Dear Resident Commissioner Hernández Rivera:",
            "resident-commissioner",
        ),
        (
            "CA-1",
            "house",
            (
                "The Honorable James Gallagher",
                "U.S. House of Representatives",
                "Washington, DC 20515",
            ),
            "Dear Representative Gallagher:",
            "representative",
        ),
        (
            "NJ-8",
            "house",
            (
                "The Honorable Robert Menendez, Jr.",
                "U.S. House of Representatives",
                "2453 Rayburn House Office Building",
                "Washington, DC 20515-3008",
            ),
            "Dear Representative Menendez:",
            "representative",
        ),
    ],
)
def test_each_seat_has_its_block_and_salutation(
    congress: Congress,
    represented: Represented,
    pack: Pack,
    district: str,
    chamber: str,
    block: tuple[str, ...],
    salutation: str,
    kind: str,
) -> None:
    found = recipients(congress, represented(district), pack, (chamber,))  # type: ignore[arg-type]

    assert found[0].block == block
    assert found[0].salutation == salutation
    assert found[0].kind == kind


def test_all_members_have_a_block_that_an_envelope_can_show(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    everyone = [
        recipient
        for district in congress.districts
        for recipient in recipients(congress, represented(str(district)), pack)
    ]

    assert len({recipient.id for recipient in everyone}) == len(congress.members)
    for recipient in everyone:
        assert recipient.block[0] == f"The Honorable {recipient.name}"
        assert 3 <= len(recipient.block) <= 5
        assert recipient.block[-1].startswith("Washington, DC 205")
        assert max(map(len, recipient.block)) < 50
        # One in the capitals of upstream's oldest rows would shout.
        assert not any(word.isupper() and len(word) > 4 for word in recipient.block[2].split())


def test_chairs_of_targets_are_addressed_by_that_office(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    senate, house = recipients(congress, represented("MT-2"), pack, ("chair",))

    assert senate.block == (
        "The Honorable James E. Risch",
        "Chair, Senate Committee on Foreign Relations",
        "United States Senate",
        "483 Russell Senate Office Building",
        "Washington, DC 20510",
    )
    assert senate.salutation == "Dear Chair Risch:"
    assert (senate.kind, senate.committee_codes) == ("chair", ("SSFR",))
    assert "does not represent you" in senate.notes[0]
    assert house.salutation == "Dear Chair Mast:"
    # Their forms take letters of their own constituents alone.
    assert senate.contact_url == house.contact_url == ""


def test_chairs_can_be_chosen_by_committee_and_come_from_a_campaign_that_names_them(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    answer = represented("MT-2")

    chosen = recipients(congress, answer, pack, ("chair",), chairs=("HSFA",))

    assert [to.committee_codes for to in chosen] == [("HSFA",)]
    assert recipients(congress, answer, replace(pack, targets=Targets()), ("chair",)) == ()


def test_a_chair_who_is_ones_own_member_is_written_to_as_that(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    everyone = recipients(congress, represented("ID-1"), pack, ("senate", "committee", "chair"))
    alone = recipients(congress, represented("ID-1"), pack, ("chair",), chairs=("SSFR",))

    assert [to.id for to in everyone].count("R000584") == 1
    assert alone[0].kind == "committee"
    assert alone[0].salutation == "Dear Chair Risch:"
    assert not any("not represent you" in note for note in alone[0].notes)


def test_the_speaker_is_addressed_by_that_office(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    (speaker,) = recipients(congress, represented("LA-4"), pack, ("house",))

    assert speaker.salutation == "Dear Mr. Speaker:"
    assert speaker.block[1] == "Speaker of the House"
    # A speaker of another day is a representative like others.
    (former,) = recipients(congress, represented("CA-11"), pack, ("house",))
    assert former.salutation == "Dear Representative Pelosi:"


@pytest.mark.parametrize(
    ("gender", "salutation"), [("F", "Dear Madam Speaker:"), ("", "Dear Speaker Johnson:")]
)
def test_the_speaker_is_greeted_as_the_data_knows(
    congress: Congress, represented: Represented, pack: Pack, gender: str, salutation: str
) -> None:
    answer = represented("LA-4")
    holders = tuple(
        replace(held, member=replace(held.member, gender=gender)) if held.member else held
        for held in answer.holders
    )

    (speaker,) = recipients(congress, replace(answer, holders=holders), pack, ("house",))

    assert speaker.salutation == salutation


def test_offices_of_the_executive_are_addressed_without_a_holder(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    president, secretary = recipients(
        congress, represented("MT-2"), pack, ("president", "secretary")
    )

    assert president.block == (
        "The President",
        "The White House",
        "1600 Pennsylvania Avenue NW",
        "Washington, DC 20500",
    )
    assert president.salutation == "To the President:"
    assert secretary.block[1:] == (
        "U.S. Department of State",
        "2201 C Street NW",
        "Washington, DC 20520",
    )
    assert secretary.salutation == "Dear Secretary of State:"


def test_a_member_on_the_packs_committee_gets_one_letter_with_its_ask(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    both = recipients(congress, represented("MT-2"), pack, ("senate", "committee"))
    only = recipients(congress, represented("MT-2"), pack, ("committee",))
    plain = recipients(congress, represented("MT-2"), pack, ("senate",))

    daines = next(one for one in both if one.short == "Senator Daines")
    assert [one.id for one in both] == [one.id for one in plain]
    assert daines.kind == "committee"
    assert daines.committees == ("Senate Committee on Foreign Relations",)
    assert "Representative Downing" not in [one.short for one in only]
    # Without the word, the same member gets the letter of the seat; the committees are known.
    assert {one.kind for one in plain} == {"senator"}
    assert next(one for one in plain if one.id == daines.id).committees == daines.committees


def test_the_chair_of_the_packs_committee_is_greeted_as_chair(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    chair = next(
        member
        for member in congress.members.values()
        if any(seat.committee == "SSFR" and seat.title == "chair" for seat in member.memberships)
    )
    state = chair.terms[-1].seat.state
    district = next(str(one) for one in congress.districts if one.state == state)

    asked = recipients(congress, represented(district), pack, ("committee",))
    seated = recipients(congress, represented(district), pack, ("senate",))

    assert f"Dear Chair {chair.name.last}:" in [one.salutation for one in asked]
    assert f"Dear Senator {chair.name.last}:" in [one.salutation for one in seated]


def test_paper_goes_to_the_office_nearest_to_home(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    answer = represented("MT-2")

    near, far = (
        recipients(congress, answer, pack, ("senate",), paper_to="district", home_zip=zip_)[0]
        for zip_ in ("59101", "59801")
    )

    assert near.block[:2] == ("The Honorable Steve Daines", "United States Senate")
    assert near.block[-1].startswith("Billings, MT 59")
    assert far.block[-1].startswith("Missoula, MT 59")
    assert "takes weeks" in near.notes[0]


def test_a_member_without_a_local_office_is_written_to_in_washington(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    (new,) = recipients(congress, represented("CA-1"), pack, ("house",), paper_to="district")

    assert new.block[-1] == "Washington, DC 20515"
    assert new.notes[0].startswith("We know of no local office")


def test_a_vacant_seat_has_no_letter_but_a_note(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    answer = represented("TX-23")

    assert recipients(congress, answer, pack, ("house",)) == ()
    assert any("is vacant" in note for note in answer.notes)
    assert len(recipients(congress, answer, pack)) == 2


def test_a_delegation_has_no_senators_to_write_to(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    assert [one.seat for one in recipients(congress, represented("GU-0"), pack)] == [
        "Delegate for Guam"
    ]


def test_capitals_and_abbreviations_of_upstream_become_a_proper_room(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    def at(room: str, address: str) -> Recipient:
        answer: Representation = represented("MA-4")
        holders = tuple(
            replace(held, term=replace(held.term, room=room, address=address))
            if held.term
            else held
            for held in answer.holders
        )
        return recipients(congress, replace(answer, holders=holders), pack, ("house",))[0]

    shouted = at("", "2107 RAYBURN HOUSE OFFICE BUILDING WASHINGTON DC 20515-2104")
    short = at("", "2107 Rayburn HOB; Washington DC 20515-2104")
    odd = at("", "somewhere in the Capitol")

    expected = ("2107 Rayburn House Office Building", "Washington, DC 20515-2104")
    assert shouted.block[-2:] == expected
    assert short.block[-2:] == expected
    assert odd.block[-1] == "Washington, DC 20515"
    assert len(odd.block) == 3


@pytest.mark.parametrize(
    ("suffix", "styled", "expected"),
    [
        ("Jr.", "Robert Menendez", "Robert Menendez, Jr."),
        ("Jr.", "Frank Pallone, Jr.", "Frank Pallone, Jr."),
        ("II", "Emanuel Cleaver", "Emanuel Cleaver II"),
        ("III", "John J. McGuire III", "John J. McGuire III"),
        ("", "Steve Daines", "Steve Daines"),
    ],
)
def test_a_suffix_is_always_printed_and_once(suffix: str, styled: str, expected: str) -> None:
    assert full_name(Name("First", "Last", suffix=suffix, official_full=styled)) == expected


def test_who_expects_a_successor_is_written_to_with_a_note(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    answer = represented("MT-2")
    waiting = replace(answer.holders[0], status="verify", note=Message("Check who holds the seat."))

    (one,) = recipients(congress, replace(answer, holders=(waiting,)), pack, ("senate",))

    assert one.notes == ("Check who holds the seat.",)


def test_a_subcommittee_is_named_as_one(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    member: Member = next(
        one
        for one in congress.members.values()
        if any(seat.committee == "SSFR01" for seat in one.memberships)
    )
    answer = represented(
        next(str(one) for one in congress.districts if one.state == member.terms[-1].seat.state)
    )

    found = recipients(congress, answer, replace(pack, committees=("SSFR01",)), ("committee",))

    assert ("Subcommittee on Europe and Regional Security Cooperation",) in [
        one.committees for one in found
    ]
    assert isinstance(congress.members, MappingProxyType)
