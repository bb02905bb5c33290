"""Checks of the mail server, and of how other mail servers treat this site's mail."""

from collections.abc import Iterator
from datetime import datetime

from campaign.cli.doctor.finding import Finding
from campaign.delivery import smtp
from campaign.messages import counted
from campaign.settings import Settings


def check_mail(settings: Settings, _now: datetime) -> Iterator[Finding]:
    """Check that the mail server accepts mail from this site."""
    smtp.channel(settings).check()
    if settings.smtp_host:
        where = f"{settings.smtp_host}:{settings.smtp_port} accepts mail"
        yield Finding("mail", "good", f"{where} from {settings.mail_from}.")
        if settings.smtp_tls == "none" and settings.smtp_host not in {"127.0.0.1", "localhost"}:
            yield Finding("mail", "note", "SMTP_TLS is none: mail crosses the network unencrypted.")
    elif settings.is_production:
        yield Finding(
            "mail",
            "fix",
            f"Set SMTP_HOST: mail now goes to {settings.outbox_folder}, so signers cannot confirm.",
        )
    else:
        yield Finding("mail", "note", f"Mail goes to {settings.outbox_folder} and is not sent.")
    if settings.is_production and settings.mail_from.endswith("@localhost"):
        yield Finding("mail", "fix", "Set MAIL_FROM to an address of your own domain.")


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
