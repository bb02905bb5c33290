"""What members are handed can be read aloud: an independent validator finds no error in it."""

from pathlib import Path

import pytest

from campaign import paths
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.organizing import member_brief
from campaign.organizing.packets import packet, petition_book
from campaign.organizing.packets.preview import PacketFilter
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.store.db.engine import Database
from tests.organizing.signed import NOON, add_signers
from tests.pdf_ua import errors_in

DOWNING = "D000634"


@pytest.fixture(scope="module")
def congress() -> Congress:
    return dataset.load(paths.data() / "congress")


@pytest.fixture(scope="module")
def pack() -> Pack:
    return packs.load(paths.data() / "campaigns" / "section-907", NOON.date())


@pytest.fixture
def signed(database: Database) -> Database:
    """The database with signers of several pages, and comments of one."""
    add_signers(
        database,
        *(
            {
                "first_name": f"Ani{number}",
                "comment": "For my aunt. " * 9,
                "comment_status": "approved",
            }
            for number in range(60)
        ),
        {"first_name": "Cy", "last_name": "Պետրոսյան"},
    )
    return database


def test_packets_and_their_kit_have_no_error(
    signed: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    packet.write(
        signed, pack, congress, PacketFilter(district="MT-2"), out, actor="a test", now=NOON
    )

    made = {path.name: errors_in(path.read_bytes(), tmp_path) for path in out.rglob("*.pdf")}
    assert made
    assert made == {name: [] for name in made}


def test_the_whole_petition_has_no_error(
    signed: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    out = tmp_path / "book"
    report = petition_book.write(signed, pack, congress, out, actor="a test", now=NOON)

    for volume in report.volumes:
        assert errors_in((out / volume.file).read_bytes(), tmp_path) == []


def test_a_brief_about_a_member_has_no_error(
    signed: Database, pack: Pack, congress: Congress, tmp_path: Path
) -> None:
    made = member_brief.pdf(signed, pack, congress, DOWNING, on_date=pack.on_date)

    assert errors_in(made, tmp_path) == []
