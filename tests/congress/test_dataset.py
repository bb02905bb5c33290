"""The committed fact tables say what is known of the 119th Congress, and load only when whole."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from campaign import paths
from campaign.congress import apportionment, dataset
from campaign.congress.contact import nearest_offices, office_lines, party_in_words
from campaign.congress.dataset import Congress
from campaign.congress.places import DELEGATIONS, District
from campaign.congress.postal import ASSOCIATED_STATES, is_military
from campaign.congress.tables import read_table, sha256
from campaign.errors import DatasetInvalid

SHIPPED = paths.data() / "congress"


# -- what is known of the snapshot of 15 June 2026 -------------------------------------------------


def test_the_tables_describe_the_119th_congress(shipped: Congress) -> None:
    assert shipped.meta.congress == shipped.meta.crosswalk_congress == 119
    assert shipped.meta.as_of == date(2026, 6, 15)
    assert shipped.meta.valid_until == date(2027, 1, 3)
    assert all(source.origin and source.license for source in shipped.meta.sources)


def test_every_seat_is_a_row_and_the_vacant_ones_are_marked(shipped: Congress) -> None:
    sitting = dataset.sitting_members(shipped)
    chambers = [seat.chamber for seat in shipped.seats.values()]

    assert (chambers.count("senate"), chambers.count("house")) == (100, 441)
    assert [seat for seat in shipped.seats if seat not in sitting] == [
        "CA-14",
        "FL-20",
        "GA-13",
        "TX-23",
    ]
    rows = read_table(shipped.folder, "seats", shipped.meta)
    assert {row[0] for row in rows if row[5] == "vacant"} == {"CA-14", "FL-20", "GA-13", "TX-23"}


def test_members_by_kind(shipped: Congress) -> None:
    sitting = dataset.sitting_members(shipped)
    delegations = {seat for seat in sitting if seat[:2] in DELEGATIONS}

    assert len(shipped.members) == len(sitting) == 537
    assert sum(1 for seat in sitting if "-S" in seat) == 100
    assert delegations == {"AS-0", "DC-0", "GU-0", "MP-0", "PR-0", "VI-0"}
    assert sum(1 for seat in sitting if "-S" not in seat) - len(delegations) == 431


def test_offices(shipped: Congress) -> None:
    offices = [office for member in shipped.members.values() for office in member.offices]

    assert len(offices) == 1312
    assert len({office.bioguide for office in offices}) == 536
    # 1,293 have coordinates upstream, of which one latitude is a typo (441.508).
    assert sum(1 for office in offices if office.latitude is not None) == 1292
    assert all(
        -90 <= office.latitude <= 90 and office.longitude is not None
        for office in offices
        if office.latitude is not None
    )
    assert sum(1 for office in offices if office.phone) == 1280
    # 1,310 have an address upstream, of which three are empty text.
    assert sum(1 for office in offices if office.address) == 1307


def test_contact_forms_names_and_independents(shipped: Congress) -> None:
    last = {bioguide: member.terms[-1] for bioguide, member in shipped.members.items()}
    names = [member.name for member in shipped.members.values()]
    forms = [term.seat.chamber for term in last.values() if term.contact_form]

    assert (forms.count("senate"), forms.count("house")) == (87, 2)
    assert sum(1 for name in names if not name.official_full) == 2
    assert sum(1 for name in names if name.suffix) == 20
    assert sum(1 for name in names if name.nickname) == 29
    accented = [name for name in names if not f"{name.first}{name.last}".isascii()]
    assert len(accented) == 8
    assert {
        (shipped.members[bioguide].name.last, party_in_words(term))
        for bioguide, term in last.items()
        if term.caucus
    } == {
        ("Sanders", "Independent, sits with the Democrats"),
        ("King", "Independent, sits with the Democrats"),
        ("Kiley", "Independent, sits with the Republicans"),
    }


def test_a_member_of_a_few_days_has_neither_phone_nor_office(shipped: Congress) -> None:
    newest = dataset.sitting_members(shipped)["CA-1"]

    assert newest.terms[-1].start == date(2026, 6, 10)
    assert newest.terms[-1].phone == newest.terms[-1].room == newest.terms[-1].url == ""
    assert newest.offices == ()
    assert newest.name.full == "James Gallagher"


def test_committees_that_matter_to_the_bundled_campaign_are_there(shipped: Congress) -> None:
    wanted = (
        "SSFR SSFR01 SSFR07 HSFA HSFA14 HSFA19 SSAP SSAP20 SSAP02 HSAP HSAP04 HSAP02 SSAS HSAS JCSE"
    )
    sizes = dict.fromkeys(wanted.split(), 0)
    titles = set()
    for member in shipped.members.values():
        for place in member.memberships:
            titles.add(place.title)
            if place.committee in sizes:
                sizes[place.committee] += 1

    assert min(sizes.values()) >= 5, sizes
    assert titles == {"", "chair", "co-chair", "vice chair", "ranking member", "ex officio"}


@pytest.mark.parametrize(
    ("five", "districts"),
    [
        ("90210", "CA-30 CA-32 CA-36"),
        ("02139", "MA-5 MA-7"),
        ("90211", "CA-36 CA-37"),
        ("90232", "CA-37"),
        ("02141", "MA-7"),
        ("60601", "IL-7"),
        ("93563", "CA-23 CA-28"),
        ("97635", "CA-1 OR-2"),
        ("42223", "KY-1 TN-7"),
        ("02861", "MA-4 RI-1"),
        ("89421", "NV-2 OR-2"),
        ("10453", "NY-13 NY-15"),
        ("10466", "NY-14 NY-15 NY-16"),
        ("73301", ""),
    ],
)
def test_the_districts_of_known_zips(shipped: Congress, five: str, districts: str) -> None:
    assert " ".join(map(str, shipped.zip_districts.get(five, ()))) == districts


def test_the_share_of_zips_in_several_districts_and_states(shipped: Congress) -> None:
    sizes = [len(districts) for districts in shipped.zip_districts.values()]
    crossing = [
        five
        for five, districts in shipped.zip_districts.items()
        if len({district.state for district in districts}) > 1
    ]

    assert (len(sizes), sum(sizes), max(sizes)) == (33_791, 40_079, 4)
    assert 1 - sizes.count(1) / len(sizes) == pytest.approx(0.173, abs=0.001)
    assert len(crossing) == 137


def test_house_offices_lie_in_their_own_district_but_for_seven(shipped: Congress) -> None:
    listed = 0
    elsewhere = set()
    for seat, member in dataset.sitting_members(shipped).items():
        if "-S" in seat:
            continue
        for office in member.offices:
            districts = shipped.zip_districts.get(office.zip[:5])
            if districts is None:
                continue
            listed += 1
            if District.parse(seat) not in districts:
                elsewhere.add((office.zip[:5], seat))

    assert listed == 859
    assert elsewhere == {
        ("70807", "LA-2"),
        ("20770", "MD-5"),
        ("90010", "CA-37"),
        ("61602", "IL-16"),
        ("10014", "NY-12"),
        ("36104", "AL-7"),
        ("96813", "HI-2"),
    }


def test_every_district_and_delegation_can_be_reached_by_zip(shipped: Congress) -> None:
    by_zip = {district for several in shipped.zip_districts.values() for district in several}

    assert len(shipped.districts) == 441
    assert by_zip == shipped.districts


def test_the_state_of_a_post_office_is_among_those_of_its_zip(shipped: Congress) -> None:
    for five, districts in shipped.zip_districts.items():
        place = shipped.zips.get(five)
        if place is not None:
            assert place.state in {district.state for district in districts}


def test_zips_that_the_zip_table_lacks(shipped: Congress) -> None:
    kinds = [
        place.kind
        for five, place in shipped.zips.items()
        if five not in shipped.zip_districts and place.state not in ASSOCIATED_STATES
    ]

    assert kinds.count("standard") == 303
    assert kinds.count("po-box") == 5241
    assert kinds.count("unique") == 1744
    military = [place for place in shipped.zips.values() if place.kind == "military"]
    assert all(is_military(place.zip) for place in military)
    assert len(military) > 600


def test_senators_are_listed_senior_first(shipped: Congress) -> None:
    assert [seat.id for seat in shipped.senate_seats["MT"]] == ["MT-S2", "MT-S1"]
    assert set(shipped.senate_seats) == {seat[:2] for seat in shipped.seats} - DELEGATIONS


# -- what the law fixes ----------------------------------------------------------------------------


def test_congresses_begin_and_end_on_the_third_of_january() -> None:
    assert apportionment.congress_on(date(2026, 6, 15)) == 119
    assert apportionment.congress_on(date(2027, 1, 2)) == 119
    assert apportionment.congress_on(date(2027, 1, 3)) == 120
    assert apportionment.first_day(119) == date(2025, 1, 3)
    assert apportionment.last_day(119) == date(2027, 1, 3)


def test_the_law_gives_435_seats_and_100() -> None:
    classes = [len(states) for states in apportionment.SENATE_CLASSES.values()]

    assert sum(apportionment.HOUSE_SEATS.values()) == 435
    assert classes == [33, 33, 34]
    assert {"AK", "DE", "ND", "SD", "VT", "WY"} == apportionment.AT_LARGE_STATES


# -- loading ---------------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped tables to spoil."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "copy"))


def rewrite(folder: Path, table: str, old: str, new: str) -> None:
    """Change a table and its checksum, as a faulty importer would."""
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    content = text.replace(old, new).encode()
    path.write_bytes(content)
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    meta["tables"][table]["sha256"] = sha256(content)
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


@pytest.mark.parametrize("table", ["members", "zips", "zip_districts", "memberships"])
def test_a_table_cut_short_does_not_load(copy: Path, table: str) -> None:
    path = copy / f"{table}.csv"
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(DatasetInvalid, match=table):
        dataset.load(copy)


def test_a_missing_table_or_meta_does_not_load(copy: Path) -> None:
    (copy / "social.csv").unlink()
    with pytest.raises(DatasetInvalid, match=r"social\.csv"):
        dataset.load(copy)
    (copy / "meta.json").write_text("{", encoding="utf-8")
    with pytest.raises(DatasetInvalid, match=r"meta\.json"):
        dataset.load(copy)


@pytest.mark.parametrize(
    ("table", "old", "new", "expected"),
    [
        ("members", "\nA000055,", "\nA999999,", "A000055"),
        ("committees", "\nHSFA14,", "\nHSFA99,", "HSFA14"),
        ("zip_districts", "\n59001,MT-2\n", "\n59001,MT-9\n", "MT-9"),
        ("seats", ",held,D000634", ",held,D000618", "MT-2"),
    ],
)
def test_a_row_that_names_what_is_not_there_does_not_load(
    copy: Path, table: str, old: str, new: str, expected: str
) -> None:
    rewrite(copy, table, old, new)

    with pytest.raises(DatasetInvalid) as refused:
        dataset.load(copy)
    assert any(expected in problem for problem in refused.value.problems)


def test_a_row_that_cannot_be_read_does_not_load(copy: Path) -> None:
    rewrite(copy, "terms", "2025-01-03,2027-01-03", "2025-01-03,someday")

    with pytest.raises(DatasetInvalid, match="someday"):
        dataset.load(copy)


def test_the_refreshed_tables_win_while_they_are_good(copy: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    copy.rename(home / "good")
    assert dataset.load_current(SHIPPED, home).folder == SHIPPED

    (home / "current").write_text("good\n", encoding="utf-8")
    assert dataset.load_current(SHIPPED, home).folder == home / "good"

    (home / "good" / "terms.csv").write_text("half", encoding="utf-8")
    assert dataset.load_current(SHIPPED, home).folder == SHIPPED


def test_spoiled_tables_give_way_to_those_before_them(copy: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(copy, home / "2026-07-01-a")
    shutil.copytree(copy, home / "2026-07-02-b")
    (home / "current").write_text("2026-07-02-b\n", encoding="utf-8")
    (home / "2026-07-02-b" / "seats.csv").unlink()

    assert dataset.load_current(SHIPPED, home).folder == home / "2026-07-01-a"


def test_newer_shipped_tables_win_over_old_refreshed_ones(copy: Path, tmp_path: Path) -> None:
    meta = json.loads((copy / "meta.json").read_text(encoding="utf-8"))
    meta["as_of"] = "2026-01-01"
    (copy / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    (tmp_path / "current").write_text(copy.name, encoding="utf-8")

    assert dataset.load_current(SHIPPED, tmp_path).folder == SHIPPED


def test_refreshed_tables_with_an_older_zip_table_get_the_shipped_one(
    copy: Path, tmp_path: Path, shipped: Congress
) -> None:
    older = b"zip,districts,added\n59001,MT-1 MT-2,MT-1\n"
    (copy / "zip_districts.csv").write_bytes(older)
    meta = json.loads((copy / "meta.json").read_text(encoding="utf-8"))
    meta |= {"schema": 1, "as_of": "2026-07-01"}
    meta["tables"]["zip_districts"]["sha256"] = sha256(older)
    (copy / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    (tmp_path / "current").write_text(copy.name, encoding="utf-8")

    congress = dataset.load_current(SHIPPED, tmp_path)

    assert (congress.folder, congress.meta.as_of) == (copy, date(2026, 7, 1))
    assert congress.zip_districts == shipped.zip_districts
    assert congress.zip_folder == SHIPPED
    assert congress.meta.tables == shipped.meta.tables
    with pytest.raises(DatasetInvalid, match="another schema"):
        dataset.load(copy)


def test_shipped_zips_with_newer_lines_win_over_refreshed_ones(
    copy: Path, tmp_path: Path, shipped: Congress
) -> None:
    meta = json.loads((copy / "meta.json").read_text(encoding="utf-8"))
    meta["crosswalk_congress"] = 118
    (copy / "meta.json").write_text(json.dumps(meta), encoding="utf-8")
    (tmp_path / "current").write_text(copy.name, encoding="utf-8")

    congress = dataset.load_current(SHIPPED, tmp_path)

    assert (congress.folder, congress.zip_folder) == (copy, SHIPPED)
    assert congress.meta.crosswalk_congress == 119
    assert congress.meta.sources == shipped.meta.sources


def test_the_pointer_never_leads_outside(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "current").write_text("../../etc", encoding="utf-8")

    assert dataset.current_folder(tmp_path / "home") is None


def test_a_congress_cannot_be_changed(shipped: Congress) -> None:
    with pytest.raises(TypeError):
        shipped.members["X"] = None  # type: ignore[index]
    with pytest.raises(AttributeError):
        shipped.meta = None  # type: ignore[misc, assignment]


# -- reaching a member -----------------------------------------------------------------------------


def test_the_nearest_office_comes_first(shipped: Congress) -> None:
    daines = shipped.members["D000618"]

    assert nearest_offices(shipped, daines, "59101")[0].city == "Billings"
    assert nearest_offices(shipped, daines, "59801")[0].city == "Missoula"
    assert len(nearest_offices(shipped, daines, "00000", limit=50)) == len(daines.offices)


def test_an_office_without_a_street_takes_no_mail(shipped: Congress) -> None:
    casar = shipped.members["C001131"]

    assert any(not office.address for office in nearest_offices(shipped, casar, "78205"))
    offices = nearest_offices(shipped, casar, "78205", takes_mail=True)
    assert offices
    assert all(office.address for office in offices)


def test_an_office_is_printed_as_lines(shipped: Congress) -> None:
    office = next(o for o in shipped.members["A000055"].offices if o.city == "Jasper")

    assert office_lines(office) == (
        "Carl Elliott Building",
        "1710 Alabama Ave., Suite 247",
        "Jasper, AL 35501",
    )
