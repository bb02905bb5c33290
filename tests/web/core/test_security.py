"""What every answer carries, and which requests are refused before a view sees them."""

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from campaign.web.core.security import LARGEST_BODY
from tests.web.whole_site import PETITION, Site, make_site

KEY = "a-key-for-tests-alone-0123456789abcdef"
PUBLIC_PAGES = [
    "/",
    PETITION,
    PETITION + "signed",
    PETITION + "members",
    PETITION + "facts",
    "/c/section-907.json",
    PETITION + "count.json",
    "/privacy",
    "/accessibility",
    "/healthz",
    "/nowhere",
]


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_every_answer_is_hardened_and_sets_no_cookie(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"]
    assert headers["Cache-Control"]
    assert "Set-Cookie" not in headers


def test_parts_of_a_page_carry_only_what_they_obey(client: FlaskClient) -> None:
    page = client.get(PETITION).text
    parts = re.findall(r'"(/static/[^"]+\.(?:css|js|woff2))"', page)
    assert {part.rpartition(".")[2] for part in parts} == {"css", "js", "woff2"}

    for part in parts:
        headers = client.get(part).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Content-Security-Policy" not in headers
        assert "Permissions-Policy" not in headers


@pytest.mark.parametrize("path", [p for p in PUBLIC_PAGES if not p.endswith((".json", "healthz"))])
def test_no_page_needs_what_the_policy_forbids(client: FlaskClient, path: str) -> None:
    body = client.get(path, follow_redirects=True).text

    assert "<style" not in body
    assert " style=" not in body
    assert " onclick=" not in body
    assert "<script>" not in body
    assert 'src="http' not in body


def test_https_is_kept_once_it_was_used(tmp_path: Path) -> None:
    site = make_site(tmp_path, base_url="https://petition.example.org")

    secure = site.client.get("/healthz").headers

    assert secure["Strict-Transport-Security"] == "max-age=31536000"
    site.database.dispose()


def test_plain_http_promises_nothing_about_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/healthz").headers


# -- Hosts -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "[::2]"])
def test_a_foreign_host_is_refused(client: FlaskClient, host: str) -> None:
    response = client.get(PETITION, headers={"Host": host})

    assert response.status_code == 400
    assert "evil" not in response.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:5000", "[::1]:8000"])
def test_a_development_site_answers_to_this_machine(client: FlaskClient, host: str) -> None:
    assert client.get(PETITION, headers={"Host": host}).status_code == 200


def test_production_answers_to_its_own_name_alone(tmp_path: Path) -> None:
    site = make_site(tmp_path, env="production", base_url="https://petition.example.org")

    assert site.client.get(PETITION).status_code == 400
    own = {"Host": "petition.example.org"}
    assert site.client.get(PETITION, headers=own).status_code == 200
    site.database.dispose()


def test_a_probe_may_use_any_host(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "10.0.0.7:8000"}).status_code == 200


# -- Origins ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    ],
)
def test_a_form_of_another_site_is_refused(site: Site, headers: dict[str, str]) -> None:
    response = site.client.post(PETITION + "sign", data=site.form(), headers=headers)

    assert response.status_code == 403
    assert "another site" in response.text
    assert not site.mails()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    ],
)
def test_a_form_of_this_site_is_taken(site: Site, headers: dict[str, str]) -> None:
    response = site.client.post(PETITION + "sign", data=site.form(), headers=headers)

    assert response.status_code == 200
    assert len(site.mails()) == 1


def test_a_mailed_page_may_post_without_an_origin(site: Site) -> None:
    """Its no-referrer policy makes older browsers send "null"; the address is the secret."""
    site.sign()

    response = site.client.post(site.mailed_path("/confirm/"), headers={"Origin": "null"})

    assert response.status_code == 303


# -- Bodies ----------------------------------------------------------------------------------------


def test_a_big_body_is_refused(site: Site) -> None:
    response = site.sign(comment="x" * (LARGEST_BODY + 1))

    assert response.status_code == 413
    assert "shorten" in response.text


def test_ten_thousand_fields_are_refused(client: FlaskClient) -> None:
    fields = {f"f{number}": "x" for number in range(10_000)}

    assert client.post(PETITION + "sign", data=fields).status_code == 413


def test_ten_thousand_parts_are_refused(client: FlaskClient) -> None:
    fields = {f"f{number}": "x" for number in range(3000)}

    response = client.post(PETITION + "sign", data=fields, content_type="multipart/form-data")

    assert response.status_code == 413


def test_a_compressed_body_is_refused(client: FlaskClient) -> None:
    response = client.post(
        PETITION + "sign",
        data=gzip.compress(b"first_name=Ani"),
        headers={"Content-Encoding": "gzip"},
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 415


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/xml",
    ],
)
def test_what_is_no_form_is_refused(client: FlaskClient, content_type: str) -> None:
    body = "[" * 50_000

    response = client.post(PETITION + "sign", data=body, content_type=content_type)

    assert response.status_code == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_a_wrong_method_is_answered_with_the_right_one(client: FlaskClient, method: str) -> None:
    response = client.open(PETITION + "sign", method=method)

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
