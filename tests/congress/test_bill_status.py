"""Sponsors and cosponsors, read from the official files in both shapes."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.congress import bill_status
from campaign.errors import InvalidInput
from tests.bill_status_files import Name
from tests.bill_status_files import bill_status as made

SPONSOR = Name("B001257", "Bilirakis", "FL", "12")
COSPONSORS = [
    Name("P000034", "Pallone", "NJ", "6", day="2025-12-18"),
    Name("T000468", "Titus", "NV", "1", withdrawn="2026-03-02"),
    Name("C001088", "Coons", "DE"),
]


@pytest.mark.parametrize("is_old", [False, True])
def test_both_official_shapes_say_the_same(is_old: bool) -> None:
    found = bill_status.read_xml(made(SPONSOR, COSPONSORS, is_old=is_old))

    assert (found.congress, found.type, found.number) == (119, "hr", 6840)
    assert found.title == "A Made-up Act"
    assert found.updated_on == date(2026, 11, 20)
    assert [
        (each.bioguide, each.state, each.district, each.signed_on, each.withdrawn_on)
        for each in found.sponsorships
    ] == [
        ("B001257", "FL", 12, date(2025, 12, 18), None),
        ("P000034", "NJ", 6, date(2025, 12, 18), None),
        ("T000468", "NV", 1, date(2026, 1, 14), date(2026, 3, 2)),
        ("C001088", "DE", None, date(2026, 1, 14), None),
    ]
    assert [each.is_sponsor for each in found.sponsorships] == [True, False, False, False]


def test_a_file_cut_at_any_place_is_refused() -> None:
    whole = made(SPONSOR, COSPONSORS)
    end = whole.rindex(b"</billStatus>") + len(b"</billStatus>")

    for length in range(0, end, 97):
        with pytest.raises(InvalidInput):
            bill_status.read_xml(whole[:length])


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"<feed><item/></feed>", "not about a bill"),
        (b"<billStatus><bill><congress>119</congress></bill></billStatus>", "which bill"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "not about a bill"),
        (made(Name("", "Nemo", "FL", "1"), []), "lacks the member's id"),
        (made(SPONSOR, [Name("P000034", "Pallone", "NJ", "6", day="")]), "or the day"),
        (made(SPONSOR, [Name("P000034", "Pallone", "NJ", "6", day="01/14/2026")]), "“01/14/2026”"),
        (
            made(SPONSOR, [Name("P000034", "Pallone", "NJ", "6", withdrawn="2026-02-30")]),
            "“2026-02-30” for a day",
        ),
        (b" " * 20_000_001, "larger than 20 MB"),
    ],
)
def test_what_is_no_bill_status_is_refused_with_what_to_do(raw: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        bill_status.read_xml(raw)

    assert refused.value.field == "file"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_file_saved_as_utf_16_says_the_same(encoding: str) -> None:
    whole = made(SPONSOR, COSPONSORS)

    saved = ("\ufeff" + whole.decode()).encode(encoding)

    assert bill_status.is_xml(saved)
    assert bill_status.read_xml(saved) == bill_status.read_xml(whole)


def test_entities_are_not_resolved() -> None:
    raw = made(SPONSOR, []).replace(
        b"<billStatus>", b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]><billStatus>'
    )

    found = bill_status.read_xml(raw.replace(b"A Made-up Act", b"&x;"))

    assert found.title == ""


@pytest.mark.parametrize(
    ("name", "last", "state", "district"),
    [
        ("Rep. Titus, Dina [D-NV-1]*", "Titus", "NV", 1),
        ("Rep. Titus, Dina [D-NV-1]", "Titus", "NV", 1),
        ("Sen. Coons, Christopher A. [D-DE]", "Coons", "DE", None),
        ("Rep. Van Drew, Jefferson [R-NJ-2]", "Van Drew", "NJ", 2),
        ("Rep. Hageman, Harriet M. [R-WY-At Large]", "Hageman", "WY", 0),
        ("Del. Norton, Eleanor Holmes [D-DC-At Large]", "Norton", "DC", 0),
        ("Resident Commissioner Hernández, Pablo Jose [D-PR-At Large]", "Hernández", "PR", 0),
    ],
)
def test_a_cosponsor_is_read_as_congress_gov_writes_one(
    name: str, last: str, state: str, district: int | None
) -> None:
    found = bill_status.read_table_row(
        {"name": name, "signed_on": "2026-01-14", "withdrawn_on": ""}
    )

    assert (found.last_name, found.state, found.district) == (last, state, district)
    assert found.signed_on == date(2026, 1, 14)


@given(name=st.text(max_size=60), day=st.text(max_size=12))
def test_a_row_is_read_or_refused(name: str, day: str) -> None:
    with contextlib.suppress(InvalidInput):
        bill_status.read_table_row({"name": name, "signed_on": day, "withdrawn_on": day})


@given(raw=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with contextlib.suppress(InvalidInput):
        bill_status.read_xml(raw)
