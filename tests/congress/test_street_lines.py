"""A street line: what it is, and the street that is left without its unit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.congress.street_lines import street_kind, without_unit


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("12 Main St", "street"),
        ("PO Box 9", "po-box"),
        ("P.O. Box 9", "po-box"),
        ("P.O.Box 9", "po-box"),
        ("P O Box 9", "po-box"),
        ("Post Office Box 4", "po-box"),
        ("Apartado 12", "po-box"),
        ("RR 2 Box 14", "rural-route"),
        ("R.R. 2", "rural-route"),
        ("Rural Route 3, Box 12", "rural-route"),
        ("HC 1 Box 3", "rural-route"),
        ("RFD 3", "rural-route"),
        ("general delivery", "general-delivery"),
        # A street that only sounds like one of these.
        ("12 Box Elder Rd", "street"),
        ("9 Rural Rd", "street"),
        ("PO Box 9, 12 Main St", "street"),
    ],
)
def test_a_line_is_a_street_or_something_that_no_map_holds(line: str, kind: str) -> None:
    assert street_kind(line) == kind


@pytest.mark.parametrize(
    ("line", "street"),
    [
        ("12 Main St #4", "12 Main St"),
        ("12 Main St, Apt 4B", "12 Main St"),
        ("12 Main St Unit 12", "12 Main St"),
        ("12 Main St Ste 300", "12 Main St"),
        ("12 Main St Fl 2", "12 Main St"),
        ("12-34 45th Ave Apt 2", "12-34 45th Ave"),
        ("Apt 4B 12 Main St", "12 Main St"),
        ("PO Box 9, 12 Main St", "12 Main St"),
        ("12 Main St", "12 Main St"),
        ("123 Unit St", "123 Unit St"),
        ("5 Suite Ave", "5 Suite Ave"),
        ("Apt 4B", "Apt 4B"),
        ("", ""),
    ],
)
def test_a_unit_is_taken_off_and_a_street_never(line: str, street: str) -> None:
    assert without_unit(line) == street


@given(st.text(max_size=60))
def test_any_line_is_taken_and_nothing_is_added_to_it(line: str) -> None:
    street_kind(line)
    assert len(without_unit(line)) <= len(line)
