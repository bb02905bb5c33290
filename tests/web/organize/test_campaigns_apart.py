"""Whoever runs one campaign reaches nothing of another by its ids, whatever page is tried."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from campaign import paths
from campaign.civil_time import WASHINGTON
from campaign.organizing import updates
from campaign.organizing.connect import api_keys, connections
from campaign.organizing.connect.connections import WebhookSettings
from campaign.organizing.exports import saved
from campaign.organizing.paper import import_job
from campaign.organizing.updates import Draft
from campaign.packs import new_campaign
from campaign.store import jobs, models, texts
from campaign.web.core.organizer_paths import is_back_office
from campaign.web.core.services import KEY
from tests.web.organize.signing_in import add_account, post, signed_in
from tests.web.whole_site import Site, make_site

THEIRS, OURS = "section-907", "clean-water"

#: What changes whoever asks: who did what, how often, and the cookies' other end.
_ALWAYS = {"audit", "rates", "daily", "accounts"}
#: Every button of every form, at once: each page takes those that it knows.
_PRESSED = {
    "role": "viewer",
    "subject": "Ours now",
    "body": "Ours now.",
    "url": "https://hooks.example.org/ours",
    "events": "signature.confirmed",
    "shape": "flat",
    "on": "",
    "reason": "ours",
    "public": "",
    "text": "ours",
}
_ACTS = ("resend", "release", "reinstate", "invalidate", "approve", "reject", "delete", "send")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("site")
    new_campaign.copy(OURS, home / "campaigns", paths.data() / "campaigns" / "section-907")
    made = make_site(home)
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def ids(site: Site) -> dict[str, str]:
    """Something of each kind in their campaign, by what it is: its id."""
    site.sign(comment="A word of mine.")
    site.client.post(site.mailed_path("/confirm/"))
    owner = add_account(site, email="theirs@example.org", name="Their Owner")
    by: dict[str, Any] = {"actor": f"user:{owner.id}", "now": site.time[0]}
    key = site.settings.keyring
    wish = WebhookSettings.parse(
        "https://hooks.example.org/in",
        "flat",
        ["signature.confirmed"],
        only_mail=True,
        allow_plain=False,
    )
    webhook, _ = connections.add_webhook(site.database, THEIRS, wish, keyring=key, **by)
    pushing = connections.connect_action_network(
        site.database,
        THEIRS,
        url="https://actionnetwork.org/api/v2/petitions/1/signatures",
        key="0123",
        allow_plain=False,
        keyring=key,
        **by,
    )
    token, _ = api_keys.create(
        site.database, THEIRS, name="Theirs", scopes=["stats:read"], expires_at=None, **by
    )
    update = updates.save(site.database, THEIRS, "", Draft("Theirs", "Their news.", {}), **by)
    saved.save(
        site.database, THEIRS, "theirs", saved.SavedRequest("generic", {}), zone=WASHINGTON, **by
    )
    with site.database.writing() as connection:
        made = [
            jobs.queue(connection, kind, campaign=THEIRS, params={"dry_run": True}, **by)
            for kind in ("export", import_job.KIND)
        ]
        texts.add(connection, campaign=THEIRS, file="petition.en.md", text="Theirs.", why="", **by)
        signature = connection.scalars(sa.select(models.signatures.c.public_id)).one()
        version = connection.scalars(sa.select(models.text_versions.c.id)).one()
    return {
        "signature": str(signature),
        "account": owner.public_id,
        "webhook": webhook.public_id,
        "pushing": pushing.public_id,
        "token": token.public_id,
        "update": update,
        "export": made[0].public_id,
        "table": made[1].public_id,
        "version": str(version),
    }


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    """Who owns our campaign, and has no role in theirs."""
    return signed_in(site, "owner", OURS)


def everything(site: Site) -> dict[str, list[Any]]:
    with site.database.reading() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.select(table))]
            for name, table in models.metadata.tables.items()
            if name not in _ALWAYS
        }


def of_accounts(site: Site) -> list[Any]:
    with site.database.reading() as connection:
        columns = ("public_id", "active", "password", "uniquifier", "nonce")
        asked = sa.select(*(models.accounts.c[name] for name in columns))
        return [tuple(row) for row in connection.execute(asked.order_by(models.accounts.c.id))]


def addresses(rule: Rule, ids: dict[str, str], campaign: str = OURS) -> Iterator[str]:
    """The route's addresses under a campaign, with each of their ids in each place for one."""
    places = sorted(rule.arguments - {"name", "file", "fact_id"})
    every: dict[str, list[str]] = {
        "public_id": sorted(ids.values()),
        "word": ["webhooks", "action-network"],
        "number": [ids["version"]],
    }
    for values in product(*(every.get(place, ["generic.csv"]) for place in places)):
        made = rule.rule
        for place, value in zip(places, values, strict=True):
            made = re.sub(rf"<(?:[^:<>]+:)?{place}>", value, made)
        yield re.sub(r"<(?:[^:<>]+:)?name>", campaign, made)


def test_no_page_of_ours_shows_or_changes_what_is_theirs(
    site: Site, owner: FlaskClient, ids: dict[str, str]
) -> None:
    before, people = everything(site), of_accounts(site)
    tried, shown = 0, []
    for rule in site.app.url_map.iter_rules():
        if not is_back_office(rule.rule) or not rule.arguments - {"name", "file", "fact_id"}:
            continue
        if rule.endpoint.startswith(("security.", "accounts.reset", "accounts.accept")):
            continue
        for path in addresses(rule, ids):
            if "GET" in (rule.methods or ()):
                answer = owner.get(path)
                tried += 1
                if answer.status_code != 404:
                    shown.append(f"{path}: {answer.status_code}")
            if "POST" in (rule.methods or ()):
                for act in _ACTS if "signers" in path or "updates" in path else ("",):
                    page = post(owner, path, _PRESSED | {"act": act}, follow_redirects=True).text
                    tried += 1
                    assert "Petrosyan" not in page
                    assert "Their" not in page, path

    assert shown == []
    assert tried > 200
    assert everything(site) == before
    assert of_accounts(site) == people


def test_nor_do_ids_of_theirs_in_our_forms(
    site: Site, owner: FlaskClient, ids: dict[str, str]
) -> None:
    before = everything(site)
    forms = {
        "exports/forget": {"saved": "theirs"},
        "exports": {"saved": "theirs", "purpose": "ours", "preset": "generic"},
        "comments": {f"judge-{ids['signature']}": "reject"},
        "signers": {"q": "petrosyan"},
        "signers/strike": {"status": "confirmed", "sure": "yes", "reason": "x", "seen": "1"},
        "paper/undo": {"line": ids["signature"]},
        "electronic/retry": {},
    }

    answers = {
        path: post(owner, f"/organize/{OURS}/{path}", form, follow_redirects=True)
        for path, form in forms.items()
    }

    assert everything(site) == before
    assert not any("Petrosyan" in answer.text for answer in answers.values())
    assert all(answer.status_code < 500 for answer in answers.values())


def test_nor_is_their_campaign_reached_by_name(site: Site, owner: FlaskClient) -> None:
    asked = [
        owner.get(f"/volunteer/batch?campaign={THEIRS}"),
        owner.get(f"/volunteer/sheet?campaign={THEIRS}"),
        post(owner, "/volunteer/sheet", {"campaign": THEIRS, "kind": "signup", "pages": "1"}),
        post(owner, "/volunteer/batch", {"campaign": THEIRS}),
        post(owner, "/volunteer/batch/make", {"campaign": THEIRS}),
        owner.get(f"/organize/{THEIRS}/"),
    ]

    assert [answer.status_code for answer in asked] == [404] * 6


def test_a_number_that_no_row_can_have_is_not_found(site: Site, owner: FlaskClient) -> None:
    paths = ("texts/versions/99999999999999999999999", "audit?before=" + "9" * 30)

    assert [owner.get(f"/organize/{OURS}/{path}").status_code for path in paths] == [404, 200]


def test_the_folder_of_a_campaign_is_left_by_no_path(site: Site, owner: FlaskClient) -> None:
    tried = (
        "../section-907/petition.en.md",
        "%2e%2e/%2e%2e/campaign.db",
        "updates/../../clean-water/campaign.toml",
        "/etc/passwd",
        "petition.en.md%00",
        ".env",
    )

    for file in tried:
        path = f"/organize/{OURS}/texts/edit/{file}"
        assert owner.get(path, follow_redirects=True).status_code == 404, file
        assert post(owner, path, {"text": "ours"}, follow_redirects=True).status_code in {400, 404}


def test_of_the_api_too_a_key_opens_its_own_campaign_alone(site: Site, ids: dict[str, str]) -> None:
    _, key = api_keys.create(
        site.database,
        OURS,
        name="Ours",
        scopes=list(api_keys.SCOPES),
        expires_at=None,
        actor="user:1",
        now=site.time[0],
    )
    before = everything(site)
    headers = {"Authorization": f"Bearer {key}"}
    shown = []
    for rule in site.app.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or not rule.arguments:
            continue
        if rule.endpoint == "api.public.campaign":
            continue
        for name, one in product((OURS, THEIRS), ids.values()):
            path = rule.rule.replace("<name>", name)
            path = re.sub(r"<[^>]+>", one, path)
            if name == OURS and rule.arguments == {"name"}:
                continue
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                answer = site.client.open(
                    path,
                    method=method,
                    json={} if method in {"POST", "PATCH"} else None,
                    headers=headers,
                )
                if answer.status_code not in {404, 422}:
                    shown.append(f"{method} {path}: {answer.status_code}")

    assert shown == []
    after = everything(site)
    after["api_tokens"] = before["api_tokens"] = []  # the day on which a key was used last
    assert after == before


def test_a_role_elsewhere_gives_no_job_of_theirs(site: Site, ids: dict[str, str]) -> None:
    both = add_account(site, "owner", "*")
    assert site.app.extensions[KEY].database is site.database
    client = signed_in(site, "owner", "*")

    assert both.grants
    for job in ("export", "table"):
        assert client.get(f"/jobs/{ids[job]}").status_code == 404
        assert client.get(f"/organize/{THEIRS}/paper/table/{ids[job]}").status_code == 404


def routes(site: Site, method: str) -> list[Rule]:
    """The back office's routes of a method, but for those that end one's own session."""
    return [
        rule
        for rule in site.app.url_map.iter_rules()
        if is_back_office(rule.rule)
        and method in (rule.methods or ())
        and rule.endpoint not in {"security.logout", "security.two_factor_token_validation"}
    ]


def test_no_form_counts_without_its_token(site: Site, ids: dict[str, str]) -> None:
    """Another site could have it sent: the cookie comes along, the token does not."""
    client = signed_in(site, "owner", "*")
    before, people = everything(site), of_accounts(site)
    taken = []
    for rule in routes(site, "POST"):
        for path in addresses(rule, ids, THEIRS):
            answer = client.post(path, data=_PRESSED | {"act": "invalidate", "sure": "yes"})
            if answer.status_code not in {400, 404}:
                taken.append(f"{path}: {answer.status_code}")

    assert taken == []
    assert everything(site) == before
    assert of_accounts(site) == people


def test_looking_up_changes_nothing(site: Site, ids: dict[str, str]) -> None:
    client = signed_in(site, "owner", "*")
    before, people = everything(site), of_accounts(site)
    seen = 0
    for rule in routes(site, "GET"):
        if rule.endpoint == "security.mf_recovery":
            continue
        for path in addresses(rule, ids, THEIRS):
            for method in ("GET", "HEAD"):
                answer = client.open(path, method=method, query_string=_PRESSED)
                answer.close()
                assert answer.status_code < 500, path
                seen += answer.status_code == 200

    assert seen > 60
    assert everything(site) == before
    assert of_accounts(site) == people
