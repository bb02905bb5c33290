"""Visitors of the back office: logged in by a short cut, or by its own pages."""

import re
import secrets
import time
from typing import Any

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from campaign.organizing.accounts import passwords
from campaign.store import accounts
from campaign.store.accounts import Account
from tests.web.whole_site import Site

_RAW_TOKEN = "c" * 40

#: The password of `with_password`, and its hash, made once: a good hash takes its time.
PASSWORD = "correct horse battery staple"
HASHED = passwords.hash_password(PASSWORD)


def add_account(
    site: Site,
    role: str = "owner",
    campaign: str = "section-907",
    *,
    email: str = "",
    name: str = "Nare Organizer",
    password: str | None = "$argon2id$none",
) -> Account:
    """Add an account with a role in a campaign ("*" for every one; no role for "")."""
    with site.database.writing() as connection:
        made = accounts.add(
            connection,
            email=email or f"{role or 'nobody'}-{secrets.token_hex(4)}@example.org",
            name=name,
            password=password,
            now=site.time[0],
        )
        if role:
            accounts.grant(connection, made.id, campaign=campaign, role=role, now=site.time[0])
        found = accounts.find(connection, made.id)
    assert found is not None
    return found


def logged_in(site: Site, account: Account) -> FlaskClient:
    """Return a visitor who is logged in to that account."""
    client = site.app.test_client()
    with client.session_transaction("/organize/", base_url=site.settings.base_url) as session:
        session.permanent = True
        session.update(
            _user_id=account.uniquifier,
            _fresh=True,
            fs_paa=time.time(),
            begun=time.time(),
            csrf_token=_RAW_TOKEN,
        )
    return client


def signed_in(site: Site, role: str = "owner", campaign: str = "section-907") -> FlaskClient:
    """Return a visitor who is logged in with a new account of that role in that campaign."""
    return logged_in(site, add_account(site, role, campaign))


def csrf_token(client: FlaskClient) -> str:
    """Return the token that a form of the back office carries for that visitor."""
    key = client.application.config["SECRET_KEY"]
    token = URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(_RAW_TOKEN)
    assert isinstance(token, str)
    return token


def post(
    client: FlaskClient, path: str, data: dict[str, Any] | None = None, **more: Any
) -> TestResponse:
    """Post a form of the back office, with its token."""
    return client.post(path, data={"csrf_token": csrf_token(client), **(data or {})}, **more)


def submit(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    """Open a page, fill its form in and send it, as a browser does."""
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert token is not None, path
    return client.post(path, data={"csrf_token": token[1], **typed})


def log_in(client: FlaskClient, email: str, password: str = PASSWORD) -> TestResponse:
    """Log in by the page."""
    return submit(client, "/organize/log-in", email=email, password=password)
