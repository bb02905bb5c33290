"""How many people may sign with one address: two, the second from the ZIP of the first."""

from typing import Any

import pytest

from campaign.congress.dataset import Congress
from campaign.petition import household
from campaign.petition.paper import enter_signatures, paper_row
from campaign.store.households import HouseholdMember
from tests.petition.petitioning import KEYRING, NOW, Petition


def resident(slot: int = 0, *, zip: str = "59001", status: Any = "confirmed") -> HouseholdMember:
    return HouseholdMember(1, slot, "ada lovelace", zip, "ada@example.org", status, 1, NOW)


@pytest.mark.parametrize(
    ("there", "slot"),
    [
        ([], 0),
        ([resident(0)], 1),
        ([resident(1)], 0),
        ([resident(0), resident(1)], None),
        ([resident(zip="82001")], None),
        ([resident(zip="82001", status="invalid")], None),
        ([resident(zip="82001", status="withdrawn")], 1),
        ([resident(zip="82001", status="pending")], 1),
    ],
)
def test_a_second_member_can_sign_from_the_same_zip(
    there: list[HouseholdMember], slot: int | None
) -> None:
    assert household.slot_for(there, "59001") == slot


@pytest.mark.parametrize(
    ("zip_", "state", "district", "kind"),
    [("59001", "MT", "MT-2", "entered"), ("82001", "WY", "WY-0", "refused")],
)
def test_paper_applies_the_household_rule(
    petition: Petition, congress: Congress, zip_: str, state: str, district: str, kind: str
) -> None:
    petition.sign_and_confirm(zip=zip_, state=state, district=district)
    line = paper_row.parse_signature(
        first_name="Grace", last_name="Hopper", zip="59001", email="ada@example.org",
        pack=petition.pack, congress=congress, now=NOW,
    )  # fmt: skip

    [outcome] = enter_signatures.enter(
        petition.database, petition.pack, [line], now=NOW, keyring=KEYRING, actor="test"
    )

    assert outcome.kind == kind
    petition.sign(first_name="Grace", last_name="Hopper", zip="59001")
    assert len(petition.rows()) == (2 if kind == "entered" else 1)
