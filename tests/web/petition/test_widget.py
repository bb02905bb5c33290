"""The widget: it alone may be framed, signs in the frame, and keeps nothing about anybody."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from campaign.web.core.security import CONTENT_SECURITY_POLICY
from tests.web.made_site import words
from tests.web.whole_site import PETITION, Site, is_taken

EMBED = PETITION + "embed"


def framed_form(site: Site, **typed: str) -> dict[str, str]:
    """What a browser would post from the frame."""
    page = site.client.get(EMBED).text
    hidden = dict(re.findall(r'name="(token|source)"[^>]*value="([^"]*)"', page))
    return {**site.form(), **hidden, **typed}


def frame_ancestors(policy: str) -> str:
    (found,) = (part for part in policy.split("; ") if part.startswith("frame-ancestors"))
    return found


def test_any_site_may_frame_the_widget_and_nothing_else_is_loosened(client: FlaskClient) -> None:
    headers = client.get(EMBED).headers

    assert frame_ancestors(headers["Content-Security-Policy"]) == "frame-ancestors *"
    assert headers["Content-Security-Policy"].replace("ancestors *", "ancestors 'none'") == (
        CONTENT_SECURITY_POLICY
    )
    assert "X-Frame-Options" not in headers
    assert "Set-Cookie" not in headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"].startswith("public")


def test_no_other_page_may_be_framed(site: Site) -> None:
    paths = {
        rule.rule.replace("<name>", "section-907").replace("<state>", "CA")
        for rule in site.app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] != "embed"
        and "GET" in (rule.methods or ())
        and re.fullmatch(r"[^<]*", rule.rule.replace("<name>", "").replace("<state>", ""))
    }

    assert PETITION in paths
    for path in sorted(paths):
        headers = site.client.get(path).headers
        if headers["Content-Type"].startswith(("text/css", "text/javascript")):
            continue  # a part of a page, which no frame shows as one
        assert frame_ancestors(headers["Content-Security-Policy"]) == "frame-ancestors 'none'", path
        assert headers["X-Frame-Options"] == "DENY", path


def test_a_signature_from_the_frame_counts_with_its_source_and_is_answered_there(
    site: Site,
) -> None:
    answer = site.client.post(EMBED, data=framed_form(site))

    assert "ani@example.org" in answer.text
    for after in (answer, site.client.get(EMBED + "/signed")):
        assert is_taken(after)
        assert frame_ancestors(after.headers["Content-Security-Policy"]) == "frame-ancestors *"
    (mail,) = site.mails()
    assert mail["To"] == "ani@example.org"
    with site.database.reading() as connection:
        (source,) = connection.exec_driver_sql("SELECT source FROM signatures").scalars()
    assert source == "widget"


def test_an_error_is_shown_in_the_frame_with_all_that_was_typed(site: Site) -> None:
    answer = site.client.post(EMBED, data=framed_form(site, email="no address", first_name="Ani"))

    assert answer.status_code == 422
    assert frame_ancestors(answer.headers["Content-Security-Policy"]) == "frame-ancestors *"
    assert 'value="no address"' in answer.text
    assert f'action="{EMBED}#error-summary"' in answer.text
    assert "There is a problem" in answer.text


def test_a_split_zip_asks_its_question_in_the_frame(site: Site) -> None:
    answer = site.client.post(EMBED, data=framed_form(site, zip="10011"))

    assert answer.status_code == 200
    assert frame_ancestors(answer.headers["Content-Security-Policy"]) == "frame-ancestors *"
    assert "districts" in words(answer.text)
    assert f'action="{EMBED}#error-summary"' in answer.text
    carried = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text))
    settled = site.client.post(
        EMBED, data={**{k: unescape(v) for k, v in carried.items()}, "district": "NY-12"}
    )
    assert is_taken(settled)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}]
)
def test_the_page_around_the_frame_cannot_post_for_its_visitors(
    site: Site, headers: dict[str, str]
) -> None:
    assert site.client.post(EMBED, data=framed_form(site), headers=headers).status_code == 403
    assert site.mails() == []


def test_the_snippet_may_name_its_own_source(client: FlaskClient) -> None:
    page = client.get(EMBED + "?source=partner-site").text

    assert 'value="partner-site"' in page


def test_links_leave_the_frame_alone(site: Site) -> None:
    """What may not be framed would show an error in the frame: it opens in a new tab."""
    pages = [site.client.get(EMBED), site.client.get(EMBED + "/signed")]
    pages.append(site.client.post(EMBED, data=framed_form(site, email="")))

    for page in pages:
        for link in re.findall(r"<a [^>]*>", page.text):
            assert 'href="#' in link or "mailto:" in link or 'target="_blank"' in link, link


def test_the_widget_loads_from_its_own_host_alone_and_holds_no_inline_code(
    client: FlaskClient,
) -> None:
    page = client.get(EMBED).text

    for loaded in re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"', page):
        assert loaded.startswith(("/", "data:image/svg+xml,"))
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page)


def test_the_script_has_an_address_for_good_and_other_sites_may_run_it(
    client: FlaskClient,
) -> None:
    response = client.get("/embed.js")

    assert response.content_type.startswith("text/javascript")
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "event.origin !== home" in response.text
    assert "frame.contentWindow === event.source" in response.text
    again = client.get("/embed.js", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
