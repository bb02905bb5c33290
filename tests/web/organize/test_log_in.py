"""Logging in by a password: what opens, what is refused alike, what ends a session."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.http import parse_cookie

from campaign.organizing.accounts import accounts as running
from campaign.store import accounts, audit
from campaign.store.accounts import Account
from campaign.web.organize import session_cookie
from tests.web.organize.signing_in import (
    HASHED,
    PASSWORD,
    add_account,
    log_in,
    logged_in,
    post,
    signed_in,
    submit,
)
from tests.web.whole_site import PETITION, Site, make_site

HOME = "/organize/section-907/"
NEW = "another good horse sentence"


@pytest.fixture
def owner(site: Site) -> Account:
    return add_account(site, email="nare@example.org", password=HASHED)


@pytest.fixture
def https(tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path / "https", base_url="https://localhost")
    yield made
    made.database.dispose()


def actions(site: Site) -> list[tuple[str, str]]:
    """What is on record, oldest first, as (action, actor)."""
    with site.database.reading() as connection:
        return [(one.action, one.actor) for one in reversed(audit.records(connection))]


def test_address_and_password_open_the_campaign(site: Site, owner: Account) -> None:
    client = site.client
    assert client.get(HOME).headers["Location"] == f"/organize/log-in?next={HOME}"

    answer = submit(
        client, f"/organize/log-in?next={HOME}", email="Nare@Example.org", password=PASSWORD
    )

    assert answer.status_code == 302
    assert answer.headers["Location"] == HOME
    assert client.get(HOME).status_code == 200
    assert ("log-in", f"user:{owner.id}") in actions(site)


def test_the_only_campaign_is_where_one_lands(site: Site, owner: Account) -> None:
    client = site.client

    landed = log_in(client, owner.email)

    assert landed.headers["Location"] == "/organize/"
    assert client.get("/organize/").headers["Location"] == HOME


def test_a_wrong_password_and_an_unknown_address_look_the_same(site: Site, owner: Account) -> None:
    add_account(site, "viewer", email="closed@example.org", password=HASHED)
    add_account(site, "viewer", email="waits@example.org", password=None)
    with site.database.writing() as connection:
        closed = accounts.find_by_email(connection, "closed@example.org")
        assert closed is not None
        accounts.change(connection, closed.id, active=False)

    answers = [
        log_in(site.client, email, password)
        for email, password in (
            ("nare@example.org", "not the password at all"),
            ("nobody@example.org", PASSWORD),
            ("closed@example.org", PASSWORD),
            ("waits@example.org", PASSWORD),
        )
    ]

    bodies = {re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}
    assert {answer.status_code for answer in answers} == {200}
    assert len(bodies) == 1
    assert "is wrong" in bodies.pop()


def test_an_unknown_address_takes_as_long_as_a_known_one(site: Site, owner: Account) -> None:
    def seconds(email: str) -> float:
        client = site.client
        token = re.search(
            r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/organize/log-in").text
        )
        assert token is not None
        # Not by the clock on the wall, which counts what a busy machine does meanwhile.
        begun = time.thread_time()
        client.post(
            "/organize/log-in",
            data={"csrf_token": token[1], "email": email, "password": "wrong password here"},
        )
        return time.thread_time() - begun

    known = min(seconds("nare@example.org") for _ in range(4))
    unknown = min(seconds("nobody@example.org") for _ in range(4))

    # One Argon2id either way: without it, the unknown one took a quarter of the time.
    assert 0.5 < unknown / known < 2


def test_what_was_refused_is_on_record_without_the_address(site: Site, owner: Account) -> None:
    log_in(site.client, "nare@example.org", "wrong password here")
    log_in(site.client, "nobody@example.org", "wrong password here")

    assert actions(site) == [("log-in-failed", f"user:{owner.id}"), ("log-in-failed", "")]
    with site.database.reading() as connection:
        assert "example.org" not in repr(audit.records(connection))


def test_a_form_without_its_token_is_refused(site: Site, owner: Account) -> None:
    answer = site.client.post("/organize/log-in", data={"email": owner.email, "password": PASSWORD})

    assert answer.status_code == 400
    assert "This form could not be accepted" in answer.text


def test_a_token_of_somebody_else_is_refused(site: Site, owner: Account) -> None:
    theirs = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', site.client.get("/organize/log-in").text
    )
    assert theirs is not None

    answer = site.client.post(
        "/organize/log-in",
        data={"email": owner.email, "password": PASSWORD, "csrf_token": theirs[1]},
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/organize/",
        "/\\evil.example",
        "/organize/\\..\\evil",
        "/c/section-907/",
        "javascript:alert(1)",
        "/organize\n/x",
    ],
)
def test_nobody_is_led_elsewhere_after_logging_in(
    site: Site, owner: Account, elsewhere: str
) -> None:
    client = site.client
    assert client.get("/organize/log-in", query_string={"next": elsewhere}).status_code == 400

    answer = submit(
        client, "/organize/log-in", email=owner.email, password=PASSWORD, next=elsewhere
    )

    assert answer.status_code == 400


class TestSessions:
    def test_the_cookie_is_kept_from_scripts_and_other_sites(self, site: Site) -> None:
        cookie = site.client.get("/organize/log-in").headers["Set-Cookie"]

        assert cookie.startswith("campaign=")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))

    def test_over_https_it_is_bound_to_the_host_and_secure(self, https: Site) -> None:
        cookie = https.client.get("/organize/log-in", base_url="https://localhost").headers[
            "Set-Cookie"
        ]

        assert cookie.startswith("__Host-campaign=")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
        assert "Domain" not in cookie

    def test_what_a_session_held_before_logging_in_is_not_taken_along(
        self, site: Site, owner: Account
    ) -> None:
        client = site.client
        page = client.get("/organize/log-in").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token is not None
        client.post(
            "/organize/log-in",
            data={"csrf_token": token[1], "email": owner.email, "password": PASSWORD},
        )

        assert client.post("/organize/log-out", data={"csrf_token": token[1]}).status_code == 400

    def test_logging_out_ends_a_copied_cookie_too(self, site: Site, owner: Account) -> None:
        client, thief = site.client, site.client
        answer = log_in(client, owner.email)
        value = parse_cookie(answer.headers["Set-Cookie"])["campaign"]
        thief.set_cookie("campaign", value, domain="localhost")
        assert thief.get(HOME).status_code == 200

        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(HOME).text)
        assert token is not None
        client.post("/organize/log-out", data={"csrf_token": token[1]})

        assert client.get(HOME).status_code == 302
        assert thief.get(HOME).status_code == 302
        assert actions(site)[-1] == ("log-out", f"user:{owner.id}")

    def test_changing_the_password_ends_the_others_and_keeps_this_one(
        self, site: Site, owner: Account
    ) -> None:
        here, there = site.client, site.client
        log_in(here, owner.email)
        log_in(there, owner.email)

        answer = submit(
            here,
            "/organize/own/password",
            password=PASSWORD,
            new_password=NEW,
            new_password_confirm=NEW,
        )

        assert answer.status_code == 302
        assert here.get(HOME).status_code == 200
        assert there.get(HOME).status_code == 302
        assert log_in(site.client, owner.email).status_code == 200
        assert log_in(site.client, owner.email, NEW).status_code == 302
        assert [mail["Subject"] for mail in site.mails()] == [
            "Your password at localhost was changed"
        ]
        assert ("password-changed", f"user:{owner.id}") in actions(site)

    @pytest.mark.parametrize(
        ("new", "said"),
        [
            ("short", "12 characters or more"),
            ("aaaaaaaaaaaaaaaa", "easy to guess"),
            (PASSWORD, "differs from your current one"),
        ],
    )
    def test_a_poor_new_password_is_refused_with_a_reason(
        self, site: Site, owner: Account, new: str, said: str
    ) -> None:
        client = logged_in(site, owner)

        answer = post(
            client,
            "/organize/own/password",
            {"password": PASSWORD, "new_password": new, "new_password_confirm": new},
        )

        assert said in answer.text
        assert log_in(site.client, owner.email).status_code == 302

    def test_a_changed_role_ends_them(self, site: Site, owner: Account) -> None:
        helper = add_account(site, "organizer")
        client = logged_in(site, helper)
        assert client.get(HOME).status_code == 200

        running.set_role(
            site.database,
            helper.id,
            "volunteer",
            campaign="section-907",
            actor=f"user:{owner.id}",
            now=site.time[0],
        )

        assert client.get(HOME).status_code == 302

    def test_a_disabled_account_is_out_at_once(self, site: Site, owner: Account) -> None:
        client = signed_in(site, "viewer")
        with site.database.writing() as connection:
            [viewer] = [
                one
                for one in accounts.all_accounts(connection)
                if one.grants.get("section-907") == "viewer"
            ]
            # Whatever else it missed, a closed account opens nothing.
            accounts.change(connection, viewer.id, active=False)

        assert client.get(HOME).status_code == 302

    def test_none_lasts_longer_than_a_day(
        self, site: Site, owner: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = logged_in(site, owner)
        real = time.time

        monkeypatch.setattr(time, "time", lambda: real() + session_cookie.IDLE.total_seconds() - 60)
        for _ in range(3):
            assert client.get(HOME).status_code == 200
        later = session_cookie.LONGEST.total_seconds() + 1
        monkeypatch.setattr(
            time, "time", lambda: real() + session_cookie.IDLE.total_seconds() * 1.9
        )
        assert client.get(HOME).status_code == 200
        monkeypatch.setattr(
            time, "time", lambda: real() + session_cookie.IDLE.total_seconds() * 2.8
        )
        assert client.get(HOME).status_code == 200
        monkeypatch.setattr(time, "time", lambda: real() + later)
        assert client.get(HOME).status_code == 302

    def test_an_answer_to_a_script_never_puts_back_an_earlier_session(
        self, site: Site, owner: Account
    ) -> None:
        client = logged_in(site, owner)
        client.get(HOME, headers={"Sec-Fetch-Mode": "cors"})  # no longer as fresh as a log-in

        answers = [
            client.get(HOME, headers={"Sec-Fetch-Mode": mode})
            for mode in ("cors", "same-origin", "navigate", "navigate")
        ]

        assert ["Set-Cookie" in one.headers for one in answers] == [False, False, True, False]

    def test_pages_renew_it_again_after_five_minutes(
        self, site: Site, owner: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = logged_in(site, owner)
        client.get(HOME)
        real = time.time
        later = session_cookie.RENEWAL.total_seconds() + 2

        monkeypatch.setattr(time, "time", lambda: real() + later)

        assert "Set-Cookie" in client.get(HOME).headers
        assert "Set-Cookie" not in client.get(HOME).headers

    def test_one_that_nobody_uses_ends_by_itself(
        self, site: Site, owner: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = logged_in(site, owner)
        real = time.time

        monkeypatch.setattr(time, "time", lambda: real() + session_cookie.IDLE.total_seconds() + 2)

        assert client.get(HOME).status_code == 302

    def test_a_cookie_signed_with_another_key_opens_nothing(
        self, site: Site, owner: Account, tmp_path: Path
    ) -> None:
        other = make_site(tmp_path / "other", secret_key="another-key-0123456789-another-key")
        forged = logged_in(other, owner).get_cookie("campaign", domain="localhost")
        assert forged is not None
        client = site.client
        client.set_cookie("campaign", forged.value, domain="localhost")

        assert client.get(HOME).status_code == 302
        other.database.dispose()


class TestTries:
    def test_one_network_is_made_to_wait_after_ten_at_one_account(
        self, site: Site, owner: Account
    ) -> None:
        client = site.client
        for _ in range(10):
            assert log_in(client, owner.email, "wrong password here").status_code == 200

        stopped = [log_in(client, owner.email) for _ in range(2)]

        assert [answer.status_code for answer in stopped] == [429, 429]
        assert 0 < int(stopped[0].headers["Retry-After"]) <= 15 * 60
        assert "Please wait a moment" in stopped[0].text
        throttled = [one for one in actions(site) if one[0] == "log-in-throttled"]
        assert throttled == [("log-in-throttled", f"user:{owner.id}")]

    def test_an_address_without_an_account_is_made_to_wait_alike(self, site: Site) -> None:
        client = site.client

        answers = [log_in(client, "nobody@example.org", "wrong") for _ in range(11)]

        assert [answer.status_code for answer in answers] == [200] * 10 + [429]

    def test_others_of_the_account_elsewhere_still_come_in(
        self, site: Site, owner: Account
    ) -> None:
        for _ in range(11):
            log_in(site.client, owner.email, "wrong password here")
        elsewhere = site.app.test_client()
        elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"

        assert log_in(elsewhere, owner.email).status_code == 302

    def test_an_attack_from_many_networks_keeps_no_owner_out(
        self, site: Site, owner: Account
    ) -> None:
        for number in range(45):
            attacker = site.app.test_client()
            attacker.environ_base["REMOTE_ADDR"] = f"203.0.{number}.7"
            assert log_in(attacker, owner.email, "wrong password here").status_code == 200

        assert log_in(site.client, owner.email).status_code == 302


class TestPublicPages:
    def test_set_and_read_no_cookie_even_for_somebody_logged_in(self, site: Site) -> None:
        client = signed_in(site)

        for path in (
            PETITION,
            "/",
            "/c/section-907/facts",
            "/privacy",
            "/c/section-907/count.json",
        ):
            answer = client.get(path)
            assert answer.status_code in {200, 302}
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")

    def test_ask_the_database_nothing_about_accounts(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = signed_in(site)

        def asked(*_: object) -> None:
            raise AssertionError("a public page looked for an account")

        monkeypatch.setattr(accounts, "find_by_uniquifier", asked)

        assert client.get("/c/section-907/facts").status_code == 200


def test_pages_of_the_back_office_are_kept_by_nobody(client: FlaskClient) -> None:
    for path in ("/organize/log-in", "/organize/", "/organize/nothing/here"):
        assert client.get(path).headers["Cache-Control"] == "no-store"
