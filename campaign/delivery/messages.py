"""Compose mail from the templates in `templates/email/KIND/`, in the signer's language.

Mail never contains what a signer typed: someone who signs with a stranger's address can send that
stranger only our own text. Links are built from BASE_URL, never from a request.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from campaign import languages, paths
from campaign.delivery.wire_policy import WIRE
from campaign.link_lifetimes import LIFETIMES
from campaign.packs.pack import Pack
from campaign.settings import Settings

#: Kind of mail -> the purposes of its links.
KINDS: Mapping[str, tuple[str, ...]] = {
    "confirm": ("confirm",),
    "already-signed": ("me",),
    "thanks": ("me", "unsubscribe"),
    "reminder": ("confirm", "unsubscribe"),
    "approve": ("approve",),
    "not-sent": (),
    "update": ("me", "unsubscribe"),
    "update-test": (),
}

#: The kinds whose text an organizer wrote.
NEWS_KINDS = frozenset({"update", "update-test"})


# Between the parts of every message of this process (RFC 2046, 5.1.1). Random, so no text has it;
# the library would search each message for one that it has not.
_BOUNDARY = f"=_{secrets.token_hex(16)}"


@dataclass(frozen=True)
class Links:
    """The absolute links of one mail; "" for those that it does not use."""

    site: str
    petition: str
    write: str
    confirm: str = ""
    not_me: str = ""
    me: str = ""
    unsubscribe: str = ""
    approve: str = ""


@dataclass(frozen=True)
class News:
    """The text of an update: a subject, plain text, and sanitized HTML.

    If it `asks_again`, a button leads each reader to both wordings of the petition.
    """

    subject: str
    text: str
    html: str
    asks_again: bool = False


def compose(
    kind: str,
    *,
    to: str,
    message_id: str,
    pack: Pack,
    language: str,
    tokens: Mapping[str, str],
    settings: Settings,
    now: datetime,
    news: News | None = None,
) -> EmailMessage:
    """Return the mail of that kind to one addr-spec, as text and HTML.

    `message_id` is the part before the @; `tokens` has at least the purposes in `KINDS`; `now` is
    aware; `news` is the text of an update. Headers: RFC 5322; Auto-Submitted (RFC 3834);
    List-Unsubscribe with one-click (RFC 2369, RFC 8058) if there is an unsubscribe link; List-Id
    (RFC 2919) for mail to a list.
    """
    language = languages.supported(language)
    texts = pack.text(language)
    needed = {purpose: tokens[purpose] for purpose in KINDS[kind]}
    links = _links(pack.name, language, needed, settings.base_url)
    disclosure, disclosure_language = pack.funding.disclosure(language)
    values = {
        "pack": pack,
        "texts": texts,
        "organizer": pack.organizer,
        "funding": pack.funding,
        "disclosure": disclosure,
        "disclosure_language": disclosure_language,
        "links": links,
        "language": language,
        "confirm_until": languages.until(_confirm_until(pack, now), pack.zone, language),
        "approve_days": LIFETIMES["approve"].days,
        "site_name": urlsplit(settings.base_url).netloc,
        "news": news,
    }
    sender = (settings.updates_from if kind in NEWS_KINDS else "") or settings.mail_from
    message = written(
        kind,
        values,
        language=language,
        sender=_mailbox(pack.organizer.name, sender),
        to=to,
        message_id=message_id,
        settings=settings,
        now=now,
    )
    message["Reply-To"] = _mailbox(pack.organizer.name, pack.organizer.email)
    if links.unsubscribe:
        message["List-Unsubscribe"] = f"<{links.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if kind in NEWS_KINDS:
        message["List-Id"] = f"<{pack.name}.updates.{_host(settings)}>"
    return message


def written(
    kind: str,
    values: Mapping[str, Any],
    *,
    language: str,
    sender: str,
    to: str,
    message_id: str,
    settings: Settings,
    now: datetime,
) -> EmailMessage:
    """Return a mail from the templates of its kind, as text and HTML.

    `sender` is the From header, `to` one addr-spec, `message_id` the part before the @.
    """
    templates = environment(language)

    def rendered(part: str) -> str:
        return templates.get_template(f"{kind}/{part}").render(values).strip()

    message = EmailMessage(policy=WIRE)
    message["Subject"] = " ".join(rendered("subject.txt").split())
    message["From"] = sender
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{message_id}@{_host(settings)}>"
    message["Auto-Submitted"] = "auto-generated"  # prevents automatic replies
    message.set_content(rendered("body.txt") + "\n", cte="quoted-printable")
    message.add_alternative(rendered("body.html") + "\n", subtype="html", cte="quoted-printable")
    message.replace_header("Content-Type", f'multipart/alternative; boundary="{_BOUNDARY}"')
    # Set last: earlier, it would move into the first part.
    message["Content-Language"] = language
    return message


def site_mailbox(settings: Settings) -> str:
    """Return the From header of mail from the site, not from a campaign."""
    return _mailbox(urlsplit(settings.base_url).netloc, settings.mail_from)


@lru_cache(256)
def _mailbox(name: str, addr_spec: str) -> str:
    return str(Address(display_name=name, addr_spec=addr_spec))


def _host(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or "localhost"


def _confirm_until(pack: Pack, now: datetime) -> datetime:
    """Return when a confirmation link that is mailed now expires."""
    own, close = now + LIFETIMES["confirm"], pack.confirms_until
    return own if close is None else min(own, close)


def _links(campaign: str, language: str, tokens: Mapping[str, str], base_url: str) -> Links:
    query = "" if language == languages.DEFAULT else f"?lang={language}"
    by_purpose = {
        purpose: f"{base_url}/{purpose}/{token}{query}" for purpose, token in tokens.items()
    }
    return Links(
        site=f"{base_url}/{query}",
        petition=f"{base_url}/c/{campaign}/{query}",
        write=f"{base_url}/c/{campaign}/write{query}",
        not_me=f"{by_purpose['confirm']}#not-me" if "confirm" in by_purpose else "",
        **by_purpose,
    )


@cache
def environment(language: str) -> Environment:
    """Return the templates in one language; untranslated sentences are in English."""
    environment = Environment(
        loader=FileSystemLoader(paths.templates() / "email"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        languages.translations(language), newstyle=True
    )
    return environment
