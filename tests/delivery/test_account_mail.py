"""Mail to those who run campaigns: from the site, with a link that only the mail holds."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from campaign import paths
from campaign.delivery import account_mail
from campaign.delivery.account_mail import AccountMailSender
from campaign.errors import CampaignUnknown
from campaign.organizing.accounts import accounts as running
from campaign.organizing.accounts import mailed_links
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import accounts, outbox, outbox_leases
from campaign.store.db.engine import Database

NOW = datetime(2026, 6, 20, 12, 0, tzinfo=UTC)


class Post:
    """A channel that keeps what it is given."""

    def __init__(self) -> None:
        self.sent: list[EmailMessage] = []

    def send(self, message: EmailMessage) -> None:
        self.sent.append(message)

    def check(self) -> None: ...

    def close(self) -> None: ...


def find_pack(name: str, now: datetime) -> Pack:
    if name != "section-907":
        raise CampaignUnknown("There is none.")
    return packs.load_at(paths.data() / "campaigns" / name, now)


@pytest.fixture
def deliver(
    database: Database, make_settings: Callable[..., Settings]
) -> Callable[[], list[EmailMessage]]:
    """Send what waits, and return it."""

    def run() -> list[EmailMessage]:
        post = Post()
        mail_sender = AccountMailSender(make_settings(), post, find_pack=find_pack)
        with database.writing() as connection:
            for row in outbox_leases.lease(connection, now=NOW):
                if (send := mail_sender.prepare(connection, row, NOW)) is not None:
                    send()
        mail_sender.close()
        return post.sent

    return run


def invite(database: Database, campaign: str = "section-907") -> int:
    return running.invite(
        database, "ani@example.org", "viewer", campaign=campaign, actor="user:1", now=NOW
    ).id


def bodies(message: EmailMessage) -> list[str]:
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    return [part.get_content() for part in parts if part is not None]


def test_an_invitation_comes_from_the_site_with_one_link_in_both_bodies(
    database: Database, deliver: Callable[[], list[EmailMessage]]
) -> None:
    invite(database)

    [mail] = deliver()

    assert mail["Subject"] == "Help run Enforce Section 907"
    assert mail["From"].addresses[0].display_name == "petition.example.org"
    assert mail["Auto-Submitted"] == "auto-generated"
    links = {
        found
        for body in bodies(mail)
        for found in re.findall(r"https://petition\.example\.org/organize/invitation/[\w-]+", body)
    }
    assert len(bodies(mail)) == 2
    assert len(links) == 1


def test_a_campaign_that_cannot_be_read_is_called_by_its_name(
    database: Database, deliver: Callable[[], list[EmailMessage]]
) -> None:
    invite(database, "autumn")

    assert deliver()[0]["Subject"] == "Help run autumn"


def test_a_password_mail_without_an_account_is_dropped(
    database: Database, deliver: Callable[[], list[EmailMessage]]
) -> None:
    mailed_links.ask_for_password(database, "nobody@example.org", now=NOW)

    assert deliver() == []


def test_who_has_not_opened_the_account_yet_gets_no_password(
    database: Database, deliver: Callable[[], list[EmailMessage]]
) -> None:
    invite(database)
    mailed_links.ask_for_password(database, "ani@example.org", now=NOW)

    assert [mail["Subject"] for mail in deliver()] == ["Help run Enforce Section 907"]


def test_an_invitation_to_an_account_opened_meanwhile_is_dropped(
    database: Database, deliver: Callable[[], list[EmailMessage]]
) -> None:
    number = invite(database)
    with database.writing() as connection:
        accounts.change(connection, number, password="$argon2id$made-up")

    assert deliver() == []


@pytest.mark.parametrize("kind", list(account_mail.KINDS))
def test_every_kind_reads_alike_in_both_bodies(
    kind: str, database: Database, deliver: Callable[[], list[EmailMessage]]
) -> None:
    number = invite(database)
    with database.writing() as connection:
        if kind != "invitation":
            accounts.change(connection, number, password="$argon2id$made-up", name="Ani & <b>")
        outbox.enqueue(
            connection,
            kind,
            campaign="*",
            to="ani@example.org",
            payload={"account": number},
            now=NOW,
        )

    mail = deliver()[-1]

    plain, html = bodies(mail)
    assert mail["Subject"].strip()
    assert "<b>" not in html
    assert "petition.example.org" in plain
    assert "Undefined" not in plain + html
