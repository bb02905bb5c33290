"""The composition root: `create_app` makes the services, protects the application and registers
pages.
"""

from typing import NoReturn
from urllib.parse import urlsplit

from flask import Flask, Request, current_app, url_for
from flask_babel import lazy_gettext
from werkzeug.routing import RequestRedirect

from campaign import paths
from campaign.congress.geocoder import Geocoder
from campaign.congress.representation import HOUSE_FINDER
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.packs.standing_cache import StandingCache
from campaign.petition.rate_limits import SignupLimits
from campaign.settings import Settings
from campaign.store import stances
from campaign.store.db.engine import Database
from campaign.store.db.readiness import WriteCheck
from campaign.store.rate_limit_storage import shared_storage
from campaign.web import api, organize
from campaign.web.core import (
    assets,
    caching,
    client_network,
    error_pages,
    languages,
    member_photos,
    request_floods,
    security,
    template_filters,
)
from campaign.web.core.loaded_data import CongressData, PublishedCampaigns
from campaign.web.core.page_views import PageViews
from campaign.web.core.services import KEY, Clock, Services, utc_now
from campaign.web.letters import (
    builder,
    calling,
    contact_report,
    cwc_approval,
    cwc_offer,
    cwc_request,
    download,
    letter_to_editor,
)
from campaign.web.petition import (
    challenge,
    confirm,
    credited_page,
    district_page,
    draft_preview,
    facts,
    my_signature,
    petition_page,
    picture,
    public_stats,
    share,
    signature_map,
    updates_feed,
    where_they_stand,
    widget,
)
from campaign.web.site import about, demo, health, members, metrics, office_report, sitemap

# The campaign's own pages, in the order of the navigation.
_NAVIGATION = (
    ("petition.show", lazy_gettext("Petition")),
    ("builder.show", lazy_gettext("Write")),
    ("calling.start", lazy_gettext("Call")),
    ("members.show", lazy_gettext("Members")),
    ("facts.show", lazy_gettext("Facts")),
)


class _Site(Flask):
    """Flask with redirects that never repeat the Host header: a redirect to the canonical URL,
    such as one with a final slash, names only the path.
    """

    def raise_routing_exception(self, request: Request) -> NoReturn:
        """Raise the routing exception as Flask does, its redirects reduced to the path."""
        found = request.routing_exception
        if isinstance(found, RequestRedirect):
            path, query = urlsplit(found.new_url)[2:4]
            found.new_url = f"/{path.lstrip('/')}{'?' if query else ''}{query}"
        super().raise_routing_exception(request)


def create_app(
    settings: Settings, *, database: Database | None = None, clock: Clock = utc_now
) -> Flask:
    """Return the site for these settings, ready to serve.

    `database` is one that is open already (tests share theirs); without it, the database of the
    settings is opened. Raises DatasetInvalid where there is no valid dataset of the Congress.
    """
    app = _Site(__name__, static_folder=None, template_folder=str(paths.templates()))
    congress_data = CongressData(settings)
    database = database or Database(settings.database_url, is_serving=True)
    app.extensions[KEY] = Services(
        settings=settings,
        database=database,
        campaigns=PublishedCampaigns(
            packs.folders(settings), standings=StandingCache(stances.reader(database))
        ),
        congress_data=congress_data,
        # Asked each time, because a refresh may bring the next Congress with new district lines.
        geocoder=Geocoder(
            settings.geocoder_url, congress=lambda: congress_data.current().meta.congress
        ),
        limits=SignupLimits(shared_storage(settings, database)),
        page_views=PageViews(database, clock),
        write_check=WriteCheck(database),
        clock=clock,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    security.init_app(app, settings)
    client_network.init_app(app, settings)
    request_floods.init_app(app)
    languages.init_app(app)
    assets.init_app(app)
    caching.init_app(app)
    error_pages.init_app(app)
    template_filters.init_app(app)
    download.init_app(app)
    cwc_offer.init_app(app)
    _give_templates_the_layout(app, settings)
    _register(app, settings)
    organize.init_app(app, settings)
    api.init_app(app)
    metrics.init_app(app)
    return app


def _register(app: Flask, settings: Settings) -> None:
    for blueprint in (
        petition_page.blueprint,
        confirm.blueprint,
        credited_page.blueprint,
        draft_preview.blueprint,
        members.blueprint,
        office_report.blueprint,
        builder.blueprint,
        calling.blueprint,
        contact_report.blueprint,
        letter_to_editor.blueprint,
        cwc_approval.blueprint,
        cwc_request.blueprint,
        facts.blueprint,
        where_they_stand.blueprint,
        signature_map.blueprint,
        district_page.blueprint,
        picture.blueprint,
        share.blueprint,
        widget.blueprint,
        challenge.blueprint,
        updates_feed.blueprint,
        public_stats.blueprint,
        my_signature.blueprint,
        about.blueprint,
        member_photos.blueprint,
        sitemap.blueprint,
        health.blueprint,
    ):
        app.register_blueprint(blueprint)
    if settings.env == "demo":
        app.register_blueprint(demo.blueprint)


def _give_templates_the_layout(app: Flask, settings: Settings) -> None:
    """Give `_layout/base.html` the values that it shows around every page."""
    app.jinja_env.globals.update(
        is_demo=settings.env == "demo",
        base_url=settings.base_url,
        house_finder_url=HOUSE_FINDER,
        navigation=_navigation,
        theme_url=_theme_url,
        language_links=languages.links,
        alternates=sitemap.alternates,
    )

    @app.context_processor
    def _language() -> dict[str, object]:
        return {"language": languages.current()}


def _navigation() -> list[tuple[str, str]]:
    return [(end, label) for end, label in _NAVIGATION if end in current_app.view_functions]


def _theme_url(pack: Pack) -> str:
    return url_for("petition.theme", name=pack.name, v=petition_page.theme_version(pack))
