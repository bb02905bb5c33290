"""Every place that tells how many signed tells the same, whatever became of the signers."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from campaign import paths
from campaign.organizing import dashboard
from campaign.organizing.packets import packet, petition_book
from campaign.organizing.packets.preview import PacketFilter
from campaign.organizing.paper import import_table
from campaign.organizing.paper import table as tables
from campaign.packs import editing
from campaign.packs.pack import Pack
from campaign.petition import public_counts, retention, review
from campaign.petition.paper.session import PaperSession
from campaign.store import audit, models, wordings
from campaign.tables.rejects import Rejects
from tests.letters.reading import words_of
from tests.organizing import exporting
from tests.web.api.conftest import bearer, make_key
from tests.web.made_site import words
from tests.web.organize.signing_in import signed_in
from tests.web.whole_site import PETITION, Site, figures, make_site

NAME = "section-907"
BASE = f"/organize/{NAME}"
FIRST, SECOND = "to fund no military assistance", "to fund no assistance of any kind"


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[Site]:
    made = make_site(tmp_path / "home", database_url=database_url)
    yield made
    made.database.dispose()


def pack(site: Site) -> Pack:
    found: Pack = site.app.extensions["campaign"].campaigns.get(NAME, site.time[0])
    return found


def sign(site: Site, first_name: str, zip_: str = "59001") -> str:
    """Sign and confirm; return the path of the signer's own page."""
    site.sign(first_name=first_name, email=f"{first_name}@example.org".lower(), zip=zip_)
    site.client.post(site.mailed_path("/confirm/"))
    return site.mailed_path("/me/")


def one(site: Site, first_name: str) -> Any:
    with site.database.reading() as connection:
        return connection.execute(
            sa.select(models.signatures).where(models.signatures.c.first_name == first_name)
        ).one()


def paper_session(site: Site) -> PaperSession:
    congress = site.app.extensions["campaign"].congress
    return PaperSession(
        site.database, pack(site), congress, site.time[0], site.settings.keyring, "t"
    )


def fill(site: Site) -> None:
    """Eight signatures that count, of one whose data is deleted, and four that do not count."""
    sign(site, "Olga")
    site.pass_time(days=40)
    retention.purge(site.database, site.time[0], retention_days=30)
    for name in ("Ada", "Bea"):
        sign(site, name)
    sign(site, "Cleo", "82001")
    site.client.post(f"{sign(site, 'Dan')}/withdraw")
    sign(site, "Eve")
    review.invalidate(
        site.database, one(site, "Eve").public_id, reason="twice", actor="t", now=site.time[0]
    )
    site.sign(first_name="Pia", email="pia@example.org")
    site.sign(first_name="Hana", email="hana@example.org")
    with site.database.writing() as connection:
        connection.execute(
            sa.update(models.signatures)
            .where(models.signatures.c.first_name == "Hana")
            .values(status="held", reason="limit")
        )
    session = paper_session(site)
    session.enter(
        [
            session.read({"first_name": "Rosa", "last_name": "Paper", "zip": "59001"}),
            session.read({"first_name": "Sam", "last_name": "Paper", "zip": "82001"}),
        ],
        {},
    )
    source = paths.data() / "campaigns" / NAME
    text = (source / "petition.md").read_text(encoding="utf-8").replace(FIRST, SECOND)
    editing.save_changes(source, site.settings.campaigns_folder, {"petition.md": text})
    site.app.extensions["campaign"].campaigns.rescan()
    site.pass_time(days=1)
    for name in ("Fay", "Gil"):
        sign(site, name)
    site.pass_time(minutes=1)


def test_overview_map_export_packet_book_api_and_public_json_agree(
    site: Site, tmp_path: Path
) -> None:
    fill(site)
    db, now, congress = site.database, site.time[0], site.app.extensions["campaign"].congress
    assert public_counts.compare(db) == {}

    public = figures(site.client.get(f"/c/{NAME}.json"))
    assert (public["count"], public["paper"], public["online"]) == (8, 2, 6)
    assert public["earlier_wording"] == 5
    assert figures(site.client.get(f"/c/{NAME}/count.json"))["count"] == 8
    petition = words(site.client.get(PETITION).text)
    assert "8 have signed" in petition
    assert "5 of them signed an earlier wording of this petition." in petition

    found = dashboard.campaign_figures(db, pack(site), congress, now)
    assert (found.total, found.paper) == (8, 2)
    assert sum(found.by_day.values()) == 8
    assert found.states == {"MT": 6, "WY": 2}
    assert sum(found.districts.values()) == sum(found.sources.values()) == 8
    senators = [row.constituents for row in found.members if row.state == "MT" and not row.district]
    assert senators == [6, 6]
    assert found.wording == wordings.WordingCounts(2, 5, 0)
    assert [(row.signatures, row.is_current) for row in found.versions] == [(5, False), (2, True)]
    assert (found.waits.held, found.funnel.signed - found.funnel.confirmed) == (1, 1)

    told = site.client.get(f"/api/v1/campaigns/{NAME}/stats", headers=bearer(make_key(site))).json
    assert told is not None
    assert (told["total"], told["paper"], told["online"]) == (8, 2, 6)
    assert told["by_state"] == {"MT": 6, "WY": 2}
    assert sum(told["by_day"].values()) == 8
    assert [row["signatures"] for row in told["wordings"]] == [5, 2]
    assert FIRST in " ".join(told["wordings"][0]["petition"])
    assert SECOND in " ".join(told["wordings"][1]["petition"])

    # Everybody who is still named: all but the one whose data is deleted.
    rows = list(csv.DictReader(io.StringIO(exporting.exported(db).decode())))
    versions = [row["wording_version"] for row in rows]
    assert sorted(map(versions.count, set(versions))) == [2, 5]
    key = bearer(make_key(site))
    listed = site.client.get(f"/api/v1/osdi/petitions/{NAME}/signatures", headers=key).json
    assert listed is not None
    assert listed["total_records"] == len(rows) == 7
    embedded = listed["_embedded"]["osdi:signatures"]
    assert sorted(row["campaign:wording_version"] for row in embedded) == sorted(versions)
    about = site.client.get(f"/api/v1/osdi/petitions/{NAME}", headers=key).json
    assert about is not None
    assert about["total_signatures"] == 8
    assert [row["signatures"] for row in about["campaign:wordings"]] == [5, 2]

    made = packet.write(
        db, pack(site), congress, PacketFilter(), tmp_path / "out", actor="t", now=now
    ).made
    counts = {one.reader.seat_id: (one.figures.count, one.figures.unlisted) for one in made}
    assert counts == {
        "MT-S1": (6, 1), "MT-S2": (6, 1), "MT-2": (6, 1),
        "WY-S1": (2, 0), "WY-S2": (2, 0), "WY-0": (2, 0),
    }  # fmt: skip
    by_seat = {one.reader.seat_id: [share.count for share in one.shares.all] for one in made}
    assert (by_seat["MT-2"], by_seat["WY-0"]) == ([3, 2], [2])

    report = petition_book.write(db, pack(site), congress, tmp_path / "book", actor="t", now=now)
    [volume] = report.volumes
    printed = words_of((tmp_path / "book" / volume.file).read_bytes(), tmp_path)
    assert volume.count == 8
    assert "signed in these words by 5 people" in " ".join(printed.split())
    for hidden in ("Dan", "Eve", "Pia", "Hana", "Olga"):
        assert f"Petrosyan, {hidden}" not in printed

    page = words(signed_in(site, "owner").get(f"{BASE}/").text)
    assert re.search(r" 8 of \d", page)
    assert (
        "5 people signed an earlier wording of the petition, and are counted and printed with it"
        in page
    )


def test_the_record_of_an_import_says_what_the_page_says(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "paper.csv"
    file.write_text(
        "first_name,last_name,zip\nAni,Petrosyan,59001\nBo,Li,00000\nCy,Ito,\n,Nameless,59001\n"
        "Ani,Petrosyan,59001\n"
    )
    report = import_table.enter(
        paper_session(site), tables.read(file, io.BytesIO()), Rejects(None, ())
    )

    with site.database.reading() as connection:
        [record] = audit.records(connection, action="import", campaign=NAME)
    said = {kind: record.details[kind] for kind in ("entered", "known", "refused")}
    assert said == {"entered": 1, "known": 1, "refused": 3}
    assert said == {"entered": report.entered, "known": report.known, "refused": report.refused}
