"""Letters go to the campaign's targets among those who represent the writer."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from campaign.congress.dataset import Congress
from campaign.congress.places import ZipCode
from campaign.congress.routing import in_state, route_zip
from campaign.letters.channels import channels_for
from campaign.letters.compose import Constituent, compose, recipients
from campaign.letters.office_recipients import office_recipient
from campaign.letters.recipient_groups import RECIPIENT_GROUPS
from campaign.letters.targets import groups_of, street_matters, usual_groups
from campaign.packs.local_targets import LocalTarget
from campaign.packs.pack import Pack
from campaign.packs.targets import NO_MEMBERS, MemberFilter, Targets
from tests.letters.conftest import DAY, Represented

MAYOR = LocalTarget(
    id="mayor",
    name="Jo Doe",
    title="Mayor",
    block=("Jo Doe", "City Hall", "1 Main Street", "Havre, MT 59501"),
    salutation="Dear Mayor Doe:",
    phone="406-555-0100",
    form="https://havre.example/contact",
    cities=(("havre", "MT"),),
)


def with_targets(pack: Pack, targets: Targets) -> Pack:
    letters = replace(
        pack.letters, general_ask="Please help.", asks={"copy": "For your information."}
    )
    return replace(pack, targets=targets, letters=letters)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (MemberFilter(), {"senate", "house"}),
        (MemberFilter(chambers=("house",)), {"house"}),
        (MemberFilter(chambers=("senate",), states=("WY",)), set()),
        (MemberFilter(states=("MT",)), {"senate", "house"}),
        (MemberFilter(districts=("MT-1",)), {"house"}),
        (MemberFilter(districts=("MT-2",)), set()),
        (MemberFilter(chambers=(), members=("D000618",)), {"senate"}),
        (MemberFilter(parties=("Democrat",)), set()),
        (MemberFilter(committees=("SSFI",)), {"senate"}),
        (NO_MEMBERS, set()),
    ],
)
def test_only_members_who_match_get_the_ask(
    congress: Congress,
    represented: Represented,
    pack: Pack,
    members: MemberFilter,
    expected: set[str],
) -> None:
    asking = with_targets(pack, Targets(members=members))

    found = recipients(congress, represented("MT-1"), asking, ("senate", "house"))

    seats = {"senator": "senate", "representative": "house"}
    assert {seats[recipient.kind] for recipient in found} == expected
    assert {recipient.role for recipient in found} <= {"ask"}


def test_a_leader_is_meant_by_position(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    asking = with_targets(pack, Targets(members=MemberFilter(leaders=True)))

    found = recipients(congress, represented("LA-4"), asking, ("senate", "house"))

    assert [recipient.kind for recipient in found] == ["representative"]


def test_a_courtesy_copy_has_its_own_text(
    congress: Congress,
    represented: Represented,
    pack: Pack,
    make_constituent: Callable[..., Constituent],
) -> None:
    house = MemberFilter(chambers=("house",))
    asking = with_targets(
        pack, Targets(members=house, member_copies=MemberFilter(), executive_copies=("health",))
    )

    groups = [group for group in RECIPIENT_GROUPS if group not in {"committee", "chair"}]
    found = recipients(congress, represented("MT-1"), asking, groups)
    texts = {
        recipient.kind: compose(asking, recipient, make_constituent(), on_date=DAY).body
        for recipient in found
    }

    assert {recipient.kind: recipient.role for recipient in found} == {
        "senator": "copy",
        "representative": "ask",
        "president": "ask",
        "secretary": "ask",
        "executive": "copy",
    }
    assert "For your information." in texts["senator"]
    assert "For your information." in texts["executive"]
    assert "Please help." in texts["representative"]


def test_a_local_target_is_for_its_own_people(
    congress: Congress, represented: Represented, pack: Pack
) -> None:
    asking = with_targets(pack, Targets(members=NO_MEMBERS, executive=(), local=(MAYOR,)))
    answer = represented("MT-2")

    here = recipients(
        congress, answer, asking, groups_of(asking), home_state="MT", home_city="Havre"
    )
    elsewhere = recipients(
        congress, answer, asking, groups_of(asking), home_state="MT", home_city="Billings"
    )

    assert [recipient.id for recipient in here] == ["mayor"]
    assert here[0].block == MAYOR.block
    assert elsewhere == ()
    assert office_recipient(asking, "mayor") == here[0]
    assert [channel.kind for channel in channels_for(congress, here[0], on_date=DAY)] == [
        "web-form",
        "phone",
        "district-post",
    ]


def test_the_groups_to_choose_from_follow_the_targets(pack: Pack) -> None:
    senate = MemberFilter(chambers=("senate",))
    only_senate = replace(with_targets(pack, Targets(members=senate, executive=())), committees=())
    council = with_targets(pack, Targets(members=NO_MEMBERS, executive=("health",), local=(MAYOR,)))

    assert groups_of(pack) == ("senate", "house", "committee", "chair", "president", "secretary")
    assert usual_groups(pack) == ("senate", "house", "committee")
    assert groups_of(only_senate) == ("senate",)
    assert usual_groups(council) == groups_of(council) == ("executive", "local")


@pytest.mark.parametrize(
    ("zip_code", "targets", "matters"),
    [
        # An Austin ZIP of one organization: no target is in Texas, or only its senators are.
        ("73301", Targets(members=MemberFilter(chambers=(), members=("D000618",))), False),
        ("73301", Targets(members=MemberFilter(chambers=("senate",))), False),
        ("73301", Targets(members=MemberFilter(districts=("TX-21",))), True),
        ("73301", Targets(members=NO_MEMBERS, local=(MAYOR,)), False),
        # Two districts of New York.
        ("10011", Targets(members=MemberFilter(chambers=("senate",))), False),
        ("10011", Targets(members=MemberFilter(districts=("NY-10",))), True),
        ("10011", Targets(members=MemberFilter(districts=("NY-1",))), False),
        # Both sides of a state line.
        ("57638", Targets(members=MemberFilter(chambers=("senate",), states=("WY",))), False),
        ("57638", Targets(members=MemberFilter(chambers=("senate",), states=("ND",))), True),
        ("57638", Targets(members=NO_MEMBERS, local=(replace(MAYOR, states=("SD",)),)), True),
        ("57638", Targets(members=NO_MEMBERS, local=(MAYOR,)), False),
        # A military ZIP code is in no state.
        ("09001", Targets(members=NO_MEMBERS, executive=("health",)), False),
        ("09001", Targets(), True),
    ],
)
def test_a_street_matters_only_where_it_changes_who_is_asked(
    congress: Congress, zip_code: str, targets: Targets, matters: bool
) -> None:
    answer = route_zip(congress, ZipCode.parse(zip_code), DAY)

    assert street_matters(targets, congress, answer) is matters


def test_the_state_that_a_person_names_settles_a_place_in_several(congress: Congress) -> None:
    one = route_zip(congress, ZipCode.parse("57638"), DAY)
    two = route_zip(congress, ZipCode.parse("89019"), DAY)

    assert [str(each) for each in in_state(congress, one, "ND").districts] == ["ND-0"]
    assert len(in_state(congress, one, "ND").holders) == 3
    nevada = in_state(congress, two, "NV")
    assert {held.seat.id for held in nevada.candidates} == {"NV-1", "NV-3"}
    assert {held.seat.state for held in nevada.holders} == {"NV"}
    assert in_state(congress, two, "WY") is two
    assert not street_matters(Targets(members=MemberFilter(chambers=("senate",))), congress, nevada)
