"""Handing the petition over in the browser: counts first, then work for the worker."""

import zipfile
from io import BytesIO

import pytest
from flask.testing import FlaskClient

from campaign.cli.worker_setup import handlers
from campaign.organizing import jobs as long_work
from campaign.packs import pack as packs
from campaign.packs.registry import CampaignRegistry
from tests.organizing.signed import add_signers
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import Site

PAGE = "/organize/section-907/deliver"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def work(site: Site) -> None:
    """Let the worker of these settings do the oldest job."""
    registry = CampaignRegistry(packs.folders(site.settings))
    assert long_work.run_next(
        site.database,
        handlers(site.settings, registry),
        site.settings,
        clock=lambda: site.time[0],
    )


def download(client: FlaskClient, path: str) -> bytes:
    """Return the bytes of a file of a job."""
    with client.get(path) as answer:
        return bytes(answer.data)


def test_nobody_signed_is_said_with_what_to_do(client: FlaskClient) -> None:
    page = client.get(PAGE)

    assert page.status_code == 200
    assert "There are no signers yet" in page.text
    assert "Make the delivery day kit" not in page.text


def test_members_stand_with_their_counts_before_anything_is_made(
    site: Site, client: FlaskClient
) -> None:
    add_signers(
        site.database,
        {},
        {"first_name": "Bo", "comment": "Please.", "comment_status": "waiting"},
        {"first_name": "Cy", "district": "", "zip": "59604"},
        {"first_name": "Di", "state": "FL", "district": "FL-20", "zip": "33301"},
    )

    everybody = client.get(PAGE).text
    montana = client.get(PAGE + "?state=MT").text

    assert "5 members with signers" in everybody
    assert "1 comment waits for review" in everybody
    assert "Florida’s 20th district: vacant as of June 15, 2026" in everybody
    assert "3 members with signers" in montana
    assert "1 signer lives" in montana
    assert "Florida’s" not in montana
    assert "5 packets with 10 signatures in all" in everybody


def test_one_member_s_packet_is_made_by_the_worker_and_downloaded(
    site: Site, client: FlaskClient
) -> None:
    add_signers(site.database, {})

    asked = post(client, PAGE + "/packets", {"member": "d000618"})
    work(site)
    page = client.get(asked.headers["Location"]).text

    assert "1 packet, 1 signature." in page
    name = "MT-S2-D000618-daines.pdf"
    made = download(client, asked.headers["Location"] + f"/files/{name}")
    assert made.startswith(b"%PDF")
    listed = client.get(PAGE).text
    assert name in listed
    assert "to deliver the petition" in client.get("/organize/section-907/exports").text
    assert "<td>Steve Daines</td>" in listed


def test_the_kit_holds_packets_summaries_index_and_run_sheet(
    site: Site, client: FlaskClient
) -> None:
    add_signers(site.database, {}, {"first_name": "Bo"})

    asked = post(client, PAGE + "/packets", {"state": "MT", "kit": "1"})
    work(site)
    kit = download(client, asked.headers["Location"] + "/files/section-907-kit.zip")

    with zipfile.ZipFile(BytesIO(kit)) as zipped:
        names = zipped.namelist()
        index = zipped.read("index.csv").decode()
    assert names[:2] == ["run-sheet.pdf", "index.csv"]
    assert sum(name.startswith("packets/") for name in names) == 3
    assert sum(name.startswith("summaries/") for name in names) == 3
    assert "Petrosyan" not in index
    left = site.settings.home / "jobs" / asked.headers["Location"].rpartition("/")[2]
    assert [path.name for path in left.iterdir()] == ["section-907-kit.zip"]


def test_the_whole_petition_comes_in_one_file_or_several(site: Site, client: FlaskClient) -> None:
    add_signers(site.database, {}, {"state": "WY", "district": "WY-0", "zip": "82001"})

    one = post(client, PAGE + "/petition", {"by": ""})
    work(site)
    several = post(client, PAGE + "/petition", {"by": "state"})
    work(site)

    assert "section-907-petition.pdf" in client.get(one.headers["Location"]).text
    zipped = download(client, several.headers["Location"] + "/files/section-907-petition.zip")
    with zipfile.ZipFile(BytesIO(zipped)) as opened:
        assert opened.namelist() == ["MT.pdf", "WY.pdf"]


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("/packets", {"member": "X000000"}, "No target of the campaign with the id"),
        ("/packets", {"state": "ZZ"}, "two letters"),
        ("/packets", {"district": "WY-9"}, "no district"),
        ("/packets", {"state": "WY"}, "There are no signers there yet"),
        ("/petition", {"by": "number", "every": "7"}, "100 or more"),
        ("/petition", {"by": "moon"}, "100 or more"),
    ],
)
def test_what_cannot_be_made_is_said_at_once(
    site: Site, client: FlaskClient, path: str, form: dict[str, str], told: str
) -> None:
    add_signers(site.database, {})

    answer = post(client, PAGE + path, form, follow_redirects=True)

    assert told in answer.text
    with pytest.raises(AssertionError):
        work(site)


@pytest.mark.parametrize("role", ["exporter", "volunteer", "viewer"])
def test_who_may_not_hand_over_is_kept_out(site: Site, role: str) -> None:
    visitor = signed_in(site, role)

    assert visitor.get(PAGE).status_code == 403
    assert post(visitor, PAGE + "/packets", {}).status_code == 403
    assert post(visitor, PAGE + "/petition", {}).status_code == 403
