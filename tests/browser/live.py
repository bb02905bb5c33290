"""The whole product, running: a threaded server, a database, an outbox that mails over SMTP."""

import re
import threading
from asyncio import AbstractServer, Server
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast
from urllib.parse import urldefrag, urlsplit

from aiosmtpd.controller import Controller
from flask import abort
from playwright.sync_api import ConsoleMessage, Page, Request
from werkzeug.serving import make_server

from campaign.cli.worker_setup import mail_senders, outside_senders
from campaign.delivery.outbox import drain
from campaign.errors import StoreUnavailable, TooManyAttempts
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.packs.registry import CampaignRegistry
from campaign.petition import mailed_links, signing
from campaign.petition.identity import Email
from campaign.petition.signing import Signup
from campaign.settings import Settings
from campaign.store.db.engine import Database
from campaign.store.signatures import Signature
from campaign.web.app import create_app
from tests.browser.furnishing import furnish
from tests.databases import with_tables

# Parts of the browser's own window that run as pages in processes of their own. Nobody sees them
# here, and they took two thirds of the time to open a window.
_OWN_WINDOW = (
    "InitialWebUI",
    "PreloadTopChromeWebUI",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
    "WebUIReloadButton",
)
# What Playwright disables: of two switches with the same name only the last counts.
_BY_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
#: Milliseconds to wait for what a page is about to show, on a machine with much else to do.
PATIENCE = 30_000
#: The path of a page with nothing on it. It is of the site, whose process it keeps.
BLANK = "/blank"
#: Chromium in a container, without requests of its own and without processes that wait for use.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features="
    + ",".join((*_OWN_WINDOW, *_BY_PLAYWRIGHT, "SpareRendererForSitePerProcess")),
]


class Inbox:
    """What an SMTP server took in: the handler of aiosmtpd, and the reader of the tests."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the message for each of its recipients."""
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages += [(recipient, message) for recipient in envelope.rcpt_tos]
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """The messages that came for `address`, oldest first."""
        return [message for recipient, message in self.messages if recipient == address]


@dataclass(frozen=True)
class Site:
    """A running site with its database and the inbox of everybody it mails."""

    url: str
    settings: Settings
    database: Database
    inbox: Inbox
    campaigns: CampaignRegistry

    def pack(self, name: str = "section-907") -> Pack:
        """Return a campaign of the site, as it stands today."""
        return self.campaigns.get(name, datetime.now(UTC))

    def sign(self, email: str, *, campaign: str = "section-907", **said: Any) -> str:
        """Take a signature as the form does, and return the confirming link that was mailed."""
        self.queue(email, campaign=campaign, **said)
        return self.mailed_link(email, "/confirm")

    def queue(self, email: str, *, campaign: str = "section-907", **said: Any) -> None:
        """Take a signature as the form does; its mail waits in the outbox."""
        values = {
            "first_name": "Ani",
            "last_name": "Petrosyan",
            "zip": "59001",
            "state": "MT",
            "district": "MT-2",
            **said,
        }
        signing.sign(
            self.database,
            self.pack(campaign),
            Signup(email=Email.parse(email), **values),
            now=datetime.now(UTC),
            keyring=self.settings.keyring,
        )

    def confirm(self, email: str, *, campaign: str = "section-907", **said: Any) -> Signature:
        """Take a signature and confirm it, as its signer does."""
        link = self.sign(email, campaign=campaign, **said)
        return mailed_links.confirm(
            self.database,
            self.pack(campaign),
            link.rpartition("/")[2],
            now=datetime.now(UTC),
            keyring=self.settings.keyring,
        )

    def mailed_link(self, address: str, path: str) -> str:
        """Send what waits in the outbox, and return the newest link to `path` for `address`."""
        self.send_mail()
        body = self.inbox.to(address)[-1].get_body(("plain",))
        assert body is not None
        found = re.search(rf"{re.escape(self.url)}{path}/[A-Za-z0-9_-]+", body.get_content())
        assert found is not None
        return found[0]

    def send_mail(self) -> None:
        """Drain the outbox over SMTP, as the worker does."""
        soon = datetime.now(UTC) + timedelta(seconds=1)
        senders = {
            **mail_senders(self.settings, self.campaigns),
            **outside_senders(self.settings, self.campaigns, self.database),
        }
        drain(self.database, senders, now=soon)


class _AnyPort(Controller):
    """An SMTP server on a port that the system chooses."""

    async def _listen(self) -> AbstractServer:
        server = cast(Server, await super()._create_server())
        self.port = server.sockets[0].getsockname()[1]
        return server

    def _create_server(self) -> Coroutine[object, object, AbstractServer]:
        return self._listen()


@contextmanager
def running_site(home: Path, **overrides: Any) -> Iterator[Site]:
    """Serve a site without signers on a free port, mailing into an inbox. The geocoder is down.

    Beside the bundled campaign it has those of `furnish`, at `/failing/STATUS` the pages of
    failures that only a bad day brings, and at `BLANK` nothing.
    """
    furnish(home)
    inbox = Inbox()
    smtp = _AnyPort(inbox, hostname="127.0.0.1", port=0)
    smtp.start()
    server = make_server("127.0.0.1", 0, _not_yet, threaded=True)
    settings = Settings(
        **{
            "env": "development",
            "home": home,
            "base_url": f"http://127.0.0.1:{server.port}",
            "database_url": f"sqlite:///{home / 'campaign.db'}",
            "secret_key": "a-key-for-tests-alone-0123456789abcdef",
            "smtp_host": "127.0.0.1",
            "smtp_port": smtp.port,
            "smtp_tls": "none",
            "mail_from": "petition@example.org",
            "geocoder_url": "http://127.0.0.1:9/geocoder",
            **overrides,
        }
    )
    database = with_tables(settings.database_url)
    app = create_app(settings, database=database)
    app.add_url_rule("/failing/<int:status>", view_func=_fail)
    app.add_url_rule(BLANK, view_func=_blank)
    server.app = app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        campaigns = CampaignRegistry(packs.folders(settings), every=0)
        yield Site(settings.base_url, settings, database, inbox, campaigns)
    finally:
        server.shutdown()
        thread.join(timeout=5)
        server.server_close()
        database.dispose()
        smtp.stop()


def _fail(status: int) -> str:
    """Fail as the site does on such a day."""
    if status == 429:
        raise TooManyAttempts("There were many tries. Try again later.", retry_after=60)
    if status == 503:
        raise StoreUnavailable("The database is away.")
    abort(status)


def _blank() -> str:
    return '<!doctype html><title>Blank</title><link rel="icon" href="data:,">'


def _not_yet(environ: Any, start_response: Any) -> list[bytes]:
    raise AssertionError("the site is not made yet")


@dataclass
class Watch:
    """What a page did that it must not do."""

    own_host: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)

    def follow(self, page: Page) -> None:
        """Watch what the page does from now on."""
        page.on("request", self.request)
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def assert_nothing_seen(self) -> None:
        """Hold the pages to this, and begin anew: no request to another host, no error."""
        foreign, complaints = self.foreign, self.complaints
        self.foreign, self.complaints, self.pages = [], [], set()
        assert foreign == []
        assert complaints == []

    def request(self, request: Request) -> None:
        """Take note of a request to any other host."""
        if request.is_navigation_request():
            self.pages.add(urldefrag(request.url).url)
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.own_host:
            self.foreign.append(request.url)

    def console(self, message: ConsoleMessage) -> None:
        """Take note of an error, such as a violation of the Content Security Policy."""
        # A page that says what went wrong, and answers so, is logged as a load that failed.
        is_page = (
            urldefrag(message.location["url"]).url in self.pages
            and "with a status of" in message.text
        )
        if message.type == "error" and not is_page:
            self.complaints.append(message.text)
