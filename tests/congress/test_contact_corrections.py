"""Corrections of phones and offices: applied after each load, checked by upstream's rules."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from campaign.congress import contact_corrections, dataset, routing
from campaign.congress.contact_corrections import Correction
from campaign.congress.dataset import Congress
from campaign.congress.places import District
from campaign.errors import DatasetInvalid, InvalidInput

DAY = date(2026, 11, 30)
DAINES = "D000618"
SEAT = "MT-S2"
BILLINGS = "D000618-billings"


def made(
    congress: Congress, field: str, value: str, office: str = "", source: str = "daines.senate.gov"
) -> Correction:
    return contact_corrections.make(
        congress.members,
        DAINES,
        field,
        value,
        office=office,
        source=source,
        who="cli:ani",
        on_date=DAY,
        known=congress.corrections,
    )


def loaded(shipped: Congress, table: Path) -> Congress:
    """The shipped data as an installation with this table of corrections loads it."""
    return dataset.load_current(shipped.folder, table.parent / "congress", table)


def test_a_corrected_phone_is_what_every_lookup_gives(shipped: Congress, tmp_path: Path) -> None:
    table = tmp_path / "corrections.csv"
    contact_corrections.add(table, made(shipped, "phone", "(202) 224-9999"))

    congress = loaded(shipped, table)

    answer = routing.route_district(congress, District("MT", 1), DAY)
    phones = {one.term.number for one in answer.holders if one.term}
    assert "202-224-9999" in phones
    assert "202-224-2651" not in phones
    assert congress.members[DAINES].terms[-1].phone == "202-224-9999"
    [checked] = congress.corrections
    assert (checked.status, checked.upstream) == ("applied", "202-224-2651")
    assert (checked.correction.office, checked.correction.who) == (SEAT, "cli:ani")


def test_an_office_moves_or_closes(shipped: Congress, tmp_path: Path) -> None:
    table = tmp_path / "corrections.csv"
    contact_corrections.add(table, made(shipped, "address", "1 Main St.", BILLINGS))
    contact_corrections.add(table, made(shipped, "closed", "Yes", "D000618-sidney"))

    offices = {each.id: each for each in loaded(shipped, table).members[DAINES].offices}

    assert offices[BILLINGS].address == "1 Main St."
    # The point on the map was that of the old address.
    assert offices[BILLINGS].latitude is None
    assert "D000618-sidney" not in offices
    assert len(offices) == len(shipped.members[DAINES].offices) - 1


def test_the_newest_correction_of_a_value_replaces_the_one_before(
    shipped: Congress, tmp_path: Path
) -> None:
    table = tmp_path / "corrections.csv"
    contact_corrections.add(table, made(shipped, "phone", "202-224-9999"))
    contact_corrections.add(table, made(loaded(shipped, table), "phone", "202-224-8888"))

    congress = loaded(shipped, table)

    assert congress.members[DAINES].terms[-1].phone == "202-224-8888"
    # What upstream has is remembered, not the earlier correction.
    assert [each.upstream for each in congress.corrections] == ["202-224-2651"]


def test_removing_a_correction_brings_upstreams_value_back(
    shipped: Congress, tmp_path: Path
) -> None:
    table = tmp_path / "corrections.csv"
    correction = made(shipped, "phone", "202-224-9999")
    contact_corrections.add(table, correction)

    assert contact_corrections.remove(table, correction.key)

    assert loaded(shipped, table).members == shipped.members
    assert not contact_corrections.remove(table, correction.key)


def test_upstream_that_agrees_drops_a_correction_for_good(
    shipped: Congress, tmp_path: Path
) -> None:
    table = tmp_path / "corrections.csv"
    contact_corrections.add(table, made(shipped, "phone", "202-224-9999"))
    contact_corrections.add(table, made(shipped, "zip", "59102", BILLINGS))
    daines = shipped.members[DAINES]
    agreeing = replace(daines, terms=(replace(daines.terms[-1], phone="202-224-9999"),))
    members = {**shipped.members, DAINES: agreeing}

    dropped = contact_corrections.drop_agreed(table, members, on_date=DAY)

    assert [row.field for row in dropped] == ["phone"]
    assert [each.status for each in loaded(shipped, table).corrections] == ["dropped", "applied"]
    assert loaded(shipped, table).members[DAINES].terms[-1].phone == "202-224-2651"
    assert contact_corrections.drop_agreed(table, members, on_date=DAY) == ()


def test_an_office_that_upstream_has_closed_too_is_agreed_on(
    shipped: Congress, tmp_path: Path
) -> None:
    correction = made(shipped, "closed", "yes", BILLINGS)
    daines = shipped.members[DAINES]
    agreeing = replace(daines, offices=daines.offices[1:])

    def status(members: dict[str, object]) -> str:
        return contact_corrections.check(members, correction).status  # type: ignore[arg-type]

    assert status({DAINES: daines}) == "applied"
    assert status({DAINES: agreeing}) == "agreed"
    assert status({}) == "gone"


def test_a_third_value_of_upstreams_is_pointed_out_and_the_correction_still_counts(
    shipped: Congress,
) -> None:
    correction = made(shipped, "phone", "202-224-9999")
    daines = shipped.members[DAINES]
    changed = replace(daines, terms=(replace(daines.terms[-1], phone="202-224-7777"),))

    members, [checked] = contact_corrections.apply({DAINES: changed}, [correction])

    assert (checked.status, checked.upstream) == ("changed", "202-224-7777")
    assert members[DAINES].terms[-1].phone == "202-224-9999"


def test_a_correction_of_a_member_who_left_does_nothing(shipped: Congress) -> None:
    correction = made(shipped, "phone", "202-224-9999")

    members, [checked] = contact_corrections.apply({}, [correction])

    assert (members, checked.status) == ({}, "gone")


@pytest.mark.parametrize(
    ("field", "value", "office", "at"),
    [
        ("phone", "call the office", "", "value"),
        ("phone", "224-9999", "", "value"),
        ("zip", "5910", BILLINGS, "value"),
        ("address", "1 Main St.\u202e", BILLINGS, "value"),
        ("address", "x" * 201, BILLINGS, "value"),
        ("closed", "perhaps", BILLINGS, "value"),
        ("phone", "202-224-2651", "", "value"),
        ("phone", "202-224-9999", "S001205-chester", "office"),
        ("city", "Washington", "", "field"),
        ("name", "Stephen", "", "field"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(
    shipped: Congress, field: str, value: str, office: str, at: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        made(shipped, field, value, office)

    assert refused.value.field == at


def test_an_office_keeps_a_phone_or_a_place(shipped: Congress) -> None:
    daines = shipped.members[DAINES]
    bare = replace(daines.offices[0], address="", city="")
    members = {DAINES: replace(daines, offices=(bare,))}

    with pytest.raises(InvalidInput, match="needs a phone or a place"):
        contact_corrections.make(
            members, DAINES, "phone", "", office=bare.id, source="a call", who="", on_date=DAY
        )


def test_a_correction_needs_a_member_and_a_source(shipped: Congress) -> None:
    with pytest.raises(InvalidInput, match="where this can be checked"):
        made(shipped, "phone", "202-224-9999", source=" ")
    with pytest.raises(InvalidInput, match="No member has the id X999999"):
        contact_corrections.make(
            {}, "X999999", "phone", "", office="", source="a call", who="", on_date=DAY
        )


@pytest.mark.parametrize(
    "spoiled",
    [
        "bioguide,field\n",
        f"HEADING\n{DAINES},phone,{SEAT},not a phone,cli:ani,2026-11-30,a call,,\n",
        f"HEADING\n{DAINES},name,{SEAT},Stephen,cli:ani,2026-11-30,a call,,\n",
        f"HEADING\n{DAINES},phone,{SEAT},202-224-9999,cli:ani,yesterday,a call,,\n",
    ],
)
def test_a_table_edited_into_nonsense_is_named_and_not_used(
    shipped: Congress, tmp_path: Path, spoiled: str
) -> None:
    table = tmp_path / "corrections.csv"
    contact_corrections.add(table, made(shipped, "phone", "202-224-9999"))
    heading = table.read_text(encoding="utf-8").splitlines()[0]
    table.write_text(spoiled.replace("HEADING", heading), encoding="utf-8")

    with pytest.raises(DatasetInvalid, match=r"corrections\.csv"):
        contact_corrections.read(table)

    assert loaded(shipped, table).members == shipped.members
