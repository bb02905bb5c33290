"""The page of long work: how far it is, its files, and nobody else's eyes on them."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaign.organizing import jobs as long_work
from campaign.organizing.jobs import JobContext, JobResult
from campaign.store import accounts, jobs
from campaign.store.jobs import Job
from campaign.web.organize import jobs as pages
from tests.web.organize.signing_in import add_account, logged_in, post, signed_in
from tests.web.whole_site import Site


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return logged_in(site, add_account(site))


def asked(site: Site, actor: str = "user:1") -> Job:
    with site.database.writing() as connection:
        return jobs.queue(
            connection, "letters", campaign="section-907", actor=actor, params={}, now=site.time[0]
        )


def work(site: Site) -> None:
    def handler(given: JobContext) -> JobResult:
        (given.folder / "letters.pdf").write_bytes(b"%PDF-1.7")
        (given.folder / "people.csv").write_bytes(b"Ada,Lovelace")
        return JobResult("Two letters.", ("letters.pdf",), {"letters": 2})

    long_work.run_next(
        site.database, {"letters": handler}, site.settings, clock=lambda: site.time[0]
    )


def test_starting_one_lays_its_input_down_and_leads_to_its_page(site: Site) -> None:
    account = add_account(site)
    path = "/organize/section-907/"
    with site.app.test_request_context(path):
        from flask_security import login_user

        from campaign.web.organize.security_datastore import User

        login_user(User(account))
        answer = pages.start(
            "letters", campaign="section-907", params={"to": ["house"]}, inputs={"in.csv": b"Ada"}
        )

    public_id = answer.headers["Location"].rpartition("/")[2]
    with site.database.reading() as connection:
        job = jobs.find(connection, public_id)
    assert answer.status_code == 303
    assert job is not None
    assert (job.actor, job.params) == (f"user:{account.id}", {"to": ["house"]})
    assert (site.settings.home / "jobs" / public_id / "in.csv").read_bytes() == b"Ada"


def test_while_it_waits_the_page_says_so_and_offers_to_stop_it(
    site: Site, client: FlaskClient
) -> None:
    job = asked(site)

    page = client.get(f"/jobs/{job.public_id}")
    stopped = post(client, f"/jobs/{job.public_id}/cancel", follow_redirects=True)

    assert "It is queued." in page.text
    assert "Stopped." in stopped.text


def test_when_it_is_done_its_files_are_there_and_kept_by_nobody(
    site: Site, client: FlaskClient
) -> None:
    job = asked(site)
    work(site)

    page = client.get(f"/jobs/{job.public_id}")
    found = re.search(r'href="([^"]+/files/[^"]+)"', page.text)
    assert found is not None
    file = client.get(found[1])

    assert "Two letters." in page.text
    assert file.data == b"%PDF-1.7"
    assert file.headers["Cache-Control"] == "no-store"
    assert "attachment" in file.headers["Content-Disposition"]
    file.close()


def test_what_was_handed_in_cannot_be_fetched(site: Site, client: FlaskClient) -> None:
    job = asked(site)
    work(site)

    names = ["people.csv", "..%2f..%2fcampaign.db", "../people.csv"]
    answers = [client.get(f"/jobs/{job.public_id}/files/{name}").status_code for name in names]

    assert answers == [404, 404, 404]


def test_the_script_learns_how_far_the_job_is(site: Site, client: FlaskClient) -> None:
    job = asked(site)

    told = client.get(f"/jobs/{job.public_id}.json")

    assert told.json == {"status": "queued", "done": 0, "total": 0, "is_open": True}


def test_it_is_nobody_elses(site: Site, client: FlaskClient) -> None:
    job = asked(site)
    work(site)
    other = logged_in(site, add_account(site))

    paths = ["", ".json", "/files/letters.pdf"]
    answers = [other.get(f"/jobs/{job.public_id}{path}").status_code for path in paths]
    stopped = post(other, f"/jobs/{job.public_id}/cancel")
    stranger = site.client.get(f"/jobs/{job.public_id}/files/letters.pdf")

    assert answers == [404, 404, 404]
    assert stopped.status_code == 404
    assert stranger.status_code == 302


def test_after_a_day_the_files_are_gone_and_the_page_says_so(
    site: Site, client: FlaskClient, tmp_path: Path
) -> None:
    job = asked(site)
    work(site)
    site.pass_time(hours=25)
    long_work.delete_expired_files(site.database, site.settings, site.time[0])

    page = client.get(f"/jobs/{job.public_id}")
    file = client.get(f"/jobs/{job.public_id}/files/letters.pdf")

    assert "The files have been deleted" in page.text
    assert file.status_code == 404


def test_a_file_whose_day_is_over_is_not_sent_though_no_worker_has_deleted_it(
    site: Site, client: FlaskClient
) -> None:
    job = asked(site)
    work(site)
    site.pass_time(hours=25)

    page = client.get(f"/jobs/{job.public_id}")
    file = client.get(f"/jobs/{job.public_id}/files/letters.pdf")

    assert (site.settings.home / "jobs" / job.public_id / "letters.pdf").exists()
    assert "The files have been deleted" in page.text
    assert file.status_code == 404


def test_one_account_asks_for_so_much_a_day(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_A_DAY", 2)
    client = signed_in(site, "organizer")

    def ask() -> int:
        return post(client, "/organize/section-907/deliver/petition", {"by": ""}).status_code

    answers = [ask() for _ in range(3)]
    site.pass_time(hours=24, seconds=1)
    client = signed_in(site, "organizer")

    assert answers == [303, 303, 429]
    assert ask() == 303


def test_with_the_role_that_it_was_asked_under_it_goes(site: Site) -> None:
    account = add_account(site)
    with site.database.writing() as connection:
        job = jobs.queue(
            connection,
            "letters",
            campaign="section-907",
            actor=f"user:{account.id}",
            params={},
            now=site.time[0],
        )
    path = f"/jobs/{job.public_id}"
    assert logged_in(site, account).get(path).status_code == 200

    site.pass_time(seconds=5)
    with site.database.writing() as connection:
        accounts.grant(
            connection, account.id, campaign="section-907", role="volunteer", now=site.time[0]
        )

    assert logged_in(site, account).get(path).status_code == 404
