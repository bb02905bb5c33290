"""Connect: for owners alone; secrets are shown once; what cannot be undone is asked twice."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from campaign.organizing.connect import api_keys, connections
from campaign.store import audit, models
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import Site

NAME = "section-907"
PAGE = f"/organize/{NAME}/connect"
HOOK = {
    "url": "https://hooks.example.org/in",
    "events": ["signature.confirmed", "signature.withdrawn"],
    "shape": "flat",
}
PUSH = {"url": "https://actionnetwork.org/api/v2/petitions/1/signatures", "key": "a-secret-key"}


@pytest.fixture
def owner(site: Site) -> Any:
    return signed_in(site, "owner")


def shown_once(page: str) -> str:
    found = re.search(r'class="shown-once"><code>([^<]+)</code>', page)
    assert found is not None
    return found[1]


def webhook_page(site: Site) -> str:
    [made] = connections.webhooks(site.database, NAME)
    return f"{PAGE}/webhooks/{made.public_id}"


@pytest.mark.parametrize("role", ["organizer", "exporter", "volunteer", "viewer"])
def test_opens_to_owners_alone(site: Site, role: str) -> None:
    visitor = signed_in(site, role)

    assert visitor.get(PAGE).status_code == 403
    assert post(visitor, f"{PAGE}/keys", {"name": "x", "scopes": "stats:read"}).status_code == 403
    assert api_keys.of_campaign(site.database, NAME) == ()


def test_an_empty_page_says_what_to_do(owner: Any) -> None:
    page = owner.get(PAGE)

    assert page.status_code == 200
    assert page.text.count('class="empty"') == 3


def test_no_box_has_to_be_ticked(owner: Any) -> None:
    """A browser would ask for every one of them."""
    assert not re.search(r"<input[^>]*required[^>]*checkbox", owner.get(PAGE).text)


class TestKeys:
    def test_a_key_is_shown_once_and_works(self, site: Site, owner: Any) -> None:
        answer = post(
            owner, f"{PAGE}/keys", {"name": "Home page", "scopes": ["stats:read"], "expires": ""}
        )

        key = shown_once(answer.text)
        assert answer.headers["Cache-Control"] == "no-store"
        headers = {"Authorization": f"Bearer {key}"}
        path = f"/api/v1/campaigns/{NAME}/stats"
        assert site.client.get(path, headers=headers).status_code == 200
        listed = owner.get(PAGE).text
        assert "Home page" in listed
        assert key not in listed

    def test_what_is_missing_is_said(self, site: Site, owner: Any) -> None:
        answer = post(owner, f"{PAGE}/keys", {"name": ""})

        assert answer.status_code == 422
        assert "Enter the purpose of the key" in answer.text
        assert "Choose at least one permission" in answer.text

    def test_a_day_that_has_passed_is_refused(self, site: Site, owner: Any) -> None:
        form = {"name": "x", "scopes": ["stats:read"], "expires": "2020-01-01"}

        assert post(owner, f"{PAGE}/keys", form).status_code == 422

    def test_revoking_asks_twice(self, site: Site, owner: Any) -> None:
        key = shown_once(post(owner, f"{PAGE}/keys", {"name": "x", "scopes": ["stats:read"]}).text)
        [made] = api_keys.of_campaign(site.database, NAME)
        path = f"{PAGE}/keys/{made.public_id}/revoke"

        assert "Revoke this key?" in owner.get(path).text
        assert api_keys.of_campaign(site.database, NAME) == (made,)
        assert post(owner, path).status_code == 302
        assert api_keys.recognize(site.database, key, now=site.time[0]) is None


class TestWebhooks:
    def test_is_added_with_a_secret_shown_once(self, site: Site, owner: Any) -> None:
        secret = shown_once(post(owner, f"{PAGE}/webhooks", HOOK).text)

        assert secret.startswith("whsec_")
        [made] = connections.webhooks(site.database, NAME)
        assert (made.events, made.only_mail) == (tuple(HOOK["events"]), True)
        for path in (PAGE, webhook_page(site)):
            assert secret not in owner.get(path).text

    @pytest.mark.parametrize("url", ["https://10.0.0.1/", "https://intranet/", "nonsense"])
    def test_an_address_inside_is_refused_with_words(
        self, site: Site, owner: Any, url: str
    ) -> None:
        answer = post(owner, f"{PAGE}/webhooks", HOOK | {"url": url})

        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
        assert connections.webhooks(site.database, NAME) == ()

    def test_is_changed_switched_tested_and_deleted(self, site: Site, owner: Any) -> None:
        post(owner, f"{PAGE}/webhooks", HOOK)
        path = webhook_page(site)

        post(owner, path, HOOK | {"shape": "actionnetwork", "everybody": "y"})
        [changed] = connections.webhooks(site.database, NAME)
        assert (changed.shape, changed.only_mail) == ("actionnetwork", False)
        post(owner, f"{path}/test")
        with site.database.reading() as connection:
            [row] = connection.execute(sa.select(models.outbox)).all()
        assert row.payload["event"] == "test"
        post(owner, f"{path}/switch", {"on": "no"})
        assert not connections.webhooks(site.database, NAME)[0].is_on
        post(owner, f"{path}/switch", {"on": "yes"})
        assert connections.webhooks(site.database, NAME)[0].is_on
        assert "Delete this connection?" in owner.get(f"{path}/delete").text
        post(owner, f"{path}/delete")
        assert connections.webhooks(site.database, NAME) == ()

    def test_that_everybody_learns_of_is_on_record(self, site: Site, owner: Any) -> None:
        """It takes signers out of the house who did not agree to mail, as an export would."""
        post(owner, f"{PAGE}/webhooks", HOOK)
        post(owner, webhook_page(site), HOOK | {"everybody": "y"})

        with site.database.reading() as connection:
            changed, made = audit.records(connection, campaign=NAME, limit=2)
        assert (made.action, made.details["everybody"]) == ("webhook-made", False)
        assert (changed.action, changed.details["everybody"]) == ("webhook-changed", True)

    def test_its_form_begins_as_it_stands(self, site: Site, owner: Any) -> None:
        post(owner, f"{PAGE}/webhooks", HOOK | {"everybody": "y"})

        page = owner.get(webhook_page(site)).text

        assert f'value="{HOOK["url"]}"' in page
        assert page.count(" checked") == 4  # two events, one shape, everybody

    def test_a_new_secret_is_asked_twice_and_shown_once(self, site: Site, owner: Any) -> None:
        old = shown_once(post(owner, f"{PAGE}/webhooks", HOOK).text)
        path = f"{webhook_page(site)}/secret"

        assert "24 hours" in owner.get(path).text
        assert shown_once(post(owner, path).text) != old

    def test_the_log_shows_each_try_and_sends_again(self, site: Site, owner: Any) -> None:
        post(owner, f"{PAGE}/webhooks", HOOK)
        path = webhook_page(site)
        post(owner, f"{path}/test")
        with site.database.writing() as connection:
            outbox_id = connection.execute(sa.select(models.outbox.c.id)).scalar_one()
            endpoint_id = connection.execute(sa.select(models.endpoints.c.id)).scalar_one()
            connection.execute(sa.update(models.outbox).values(status="failed"))
            connection.execute(
                sa.insert(models.endpoint_attempts),
                {
                    "endpoint_id": endpoint_id, "outbox_id": outbox_id, "event": "test",
                    "attempt": 3, "status_code": 500, "milliseconds": 1234,
                    "error": "answered 500", "at": site.time[0],
                },
            )  # fmt: skip
            message = connection.execute(sa.select(models.outbox.c.message_id)).scalar_one()

        page = owner.get(path).text
        assert "answered 500" in page
        assert "1,234 ms" in page
        post(owner, f"{path}/again", {"message": message})
        with site.database.reading() as connection:
            assert connection.execute(sa.select(models.outbox.c.status)).scalar_one() == "queued"

    def test_another_campaigns_webhook_is_not_found(self, site: Site, owner: Any) -> None:
        post(owner, f"{PAGE}/webhooks", HOOK)
        path = webhook_page(site)
        with site.database.writing() as connection:
            connection.execute(sa.update(models.endpoints).values(campaign="another"))

        assert owner.get(path).status_code == 404
        assert post(owner, f"{path}/delete").status_code == 404

    def test_why_it_is_disabled_is_shown(self, site: Site, owner: Any) -> None:
        post(owner, f"{PAGE}/webhooks", HOOK)
        with site.database.writing() as connection:
            connection.execute(
                sa.update(models.endpoints).values(status="disabled", note="It answered 410.")
            )

        assert "It answered 410." in owner.get(webhook_page(site)).text
        assert "disabled" in owner.get(PAGE).text


class TestActionNetwork:
    def test_the_key_is_never_shown_again(self, site: Site, owner: Any) -> None:
        path = f"{PAGE}/action-network"

        assert post(owner, path, PUSH).status_code == 302

        assert PUSH["key"] not in owner.get(path).text
        assert PUSH["url"] in owner.get(path).text
        assert "ask for news are sent to" in owner.get(PAGE).text

    def test_without_a_key_the_stored_one_stays(self, site: Site, owner: Any) -> None:
        post(owner, f"{PAGE}/action-network", PUSH)
        before = connections.action_network(site.database, NAME)

        post(owner, f"{PAGE}/action-network", PUSH | {"key": ""})

        after = connections.action_network(site.database, NAME)
        assert before is not None
        assert after is not None
        assert after.secret == before.secret

    def test_without_any_key_it_asks_for_one(self, site: Site, owner: Any) -> None:
        assert post(owner, f"{PAGE}/action-network", PUSH | {"key": ""}).status_code == 422


def test_forms_without_their_token_change_nothing(site: Site, owner: Any) -> None:
    assert owner.post(f"{PAGE}/webhooks", data=HOOK).status_code == 400
    assert connections.webhooks(site.database, NAME) == ()
