"""One address in its many spellings has one key; two addresses have two."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.congress.same_address import address_key

#: Spellings of one address a line; each as its street lines.
SPELLINGS: list[list[tuple[str, ...]]] = [
    [("12 Main St",), ("12 Main Street",), ("12 MAIN ST.",), ("12  main str ",)],
    [
        ("12 Main St Apt 4",), ("12 Main Street #4",), ("12 Main St., # 4",),
        ("12 MAIN ST", "Unit 4"), ("12 Main St", "Apartment 4"),
        ("12 Main St.", "apt. no. 4"), ("12 Main Street", "4"),
    ],
    [("12 Main St Apt 4B",), ("12 Main St #4-B",), ("12 Main Street", "Unit 4 b")],
    [("12 Main St Apt B",), ("12 Main St", "Suite B"), ("12 Main Street #B",)],
    [("12 N. Main St",), ("12 North Main Street",)],
    [("1600 Pennsylvania Ave NW",), ("1600 Pennsylvania Avenue, N.W.",)],
    [("421 8th Ave",), ("421 Eighth Avenue",)],
    [("P.O. Box 12",), ("PO Box 12",), ("Post Office Box 12",), ("p o box 12",)],
    [("RR 2 Box 15",), ("R.R. 2, Box 15",), ("Rural Route 2, Box #15",)],
    [("100 Saint Paul Blvd",), ("100 St. Paul Boulevard",)],
    [("12 O'Brien Ct",), ("12 O’Brien Court",), ("12 OBRIEN CT",)],
    [("55 Calle Núñez",), ("55 CALLE NUNEZ",)],
    [("W6789 County Road X",), ("W6789 County Rd. X",)],
    [("12-14 Elm St",), ("12-14 Elm Street",)],
    [("1214 Elm St",)],
    [("12 1/2 Elm St",), ("12½ Elm Street",)],
    [("12 Պռոշյան փողոց",)],
    [("12 Աբովյան փողոց",)],
]  # fmt: skip


@pytest.mark.parametrize("spellings", SPELLINGS, ids=lambda spellings: spellings[0][0])
def test_every_spelling_has_one_key(spellings: list[tuple[str, ...]]) -> None:
    assert len({address_key(*lines) for lines in spellings}) == 1


def test_different_addresses_have_different_keys() -> None:
    keys = [address_key(*spellings[0]) for spellings in SPELLINGS]

    assert [pair for pair in combinations(keys, 2) if pair[0] == pair[1]] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12 Main St", "12 Main Ave"),
        ("12 N Main St", "12 S Main St"),
        ("12 Main St Apt 4", "12 Main St Apt 5"),
        ("12 Main St", "12 Main St Apt 4"),
        ("12 Main St", "21 Main St"),
        ("PO Box 12", "PO Box 21"),
    ],
)
def test_what_tells_two_addresses_apart_is_kept(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@given(st.text(st.characters(max_codepoint=126, min_codepoint=32), max_size=60))
def test_case_and_spaces_make_no_difference(typed: str) -> None:
    assert address_key(f"  {typed.upper()} ") == address_key(typed) == address_key(typed.lower())


@given(st.text(max_size=60))
def test_any_text_has_a_key(typed: str) -> None:
    assert address_key(typed) == address_key(typed, "")
