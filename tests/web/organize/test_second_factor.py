"""The second factor: codes of an app that are good once, and codes for a lost phone."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.store import accounts, audit
from campaign.store.accounts import Account
from tests.web.organize.signing_in import (
    HASHED,
    PASSWORD,
    add_account,
    log_in,
    logged_in,
    post,
    submit,
)
from tests.web.whole_site import Site, make_site

HOME = "/organize/section-907/"
SETUP = "/organize/own/second-factor"
CODES = "/organize/own/recovery-codes"


@pytest.fixture
def owner(site: Site) -> Account:
    return add_account(site, email="nare@example.org", password=HASHED)


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path / "production", env="production")
    yield made
    made.database.dispose()


def app_of(page: str) -> pyotp.TOTP:
    """What a phone makes of the key on the page."""
    key = re.search(r'<code class="key">([A-Z2-7 -]+)</code>', page)
    assert key is not None
    return pyotp.TOTP(re.sub("[ -]", "", key[1]))


def fill_in(client: FlaskClient, page: str, **typed: str) -> TestResponse:
    """Send the form on a page that has just been answered."""
    form = re.search(r'<form class="stack[^"]*" method="post" action="([^"]+)"', page)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert form is not None
    assert token is not None
    return client.post(form[1], data={"csrf_token": token[1], **typed})


def set_up(site: Site, client: FlaskClient) -> pyotp.TOTP:
    """Set an app up for whoever is logged in."""
    page = post(client, SETUP, {"setup": "authenticator"}).text
    app = app_of(page)
    done = post(
        client,
        re.search(r'action="(/organize/own/second-factor/[^"]+)"', page)[1],  # type: ignore[index]
        {"code": app.now()},
    )
    assert done.status_code == 302, done.text
    return app


def later(app: pyotp.TOTP) -> str:
    """The code of the next half minute: that of this one was used to set the app up."""
    return app.at(time.time() + 30)


def test_once_set_up_a_password_alone_opens_nothing(site: Site, owner: Account) -> None:
    app = set_up(site, logged_in(site, owner))
    client = site.client

    asked = log_in(client, owner.email)
    assert asked.headers["Location"] == "/organize/log-in/code?next=/organize/"
    assert client.get(HOME).status_code == 302
    wrong = submit(client, "/organize/log-in/code", code="000000")
    assert "This code is wrong" in wrong.text
    assert client.get(HOME).status_code == 302
    right = submit(client, "/organize/log-in/code", code=later(app))

    assert right.headers["Location"] == "/organize/"
    assert client.get(HOME).status_code == 200
    with site.database.reading() as connection:
        known = [one for one in audit.records(connection) if one.actor == f"user:{owner.id}"]
    assert [one.action for one in reversed(known)] == [
        "second-factor-set",
        "log-in-failed",
        "log-in",
    ]


def test_a_code_is_good_once(site: Site, owner: Account) -> None:
    app = set_up(site, logged_in(site, owner))
    code = later(app)
    first, second = site.client, site.client
    log_in(first, owner.email)
    log_in(second, owner.email)

    assert submit(first, "/organize/log-in/code", code=code).status_code == 302
    again = submit(second, "/organize/log-in/code", code=code)

    assert "was used before" in again.text
    assert second.get(HOME).status_code == 302


def test_where_one_wanted_to_go_survives_the_second_step(site: Site, owner: Account) -> None:
    app = set_up(site, logged_in(site, owner))
    client = site.client
    asked = submit(
        client,
        "/organize/log-in?next=/organize/section-907/audit",
        email=owner.email,
        password=PASSWORD,
    )

    done = submit(client, asked.headers["Location"], code=later(app))

    assert done.headers["Location"] == "/organize/section-907/audit"


def test_guessing_codes_meets_a_wall(site: Site, owner: Account) -> None:
    set_up(site, logged_in(site, owner))
    client = site.client
    log_in(client, owner.email)

    answers = [
        submit(client, "/organize/log-in/code", code=f"{number:06}").status_code
        for number in range(10)
    ]
    stopped = post_code(client)

    assert set(answers) == {200}
    assert stopped.status_code == 429


def post_code(client: FlaskClient) -> TestResponse:
    return submit(client, "/organize/log-in/code", code="123456")


def test_the_secret_is_encrypted_and_the_codes_are_too(site: Site, owner: Account) -> None:
    client = logged_in(site, owner)
    app = set_up(site, client)
    shown = re.findall(r"<li><code>([0-9a-f-]+)</code>", post(client, CODES).text)

    with site.database.reading() as connection:
        kept = accounts.find(connection, owner.id)
    assert kept is not None
    assert kept.totp_secret is not None
    assert app.secret not in kept.totp_secret
    assert kept.recovery_codes is not None
    assert len(shown) == 8
    assert not any(code in held for code in shown for held in kept.recovery_codes)


def test_a_recovery_code_stands_in_for_the_app_once(site: Site, owner: Account) -> None:
    client = logged_in(site, owner)
    set_up(site, client)
    code = re.findall(r"<li><code>([0-9a-f-]+)</code>", post(client, CODES).text)[3]
    first, second = site.client, site.client
    log_in(first, owner.email)
    log_in(second, owner.email)

    assert submit(first, "/organize/log-in/recovery", code=code).status_code == 302
    assert first.get(HOME).status_code == 200
    again = submit(second, "/organize/log-in/recovery", code=code)

    assert "was used before" in again.text
    assert second.get(HOME).status_code == 302
    assert "7 left" in first.get("/organize/own/").text


def test_new_recovery_codes_end_the_old_ones(site: Site, owner: Account) -> None:
    client = logged_in(site, owner)
    set_up(site, client)
    old = re.findall(r"<li><code>([0-9a-f-]+)</code>", post(client, CODES).text)
    new = re.findall(r"<li><code>([0-9a-f-]+)</code>", post(client, CODES).text)
    visitor = site.client
    log_in(visitor, owner.email)

    assert not set(old) & set(new)
    assert submit(visitor, "/organize/log-in/recovery", code=old[0]).status_code == 200


def test_it_can_be_taken_away_where_no_role_needs_it(site: Site, owner: Account) -> None:
    client = logged_in(site, owner)
    set_up(site, client)

    assert post(client, SETUP, {"setup": "disable"}).status_code == 302

    assert log_in(site.client, owner.email).headers["Location"] == "/organize/"
    with site.database.reading() as connection:
        kept = accounts.find(connection, owner.id)
    assert kept is not None
    assert (kept.totp_secret, kept.recovery_codes) == (None, None)


class TestInProduction:
    @pytest.mark.parametrize("role", ["owner", "organizer", "exporter"])
    def test_roles_that_meet_signers_cannot_do_without(self, production: Site, role: str) -> None:
        account = add_account(production, role, password=HASHED)
        client = production.client

        asked = log_in(client, account.email)
        assert asked.headers["Location"] == SETUP
        assert client.get("/organize/").status_code == 302
        offer = client.get(SETUP)
        page = fill_in_setup(client, offer.text)
        app = app_of(page)
        done = fill_in(client, page, code=app.now())

        assert done.status_code == 302
        assert client.get("/organize/own/").status_code == 200
        with production.database.reading() as connection:
            kept = accounts.find(connection, account.id)
        assert kept is not None
        assert kept.totp_secret

    def test_nor_take_it_away_again(self, production: Site) -> None:
        account = add_account(production, password=HASHED)
        client = logged_in(production, account)
        set_up(production, client)

        answer = post(client, SETUP, {"setup": "disable"})

        assert "so you cannot turn it off" in answer.text
        assert "Turn off" not in client.get(SETUP).text

    @pytest.mark.parametrize("role", ["volunteer", "viewer"])
    def test_others_may(self, production: Site, role: str) -> None:
        account = add_account(production, role, password=HASHED)

        assert log_in(production.client, account.email).headers["Location"] == "/organize/"

    def test_nobody_sets_one_up_without_the_password(self, production: Site) -> None:
        answer = production.client.get(SETUP)

        assert answer.status_code == 302
        assert answer.headers["Location"] == "/organize/log-in"


def fill_in_setup(client: FlaskClient, page: str) -> str:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    return client.post(SETUP, data={"csrf_token": token[1], "setup": "authenticator"}).text


def test_the_password_is_asked_again_before_what_matters(
    site: Site, owner: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = logged_in(site, owner)
    real = time.time
    assert client.get("/organize/section-907/accounts").status_code == 200
    fresh = site.client
    log_in(fresh, owner.email)
    with fresh.session_transaction("/organize/") as session:
        session["fs_paa"] = real() - 2 * 3600
        session.pop("fs_gexp", None)

    asked = fresh.get("/organize/section-907/accounts")
    assert asked.headers["Location"] == ("/organize/verify?next=/organize/section-907/accounts")
    wrong = submit(fresh, asked.headers["Location"], password="not this one at all")
    assert "The password is wrong" in wrong.text
    right = submit(fresh, asked.headers["Location"], password=PASSWORD)

    assert right.headers["Location"] == "/organize/section-907/accounts"
    assert fresh.get("/organize/section-907/accounts").status_code == 200


def test_a_log_in_begun_before_the_factor_was_set_up_does_not_replace_it(production: Site) -> None:
    """Who knows the password alone could keep such a log-in, and bring another app later."""
    account = add_account(production, email="nare@example.org", password=HASHED)
    stranger, owner = production.client, production.client
    log_in(stranger, account.email)
    kept = fill_in_setup(stranger, stranger.get(SETUP).text)
    log_in(owner, account.email)
    own = fill_in_setup(owner, owner.get(SETUP).text)
    fill_in(owner, own, code=app_of(own).now())
    with production.database.reading() as connection:
        before = accounts.find(connection, account.id)

    answer = fill_in(stranger, kept, code=later(app_of(kept)))

    with production.database.reading() as connection:
        after = accounts.find(connection, account.id)
    assert before is not None
    assert after is not None
    assert before.totp_secret
    assert after.totp_secret == before.totp_secret
    assert "This code is wrong" in answer.text
    assert stranger.get("/organize/own/").status_code == 302
    assert owner.get("/organize/own/").status_code == 200


def test_a_mistyped_code_keeps_the_key_that_the_app_has_scanned(site: Site, owner: Account) -> None:
    client = logged_in(site, owner)
    first = post(client, SETUP, {"setup": "authenticator"}).text

    refused = fill_in(client, first, code="000000")
    again = client.get(refused.headers["Location"]).text

    assert "This code is wrong" in again
    assert app_of(again).secret == app_of(first).secret
    assert fill_in(client, again, code=app_of(first).now()).headers["Location"] == "/organize/own/"


def test_a_second_press_shows_the_same_key_and_cancel_ends_it(site: Site, owner: Account) -> None:
    client = logged_in(site, owner)
    first = app_of(post(client, SETUP, {"setup": "authenticator"}).text)

    second = app_of(post(client, SETUP, {"setup": "authenticator"}).text)
    canceled = post(client, SETUP, {"setup": "cancel"}).text
    third = app_of(post(client, SETUP, {"setup": "authenticator"}).text)

    assert first.secret == second.secret
    assert 'class="key"' not in canceled
    assert 'class="key"' not in client.get("/organize/own/").text
    assert third.secret != first.secret


def test_a_factor_that_was_taken_away_leaves_no_key_behind(site: Site, owner: Account) -> None:
    client = logged_in(site, owner)
    app = set_up(site, client)

    assert 'class="key"' not in client.get(SETUP).text
    post(client, SETUP, {"setup": "disable"})
    after = app_of(post(client, SETUP, {"setup": "authenticator"}).text)

    assert after.secret != app.secret


def test_a_role_that_needs_a_factor_keeps_the_key_through_a_mistyped_code(
    production: Site,
) -> None:
    account = add_account(production, role="owner", email="nare@example.org", password=HASHED)
    client = production.client
    asked = log_in(client, account.email)
    first = fill_in_setup(client, client.get(asked.headers["Location"]).text)

    refused = fill_in(client, first, code="000000")
    assert "Show the QR code for my app again" in refused.text
    again = client.get(SETUP).text

    assert app_of(again).secret == app_of(first).secret
    assert fill_in(client, again, code=app_of(first).now()).status_code == 302
