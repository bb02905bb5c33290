"""The audit of a campaign: who did what and when, on a page and as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy import Connection

from campaign import civil_time
from campaign.store import accounts, audit
from campaign.store.audit import AuditFilter, Record
from campaign.store.db.column_types import as_text
from campaign.web.core.services import current_services
from campaign.web.organize import access, csv_response
from campaign.web.organize.actor_names import names, who
from campaign.web.organize.form_page import page

blueprint = Blueprint("audit", __name__)

_A_PAGE = 100
#: The most records of one table; choose a day to split a longer one.
_MAX_RECORDS = 100_000

# Action -> its label; an action without one is shown with spaces for its hyphens.
_ACTIONS: Mapping[str, str] = {
    "log-in": "Logged in",
    "log-in-failed": "Failed to log in",
    "log-in-throttled": "Log-in rate limited",
    "log-out": "Logged out",
    "account-invited": "Invited an account",
    "account-opened": "Accepted the invitation",
    "account-disabled": "Disabled an account",
    "account-enabled": "Enabled an account",
    "account-deleted": "Deleted an account",
    "role-changed": "Changed a role",
    "password-changed": "Changed the password",
    "password-reset": "Reset the password by email",
    "second-factor-set": "Set up a second factor",
    "second-factor-removed": "Removed a second factor",
    "recovery-codes-made": "Created recovery codes",
    "recovery-code-used": "Used a recovery code",
    "export": "Exported signers",
    "signers-read": "Read signers' data",
    "erase": "Erased a person",
    "import": "Entered paper signatures",
    "import-undone": "Undid an entry of paper signatures",
    "invalidate": "Struck a signature",
    "reinstate": "Restored a signature",
    "release": "Released a sign-up",
    "hold-again": "Set a sign-up aside again",
    "resend": "Resent the confirmation link",
    "name-shown": "Approved a first name",
    "name-hidden": "Hid a first name",
    "signer-corrected": "Corrected a signature",
    "signer-unsubscribed": "Unsubscribed a signer",
    "comment-approved": "Approved a comment",
    "comment-rejected": "Rejected a comment",
    "update-sent": "Sent an update",
    "update-stopped": "Stopped an update",
    "update-test": "Sent a test of an update",
    "texts-edited": "Edited a text",
    "campaign-started": "Created the campaign",
    "campaign-archived": "Archived the campaign",
    "draft-edited": "Edited the draft",
    "draft-discarded": "Discarded the draft",
    "preview-shared": "Made a preview link",
    "preview-withdrawn": "Withdrew the preview link",
    "token-made": "Created an API key",
    "token-revoked": "Revoked an API key",
    "stances-imported": "Imported stances",
    "stance-set": "Recorded a stance",
    "office-corrected": "Corrected a phone or an office",
    "office-uncorrected": "Removed a correction",
    "office-report-dismissed": "Dismissed a report of a wrong office",
    "retry-letters": "Retried electronic letters",
    "recount": "Recounted the signatures",
    "allow-again": "Allowed an erased address to sign again",
}


@dataclass(frozen=True)
class Line:
    """One record as it is shown."""

    at: datetime
    actor: str
    action: str
    details: str


@blueprint.get("/organize/<name>/audit")
@access.needs("audit")
def show(name: str) -> Response:
    """List what was done, latest first, filtered by action, person and day."""
    with current_services().database.reading() as connection:
        asked, chosen = _asked(connection, name)
        found = audit.page(connection, asked, before=_before(), limit=_A_PAGE + 1)
        everything = AuditFilter(name, asked.accounts)
        actions = audit.actions(connection, everything)
        actors = audit.actors(connection, everything)
        known = names(connection, (*actors, *map(_about, found)))
    last = found[_A_PAGE - 1].id if len(found) > _A_PAGE else None
    return page(
        "organize/audit.html",
        lines=[_line(record, known) for record in found[:_A_PAGE]],
        actions=[(action, in_words(action)) for action in actions],
        actors=[(actor, who(actor, known)) for actor in actors if actor],
        chosen=chosen,
        older=url_for("audit.show", name=name, **chosen, before=last) if last else "",
        newest=url_for("audit.show", name=name, **chosen) if _before() else "",
        here=name,
    )


@blueprint.get("/organize/<name>/audit.csv")
@access.needs("audit")
def table(name: str) -> Response:
    """Send what the page shows as a CSV file."""
    with current_services().database.reading() as connection:
        asked, _ = _asked(connection, name)
        found = audit.page(connection, asked, limit=_MAX_RECORDS)
        about = (place for record in found for place in (record.actor, _about(record)))
        known = names(connection, about)
    lines = (_line(record, known) for record in found)
    return csv_response.csv(
        (
            ("at", "actor", "who", "action", "details"),
            [
                (as_text(record.at), record.actor, line.actor, record.action, line.details)
                for record, line in zip(found, lines, strict=True)
            ],
        ),
        f"audit-{name}-{current_services().today():%Y-%m-%d}.csv",
    )


def in_words(action: str) -> str:
    """Return the label of an action."""
    return _ACTIONS.get(action) or action.replace("-", " ").capitalize()


def _asked(connection: Connection, name: str) -> tuple[AuditFilter, dict[str, Any]]:
    """Return the filter in the query, and the same as the form shows it again."""
    given = {
        key: request.args.get(key, "")[:80].replace("\x00", "\N{REPLACEMENT CHARACTER}")
        for key in ("action", "actor", "day")
    }
    ids = tuple(account.id for account in accounts.of_campaign(connection, name))
    try:
        day = date.fromisoformat(given["day"]) if given["day"] else None
    except ValueError:
        day, given["day"] = None, ""
    since, until = civil_time.span_of(day, access.here().zone) if day else (None, None)
    return (
        AuditFilter(name, ids, given["action"], given["actor"], since, until),
        {key: value for key, value in given.items() if value},
    )


def _before() -> int | None:
    given = request.args.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None


def _about(record: Record) -> str:
    """Return the account that a record is about, written like an actor, or ""."""
    number = record.details.get("account")
    return f"user:{number}" if isinstance(number, int) else ""


def _line(record: Record, names: Mapping[int, str]) -> Line:
    parts = [
        f"{key.replace('_', ' ')}: {_short(value)}"
        for key, value in record.details.items()
        if key != "account" and value not in ("", None, {}, [])
    ]
    about = _about(record)
    if about and about != record.actor:
        parts.insert(0, who(about, names))
    return Line(record.at, who(record.actor, names), in_words(record.action), "; ".join(parts))


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {inner}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(str(inner) for inner in value)
    return "yes" if value is True else str(value)
