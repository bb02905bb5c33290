"""The page after signing: where the link went, how to correct that, and what to do meanwhile."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from flask import current_app, render_template
from markupsafe import Markup, escape

from campaign.packs.pack import Pack
from campaign.petition.household import MAIL_AGAIN_AFTER
from campaign.web.core import languages
from campaign.web.core.forms import DISTRICT_UNKNOWN, SignForm
from campaign.web.core.services import current_services
from campaign.web.petition.district_question import Residence
from campaign.web.petition.inbox_links import inbox_of

if TYPE_CHECKING:
    from campaign.web.petition.petition_page import Surface

# What stands for a person's own parts in the page that is kept; no one can type these texts.
_ADDRESS, _FIELDS, _WRITER, _INBOX, _LEFT = (f"part-{secrets.token_hex(16)}" for _ in range(5))

#: What the page answers: a signature, a fresh link asked for, or one asked for too early.
State = Literal["first", "again", "early"]

_WAIT_S = int(MAIL_AGAIN_AFTER.total_seconds())
#: The field that says since when the person waits, in seconds of Unix time.
_SINCE = "since"


def seconds_left(form: Mapping[str, str], now: datetime) -> int:
    """Return how many seconds must pass before another link may be requested.

    The posted page says when it was made. A visitor can change that field, but gains nothing: how
    often a link is mailed is limited by address.
    """
    since = form.get(_SINCE, "")
    waited = int(now.timestamp()) - int(since) if since.isdecimal() and len(since) < 12 else _WAIT_S
    return _WAIT_S - waited if 0 <= waited < _WAIT_S else 0


def page(
    pack: Pack,
    surface: "Surface",
    form: SignForm,
    place: Residence,
    *,
    state: State,
    left: int = _WAIT_S,
) -> str:
    """Return the page after signing, with the address that the link was mailed to.

    In a surge, the page is the same for everyone except for what they typed. It is rendered once
    for each campaign, language and surface; a person's parts are inserted afterwards and never
    kept. `left` is the number of seconds until they may ask for a fresh link.
    """
    kept: dict[tuple[str, str, str, State], tuple[Pack, str]] = current_app.extensions.setdefault(
        "waiting-pages", {}
    )
    key = (pack.name, languages.current(), surface.layout, state)
    held = kept.get(key)
    if held is None or held[0] is not pack:
        held = kept[key] = (pack, render(pack, surface, _ADDRESS, state=state))
    email = form.email.data or ""
    district = place.district or place.state or DISTRICT_UNKNOWN
    typed = [
        *form.carried(without="altcha"),
        ("asked", form.zip.data or ""),
        ("district", district),
        (_SINCE, str(int(current_services().now().timestamp()) - _WAIT_S + left)),
    ]
    writer = [(name, text) for name, text in typed if name in {"first_name", "last_name", "zip"}]
    if place.district:
        writer.append(("district", place.district))
    body = held[1].replace(_FIELDS, _hidden(typed)).replace(_WRITER, _hidden(writer))
    body = body.replace(_LEFT, str(left))
    return body.replace(_INBOX, _inbox(email)).replace(_ADDRESS, escape(email))


def render(pack: Pack, surface: "Surface", email: str = "", *, state: State = "first") -> str:
    """Return the page with places for a person's parts, or without them where `email` is ""."""
    services = current_services()
    return render_template(
        "petition/signed.html",
        pack=pack,
        texts=pack.text(languages.current()),
        surface=surface,
        email=email,
        fields=Markup(_FIELDS),  # noqa: S704 - replaced by escaped fields
        writer=Markup(_WRITER),  # noqa: S704
        inbox=Markup(_INBOX),  # noqa: S704
        state=state,
        seconds_left=_LEFT,
        mail_from=services.settings.mail_from,
        page_url=services.settings.base_url + f"/c/{pack.name}/",
    )


def _hidden(pairs: list[tuple[str, str]]) -> Markup:
    """Return hidden fields, which carry what was typed to the next step."""
    return Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, text)
        for name, text in pairs
    )


def _inbox(email: str) -> str:
    found = inbox_of(email)
    return render_template("petition/_inbox.html", provider=found) if found else ""
