"""The challenge in a real browser: nobody waits or types less for it, and nobody needs it."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Request, Route, expect
from sqlalchemy import select

from campaign.store.models import signatures
from tests.browser.conftest import OpenPage
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.pages import sign

pytestmark = pytest.mark.browser

PETITION = "/c/asking/"


def fill(page: Page, email: str, at: str = PETITION) -> None:
    """Open the page and fill in its form, as fast as no person could."""
    page.goto(at)
    for name, text in {
        "first_name": "Ani",
        "last_name": "Petrosyan",
        "email": email,
        "zip": "59001",
    }.items():
        page.locator(f"#{name}").fill(text)


def sent(request: Request) -> str:
    """The answer to the challenge that a form was sent with."""
    return parse_qs(request.post_data or "", keep_blank_values=True)["altcha"][0]


def kept(site: Site, email: str) -> tuple[str, str]:
    """Status and flags of the signature with that address."""
    with site.database.reading() as connection:
        found = connection.execute(
            select(signatures.c.status, signatures.c.flags).where(signatures.c.email == email)
        ).one()
    return found.status, found.flags


def is_signed(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")


@pytest.mark.parametrize("at", [PETITION, PETITION + "embed"], ids=["page", "widget"])
def test_the_browser_answers_while_the_form_is_filled_in(
    open_page: OpenPage, site: Site, at: str
) -> None:
    page = open_page()
    email = f"solver{len(at)}@example.org"
    fill(page, email, at)
    expect(page.locator("input[name=altcha]")).to_have_value(re.compile("."))

    sign(page)

    is_signed(page)
    assert kept(site, email) == ("pending", "")


def test_a_hasty_person_is_asked_to_wait_a_moment_and_sent_on(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page()
    held_back: list[Route] = []
    page.route("**/challenge", lambda route: held_back.append(route))
    fill(page, "hasty@example.org")
    line = page.locator("[data-challenge]")
    button = page.get_by_role("button", name="Sign the petition")

    button.click()

    expect(line).to_have_text(
        "One moment: your browser is doing a small calculation that keeps out bots."
    )
    expect(line).to_have_attribute("role", "status")
    # A second press, and going on with one's comment, change nothing.
    button.click()
    page.get_by_text("Add a comment").click()
    page.locator("#comment").fill("My grandmother was born in Shushi.")
    assert len(held_back) == 1
    held_back[0].continue_()
    is_signed(page)
    assert kept(site, "hasty@example.org") == ("pending", "")


def test_the_challenge_is_asked_for_when_a_person_begins_and_not_before(
    open_page: OpenPage,
) -> None:
    page = open_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(PETITION, wait_until="networkidle")
    assert not [url for url in asked if url.endswith("/challenge")]

    for field in ("#first_name", "#last_name", "#email"):
        page.locator(field).focus()

    page.wait_for_load_state("networkidle")
    assert len([url for url in asked if url.endswith("/challenge")]) == 1


def test_without_scripts_one_signs_all_the_same(open_page: OpenPage, site: Site) -> None:
    page = open_page(java_script_enabled=False)
    fill(page, "plain@example.org")

    sign(page)

    is_signed(page)
    assert kept(site, "plain@example.org") == ("pending", "unchallenged")
    page.goto(site.mailed_link("plain@example.org", "/confirm"))
    click_and_load(page.get_by_role("button", name="Confirm my signature"))
    assert kept(site, "plain@example.org")[0] == "confirmed"


def test_where_no_challenge_can_be_had_the_form_goes_without(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page()
    page.route("**/challenge", lambda route: route.fulfill(status=200, body="not JSON"))
    fill(page, "offline@example.org")

    sign(page)

    is_signed(page)
    assert kept(site, "offline@example.org") == ("pending", "unchallenged")


def test_a_browser_that_cannot_calculate_sends_the_form_at_once(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page()
    page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined })")
    fill(page, "insecure@example.org")

    sign(page)

    is_signed(page)
    assert kept(site, "insecure@example.org") == ("pending", "unchallenged")


def test_after_an_error_another_answer_is_made(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    fill(page, "no address")
    with page.expect_response(lambda answer: answer.request.method == "POST") as refused:
        sign(page)
    expect(page.locator("#error-summary")).to_be_visible()
    # As the server sends it: the browser may be at the next answer already.
    field = re.search(r'<input[^>]*name="altcha"[^>]*>', refused.value.text())
    assert field is not None
    assert 'value=""' in field[0]
    page.locator("#email").fill("again@example.org")

    with page.expect_request(lambda request: request.method == "POST") as sent_again:
        sign(page)

    is_signed(page)
    assert sent(sent_again.value) not in {"", sent(refused.value.request)}
    assert kept(site, "again@example.org") == ("pending", "")


def test_who_goes_back_to_sign_for_another_person_gets_another_answer(
    open_page: OpenPage, site: Site
) -> None:
    page = open_page()
    fill(page, "first@example.org")
    sign(page)
    is_signed(page)

    page.go_back()
    page.locator("#email").fill("second@example.org")
    page.locator("#first_name").fill("Aram")
    page.locator("#last_name").fill("Petrosyan")
    page.locator("#zip").fill("59001")
    sign(page)

    is_signed(page)
    assert kept(site, "first@example.org") == ("pending", "")
    assert kept(site, "second@example.org") == ("pending", "")
