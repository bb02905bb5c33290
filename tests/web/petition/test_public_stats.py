"""Figures that other sites may fetch: exact in shape, small counts untold."""

from datetime import datetime

from flask.testing import FlaskClient

from tests.web.whole_site import PETITION, Site, figures


def test_the_count_is_three_figures_and_nothing_else(client: FlaskClient) -> None:
    response = client.get(PETITION + "count.json")

    assert response.content_type == "application/json"
    assert list(figures(response)) == ["count", "goal", "updated"]
    assert (figures(response)["count"], figures(response)["goal"]) == (0, 100)
    assert datetime.fromisoformat(figures(response)["updated"]).tzinfo is not None


def test_any_site_may_fetch_and_keep_the_figures(client: FlaskClient) -> None:
    for path in (PETITION + "count.json", "/c/section-907.json"):
        headers = client.get(path).headers

        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert headers["Cache-Control"].startswith("public, max-age=10")
        assert headers["ETag"]


def test_the_figures_name_the_petition_and_no_small_group(site: Site) -> None:
    site.sign()
    site.client.post(site.mailed_path("/confirm/"))

    told = figures(site.client.get("/c/section-907.json"))

    assert told["count"] == 1
    assert told["is_open"] is True
    assert told["url"] == "http://localhost/c/section-907/"
    assert told["headline"]
    assert told["by_state"] == {}


def test_figures_of_an_unknown_campaign_are_not_found(client: FlaskClient) -> None:
    assert client.get("/c/nothing/count.json").status_code == 404
    assert client.get("/c/nothing.json").status_code == 404
