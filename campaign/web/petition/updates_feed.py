"""The campaign's updates, as a page and as an Atom feed (RFC 4287)."""

from datetime import date
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, url_for

from campaign import civil_time
from campaign.packs.pack import Pack, Update
from campaign.web.core import languages
from campaign.web.core.caching import Page, pages, public_for, send
from campaign.web.core.services import Services, current_services

blueprint = Blueprint("updates_feed", __name__)


@blueprint.get("/c/<name>/updates")
def updates(name: str) -> Response:
    """Show the outcome, where there is one, and every update, newest first."""
    return send(pages().get(("updates", name, languages.current()), lambda: _page(name)))


def _page(name: str) -> Page:
    services, pack = _open(name)
    return Page.of(
        render_template(
            "updates_feed/updates.html",
            pack=pack,
            texts=pack.text(languages.current()),
            updates=latest_first(pack),
            is_open=pack.is_open(services.now()),
        )
    )


@blueprint.get("/c/<name>/feed.atom")
def atom(name: str) -> Response:
    """Send the updates as an Atom feed, or 304 where the reader has the latest one."""
    page = pages().get(("feed", name, languages.current()), lambda: _feed(name))
    response = send(page, cache_control=public_for(600, current_services().now()))
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _feed(name: str) -> Page:
    services, pack = _open(name)
    entries = latest_first(pack)
    return Page.of(
        render_template(
            "updates_feed/feed.xml",
            pack=pack,
            texts=pack.text(languages.current()),
            entries=[
                (entry, entry_id(services, pack, entry), moment(entry.date, pack))
                for entry in entries
            ],
            feed_id=_url(services, "updates_feed.atom", pack),
            page=_url(services, "petition.show", pack),
            updates_page=_url(services, "updates_feed.updates", pack),
            updated=moment(_last_change(pack), pack),
        ),
        "application/atom+xml; charset=utf-8",
    )


def latest_first(pack: Pack) -> list[Update]:
    """Return the updates, newest first; those of one day in the campaign's order."""
    return sorted(pack.updates, key=lambda update: update.date, reverse=True)


def _last_change(pack: Pack) -> date:
    """Return the day of the latest update; before the first, the day the facts were checked."""
    updates = [update.date for update in pack.updates]
    checked = [fact.verified_on for fact in pack.usable_facts() if fact.verified_on]
    return max(updates or checked, default=pack.on_date)


def entry_id(services: Services, pack: Pack, update: Update) -> str:
    """Return a permanent tag URI for the update, independent of its page's URL (RFC 4151)."""
    host = urlsplit(services.settings.base_url).hostname
    return f"tag:{host},{update.date.isoformat()}:{pack.name}/{update.id}"


def moment(day: date, pack: Pack) -> str:
    """Return the start of a civil day of the campaign in UTC, as RFC 3339 writes it."""
    return civil_time.start_of(day, pack.zone).isoformat().replace("+00:00", "Z")


def _url(services: Services, endpoint: str, pack: Pack) -> str:
    return services.settings.base_url + url_for(endpoint, name=pack.name)


def _open(name: str) -> tuple[Services, Pack]:
    services = current_services()
    return services, services.campaigns.get(name, services.now())
