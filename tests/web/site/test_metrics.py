"""`/metrics`: opened by its token alone, and true for the whole installation."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from campaign.store import endpoints, heartbeats
from campaign.web.app import create_app
from campaign.web.core.services import KEY
from tests.store.db.test_readiness import read_only
from tests.web.whole_site import PETITION, Site, make_site

TOKEN = "a-token-for-metrics"


def watched(site: Site) -> FlaskClient:
    """A visitor of the same site with a token set."""
    app = create_app(
        replace(site.settings, metrics_token=TOKEN),
        database=site.database,
        clock=lambda: site.time[0],
    )
    return app.test_client()


def read(client: FlaskClient) -> dict[tuple[str, ...], float]:
    """Return every sample as {(name, label values …): value}; the process is left out."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return {
        (
            sample.name,
            *(v for k, v in sorted(sample.labels.items()) if k != "process"),
        ): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_without_a_token_it_is_not_there(site: Site) -> None:
    assert site.settings.metrics_token == ""
    assert site.client.get("/metrics").status_code == 404
    assert site.client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_it_opens_to_the_token_alone(site: Site) -> None:
    client = watched(site)

    for header in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", "Bearer ü"):
        answer = client.get("/metrics", headers={"Authorization": header})
        assert answer.status_code == 401
        assert "campaign_" not in answer.text
    assert client.get(f"/metrics?token={TOKEN}").status_code == 401
    assert read(client)


def test_it_says_how_the_installation_stands(site: Site) -> None:
    client = watched(site)
    site.sign()
    site.pass_time(minutes=5)

    found = read(client)

    assert found["campaign_signatures", "section-907", "pending"] == 1
    assert found["campaign_outbox_rows", "confirm", "queued"] == 1
    assert found["campaign_outbox_oldest_due_seconds",] == 300
    assert found["campaign_congress_data_days_left",] > 0

    path = site.mailed_path("/confirm/")
    site.client.post(path)
    site.mails()
    found = read(client)

    assert found["campaign_signatures", "section-907", "online"] == 1
    assert ("campaign_signatures", "section-907", "pending") not in found
    assert found["campaign_deliveries_total", "confirm", "sent"] == 1
    assert found["campaign_outbox_oldest_due_seconds",] == 0


def test_endpoints_that_are_disabled_are_seen(site: Site) -> None:
    with site.database.writing() as connection:
        made = endpoints.add(
            connection, "webhook", campaign="section-907", url="https://hooks.example.org/",
            shape="flat", events=("signature.confirmed",), only_mail=True, secret="sealed",
            created_by="user:1", now=site.time[0],
        )  # fmt: skip
        endpoints.change(connection, made.public_id, {"status": "disabled"})

    assert read(watched(site))["campaign_endpoints", "webhook", "disabled"] == 1


def test_requests_are_counted_by_endpoint_and_class(site: Site) -> None:
    client = watched(site)
    client.get("/healthz")
    client.get("/healthz")
    client.get("/nowhere/at/all")

    found = read(client)

    assert found["campaign_http_requests_total", "health.healthz", "2xx"] == 2
    assert found["campaign_http_requests_total", "none", "4xx"] == 1
    assert found["campaign_http_seconds_bucket", "+Inf"] == 3
    assert found["campaign_http_seconds_count",] == 3


def test_nobody_is_named(site: Site) -> None:
    site.sign()

    client = watched(site)
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    assert "ani@example.org" not in text
    assert "Petrosyan" not in text


def test_both_databases_answer(database_url: str, tmp_path: Path) -> None:
    site = make_site(tmp_path)
    app = create_app(
        replace(site.settings, metrics_token=TOKEN, database_url=database_url),
        clock=lambda: site.time[0],
    )

    assert ("campaign_outbox_oldest_due_seconds",) in read(app.test_client())
    app.extensions[KEY].database.dispose()
    site.database.dispose()


def test_a_sign_up_that_could_not_be_saved_is_counted_and_is_one_line(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    client = watched(site)
    before = read(client)
    form = site.form()
    with read_only(site.database):
        response = client.post(PETITION + "sign", data=form)
    after = read(client)

    assert response.status_code == 503
    assert form["email"] in response.text
    refused = ("campaign_http_unavailable_total", "petition.sign")
    assert before[refused] == 0
    assert after[refused] == 1
    (line,) = (record.getMessage() for record in caplog.records)
    assert line.startswith("sign-up refused, campaign section-907")
    assert form["email"] not in line


def test_what_was_counted_is_served_while_the_database_is_away(site: Site) -> None:
    client = watched(site)
    assert read(client)["campaign_database_up",] == 1
    site.database.dispose()
    (site.settings.home / "campaign.db").unlink()

    told = read(client)

    assert told["campaign_database_up",] == 0
    assert ("campaign_http_unavailable_total", "petition.sign") in told
    assert not any(name.startswith("campaign_outbox") for name, *_ in told)


def test_it_says_how_long_ago_a_worker_took_a_turn(site: Site) -> None:
    with site.database.writing() as connection:
        heartbeats.beat(connection, "one", "mail", now=site.time[0])
    site.pass_time(minutes=5)

    assert read(watched(site))["campaign_worker_last_turn_seconds", "mail"] == 300
