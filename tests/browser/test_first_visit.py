"""What a first visit costs, and what merely opening a page may do: nothing."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from campaign.languages import LANGUAGES
from campaign.store.models import signatures
from tests.browser.conftest import OpenPage
from tests.browser.live import Site
from tests.browser.pages import PUBLIC
from tests.web.counted import count_in

pytestmark = pytest.mark.browser

MOST_BYTES = 60 * 1000
MOST_REQUESTS = 8


@pytest.mark.parametrize("campaign", ["section-907", "asking"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_visit_is_light(
    open_page: OpenPage, site: Site, campaign: str, language: str
) -> None:
    """At most 60 KB over the wire and eight requests, with signers, comments, and the chart.

    "asking" asks for a challenge.
    """
    for number in range(6):
        site.confirm(
            f"signer{number}.{campaign}.{language}@example.org",
            campaign=campaign,
            comment="My grandmother was born in Shushi.",
            show_name=True,
        )
    count_in(site.database, {"CA-30": 400}, at=datetime.now(UTC), campaign=campaign)
    page = open_page()
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    asked: list[str] = []
    bytes_in: list[int] = []
    wire.on(
        "Network.requestWillBeSent",
        lambda event: (
            None
            if event["request"]["url"].startswith("data:")
            else asked.append(event["request"]["url"])
        ),
    )
    wire.on("Network.loadingFinished", lambda event: bytes_in.append(event["encodedDataLength"]))

    page.goto(f"/c/{campaign}/?lang={language}", wait_until="networkidle")

    assert 1 < len(bytes_in) == len(asked) <= MOST_REQUESTS, asked
    assert 10_000 < sum(bytes_in) <= MOST_BYTES, sum(bytes_in)


def test_opening_public_pages_sends_nothing_but_questions(open_page: OpenPage, site: Site) -> None:
    page = open_page()
    methods: set[str] = set()
    page.on("request", lambda request: methods.add(request.method))
    for state in ("petition-challenge", "write", "share", "map", "widget", "privacy"):
        PUBLIC[state](page, site)
        page.mouse.wheel(0, 10_000)

    page.wait_for_load_state("networkidle")

    assert methods == {"GET"}


def test_opening_a_mailed_link_changes_nothing(open_page: OpenPage, site: Site) -> None:
    """Mail programs open links before people do: each change is behind a button."""
    page = open_page()
    methods: set[str] = set()
    page.on("request", lambda request: methods.add(request.method))

    page.goto(site.sign("opened@example.org"), wait_until="networkidle")
    assert status(site, "opened@example.org") == "pending"
    site.confirm("opened.too@example.org", mail_opt_in=True)
    own = site.mailed_link("opened.too@example.org", "/me")
    for link in (
        own,
        f"{own}/withdraw",
        f"{own}/erase",
        site.mailed_link("opened.too@example.org", "/unsubscribe"),
    ):
        page.goto(link, wait_until="networkidle")
        assert page.get_by_role("button").count() or page.get_by_role("link").count()

    assert status(site, "opened.too@example.org") == "confirmed"
    assert methods == {"GET"}


def status(site: Site, email: str) -> str:
    with site.database.reading() as connection:
        found: str = connection.execute(
            select(signatures.c.status).where(signatures.c.email == email)
        ).scalar_one()
    return found
