"""A whole address in one cell: taken apart where that is certain, else asked about."""

import pytest

from campaign.letters.batch import one_cell_address

TOWNS = {
    "02141": "Cambridge", "11777": "Port Jefferson", "63101": "Saint Louis", "01247": "North Adams",
    "01103": "Springfield", "20002": "Washington",
}  # fmt: skip


def parts(cell: str) -> tuple[str, str, str, str] | None:
    found = one_cell_address.parse_address(cell, lambda five: TOWNS.get(five[:5], ""))
    return (found.street, found.city, found.state, found.zip) if found else None


@pytest.mark.parametrize(
    ("cell", "street", "city"),
    [
        ("12 Oak St, Acton, MT 59001", "12 Oak St", "Acton"),
        ("12 Oak St Cambridge MA 02141", "12 Oak St", "Cambridge"),
        ("12 Oak St St. Louis, MO 63101", "12 Oak St", "St. Louis"),
        ("12 Main Street North Adams MA 01247", "12 Main Street", "North Adams"),
        ("12 Main St West, Springfield, MA 01103", "12 Main St West", "Springfield"),
        ("12 Oak St NE Washington DC 20002", "12 Oak St NE", "Washington"),
        ("12 Oak St.,Acton,MT,59001", "12 Oak St.", "Acton"),
    ],
)
def test_a_street_ends_at_a_comma_or_at_the_town_of_its_zip(
    cell: str, street: str, city: str
) -> None:
    found = parts(cell)

    assert found is not None
    assert found[:2] == (street, city)


@pytest.mark.parametrize(
    "cell",
    [
        "12 Oak St, MT 59001",
        "12 Oak Ave, MT 59001",
        "12 Oak Court Port Jefferson NY 11777",
        "12 Oak Street Acton Montana 59001",
        "12 Main St West Springfield MA 01103",
    ],
)
def test_a_town_is_not_guessed_out_of_a_street(cell: str) -> None:
    assert parts(cell) is None


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("12 Oak St  Acton  MT  59001  US", "12 Oak St, Acton, MT, 59001, US"),
        ("12 Oak St  Apt 4  Acton  MT  59001", "12 Oak St, Apt 4, Acton, MT, 59001"),
        ("12 Oak St\r\nActon, MT 59001", "12 Oak St, Acton, MT 59001"),
        ("12  Oak St", "12  Oak St"),
    ],
)
def test_line_breaks_and_mailchimps_wide_spaces_are_commas(cell: str, written: str) -> None:
    assert one_cell_address.with_commas(cell) == written
