"""Who watches the site is told what works."""

from flask.testing import FlaskClient

from campaign.store import heartbeats
from tests.store.db.test_readiness import read_only
from tests.web.whole_site import Site, figures


def test_a_living_process_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"


def test_a_site_that_can_take_signatures_is_ready(client: FlaskClient) -> None:
    response = client.get("/readyz")

    assert response.status_code == 200
    assert figures(response) == {
        "ready": True,
        "database": True,
        "writes": True,
        "campaigns": True,
        "congress": True,
        "worker": {},
    }


def test_a_site_without_its_tables_is_not_ready(site: Site) -> None:
    site.database.dispose()
    (site.settings.home / "campaign.db").unlink()

    response = site.client.get("/readyz")

    assert response.status_code == 503
    assert figures(response)["database"] is False


def test_a_site_that_cannot_save_a_signature_is_not_ready(site: Site) -> None:
    with read_only(site.database):
        response = site.client.get("/readyz")

    assert response.status_code == 503
    assert figures(response)["database"] is True
    assert figures(response)["writes"] is False


def test_an_outdated_dataset_is_reported_and_stops_nobody(site: Site) -> None:
    site.pass_time(days=365)

    response = site.client.get("/readyz")

    assert figures(response)["congress"] is False
    assert response.status_code == 200


def test_it_says_how_long_ago_each_thread_of_the_worker_took_a_turn(site: Site) -> None:
    for thread in heartbeats.THREADS:
        with site.database.writing() as connection:
            heartbeats.beat(connection, "one", thread, now=site.time[0])
        site.pass_time(seconds=5)

    response = site.client.get("/readyz")

    assert response.status_code == 200
    assert figures(response)["worker"] == {
        "mail": 20.0,
        "tasks": 15.0,
        "jobs": 10.0,
        "integrations": 5.0,
    }
