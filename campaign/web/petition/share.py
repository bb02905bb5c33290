"""Sharing a petition: links with source tags, the preview picture, QR codes, the widget.

A source tag names the channel (`?source=mail`), never the person who shared the link.
"""

import hashlib
import io
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode, urlsplit

import segno
from flask import Blueprint, Flask, Response, render_template, request, url_for
from flask_babel import gettext, ngettext

from campaign.errors import InvalidInput, StoreUnavailable, TokenRefused
from campaign.letters.print import share_card
from campaign.letters.print.share_card import Card
from campaign.packs.pack import Pack
from campaign.petition import public_counts, share_credit
from campaign.store import daily_counters
from campaign.text import line
from campaign.web.core import languages
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.forms import error_sentence
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import bound, number
from campaign.web.petition import thanks_ticket

blueprint = Blueprint("share", __name__)

# The picture changes with its rounded number. Sites that show it fetch it again when its URL
# changes, which holds the same number.
_PICTURE = "public, max-age=3600, stale-while-revalidate=86400"
_QR = "public, max-age=86400"

# Characters of a person's own line, so that a post has room for the link.
_LONGEST_LINE = 240
_NOT_KEPT = {"Cache-Control": "no-store", "Content-Type": "text/html; charset=utf-8"}

#: Below this count the picture asks for the first signatures instead of showing a number.
MIN_SHOWN_COUNT = 25


@dataclass(frozen=True)
class ShareLink:
    """A link that shares the page by one channel: its label, and the URL that opens it."""

    label: str
    href: str
    is_elsewhere: bool


@blueprint.record_once
def _give_templates_the_links(state: object) -> None:
    app: Flask = state.app  # type: ignore[attr-defined]
    app.jinja_env.globals.update(
        share_links=share_links, with_source=with_source, card_url=card_url
    )


# -- Links -----------------------------------------------------------------------------------------


def with_source(url: str, source: str) -> str:
    """Return the URL with a tag that names the channel of its visitors."""
    return f"{url}{'&' if '?' in url else '?'}source={source}"


def share_links(url: str, text: str, title: str) -> tuple[ShareLink, ...]:
    """Return the links that share `url` with a `text`, each with its own source tag.

    They are plain links: nothing is loaded from another site before one is clicked.
    """

    def address(base: str, source: str, **parts: str) -> str:
        filled = {
            key: part.replace("{url}", with_source(url, source)) for key, part in parts.items()
        }
        return base + urlencode(filled, quote_via=quote)

    both = f"{text} {{url}}"
    return (
        ShareLink(
            gettext("Email"),
            address("mailto:?", "mail", subject=title, body=f"{text}\n\n{{url}}"),
            False,
        ),
        ShareLink(gettext("Text message"), address("sms:?&", "sms", body=both), False),
        ShareLink("WhatsApp", address("https://wa.me/?", "whatsapp", text=both), True),
        ShareLink(
            "Facebook",
            address("https://www.facebook.com/sharer/sharer.php?", "facebook", u="{url}"),
            True,
        ),
        ShareLink(
            "Bluesky", address("https://bsky.app/intent/compose?", "bluesky", text=both), True
        ),
        ShareLink("X", address("https://x.com/intent/post?", "x", text=text, url="{url}"), True),
    )


def _page_url(services: Services, pack: Pack) -> str:
    return services.settings.base_url + url_for("petition.show", name=pack.name)


def _credited_url(services: Services, pack: Pack, credit: str) -> str:
    path = url_for("credited.show", token=f"{pack.name}.{credit}")
    return services.settings.base_url + path


# -- The page --------------------------------------------------------------------------------------


@blueprint.get("/c/<name>/share")
def show(name: str) -> Response:
    """Show every way to share the petition, each with a preview of what the recipient sees."""
    page = pages().get(("share", name, languages.current()), lambda: _page(name))
    current_services().page_views.add(name, daily_counters.SHARE)
    return send(page)


@blueprint.post("/c/<name>/share")
def show_in_own_words(name: str) -> Response:
    """Show the links with a line of the person's own; it is not kept, and not in the URL.

    A person who has just signed, or who comes from their own page, may let the links name them.
    """
    typed, signer = request.form.get("line", ""), request.form.get("signer", "")
    try:
        own = line(typed, limit=_LONGEST_LINE, field="line")
        credit = _credit(name, signer) if request.form.get("credit") else ""
    except InvalidInput as error:
        body = _body(name, typed=typed, signer=signer, problem=error_sentence(error))
        return Response(body, 422, headers=_NOT_KEPT)
    except TokenRefused:
        problem = gettext("This page was open for too long, so the links do not name you.")
        return Response(_body(name, own, typed=typed, problem=problem), 422, headers=_NOT_KEPT)
    return Response(_body(name, own, typed=own, signer=signer, credit=credit), headers=_NOT_KEPT)


def _credit(name: str, ticket: str) -> str:
    """Return the token with which links name the signer of a ticket. Raises TokenRefused."""
    services = current_services()
    signature = thanks_ticket.open_ticket(services, ticket)
    if signature.campaign != name:
        raise TokenRefused("This page can no longer be shown.")
    return share_credit.ask(services.database, signature.public_id, **services.moment())


def _page(name: str) -> Page:
    return Page.of(_body(name))


def _body(
    name: str,
    own: str = "",
    *,
    typed: str = "",
    problem: str = "",
    signer: str = "",
    credit: str = "",
) -> str:
    """Return the page; `own` replaces the campaign's text in every link.

    `signer` is the ticket of who may be named, `credit` the token of links that name them.
    """
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    texts = pack.text(languages.current())
    count = _count(services, pack)
    return render_template(
        "share/show.html",
        pack=pack,
        texts=texts,
        page_url=_page_url(services, pack),
        signer=signer,
        credit=credit,
        shared_url=_credited_url(services, pack, credit) if credit else _page_url(services, pack),
        snippet=snippet(services, pack),
        count=count,
        picture=_card_path(pack, count),
        is_open=pack.is_open(services.now()),
        words=own or texts.share,
        own=own,
        typed=typed,
        problem=problem,
        errors=bool(problem),
    )


def snippet(services: Services, pack: Pack) -> str:
    """Return the two lines that embed the widget in a page of another site."""
    base = services.settings.base_url
    return render_template(
        "share/snippet.html",
        src=base + url_for("embed.show", name=pack.name),
        script=base + url_for("embed.script"),
        title=pack.text(languages.current()).headline,
    ).strip()


# -- The picture -----------------------------------------------------------------------------------


@blueprint.get("/c/<name>/card.png")
def card(name: str) -> Response:
    """Send the preview picture (1200 x 630): headline and count."""
    key = ("card", name, languages.current())
    return send_card(pages().get(key, lambda: _picture(name)))


def send_card(picture: Page) -> Response:
    """Send a preview picture, which other sites may show."""
    return _send(picture, _PICTURE)


def _picture(name: str) -> Page:
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    return drawn(card_of(services, pack, _count(services, pack) or 0))


def drawn(card: Card) -> Page:
    """Return a preview picture; the same one is drawn once."""
    return _file(_draw(card), "image/png")


@lru_cache(maxsize=64)
def _draw(of: Card) -> bytes:
    return share_card.png(of)


def card_url(pack: Pack, count: int | None = None) -> str:
    """Return the picture's full URL; it changes with the number in the picture."""
    return current_services().settings.base_url + _card_path(pack, count)


def _card_path(pack: Pack, count: int | None) -> str:
    version = None if count is None else rounded(count)
    return url_for("share.card", name=pack.name, v=version)


def rounded(count: int) -> int:
    """Return the count as the picture shows it: rounded down to two digits, exact below 100."""
    if count < 100:
        return count
    step: int = 10 ** (len(str(count)) - 2)
    return count - count % step


def card_of(services: Services, pack: Pack, count: int, *, least: int = MIN_SHOWN_COUNT) -> Card:
    """Return the texts of a preview picture with a count, which shows from `least` on."""
    texts = pack.text(languages.current())
    shown = rounded(count) if count >= least else 0
    disclosure, disclosure_language = pack.funding.disclosure(languages.current())
    return Card(
        kicker=texts.title,
        headline=bound(texts.headline),
        number=(number(shown) + ("+" if count > shown else "")) if shown else "",
        words=_words(shown, is_open=pack.is_open(services.now())),
        place=urlsplit(services.settings.base_url).netloc,
        accent=pack.accent,
        share=min(1.0, shown / pack.goal_for(shown)),
        language=languages.current(),
        disclosure=disclosure,
        disclosure_language=disclosure_language,
    )


def _words(shown: int, *, is_open: bool) -> str:
    if shown:
        return str(ngettext("has signed", "have signed", shown))
    return str(gettext("Be among the first to sign")) if is_open else ""


def _count(services: Services, pack: Pack) -> int | None:
    """Return the count, or None while the database does not answer: the picture works without
    it.
    """
    try:
        return public_counts.count(services.database, pack.name)
    except StoreUnavailable:
        return None


# -- QR codes --------------------------------------------------------------------------------------


@blueprint.get("/c/<name>/qr.svg")
def qr_svg(name: str) -> Response:
    """Send the petition's URL as a scalable QR code."""
    return _qr(name, "svg", "image/svg+xml", scale=10)


@blueprint.get("/c/<name>/qr.png")
def qr_png(name: str) -> Response:
    """Send the petition's URL as a QR code of about a thousand pixels."""
    return _qr(name, "png", "image/png", scale=24)


def qr_code(url: str) -> segno.QRCode:
    """Return the QR code of a URL, with enough redundancy for folded or stained paper."""
    return segno.make(url, error="q", micro=False)


def _qr(name: str, kind: str, content_type: str, *, scale: int) -> Response:
    services = current_services()
    pack = services.campaigns.get(name, services.now())
    code = _code(with_source(_page_url(services, pack), "qr"), kind, scale)
    return _send(_file(code, content_type), _QR)


@lru_cache(maxsize=64)
def _code(url: str, kind: str, scale: int) -> bytes:
    code = io.BytesIO()
    qr_code(url).save(code, kind=kind, scale=scale, border=4, dark="#1b1c1e", light="#ffffff")
    return code.getvalue()


def _file(content: bytes, content_type: str) -> Page:
    """Return a picture as a page that is not compressed again."""
    digest = hashlib.sha256(content).hexdigest()[:20]
    return Page(content, b"", f'W/"{digest}"', content_type)


def _send(picture: Page, cache_control: str) -> Response:
    """Send a picture that other sites may show."""
    response = send(picture, cache_control=cache_control)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
