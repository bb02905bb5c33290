"""Letters for many in the browser: checked first, made by the worker, capped, and one's own."""

import io
import re

import openpyxl
import pikepdf
import pytest
from flask.testing import FlaskClient
from limits import RateLimitItemPerHour
from limits.errors import StorageError
from limits.storage import MemoryStorage
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from campaign import paths
from campaign.cli import worker_setup
from campaign.errors import TooManyAttempts
from campaign.organizing import jobs as long_work
from campaign.organizing import letter_batches as batches
from campaign.packs import new_campaign
from campaign.packs import pack as packs
from campaign.packs.registry import CampaignRegistry
from campaign.web.core.security import LARGEST_BODY
from tests.tables.workbooks import claiming
from tests.web.organize.signing_in import csrf_token, post, signed_in
from tests.web.whole_site import Site

BATCH = "/volunteer/batch"
PEOPLE = """First name;Last name;Street;ZIP;Consent;Own words
Ani;Petrosyan;12 Main Street;59101;yes;Our town cares.
Bo;Li;1 Elm Street;10011;yes;
Cy;Poe;9 Oak Street;82001;no;
"""


@pytest.fixture
def volunteer(site: Site) -> FlaskClient:
    return signed_in(site, "volunteer")


def checked(
    client: FlaskClient, table: str | bytes = PEOPLE, name: str = "people.csv", **chosen: object
) -> TestResponse:
    """Hand a table in, with what the form has ticked by itself."""
    raw = table.encode() if isinstance(table, str) else table
    typed: dict[str, object] = {
        "csrf_token": csrf_token(client),
        "campaign": "section-907",
        "to": ["senate", "house"],
        "tone": "full",
        "paper_to": "washington",
        **chosen,
    }
    fields = MultiDict(typed)
    fields.add("table", FileStorage(io.BytesIO(raw), name))
    boundary, body = encode_multipart(fields)
    return client.post(BATCH, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def made(client: FlaskClient, page: TestResponse) -> TestResponse:
    """Press the button that has the letters made."""
    seal = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert seal is not None
    return post(client, f"{BATCH}/make", {"campaign": "section-907", "seal": seal[1]})


def work(site: Site) -> None:
    """Let the worker of these settings do the oldest job."""
    handlers = worker_setup.handlers(site.settings, CampaignRegistry(packs.folders(site.settings)))
    assert long_work.run_next(site.database, handlers, site.settings, clock=lambda: site.time[0])


def test_a_table_is_checked_before_anything_is_made(site: Site, volunteer: FlaskClient) -> None:
    page = checked(volunteer)

    assert page.status_code == 200
    assert "5 letters by 2 people. 1 letter to the House needs a district. 1 line" in page.text
    assert "Make 5 letters" in page.text
    assert "NY-10 or NY-12" in page.text
    assert "There is no consent" in page.text
    assert "Steve Daines" in page.text
    # The page says what to correct, and shows nobody.
    assert "Petrosyan" not in page.text
    assert "Elm Street" not in page.text


def test_the_worker_makes_the_files_and_their_owner_downloads_them(
    site: Site, volunteer: FlaskClient
) -> None:
    page = checked(volunteer, extras=list(batches.EXTRAS))
    started = made(volunteer, page)
    assert started.status_code == 303
    work(site)

    done = volunteer.get(started.location)

    assert "5 letters by 2 people. 1 letter to the House needs a district. 1 line" in done.text
    assert "rejects.csv lists them" in done.text
    names = re.findall(r">Download ([^<]+)<", done.text)
    assert names == [
        "letters.pdf",
        "envelopes.pdf",
        "labels.pdf",
        "return-labels.pdf",
        "call-sheets.pdf",
        "rejects.csv",
    ]
    with volunteer.get(f"{started.location}/files/letters.pdf") as answer:
        letters = answer.data
    with pikepdf.open(io.BytesIO(letters)) as book:
        assert len(book.pages) == 6
    with volunteer.get(f"{started.location}/files/rejects.csv") as answer:
        rejects = answer.data.decode()
    assert rejects.splitlines()[0] == (
        '"line","column","reason","First name","Last name","Street","ZIP","Consent","Own words"'
    )
    other = signed_in(site, "volunteer")
    assert other.get(f"{started.location}/files/letters.pdf").status_code == 404


def test_a_workbook_is_taken_as_well(volunteer: FlaskClient) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Name", "Address", "Zip Code", "I agree"])
    sheet.append(["Petrosyan, Ani", "12 Main Street", "59101", "x"])
    file = io.BytesIO()
    book.save(file)

    page = checked(volunteer, file.getvalue(), "people.xlsx")

    assert "3 letters by 1 person. Every line of the table was used." in page.text


def test_a_workbook_that_ends_its_reader_ends_nothing_else(volunteer: FlaskClient) -> None:
    page = checked(volunteer, claiming(4_000_000_000), "people.xlsx")

    assert page.status_code == 422
    assert "The workbook takes too much memory or time to read." in page.text


def test_a_table_that_was_checked_for_one_campaign_is_made_for_no_other(
    site: Site,
) -> None:
    bundled = paths.data() / "campaigns" / "section-907"
    new_campaign.copy("clean-water", site.settings.campaigns_folder, bundled)
    client = signed_in(site, "volunteer", "*")
    page = checked(client)
    seal = re.search(r'name="seal" value="([^"]+)"', page.text)
    assert seal is not None

    answer = post(client, f"{BATCH}/make", {"campaign": "clean-water", "seal": seal[1]})

    assert answer.status_code == 404
    assert made(client, page).status_code == 303


def test_counters_that_are_down_still_count() -> None:
    class Down(MemoryStorage):
        def incr(self, key: str, expiry: float, amount: int = 1) -> int:
            raise StorageError(ConnectionError())

    limits = batches.BatchLimits(Down())
    for _ in range(batches.BATCHES_PER_HOUR.amount):
        limits.count_batch("user:1")

    with pytest.raises(TooManyAttempts):
        limits.count_batch("user:1")


def test_a_table_is_used_once_and_by_whoever_handed_it_in(
    site: Site, volunteer: FlaskClient
) -> None:
    page = checked(volunteer)
    assert made(signed_in(site, "volunteer"), page).status_code == 404
    assert made(volunteer, page).location.startswith("/jobs/")

    again = made(volunteer, page)

    assert again.location.startswith(BATCH)
    assert "used already" in volunteer.get(again.location).text
    forged = post(volunteer, f"{BATCH}/make", {"campaign": "section-907", "seal": "forged"})
    assert forged.status_code == 404


def test_nobody_s_data_is_in_the_job(site: Site, volunteer: FlaskClient) -> None:
    made(volunteer, checked(volunteer))

    with site.database.reading() as connection:
        [job] = connection.exec_driver_sql("SELECT params, actor FROM jobs").all()
    assert "Petrosyan" not in str(job)
    assert '"kinds"' in str(job[0]) or "'kinds'" in str(job[0])


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("", "The table is empty."),
        (
            "a,b\n1,2\n",
            "has no column for first_name and last_name (or name), street, zip, consent",
        ),
        ("name,street,zip,consent\n" + "A B,1 C,59101,y\n" * 5_001, "more than 5,000 lines"),
        (b"PK\x03\x04nothing", "The workbook cannot be read."),
    ],
    ids=["empty", "columns", "lines", "workbook"],
)
def test_a_table_that_cannot_be_used_is_reported_beside_its_field(
    volunteer: FlaskClient, table: str | bytes, told: str
) -> None:
    page = checked(volunteer, table)

    assert page.status_code == 422
    assert told in page.text


def test_a_form_without_a_table_or_a_recipient_says_so(volunteer: FlaskClient) -> None:
    without = post(volunteer, BATCH, {"campaign": "section-907", "to": ["senate"]})
    assert without.status_code == 422
    assert "Choose a table" in without.text

    nobody = checked(volunteer, to=[])
    assert nobody.status_code == 422
    assert "Choose at least one recipient" in nobody.text


def test_more_than_the_largest_table_is_not_read(volunteer: FlaskClient) -> None:
    assert checked(volunteer, b"x" * (batches.CAPS.bytes + 200_000)).status_code == 413
    assert "larger than 5 MB" in checked(volunteer, b"x" * (batches.CAPS.bytes + 1)).text


def test_other_forms_take_no_more_than_before(site: Site) -> None:
    answer = site.client.post("/c/section-907/sign", data={"comment": "x" * LARGEST_BODY})

    assert answer.status_code == 413


def test_an_account_makes_ten_batches_an_hour(
    site: Site, volunteer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCHES_PER_HOUR", RateLimitItemPerHour(2, namespace="few"))
    for _ in range(2):
        assert made(volunteer, checked(volunteer)).status_code == 303

    page = checked(volunteer)
    refused = made(volunteer, page)

    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "You have made 2 batches within an hour" in refused.text
    # The table still waits, for later; and others are not kept from theirs.
    other = signed_in(site, "volunteer")
    assert made(other, checked(other)).status_code == 303


def test_checks_are_capped_too(volunteer: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    few = RateLimitItemPerHour(1, namespace="few-checks")
    monkeypatch.setattr(batches, "CHECKS_PER_HOUR", few)
    checked(volunteer)

    assert checked(volunteer).status_code == 429


def test_a_canceled_batch_leaves_no_half(site: Site, volunteer: FlaskClient) -> None:
    started = made(volunteer, checked(volunteer))
    post(volunteer, f"{started.location}/cancel")

    assert not long_work.run_next(
        site.database,
        worker_setup.handlers(site.settings, CampaignRegistry(packs.folders(site.settings))),
        site.settings,
        clock=lambda: site.time[0],
    )


@pytest.mark.parametrize("kind", ["signup", "pledge"])
def test_blank_sheets_are_sent(volunteer: FlaskClient, kind: str) -> None:
    answer = post(
        volunteer, "/volunteer/sheet", {"campaign": "section-907", "kind": kind, "pages": "2"}
    )

    assert answer.content_type == "application/pdf"
    assert f'filename="section-907-{kind}.pdf"' in answer.headers["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.data)) as book:
        assert len(book.pages) == 2


@pytest.mark.parametrize("pages", ["0", "51", "many", "", "٣"])
def test_so_many_sheets_as_nobody_fills_are_refused(volunteer: FlaskClient, pages: str) -> None:
    asked = {"campaign": "section-907", "kind": "signup", "pages": pages}

    answer = post(volunteer, "/volunteer/sheet", asked, follow_redirects=True)

    assert "from 1 to 50 pages" in answer.text


def test_the_volunteers_page_leads_to_both(volunteer: FlaskClient) -> None:
    page = volunteer.get("/volunteer/").text

    assert f"{BATCH}?campaign=section-907" in page
    assert "/volunteer/sheet?campaign=section-907" in page


def test_a_campaign_that_is_not_one_s_own_is_not_there(volunteer: FlaskClient) -> None:
    for path in (BATCH, "/volunteer/sheet"):
        assert volunteer.get(f"{path}?campaign=nobody-s").status_code == 404
