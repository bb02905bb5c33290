"""A link that names who shared it: only if they asked, in no cache, and gone when they want it."""

import re
from urllib.parse import unquote

import pytest
import sqlalchemy as sa

from campaign.store.models import signatures
from tests.web.whole_site import PETITION, Site

LINE = "asked you to read this."


def confirmed(site: Site, **typed: str) -> str:
    """Sign and confirm, and return the thank-you page."""
    site.sign(**typed)
    answer = site.client.post(site.mailed_path("/confirm/"))
    page: str = site.client.get(answer.location).text
    return page


def ticket_of(page: str) -> str:
    found = re.search(r'name="signer" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def credited(site: Site, page: str, **typed: str) -> str:
    """Ask to be named, and return the path that the links lead to."""
    data = {"signer": ticket_of(page), "credit": "y", **typed}
    answer = site.client.post(f"{PETITION}share", data=data)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    found = re.search(r"(/from/section-907\.[\w=-]+)\?source=mail", unquote(answer.text))
    assert found is not None
    return found[1]


def test_who_opens_the_link_reads_who_asked(site: Site) -> None:
    path = credited(site, confirmed(site, first_name="Nare"), line="Our town cares.")

    page = site.client.get(f"{path}?source=mail")

    assert page.status_code == 200
    assert f"Nare {LINE}" in page.text
    assert 'name="source" type="hidden" value="mail"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "ETag" not in page.headers
    assert "Nare" not in path
    assert "հայերեն" in page.text or 'hreflang="hy"' in page.text


def test_no_one_else_gets_the_name_or_the_token(site: Site) -> None:
    """Whoever opens the petition next gets the page that the credited visit may have rendered."""
    path = credited(site, confirmed(site, first_name="Nare"))
    site.pass_time(seconds=10)

    site.client.get(path)
    plain = site.client.get(PETITION)

    assert LINE not in plain.text
    assert "/from/" not in plain.text
    assert f'href="{PETITION}?lang=es"' in plain.text
    assert "public" in plain.headers["Cache-Control"]
    assert "/from/" not in site.client.get(path).text


def test_the_name_is_shown_in_the_language_of_the_link(site: Site) -> None:
    path = credited(site, confirmed(site, first_name="Nare"))

    page = site.client.get(f"{path}?lang=es").text

    assert '<html lang="es"' in page
    assert "Nare" in page


def test_who_does_not_ask_is_not_named(site: Site) -> None:
    page = confirmed(site, first_name="Nare")

    answer = site.client.post(
        f"{PETITION}share", data={"signer": ticket_of(page), "line": "Read this."}
    )

    assert "/from/" not in answer.text
    with site.database.reading() as connection:
        assert connection.execute(sa.select(signatures.c.credit_nonce)).scalars().all() == [None]


def test_an_odd_name_is_not_offered(site: Site) -> None:
    page = confirmed(site, first_name="BUY.example.org")

    assert 'name="signer"' not in page


@pytest.mark.parametrize("leaving", ["stop", "withdraw", "erase"])
def test_the_name_is_gone_when_the_signer_wants_it(site: Site, leaving: str) -> None:
    path = credited(site, confirmed(site, first_name="Nare"))
    own = site.mailed_path("/me/")
    assert "The links that you shared show your first name" in site.client.get(own).text

    site.client.post(f"{own}/{ {'stop': 'credit'}.get(leaving, leaving) }")

    answer = site.client.get(f"{path}?source=sms")
    assert answer.status_code == 302
    assert answer.location == f"{PETITION}?source=sms"
    assert answer.headers["Cache-Control"] == "no-store"


def test_taking_it_back_ends_earlier_links_for_good(site: Site) -> None:
    page = confirmed(site, first_name="Nare")
    earlier = credited(site, page)
    assert credited(site, page) == earlier
    site.client.post(f"{site.mailed_path('/me/')}/credit")

    later = credited(site, page)

    assert later != earlier
    assert site.client.get(earlier).status_code == 302
    assert site.client.get(later).status_code == 200


@pytest.mark.parametrize(
    "forged", ["section-907", "section-907.", "section-907.x", f"section-907.{'A' * 48}"]
)
def test_a_forged_link_leads_to_the_petition(site: Site, forged: str) -> None:
    answer = site.client.get(f"/from/{forged}")

    assert answer.status_code == 302
    assert answer.location == PETITION


def test_a_link_to_no_campaign_is_not_found(site: Site) -> None:
    assert site.client.get("/from/nowhere.x").status_code == 404


def test_an_old_ticket_names_no_one_and_keeps_the_line(site: Site) -> None:
    page = confirmed(site, first_name="Nare")
    data = {"signer": ticket_of(page) + "x", "credit": "y", "line": "Our town cares."}

    answer = site.client.post(f"{PETITION}share", data=data)

    assert answer.status_code == 422
    assert "the links do not name you" in answer.text
    assert "Our town cares." in answer.text
    assert "/from/" not in answer.text


def test_a_name_is_text_on_the_page(site: Site) -> None:
    path = credited(site, confirmed(site, first_name="O'Neil"))

    assert "O&#39;Neil asked" in site.client.get(path).text


def test_a_call_after_confirming_is_one_of_a_round(site: Site) -> None:
    page = confirmed(site)

    calls = re.findall(r'href="([^"]*/call/[^"]*)"', page)

    assert calls
    assert all("offices=" in call for call in calls)
