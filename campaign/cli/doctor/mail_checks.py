"""Checks of the mail server, and of how other mail servers treat this site's mail."""

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import urlsplit

import dns.exception

from campaign.cli.doctor import dns_checks
from campaign.cli.doctor.finding import Finding
from campaign.delivery import messages, smtp
from campaign.delivery.wire_policy import WIRE
from campaign.messages import counted
from campaign.settings import Settings

_LOCAL = {"127.0.0.1", "::1", "localhost"}
# From 5,000 messages a day on, Google and others ask more of a sender, for good.
_BULK = 5_000
_NEAR_BULK = 4_000


def check_mail(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Check that the mail servers accept mail from this site, and what others look up about it."""
    smtp.channel(settings).check()
    for server in settings.mail_servers:
        yield Finding("mail", "good", f"{server} accepts mail from {settings.mail_from}.")
        if server.security == "none" and server.host not in _LOCAL:
            yield Finding(
                "mail", "note", f"Mail crosses the network to {server} unencrypted (SMTP_TLS)."
            )
    if not settings.mail_servers and settings.is_production:
        yield Finding(
            "mail",
            "fix",
            f"Set SMTP_HOST: mail now goes to {settings.outbox_folder}, so signers cannot confirm.",
        )
    elif not settings.mail_servers:
        yield Finding("mail", "note", f"Mail goes to {settings.outbox_folder} and is not sent.")
    if settings.is_production and settings.mail_from.endswith("@localhost"):
        yield Finding("mail", "fix", "Set MAIL_FROM to an address of your own domain.")
    elif settings.is_production and settings.mail_servers:
        yield from _look_up(settings)


def _look_up(settings: Settings) -> Iterator[Finding]:
    if not settings.updates_from:
        yield Finding(
            "mail",
            "note",
            "Updates come from the same address as confirmations. Set UPDATES_FROM to another, so "
            "that people who mark an update as spam do not harm confirmations.",
        )
    try:
        resolver = dns_checks.system_resolver()
    except dns.exception.DNSException:
        yield Finding("mail", "note", dns_checks.UNKNOWN)
        return
    yield from dns_checks.check_dns(settings, resolver)


def send_test(settings: Settings, address: str, now: datetime) -> Iterator[Finding]:
    """Send a test mail to an address; raises DeliveryDelayed or DeliveryRefused."""
    site = urlsplit(settings.base_url)
    message = EmailMessage(policy=WIRE)
    message["Subject"] = f"Test mail from {site.netloc}"
    message["From"] = messages.site_mailbox(settings)
    message["To"] = address
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{secrets.token_hex(16)}@{site.hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEST_TEXT.format(site=settings.base_url))
    channel = smtp.channel(settings)
    try:
        channel.send(message)
    finally:
        channel.close()
    where = settings.mail_servers[0] if settings.mail_servers else settings.outbox_folder
    yield Finding(
        "mail",
        "good",
        f"A test mail went to {where}. In its headers, look for spf=pass, dkim=pass and "
        "dmarc=pass.",
    )


_TEST_TEXT = """\
This is the test mail that `campaign doctor --mail` sends, from {site}.

Look at the headers of this message ("Show original" in many mail programs). The line
Authentication-Results should say spf=pass, dkim=pass and dmarc=pass.
"""


def blocked(refused: int) -> Iterator[Finding]:
    """Report that other mail servers refuse this site's mail because they block its sender."""
    if refused:
        yield Finding(
            "mail",
            "fix",
            f"Mail servers refused {counted(refused, 'message')} within a week because they block "
            "mail from here. Check that SPF, DKIM and DMARC of MAIL_FROM's domain pass and that "
            "the mail server's address is on no blocklist. No signer was unsubscribed for it.",
        )


def bulk(most: Mapping[str, int]) -> Iterator[Finding]:
    """Report providers that got nearly 5,000 messages, or more, in one day: {provider: number}."""
    for provider, count in sorted(most.items()):
        if count >= _NEAR_BULK:
            yield Finding(
                "mail",
                "note",
                f"{provider.capitalize()} mailboxes got {count:,} messages in one day. From "
                f"{_BULK:,} a day on, it treats this domain as a bulk sender for good: SPF, DKIM "
                "and DMARC must pass, and fewer than 3 in 1,000 readers may mark mail as spam. "
                "MAIL_DAILY limits how much leaves.",
            )
