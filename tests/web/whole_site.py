"""A site with a database of its own, a clock that tests turn, and its mail in a folder."""

import email
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.delivery import account_mail, messages, rights_mail, smtp
from campaign.delivery.account_mail import AccountMailSender
from campaign.delivery.mail_sender import MailSender
from campaign.delivery.outbox import drain
from campaign.delivery.rights_mail import RightsMailSender
from campaign.delivery.sender import Sender
from campaign.settings import Settings
from campaign.store.db.engine import Database
from campaign.web.app import create_app
from campaign.web.core.services import KEY
from tests.databases import with_tables

#: A day inside the shipped Congress.
NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
PETITION = "/c/section-907/"


@dataclass
class Site:
    """The application with what tests look at and turn: its database, clock and mail."""

    app: Flask
    settings: Settings
    database: Database
    time: list[datetime] = field(default_factory=lambda: [NOON])

    @property
    def client(self) -> FlaskClient:
        """A fresh visitor."""
        return self.app.test_client()

    def pass_time(self, **span: float) -> None:
        """Let the site's clock go on, and with it the pages that were kept for a second or two."""
        self.time[0] += timedelta(**span)
        self.app.extensions["pages"].forget()

    def form(self, **typed: str) -> dict[str, str]:
        """What a browser would post: the form's hidden fields, and a made-up signer."""
        page = self.client.get(PETITION).text
        token = re.search(r'name="token"[^>]*value="([^"]+)"', page)
        assert token is not None
        return {
            "first_name": "Ani",
            "last_name": "Petrosyan",
            "email": "ani@example.org",
            "zip": "59001",
            "token": token[1],
            **typed,
        }

    def sign(self, **typed: str) -> TestResponse:
        """Post the petition's form."""
        return self.client.post(PETITION + "sign", data=self.form(**typed))

    def mails(self) -> list[EmailMessage]:
        """Send what waits, and return every mail so far, oldest first."""
        drain(self.database, self._senders(), now=self.time[0] + timedelta(seconds=1))
        files = sorted(
            self.settings.outbox_folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns
        )
        found = []
        for file in files:
            message = email.message_from_bytes(file.read_bytes(), policy=policy.default)
            assert isinstance(message, EmailMessage)
            found.append(message)
        return found

    def _senders(self) -> dict[str, Sender]:
        """The senders of the worker, with the site's own campaigns."""
        find_pack = self.app.extensions[KEY].campaigns.get
        channel = smtp.channel(self.settings)
        return {
            **dict.fromkeys(
                messages.KINDS, MailSender(self.settings, channel, find_pack=find_pack)
            ),
            **dict.fromkeys(
                account_mail.KINDS, AccountMailSender(self.settings, channel, find_pack=find_pack)
            ),
            **dict.fromkeys(
                rights_mail.KINDS, RightsMailSender(self.settings, channel, find_pack=find_pack)
            ),
        }

    def mailed_path(self, begin: str) -> str:
        """Return the path of the newest mailed link that begins so, such as `/confirm/`."""
        for message in reversed(self.mails()):
            body = message.get_body(("plain",))
            assert body is not None
            text: str = body.get_content()
            found = re.search(rf"{re.escape(self.settings.base_url)}({begin}[A-Za-z0-9_-]+)", text)
            if found is not None:
                return found[1]
        raise AssertionError(f"no mail holds a link to {begin}")


def is_taken(response: TestResponse) -> bool:
    """True for the page after a sign-up that was taken, whoever sees it."""
    return response.status_code == 200 and 'id="no-mail"' in response.text


def shown_apart_from(response: TestResponse, email: str) -> str:
    """A page without the address that it was made for, in which alone two may differ."""
    return response.text.replace(email, "")


def figures(response: TestResponse) -> dict[str, Any]:
    """The JSON object of an answer."""
    answer = response.get_json()
    assert isinstance(answer, dict)
    return answer


def make_settings(home: Path, **overrides: Any) -> Settings:
    """Return the settings of a development site in `home`."""
    return Settings(
        **{
            "env": "development",
            "home": home,
            "base_url": "http://localhost",
            "database_url": f"sqlite:///{home / 'campaign.db'}",
            "secret_key": "a-key-for-tests-alone-0123456789abcdef",
            "geocoder_url": "http://127.0.0.1:9/geocoder",
            **overrides,
        }
    )


def make_site(home: Path, **overrides: Any) -> Site:
    """Return a new site in `home`, its tables made. The caller disposes of its database."""
    settings = make_settings(home, **overrides)
    database = with_tables(settings.database_url)
    time = [NOON]
    app = create_app(settings, database=database, clock=lambda: time[0])
    app.testing = True
    return Site(app, settings, database, time)
