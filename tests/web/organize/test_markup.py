"""What people type is shown as they typed it: no page of the back office takes it for its own.

And nothing of it is in the logs, whatever happens on the way.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign import logs
from campaign.civil_time import WASHINGTON
from campaign.organizing import updates
from campaign.organizing.connect import api_keys, connections
from campaign.organizing.connect.connections import WebhookSettings
from campaign.organizing.exports import saved
from campaign.organizing.updates import Draft
from campaign.store import accounts, audit, endpoint_log, jobs, models, outbox_leases
from campaign.web.core.organizer_paths import is_back_office
from tests.web.organize.signing_in import add_account, logged_in, post
from tests.web.whole_site import Site, make_site

CAMPAIGN = "section-907"
HOME = f"/organize/{CAMPAIGN}"
MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
#: What a signer and an organizer may give as it is, and where markup would do something.
NAME = "<b onclick=alert(1)>Zarouhi"
STREET = "1919 Zarouhi Street"
#: Pages of logging in, which end the session of who is in already.
_LEADING_OUT = {
    "security.logout",
    "security.tf_select",
    "security.two_factor_token_validation",
    "security.mf_recovery",
}
# The page's own icon is a picture in its address.
_LIVE = re.compile(
    r"<script>|<img src=x|<b onclick|(?<!rel=\"icon\" )href=\"(javascript|data):|"
    r"onerror=alert\(1\)>(?!\")",
    re.I,
)


@pytest.fixture(scope="module")
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    logs.configure()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, log: io.StringIO) -> Iterator[Site]:
    made = make_site(tmp_path_factory.mktemp("site"))
    made.sign(
        first_name=NAME,
        last_name=MARKUP[:60],
        email="zarouhi@example.org",
        comment=f"{MARKUP} {STREET}",
        show_name="1",
    )
    made.client.post(made.mailed_path("/confirm/"))
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def owner(site: Site) -> FlaskClient:
    return logged_in(site, add_account(site, name=MARKUP, email="owner@example.org"))


@pytest.fixture(scope="module")
def ids(site: Site, owner: FlaskClient) -> dict[str, str]:
    """Something of each kind that somebody named, with markup for a name."""
    by: dict[str, Any] = {"actor": "user:1", "now": site.time[0]}
    wish = WebhookSettings.parse(
        "https://hooks.example.org/in?x='<b>", "flat", ["signature.confirmed"],
        only_mail=False, allow_plain=False,
    )  # fmt: skip
    webhook, _ = connections.add_webhook(
        site.database, CAMPAIGN, wish, keyring=site.settings.keyring, **by
    )
    connections.send_test(site.database, CAMPAIGN, webhook.public_id, **by)
    api_keys.create(
        site.database, CAMPAIGN, name=MARKUP[:60], scopes=["stats:read"], expires_at=None, **by
    )
    written = f"# {MARKUP}\n\n[go](javascript:alert(1)) ![x](data:text/html,x)\n\n{MARKUP}\n"
    update = updates.save(site.database, CAMPAIGN, "", Draft(MARKUP, written, {}), **by)
    saved.save(
        site.database,
        CAMPAIGN,
        MARKUP[:60],
        saved.SavedRequest("generic", {}, MARKUP),
        zone=WASHINGTON,
        **by,
    )
    with site.database.writing() as connection:
        connection.execute(
            sa.update(models.signatures).values(
                source=MARKUP, sheet=MARKUP, city=MARKUP, flags=f"network-burst {MARKUP[3:20]}"
            )
        )
        signature = str(connection.scalars(sa.select(models.signatures.c.public_id)).one())
        audit.record(
            connection, MARKUP, campaign=CAMPAIGN, details={MARKUP: MARKUP, "list": [MARKUP]}, **by
        )
        job = jobs.queue(connection, "export", campaign=CAMPAIGN, params={}, **by)
        leased = jobs.lease(connection, kinds=["export"], now=site.time[0])
        assert leased is not None
        jobs.finish(
            connection, leased.id, note=MARKUP, files=[MARKUP], figures={}, now=site.time[0]
        )
        [waiting] = outbox_leases.lease(
            connection, now=site.time[0], limit=1, only=frozenset({"webhook"})
        )
        endpoint = connection.scalars(sa.select(models.endpoints.c.id)).one()
        endpoint_log.record(
            connection, endpoint, waiting, status_code=500, milliseconds=1, error=MARKUP,
            now=site.time[0],
        )  # fmt: skip
    post(owner, f"{HOME}/signers/{signature}", {"act": "invalidate", "reason": MARKUP})
    post(owner, f"{HOME}/signers/{signature}", {"act": "reinstate"})
    return {"signature": signature, "webhook": webhook.public_id, "update": update,
            "job": job.public_id}  # fmt: skip


def test_no_page_takes_what_was_typed_for_its_own(
    site: Site, owner: FlaskClient, ids: dict[str, str]
) -> None:
    paths = [
        rule.rule.replace("<name>", CAMPAIGN)
        for rule in site.app.url_map.iter_rules()
        if is_back_office(rule.rule)
        and rule.arguments <= {"name"}
        and "GET" in (rule.methods or ())
        and rule.endpoint not in _LEADING_OUT
    ]
    paths += [
        f"{HOME}/signers/{ids['signature']}",
        f"{HOME}/connect/webhooks/{ids['webhook']}",
        f"{HOME}/updates/{ids['update']}",
        f"{HOME}/updates/{ids['update']}/send",
        f"{HOME}/exports?saved=" + MARKUP[:60].replace("'", "%27").replace('"', "%22"),
        f"{HOME}/signers?source={MARKUP[:20]}&flag={MARKUP}&domain={MARKUP}",
        f"{HOME}/audit?action={MARKUP}&actor={MARKUP}&day={MARKUP}",
        f"{HOME}/letters?state={MARKUP}",
        f"{HOME}/deliver?state={MARKUP}",
        f"/organize/log-in?next=/organize/{MARKUP}",
    ]
    client = site.client

    seen = 0
    for path in paths:
        for visitor in (owner, client):
            answer = visitor.get(path)
            if answer.mimetype != "text/html":
                continue
            assert answer.status_code < 500, path
            seen += "&lt;script&gt;" in answer.text
            assert _LIVE.search(answer.text) is None, (path, _LIVE.search(answer.text))
    job = logged_in(site, _first(site)).get(f"/jobs/{ids['job']}")
    assert _LIVE.search(job.text) is None

    assert seen > 10


def _first(site: Site) -> Any:
    with site.database.reading() as connection:
        return accounts.find(connection, 1)


def test_nor_does_a_form_that_is_shown_again(
    site: Site, owner: FlaskClient, ids: dict[str, str]
) -> None:
    forms = {
        "signers": ("q", "state", "district", "source", "since", "member", "network"),
        "exports": ("preset", "state", "since", "purpose", "saved", "reason", "save_as", "save"),
        "paper": ("sheet", "signed_on", "first_name-1", "zip-1", "email-1"),
        "updates/new": ("subject", "body", "district", "source", "state"),
        "accounts": ("email", "role"),
        "connect/keys": ("name", "scopes", "expires"),
        "connect/webhooks": ("url", "events", "shape"),
        "connect/action-network": ("url", "key"),
        "texts/settings": ("goals", "accent", "organizer_name", "organizer_url"),
        "texts/facts/new-fact": ("claim", "url", "status", "publisher"),
        "texts/edit/petition.en.md": ("text", "why", "seen"),
        "deliver/petition": ("by", "every"),
        "deliver/packets": ("state", "district", "member"),
    }
    for path, names in forms.items():
        answer = post(owner, f"{HOME}/{path}", dict.fromkeys(names, MARKUP), follow_redirects=True)
        assert answer.status_code < 500, path
        assert _LIVE.search(answer.text) is None, (path, _LIVE.search(answer.text))


def test_a_table_of_figures_holds_no_formula(site: Site, owner: FlaskClient) -> None:
    with site.database.writing() as connection:
        connection.execute(sa.update(models.signatures).values(source="=1+1"))
        audit.record(
            connection, "=cmd|x", actor="user:1", campaign=CAMPAIGN, now=site.time[0],
            details={"reason": "@SUM(1)"},
        )  # fmt: skip
    tables = [
        rule.rule.replace("<name>", CAMPAIGN)
        for rule in site.app.url_map.iter_rules()
        if rule.rule.endswith(".csv") and is_back_office(rule.rule) and rule.arguments <= {"name"}
    ]

    assert f"{HOME}/audit.csv" in tables
    for path in tables:
        sheet = owner.get(path).text
        assert re.search(r'(^|,)"?[=@]', sheet, re.M) is None, path


def test_nothing_that_was_typed_is_in_the_logs(
    site: Site, owner: FlaskClient, log: io.StringIO, ids: dict[str, str]
) -> None:
    """The pages above were asked for before, faults and all; here is one more of each kind."""
    typed = {
        "first_name": "Zarouhi", "last_name": "Zarouhi", "address1": STREET, "city": "Absarokee",
        "state": "MT", "zip": "59001", "email": "zarouhi@example.org", "personal": "Zarouhi's own",
    }  # fmt: skip
    for path in ("write", "write/follow", "write/taken", "send", "editor", "members"):
        site.client.post(f"/c/{CAMPAIGN}/{path}", data=typed)
    post(owner, f"{HOME}/paper", {"first_name-1": "Zarouhi", "zip-1": "59001", "signed_on": "x"})
    post(owner, f"{HOME}/signers", {"q": "zarouhi@example.org"})
    site.client.post("/organize/log-in", data={"email": "zarouhi@example.org", "password": STREET})

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError

    view = site.app.view_functions["signers.find"]
    fail.__dict__.update(vars(view))  # whom it opens to
    site.app.view_functions["signers.find"] = fail
    try:
        assert post(owner, f"{HOME}/signers", {"q": "zarouhi@example.org"}).status_code == 500
    finally:
        site.app.view_functions["signers.find"] = view

    said = log.getvalue()
    assert "RuntimeError" in said
    assert "arouhi" not in said.lower()
    with site.database.reading() as connection:
        records = audit.records(connection, limit=None)
        params = connection.scalars(sa.select(models.jobs.c.params)).all()
    assert "arouhi" not in repr([one.details for one in records if one.action != MARKUP]).lower()
    assert "arouhi" not in repr(params).lower()
