"""The districts of a ZIP, from the Census Bureau's file and from a short table of pairs."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from campaign.congress import crosswalk
from campaign.congress.apportionment import seats
from campaign.congress.build import build
from campaign.congress.crosswalk import Crosswalk
from campaign.congress.places import FIPS_STATES, District
from campaign.errors import DatasetInvalid
from tests.congress.relationship_file import census_file, census_row

CENSUS = "tab20_cd12020_zcta520_natl.txt"
SHORT = "zcta_cd119.csv"


def read_rows(*rows: str, congress: int = 120) -> Crosswalk:
    return crosswalk.read(census_file(rows, congress), CENSUS)


def test_a_row_of_the_bureau_is_read_as_published() -> None:
    row = (
        "2119035951820645|0636|Congressional District 36|251540870|252514261|G5200|N|"
        "221704258470394|90210|ZCTA5 90210|27823432|153478|G6350|B5|S|10523386|2279"
    )

    read = read_rows(row, congress=119)

    assert read == Crosswalk(119, {"90210": (District("CA", 36),)})


def test_the_district_with_the_most_land_in_a_zip_comes_first() -> None:
    read = read_rows(
        census_row("0630", "90210", 1_000),
        census_row("0632", "90210", 17_000),
        census_row("0636", "90210", 10_000),
    )

    assert [str(district) for district in read.districts["90210"]] == ["CA-32", "CA-36", "CA-30"]


def test_the_congress_is_the_number_in_the_columns() -> None:
    assert read_rows(census_row("5600", "82001", 5), congress=121).congress == 121


@pytest.mark.parametrize(
    ("geoid", "district"),
    [("5600", "WY-0"), ("1198", "DC-0"), ("7298", "PR-0"), ("6698", "GU-0"), ("3002", "MT-2")],
)
def test_at_large_districts_and_delegations_are_number_zero(geoid: str, district: str) -> None:
    [found] = read_rows(census_row(geoid, "12345", 5)).districts["12345"]

    assert str(found) == district


def test_water_and_areas_outside_of_zips_and_districts_are_left_out() -> None:
    read = read_rows(
        census_row("0901", "06401", 5),
        census_row("0902", "06401", 0),
        census_row("09ZZ", "06401", 7),
        census_row("0903", "", 9),
    )

    assert read.districts == {"06401": (District("CT", 1),)}


def test_the_short_form_lists_districts_in_order_and_names_its_congress() -> None:
    content = b"zcta,state,district\n10001,NY,12\n10001,NY,10\n57717,WY,0\n57717,MT,2\n"

    read = crosswalk.read(content, SHORT)

    assert read.congress == 119
    assert crosswalk.district_table(read) == (
        b"zip,districts\n10001,NY-10 NY-12\n57717,MT-2 WY-0\n"
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"zip,district\n59001,MT-2\n",
        b"zcta,state,district\n59001,MT,2\n590",
        b"zcta,state,district\n590,MT,2\n",
        b"zcta,state,district\n59001,XX,2\n",
        b"zcta,state,district\n59001,MT,two\n",
        b"zcta,state,district\n59001,MT\n",
        b"zcta,state,district\n\xff\n",
    ],
)
def test_a_short_table_that_is_not_whole_is_refused(content: bytes) -> None:
    with pytest.raises(DatasetInvalid):
        crosswalk.read(content, SHORT)


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda whole: whole.replace(old.encode(), new.encode())


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[:-10],
        lambda _: b"<!DOCTYPE html>\n<title>Not found</title>\n",
        replaced("GEOID_CD120_20", "GEOID_SLDU_20"),
        replaced("AREALAND_PART", "AREALAND"),
        replaced("|5600|", "|56|"),
        replaced("|5600|", "|9900|"),
        replaced("|82001|", "|8200|"),
        replaced("|500|0", "|some|0"),
        replaced("|500|0", "|500"),
    ],
)
def test_a_census_file_that_is_not_whole_is_refused(damage: Callable[[bytes], bytes]) -> None:
    whole = census_file([census_row("5600", "82001", 500)], 120)
    assert crosswalk.read(whole, CENSUS).districts

    with pytest.raises(DatasetInvalid):
        crosswalk.read(damage(whole), CENSUS)


def every_district(congress: int) -> list[str]:
    """A ZIP in each of the 441 districts."""
    codes = {state: code for code, state in FIPS_STATES.items()}
    return [
        census_row(f"{codes[seat.state]}{seat.district:02}", f"{number:05}", 5)
        for number, seat in enumerate(seats(congress))
        if seat.district is not None
    ]


@pytest.mark.parametrize(
    ("rows", "congress", "known_zips", "problem"),
    [
        (every_district(120), 120, 450, ""),
        (every_district(120), 119, 441, "lines of the 120th Congress"),
        (every_district(120)[:-9], 120, 432, "lacks 9 districts"),
        ([*every_district(120), census_row("3009", "59001", 5)], 120, 441, "not exist: MT-9"),
        (every_district(120), 120, 500, "lists 441 ZIPs, after 500"),
    ],
)
def test_a_file_must_reach_every_district_of_its_congress(
    rows: Iterable[str], congress: int, known_zips: int, problem: str
) -> None:
    found = crosswalk.problems(read_rows(*rows), congress, known_zips)

    assert (problem in found[0]) if problem else (found == ())


def test_the_newest_file_of_a_folder_counts_and_the_bureaus_before_the_short_form(
    tmp_path: Path,
) -> None:
    assert crosswalk.find(tmp_path) is None
    for name in (SHORT, "notes.txt", "zccd.csv", "tab20_cd11920_zcta520_natl.txt"):
        (tmp_path / name).touch()
    assert crosswalk.find(tmp_path) == tmp_path / "tab20_cd11920_zcta520_natl.txt"

    (tmp_path / "zcta_cd120.csv").touch()
    assert crosswalk.find(tmp_path) == tmp_path / "zcta_cd120.csv"


def test_building_from_the_bureaus_file_keeps_its_order(
    upstream_folder: Path, tmp_path: Path
) -> None:
    (upstream_folder / SHORT).unlink()
    rows = [census_row("3612", "10001", 900), census_row("3610", "10001", 100)]
    name = "tab20_cd11920_zcta520_natl.txt"
    (upstream_folder / name).write_bytes(census_file(rows, 119))

    meta = build(upstream_folder, tmp_path / "out").meta

    table = (tmp_path / "out" / "zip_districts.csv").read_text(encoding="utf-8")
    assert table == "zip,districts\n10001,NY-12 NY-10\n"
    source = {source.file: source for source in meta.sources}[name]
    assert source.origin.startswith("U.S. Census Bureau, relationship file of the 119th")
    assert len(source.sha256) == 64


def test_a_district_that_does_not_exist_is_refused(upstream_folder: Path, tmp_path: Path) -> None:
    with (upstream_folder / SHORT).open("a", encoding="utf-8") as out:
        out.write("59002,MT,9\n")

    with pytest.raises(DatasetInvalid) as refused:
        build(upstream_folder, tmp_path / "out")
    assert refused.value.problems == ("MT-9",)


def test_a_folder_without_such_a_file_says_its_name(upstream_folder: Path, tmp_path: Path) -> None:
    (upstream_folder / SHORT).unlink()

    with pytest.raises(DatasetInvalid, match=r"has no tab20_cd11920_zcta520_natl\.txt"):
        build(upstream_folder, tmp_path / "out")
