"""The importer on a small made-up upstream, which has the faults of the real one."""

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from campaign.congress import contact, dataset, upstream
from campaign.congress.build import build
from campaign.congress.tables import COLUMNS
from campaign.congress.upstream_values import committee_title
from campaign.errors import DatasetInvalid, InvalidInput


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_building_twice_gives_the_same_bytes(upstream_folder: Path, tmp_path: Path) -> None:
    build(upstream_folder, tmp_path / "one")
    build(upstream_folder, tmp_path / "two")

    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")
    assert set(bytes_of(tmp_path / "one")) == {*(f"{table}.csv" for table in COLUMNS), "meta.json"}


def test_the_order_of_upstream_does_not_matter(upstream_folder: Path, tmp_path: Path) -> None:
    build(upstream_folder, tmp_path / "one")
    path = upstream_folder / "legislators-current.yaml"
    first, *others = path.read_text(encoding="utf-8").split("- id:\n")
    path.write_text("- id:\n".join([first, *reversed(others)]), encoding="utf-8")
    build(upstream_folder, tmp_path / "two")

    one, two = bytes_of(tmp_path / "one"), bytes_of(tmp_path / "two")
    # The checksum of the input is another; the tables are the same.
    assert one.pop("meta.json") != two.pop("meta.json")
    assert one == two


def test_the_note_beside_the_files_gives_day_and_sources(
    upstream_folder: Path, tmp_path: Path
) -> None:
    meta = build(upstream_folder, tmp_path / "out").meta

    assert (meta.congress, meta.as_of, meta.valid_until) == (
        119,
        date(2026, 6, 15),
        date(2027, 1, 3),
    )
    source = {source.file: source for source in meta.sources}["legislators-current.yaml"]
    assert source.origin == "example/legislators"
    assert source.version == "0123456789abcdef0123456789abcdef01234567"
    assert source.license == "CC0 1.0 (public domain)"
    assert len(source.sha256) == 64


def test_without_a_note_the_day_is_asked_for(upstream_folder: Path, tmp_path: Path) -> None:
    (upstream_folder / "README.md").unlink()

    with pytest.raises(InvalidInput, match="--as-of"):
        build(upstream_folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()

    meta = build(upstream_folder, tmp_path / "out", as_of=date(2026, 5, 1)).meta
    assert meta.as_of == date(2026, 5, 1)


def test_names_keep_their_accents_in_one_form(upstream_folder: Path, tmp_path: Path) -> None:
    build(upstream_folder, tmp_path / "out")
    member = dataset.load(tmp_path / "out").members["A000001"]

    assert member.name.full == "Zoë Q. Ángel, Jr."
    assert unicodedata.is_normalized("NFC", member.name.full)
    assert member.name.last == "Ángel"
    assert member.leadership == ("Speaker of the House",)


def test_who_moved_to_the_senate_in_mid_congress_has_both_terms(
    upstream_folder: Path, tmp_path: Path
) -> None:
    build(upstream_folder, tmp_path / "out")
    congress = dataset.load(tmp_path / "out")

    assert [term.seat.id for term in congress.members["B000002"].terms] == ["WY-0", "WY-S1"]
    assert dataset.sitting_members(congress) == {
        "MT-2": congress.members["A000001"],
        "PR-0": congress.members["D000004"],
        "WY-S1": congress.members["B000002"],
        "WY-S2": congress.members["C000003"],
    }


def test_a_typo_in_a_coordinate_is_left_out_not_mended(
    upstream_folder: Path, tmp_path: Path
) -> None:
    build(upstream_folder, tmp_path / "out")
    offices = {o.id: o for o in dataset.load(tmp_path / "out").members["A000001"].offices}

    typo = offices["A000001-billings"]
    assert (typo.latitude, typo.longitude) == (None, None)
    assert (typo.zip, typo.phone) == ("59101-1234", "406-555-0101")
    assert offices["A000001-absarokee"].latitude == 45.5


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("Chairwoman", "chair"),
        ("Chairman", "chair"),
        ("Chair", "chair"),
        ("Vice Chairwoman", "vice chair"),
        ("Cochairman", "co-chair"),
        ("Co-Chair", "co-chair"),
        ("Ranking Member", "ranking member"),
        ("Ex Officio", "ex officio"),
        ("", ""),
    ],
)
def test_titles_of_chairs_have_one_form(written: str, kept: str) -> None:
    assert committee_title(written) == kept


def test_rows_of_departed_members_are_left_out_and_reported(
    upstream_folder: Path, tmp_path: Path
) -> None:
    built = build(upstream_folder, tmp_path / "out")

    assert [note for note in built.notes if "not members" in note] == [
        "legislators-district-offices.yaml: left out 1 who are not members",
        "committee-membership-current.yaml: left out 1 who are not members",
    ]
    assert dataset.load(tmp_path / "out").meta.notes == built.notes


def changed(folder: Path, file: str, old: str, new: str) -> None:
    """Change a text of one upstream file, which must be there."""
    path = folder / f"{file}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("legislators-current", "state: MT", "state: XX", "left out A000001: no term"),
        ("legislators-current", "    state: PR", "    state: XX", "'XX'"),
        ("legislators-current", "type: sen", "type: king", "'king'"),
        ("legislators-current", "start: '2025-01-21'", "start: soon", "soon"),
        ("legislators-current", "bioguide: D000004", "bioguide: A000001", "A000001 is there"),
        ("legislators-current", "bioguide: D000004", "govtrack: 4", "no 'bioguide'"),
        ("legislators-current", "bioguide: D000004", "bioguide: ''", "not a bioguide id"),
        ("legislators-current", "    district: 2\n    party", "    party", "no 'district'"),
        ("legislators-current", "    district: 2", "    district: 7", "there is no seat MT-7"),
        ("legislators-current", "    last: Moved\n", "", "no 'last'"),
        ("legislators-current", "- id:\n    bioguide: D000004", "- 7\n- id:\n    bioguide: D000004",
         "not a person: it has another shape than upstream's"),
        ("committee-membership-current", "HSEX02", "HSEX77", "no such committee"),
        ("committee-membership-current", "bioguide: A000001", "name: A slot", "without a person"),
        ("legislators-district-offices", "A000001-absarokee", "A000001-billings", "used twice"),
        ("legislators-district-offices", "  - id: A000001-absarokee\n", "  - city: Absarokee\n",
         "no 'id'"),
        ("committees-current", "  thomas_id: HSEX\n", "", "no 'thomas_id'"),
        ("committees-current", "    thomas_id: '02'\n", "", "left out a subcommittee of HSEX"),
    ],
)  # fmt: skip
def test_an_odd_entry_is_left_out_with_a_note_and_the_rest_loads(
    upstream_folder: Path, tmp_path: Path, file: str, old: str, new: str, expected: str
) -> None:
    changed(upstream_folder, file, old, new)

    built = build(upstream_folder, tmp_path / "out")

    assert any(expected in note for note in built.notes), built.notes
    assert dataset.load(tmp_path / "out").members


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("legislators-current", "  bio:\n    gender: F\n", "  bio:\n"),
        ("legislators-current", "  bio:\n    gender: F\n", "  bio: {}\n"),
        ("legislators-current", "  bio:\n    gender: F\n", ""),
        ("legislators-current", "    official_full: Cy Appointed\n", ""),
        ("legislators-current", "    url: https://angel.example.org\n", ""),
        ("legislators-current", "    phone: (202) 225-0101\n", ""),
        (
            "legislators-current",
            "    party: Democrat\n",
            "    party: Democrat\n    new: {a: [1]}\n",
        ),
        ("legislators-current", "  leadership_roles:\n", "  sworn: yes\n  leadership_roles:\n"),
        ("committees-current", "thomas_id: HSEX\n", "thomas_id: HSEX\n  phone:\n"),
    ],
)
def test_what_a_new_member_lacks_or_nobody_knows_is_no_oddity(
    upstream_folder: Path, tmp_path: Path, file: str, old: str, new: str
) -> None:
    before = build(upstream_folder, tmp_path / "before").notes
    changed(upstream_folder, file, old, new)

    built = build(upstream_folder, tmp_path / "out")

    assert built.notes == before
    member = dataset.load(tmp_path / "out").members["A000001"]
    assert [term.seat.id for term in member.terms] == ["MT-2"]


@pytest.mark.parametrize("name", upstream.FILES)
def test_line_ends_byte_order_marks_and_a_missing_last_end_are_read(
    upstream_folder: Path, tmp_path: Path, name: str
) -> None:
    build(upstream_folder, tmp_path / "before")
    path = upstream_folder / f"{name}.yaml"
    whole = path.read_bytes()
    for number, odd in enumerate(
        (whole.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + whole, whole.rstrip(b"\n"))
    ):
        path.write_bytes(odd)
        notes = build(upstream_folder, tmp_path / str(number)).notes

        one, other = bytes_of(tmp_path / "before"), bytes_of(tmp_path / str(number))
        assert one.pop("meta.json") != other.pop("meta.json")
        assert one == other
        assert any("last line has no line end" in note for note in notes) is (number == 2)


def test_a_key_given_twice_is_noted(upstream_folder: Path, tmp_path: Path) -> None:
    changed(upstream_folder, "legislators-current", "    suffix: Jr.\n", "    suffix: II\n" * 2)

    built = build(upstream_folder, tmp_path / "out")

    assert any("“suffix” is given twice" in note for note in built.notes)
    assert dataset.load(tmp_path / "out").members["A000001"].name.suffix == "II"


def test_no_committee_has_members_at_the_start_of_a_congress(
    upstream_folder: Path, tmp_path: Path
) -> None:
    (upstream_folder / "committee-membership-current.yaml").write_text("{}\n")

    built = build(upstream_folder, tmp_path / "out")

    congress = dataset.load(tmp_path / "out")
    assert any("start of a Congress" in note for note in built.notes)
    assert not any(member.memberships for member in congress.members.values())
    assert "HSEX" in congress.committees


def test_an_office_may_have_a_phone_and_no_place(upstream_folder: Path, tmp_path: Path) -> None:
    offices = [
        {"id": "A000001-phone", "phone": "406-555-0199"},
        {"id": "A000001-nothing", "hours": "never"},
        {"id": "A000001-ext", "city": "Helena", "state": "MT", "phone": "(406) 555-0198 x12"},
    ]
    (upstream_folder / "legislators-district-offices.yaml").write_text(
        json.dumps([{"id": {"bioguide": "A000001"}, "offices": offices}]) + "\n"
    )

    built = build(upstream_folder, tmp_path / "out")

    congress = dataset.load(tmp_path / "out")
    member = congress.members["A000001"]
    found = {office.id: office for office in member.offices}
    assert set(found) == {"A000001-phone", "A000001-ext"}
    assert (found["A000001-phone"].city, found["A000001-phone"].state) == ("", "MT")
    assert found["A000001-ext"].phone == "406-555-0198 ext. 12"
    assert any("neither phone nor place" in note for note in built.notes)
    assert contact.nearest_offices(congress, member, "59101", takes_mail=True) == ()
    assert contact.office_lines(found["A000001-phone"]) == ("MT",)


@pytest.mark.parametrize(
    ("written", "city", "state", "read"),
    [
        ("02138", "Cambridge", "MA", "02138"),
        ("2138", "Cambridge", "MA", "02138"),
        ("716", "Ponce", "PR", "00716"),
        # What a program makes of 02138 without quotes is text here; of 02134, 1116 elsewhere.
        ("02134", "Allston", "MA", "02134"),
        ("1116", "Allston", "MA", "02134"),
        ("1116", "Longmeadow", "MA", "01116"),
        ("1116", "Elsewhere", "MA", ""),
        ("2138", "Helena", "MT", ""),
        ("59101-1234", "Billings", "MT", "59101-1234"),
        ("none", "Billings", "MT", ""),
    ],
)
def test_a_zip_that_lost_its_zeros_is_restored_where_state_and_city_agree(
    upstream_folder: Path, tmp_path: Path, written: str, city: str, state: str, read: str
) -> None:
    (upstream_folder / "legislators-district-offices.yaml").write_text(
        "- id:\n    bioguide: A000001\n  offices:\n  - id: A000001-one\n"
        f"    city: {city}\n    state: {state}\n    zip: {written}\n"
    )

    built = build(upstream_folder, tmp_path / "out")

    [office] = dataset.load(tmp_path / "out").members["A000001"].offices
    assert office.zip == read
    assert any("ZIP" in note and "A000001-one" in note for note in built.notes) is (read != written)


@pytest.mark.parametrize(
    ("start", "end", "is_held"),
    [
        ("2025-01-03", "", True),
        ("2025-01-03", "2026-06-15", False),
        ("2025-01-03", "2026-06-16", True),
        ("2026-06-15", "", True),
        ("2026-06-16", "", False),
        ("", "", True),
        ("soon", "", False),
    ],
)
def test_a_role_counts_from_its_start_to_its_end(
    upstream_folder: Path, tmp_path: Path, start: str, end: str, is_held: bool
) -> None:
    changed(
        upstream_folder,
        "legislators-current",
        "    chamber: house\n    start: '2025-01-03'\n",
        (f"    start: {start}\n" if start else "") + (f"    end: {end}\n" if end else ""),
    )

    build(upstream_folder, tmp_path / "out")

    leadership = dataset.load(tmp_path / "out").members["A000001"].leadership
    assert leadership == (("Speaker of the House",) if is_held else ())


def test_two_people_in_one_seat_at_once_are_refused(upstream_folder: Path, tmp_path: Path) -> None:
    changed(
        upstream_folder, "legislators-current", "state: PR\n    district: 0",
        "state: MT\n    district: 2",
    )  # fmt: skip

    with pytest.raises(DatasetInvalid) as refused:
        build(upstream_folder, tmp_path / "out")
    assert refused.value.problems == ("seat MT-2: A000001 and D000004 hold it at the same time",)
    assert not (tmp_path / "out").exists()


def test_who_came_later_holds_a_seat_that_two_claim(upstream_folder: Path, tmp_path: Path) -> None:
    changed(
        upstream_folder, "legislators-current", "state: PR\n    district: 0",
        "state: MT\n    district: 2",
    )  # fmt: skip
    text = (upstream_folder / "legislators-current.yaml").read_text(encoding="utf-8")
    before, after = text.split("bioguide: D000004")
    (upstream_folder / "legislators-current.yaml").write_text(
        before + "bioguide: D000004" + after.replace("2025-01-03", "2026-02-03"), encoding="utf-8"
    )

    built = build(upstream_folder, tmp_path / "out")

    assert dataset.sitting_members(dataset.load(tmp_path / "out"))["MT-2"].bioguide == "D000004"
    assert any("the later term counts" in note for note in built.notes)


@pytest.mark.parametrize("content", [b"", b"\n", b"[]\n", b"{}\n", b"- id:", b"{{{\n", b"7\n"])
def test_a_file_that_is_not_whole_is_refused(
    upstream_folder: Path, tmp_path: Path, content: bytes
) -> None:
    (upstream_folder / "legislators-current.yaml").write_bytes(content)

    with pytest.raises(DatasetInvalid):
        build(upstream_folder, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_stammered_web_address_is_mended_and_a_wrong_one_dropped(
    upstream_folder: Path, tmp_path: Path
) -> None:
    path = upstream_folder / "legislators-current.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("https://angel", "hhttps://angel").replace("https://moved", "moved")
    path.write_text(text, encoding="utf-8")
    build(upstream_folder, tmp_path / "out")
    members = dataset.load(tmp_path / "out").members

    assert members["A000001"].terms[-1].url == "https://angel.example.org"
    assert members["B000002"].terms[-1].contact_form == ""
