"""Every page of Connect in every state that somebody meets there, and the API's own page."""

import secrets
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from playwright.sync_api import Page

from campaign.organizing.connect import api_keys, connections
from campaign.organizing.connect.connections import WebhookSettings
from campaign.store import endpoints, models
from campaign.store.endpoints import EVENTS, Endpoint
from tests.browser.live import Site
from tests.browser.navigation import click_and_load
from tests.browser.office import HOME, State, enter

NAME = "section-907"
CONNECT = f"{HOME}connect"


def make_webhook(site: Site, *, note: str = "") -> Endpoint:
    """Make a webhook with a long address; disabled, with that note, where one is given."""
    now = datetime.now(UTC)
    tail = secrets.token_hex(4)
    made, _ = connections.add_webhook(
        site.database,
        NAME,
        WebhookSettings(
            f"https://hooks.example.org/coalition/signatures-of-section-907?group={tail}",
            "flat",
            EVENTS,
            only_mail=True,
        ),
        actor="cli:tests",
        now=now,
        keyring=site.settings.keyring,
    )
    with site.database.writing() as connection:
        if note:
            endpoints.change(connection, made.public_id, {"status": "disabled", "note": note})
        endpoints.queue_test(connection, made, now=now + timedelta(days=1))
        row = connection.execute(
            sa.select(models.outbox.c.id).where(models.outbox.c.to == made.public_id)
        ).scalar_one()
        for attempt, (status, error) in enumerate(((0, "no response in time"), (200, "")), 1):
            connection.execute(
                sa.insert(models.endpoint_attempts),
                {
                    "endpoint_id": made.id, "outbox_id": row, "event": "signature.confirmed",
                    "attempt": attempt, "status_code": status, "milliseconds": 1234,
                    "error": error, "at": now,
                },
            )  # fmt: skip
    return made


def _connect(page: Page, site: Site) -> None:
    make_webhook(site)
    make_webhook(site, note="It responded with 410, which asks us to stop.")
    api_keys.create(
        site.database,
        NAME,
        name="Numbers on our home page",
        scopes=("stats:read",),
        expires_at=datetime.now(UTC) + timedelta(days=90),
        actor="cli:tests",
        now=datetime.now(UTC),
    )
    enter(page, site)
    page.goto(CONNECT)


def _open_forms(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto(CONNECT)
    page.get_by_text("Add a webhook", exact=True).click()
    page.get_by_text("Create a key", exact=True).click()


def _errors(page: Page, site: Site) -> None:
    _open_forms(page, site)
    page.get_by_label("URL", exact=True).fill("https://10.0.0.1/")
    click_and_load(page.get_by_role("button", name="Add the webhook"))


def _shown_once(page: Page, site: Site) -> None:
    _open_forms(page, site)
    page.get_by_label("Purpose").fill("Numbers on our home page")
    page.get_by_label("read the campaign's figures").check()
    click_and_load(page.get_by_role("button", name="Create the key"))


def _webhook(page: Page, site: Site) -> None:
    made = make_webhook(site)
    enter(page, site)
    page.goto(f"{CONNECT}/webhooks/{made.public_id}")


def _disabled(page: Page, site: Site) -> None:
    made = make_webhook(site, note="It responded with 410, which asks us to stop.")
    enter(page, site)
    page.goto(f"{CONNECT}/webhooks/{made.public_id}")


def _action_network(page: Page, site: Site) -> None:
    enter(page, site)
    page.goto(f"{CONNECT}/action-network")


def _action_network_on(page: Page, site: Site) -> None:
    _action_network(page, site)
    page.get_by_label("The petition's API endpoint").fill(
        "https://actionnetwork.org/api/v2/petitions/0123-4567/signatures"
    )
    page.get_by_label("API key of the group").fill("a-key-of-nobody")
    click_and_load(page.locator("form[action$=action-network]").get_by_role("button").last)


def _api(page: Page, site: Site) -> None:
    page.goto("/api/v1/")


#: Connect, and what it leads to.
STATES: dict[str, State] = {
    "connect": _connect,
    "connect-errors": _errors,
    "connect-shown-once": _shown_once,
    "connect-webhook": _webhook,
    "connect-webhook-disabled": _disabled,
    "connect-action-network-on": _action_network_on,
    "api": _api,
}
