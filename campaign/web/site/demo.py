"""The outbox of the demonstration: the mail that would have been sent.

Registered only where CAMPAIGN_ENV is "demo", because the mails hold links that confirm signatures.
"""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template

from campaign import civil_time
from campaign.web.core.security import keep_private
from campaign.web.core.services import current_services

blueprint = Blueprint("demo", __name__)

_MOST_SHOWN = 20


@dataclass(frozen=True)
class Mail:
    """One mail that would have been sent; `text` is its plain part."""

    to: str
    subject: str
    sent: datetime | None
    text: str


@blueprint.get("/demo/outbox")
def outbox() -> Response:
    """Show the latest mails, newest first, with working links."""
    mails = _latest(current_services().settings.outbox_folder)
    return keep_private(
        make_response(render_template("demo/outbox.html", mails=mails, zone=civil_time.WASHINGTON))
    )


def _latest(folder: Path) -> list[Mail]:
    try:
        files = sorted(
            folder.glob("*.eml"),
            key=lambda path: (path.stat().st_mtime_ns, path.name),
            reverse=True,
        )
    except OSError:
        return []
    return [_read(path) for path in files[:_MOST_SHOWN]]


def _read(path: Path) -> Mail:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    body = message.get_body(("plain",))
    date = message["Date"]
    return Mail(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent=date.datetime if date is not None else None,
        text=str(body.get_content()) if body is not None else "",
    )
