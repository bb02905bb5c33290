"""Packets hold what signers agreed to hand over, of those who count, and nobody else's."""

import hashlib
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pikepdf
import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.errors import ExportFailed, InvalidInput
from campaign.keys import Keyring
from campaign.organizing.packets import delivery_kit, packet, petition_book, preview
from campaign.organizing.packets.preview import PacketFilter, seats
from campaign.organizing.packets.report import Report
from campaign.packs import pack as packs
from campaign.packs.local_targets import LocalTarget
from campaign.packs.pack import Pack
from campaign.packs.targets import NO_MEMBERS, MemberFilter, Targets
from campaign.petition import erasure, retention
from campaign.store import audit
from campaign.store.db.engine import Database
from tests.letters.reading import words_of
from tests.organizing.signed import NOON, add_signers


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", NOON.date())


@pytest.fixture
def make(database: Database, pack: Pack, congress: Congress, tmp_path: Path) -> Any:
    """What makes packets into `tmp_path/out`."""

    def made(**wanted: str) -> Report:
        return packet.write(
            database,
            pack,
            congress,
            PacketFilter(**wanted),
            tmp_path / "out",
            actor="tester",
            now=NOON,
        )

    return made


def text(path: Path, folder: Path) -> str:
    return words_of(path.read_bytes(), folder)


def test_a_packet_names_who_counts_with_town_and_approved_comment_and_no_address(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(
        database,
        {"email": "ani@example.org", "comment": "For my aunt.", "comment_status": "approved"},
        {"first_name": "Bo", "last_name": "Đặng", "zip": "59001", "origin": "paper"},
        {"first_name": "Cy", "last_name": "Պետրոսյան", "comment": "No.",
         "comment_status": "waiting"},
        {"first_name": "Di", "last_name": "Rejected", "comment": "Bad.",
         "comment_status": "rejected"},
        {"first_name": "Pending", "last_name": "Person", "status": "pending"},
        {"first_name": "Gone", "last_name": "Person", "status": "withdrawn"},
        {"first_name": "Void", "last_name": "Person", "status": "invalid"},
        {"first_name": "Other", "last_name": "Campaign", "campaign": "another"},
        {"first_name": "Old", "last_name": "Wyoming", "state": "WY", "district": "WY-0"},
    )  # fmt: skip

    report = make(district="mt-2")

    [made] = report.made
    told = text(tmp_path / "out" / made.file, tmp_path)
    assert made.file == "MT-2-D000634-downing.pdf"
    assert "4 of your constituents in Montana’s 2nd district have signed" in " ".join(told.split())
    for shown in ("Petrosyan, Ani · Billings", "Đặng, Bo · Absarokee", "Պետրոսյան, Cy · Billings",
                  "For my aunt.", "Ani Petrosyan, Billings", "1 by hand, on paper",
                  "The Honorable Troy Downing"):  # fmt: skip
        assert shown in told
    for hidden in ("ani@example.org", "Person", "Campaign,", "Wyoming", "No.\n", "Bad.", "59101"):
        assert hidden not in told
    assert (made.figures.count, made.figures.paper, report.waiting) == (4, 1, 1)


def test_pages_are_numbered_of_all_and_the_file_is_marked_for_readers(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(
        database,
        *({"first_name": f"N{number}", "comment": "Word. " * 50, "comment_status": "approved"}
          for number in range(190)),
    )  # fmt: skip

    [made] = make(member="D000634").made

    told = text(tmp_path / "out" / made.file, tmp_path)
    assert f"Page {made.pages} of {made.pages}" in told
    assert [f"Page {page} of {made.pages}" in told for page in (1, 2, 3)] == [False, True, True]
    with pikepdf.open(tmp_path / "out" / made.file) as opened:
        assert len(opened.pages) == made.pages
        assert opened.Root.MarkInfo.Marked
        assert "pdfuaid" in str(opened.Root.Metadata.read_bytes())
        with opened.open_outline() as outline:
            titles = [item.title for item in outline.root]
    assert titles[-3:] == ["Where signers live", "Constituents who signed", "In their own words"]


def test_senators_get_the_state_and_representatives_the_district(
    database: Database, make: Any
) -> None:
    add_signers(
        database,
        {},
        {"first_name": "Bo", "district": "MT-1", "zip": "59801"},
        {"first_name": "Cy", "district": "", "zip": "59604"},
        {"first_name": "Di", "state": "", "district": "", "zip": "09012"},
    )

    report = make(state="MT")

    assert [(made.reader.seat_id, made.figures.count) for made in report.made] == [
        ("MT-S1", 3), ("MT-S2", 3), ("MT-1", 1), ("MT-2", 1)
    ]  # fmt: skip
    assert (report.placeless, report.without_signers, report.names) == (1, 0, 8)


def test_a_vacant_seat_gets_no_packet_and_is_reported(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(database, {"state": "FL", "district": "FL-20", "zip": "33301"})

    report = make(state="FL")

    assert {made.reader.seat_id for made in report.made} == {"FL-S1", "FL-S3"}
    [skipped] = report.skipped
    assert (skipped.seat, skipped.count) == ("Representative for Florida’s 20th district", 1)
    assert "vacant" in skipped.why
    assert not list((tmp_path / "out").glob("FL-20*"))


def test_names_deleted_by_retention_are_counted_not_listed(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(database, {}, {"first_name": "Bo"})
    retention.purge(database, NOON.replace(year=2029), retention_days=30)
    add_signers(database, {"first_name": "Cy", "last_name": "Ito"})

    [made] = make(district="MT-2").made

    told = " ".join(text(tmp_path / "out" / made.file, tmp_path).split())
    assert made.figures.count == 3
    assert "2 people more signed long ago. They are counted" in told
    assert "Ito, Cy" in told


def test_characters_without_a_font_are_squares_and_counted(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(database, {"first_name": "李", "last_name": "王"}, {"first_name": "Bo"})

    report = make(district="MT-2")

    assert report.unprinted == 1
    assert "□, □ · Billings" in text(tmp_path / "out" / report.made[0].file, tmp_path)


def test_a_packet_is_audited_as_an_export_that_an_erasure_finds(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(database, {"email": "ani@example.org", "email_key": "ani@example.org"})

    report = make(district="MT-2")

    with database.reading() as connection:
        [record] = audit.records(connection, action="export")
    [made] = report.made
    path = tmp_path / "out" / made.file
    assert record.actor == "tester"
    assert record.details == {
        "preset": "packet",
        "filter": {"district": "MT-2"},
        "purpose": "to deliver the petition",
        "rows": 1,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "files": {made.file: made.sha256},
    }
    for name in (made.file, made.summary, "index.csv"):
        assert stat.S_IMODE((tmp_path / "out" / name).stat().st_mode) == 0o600
    with database.reading() as connection:
        row = connection.exec_driver_sql("SELECT public_id FROM signatures").scalar_one()
    done = erasure.erase_signature(
        database, str(row), actor="t", now=NOON, keyring=Keyring("k" * 40)
    )
    assert [export.id for export in done.exports] == [record.id]


def test_the_same_signers_make_the_same_bytes(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(database, {}, {"first_name": "Bo"})

    first, second = make(state="MT"), make(state="MT")

    assert [made.sha256 for made in first.made] == [made.sha256 for made in second.made]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"state": "ZZ"}, "two letters"),
        ({"district": "MT-9"}, "no district MT-9"),
        ({"member": "X000000"}, "No target of the campaign with the id"),
    ],
)
def test_an_unknown_place_or_member_is_refused(
    make: Any, wanted: dict[str, str], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        make(**wanted)


def test_a_folder_that_cannot_be_written_is_a_failed_job(
    database: Database, make: Any, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("a file")

    with pytest.raises(ExportFailed):
        make(state="MT")


def test_the_kit_is_in_walking_order_and_names_no_signer(
    database: Database, pack: Pack, make: Any, tmp_path: Path
) -> None:
    add_signers(
        database,
        {},
        {"first_name": "Bo", "state": "WY", "district": "WY-0", "zip": "82001"},
        {"first_name": "Cy", "state": "FL", "district": "FL-20", "zip": "33301"},
    )
    report = make()

    delivery_kit.write_kit(pack, report, tmp_path / "out", tmp_path / "kit.zip", date(2026, 7, 1))

    with zipfile.ZipFile(tmp_path / "kit.zip") as zipped:
        names = zipped.namelist()
        index = zipped.read("index.csv").decode()
        told = words_of(zipped.read("run-sheet.pdf"), tmp_path)
    assert len(names) == 2 + 2 * len(report.made)
    assert "Petrosyan" not in index + told
    buildings = [building for building, _ in delivery_kit.stops(report.made)]
    assert buildings == [
        "Russell Senate Office Building",
        "Dirksen Senate Office Building",
        "Hart Senate Office Building",
        "Longworth House Office Building",
    ]
    places = [told.index(building) for building in buildings]
    assert places == sorted(places)
    assert "Representative for Florida’s 20th district" in told
    assert stat.S_IMODE((tmp_path / "kit.zip").stat().st_mode) == 0o600


def test_rooms_are_sorted_by_floor(database: Database, make: Any) -> None:
    add_signers(database, *({"state": state, "district": ""} for state in ("MT", "CA", "NY", "OH")))

    for _, found in delivery_kit.stops(make().made):
        numbers = [int("".join(filter(str.isdigit, room))) for room, _ in found]
        assert numbers == sorted(numbers)


def test_the_summary_is_one_page_with_count_towns_three_asks_and_contact(
    database: Database, make: Any, tmp_path: Path
) -> None:
    add_signers(database, {}, {"first_name": "Bo", "zip": "59001"})

    [made] = make(district="MT-2").made

    raw = (tmp_path / "out" / made.summary).read_bytes()
    told = " ".join(words_of(raw, tmp_path).split())
    with pikepdf.open(tmp_path / "out" / made.summary) as opened:
        assert len(opened.pages) == 1
    for shown in ("2 constituents in Montana’s 2nd district have signed", "1. We call on",
                  "2. We call on the Congress", "3. Tell the people who signed what Representative",
                  "Billings 1", "organizer@example.org"):  # fmt: skip
        assert shown in told
    assert "Petrosyan" not in told


# -- the whole petition ----------------------------------------------------------------------------


@pytest.fixture
def book(database: Database, pack: Pack, congress: Congress, tmp_path: Path) -> Any:
    def made(**how: Any) -> petition_book.BookReport:
        return petition_book.write(
            database, pack, congress, tmp_path / "book", actor="tester", now=NOON, **how
        )

    return made


def test_the_book_has_every_signer_once_by_state_and_name(
    database: Database, book: Any, tmp_path: Path
) -> None:
    add_signers(
        database,
        {"comment": "For my aunt.", "comment_status": "approved"},
        {"first_name": "Bo", "state": "AK", "district": "AK-0", "zip": "99501"},
        {"first_name": "Cy", "state": "", "district": "", "zip": "09012"},
    )

    report = book()

    [volume] = report.volumes
    told = text(tmp_path / "book" / volume.file, tmp_path)
    assert (volume.file, volume.count) == ("petition.pdf", 3)
    assert "3 people of the United States have signed" in " ".join(told.split())
    places = [told.rindex(name) for name in ("Alaska", "Montana: in their own words", "Cy")]
    assert places == sorted(places)
    assert [told.count(f"Petrosyan, {name}") for name in ("Ani", "Bo", "Cy")] == [1, 1, 1]
    assert "For my aunt." in told


@pytest.mark.parametrize(
    ("by", "files"),
    [("state", ["AK.pdf", "MT.pdf", "elsewhere.pdf"]),
     ("district", ["AK-0.pdf", "MT-2.pdf", "elsewhere.pdf"])],
)  # fmt: skip
def test_the_book_splits_by_state_or_district(
    database: Database, book: Any, tmp_path: Path, by: str, files: list[str]
) -> None:
    add_signers(
        database,
        {},
        {"first_name": "Bo", "state": "AK", "district": "AK-0", "zip": "99501"},
        {"first_name": "Cy", "state": "", "district": "", "zip": "09012"},
    )

    report = book(split_by=by)

    assert [volume.file for volume in report.volumes] == files
    assert report.names == 3
    assert "Bo" not in text(tmp_path / "book" / "MT.pdf", tmp_path) if by == "state" else True


def test_the_book_splits_into_volumes_without_losing_signers(
    database: Database, book: Any, tmp_path: Path
) -> None:
    add_signers(
        database,
        *({"first_name": f"N{number:03}", "state": "MT" if number % 3 else "AK"}
          for number in range(250)),
    )  # fmt: skip

    report = book(split_by="number", volume_size=100)

    assert [(volume.file, volume.count) for volume in report.volumes] == [
        ("volume-001.pdf", 100), ("volume-002.pdf", 100), ("volume-003.pdf", 50)
    ]  # fmt: skip
    told = "".join(text(tmp_path / "book" / volume.file, tmp_path) for volume in report.volumes)
    assert all(told.count(f"Petrosyan, N{number:03}") == 1 for number in range(250))
    assert "Volume 2 of 3" in told
    with database.reading() as connection:
        [record] = audit.records(connection, action="export")
    assert record.details["filter"] == {"by": "number", "every": 100}
    with pytest.raises(InvalidInput, match="at least 100"):
        book(split_by="number", volume_size=5)


def test_a_packet_has_the_date_of_the_campaigns_zone(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    add_signers(database, {"email": "ani@example.org"})
    californian = replace(pack, zone=ZoneInfo("America/Los_Angeles"))
    evening = datetime(2026, 12, 1, 4, tzinfo=UTC)  # the last of November in California

    report = packet.write(
        database,
        californian,
        congress,
        PacketFilter(),
        tmp_path / "out",
        actor="tester",
        now=evening,
    )

    assert "November 30, 2026" in text(tmp_path / "out" / report.made[0].file, tmp_path)


def test_signatures_go_only_to_the_campaigns_targets(pack: Pack, congress: Congress) -> None:
    house = Targets(members=MemberFilter(chambers=("house",), states=("MT",)))

    everyone = seats(pack.targets, congress, PacketFilter(state="MT"), NOON.date())
    asked = seats(house, congress, PacketFilter(), NOON.date())

    assert [one.seat.id for one in everyone] == ["MT-S1", "MT-S2", "MT-1", "MT-2"]
    assert [one.seat.id for one in asked] == ["MT-1", "MT-2"]
    with pytest.raises(InvalidInput, match="No target of the campaign"):
        seats(house, congress, PacketFilter(member="D000618"), NOON.date())


MAYOR = LocalTarget(
    "mayor", "Jo Doe", "Mayor", ("Jo Doe", "City Hall", "Havre, MT 59501"), "Dear Mayor Doe:",
    phone="406-555-0100", cities=(("havre", "MT"),),
)  # fmt: skip


def test_an_official_of_a_city_gets_the_signers_of_the_city(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    asking = replace(pack, targets=Targets(NO_MEMBERS, executive=(), local=(MAYOR,)))
    add_signers(
        database,
        {"zip": "59501", "district": "MT-2"},
        {"first_name": "Bo", "zip": "59101", "district": "MT-2"},
        {"first_name": "Cy", "zip": "82001", "state": "WY", "district": "WY-0"},
    )

    report = packet.write(
        database, asking, congress, PacketFilter(), tmp_path / "out", actor="cli:tests", now=NOON
    )

    [made] = report.made
    told = " ".join(text(tmp_path / "out" / made.file, tmp_path).split())
    assert (made.file, made.figures.count) == ("mayor.pdf", 1)
    assert "Dear Mayor Doe:" in told
    assert "of the people whom you represent has signed" in told
    assert "Havre" in told
    [(building, [(room, stop)])] = delivery_kit.stops(report.made)
    assert (building, room, stop) == ("City Hall, Havre, MT 59501", "", made)
    found = preview.preview(database, asking, congress, PacketFilter(), NOON.date())
    assert [(one.office.id, one.count) for one in found.offices] == [("mayor", 1)]


def test_a_packet_for_a_city_says_that_old_signers_are_left_out(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    asking = replace(pack, targets=Targets(NO_MEMBERS, executive=(), local=(MAYOR,)))
    add_signers(database, {"zip": "59501", "district": "MT-2"})
    retention.purge(database, NOON.replace(year=2029), retention_days=30)
    add_signers(database, {"first_name": "Cy", "zip": "59501", "district": "MT-2"})

    report = packet.write(
        database, asking, congress, PacketFilter(), tmp_path / "out", actor="cli:tests", now=NOON
    )

    [made] = report.made
    told = " ".join(text(tmp_path / "out" / made.file, tmp_path).split())
    assert made.figures.count == 1
    assert "People who signed long ago are not counted here" in told
    assert "Old signers whose data was deleted" in report.notes[0]


def test_an_executive_office_gets_everyone_where_no_member_is_asked_or_on_request(
    database: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    both = Targets(executive=("health",))
    add_signers(database, {}, {"first_name": "Cy", "state": "WY", "district": "WY-0"})

    def made(targets: Targets, member: str = "") -> list[tuple[str, int]]:
        report = packet.write(
            database,
            replace(pack, targets=targets),
            congress,
            PacketFilter(member=member),
            tmp_path / "out",
            actor="cli:tests",
            now=NOON,
        )
        return [(one.reader.id, one.figures.count) for one in report.made]

    assert made(replace(both, members=NO_MEMBERS)) == [("health", 2)]
    assert made(both, "HEALTH") == [("health", 2)]
    assert "health" not in dict(made(both))
