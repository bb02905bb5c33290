"""The overview: the campaigns of the account, and the state of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.congress.places import STATES
from campaign.errors import CampaignUnknown, PackInvalid, Problem
from campaign.messages import counted, day_in_words
from campaign.organizing import congress_notice, dashboard, figure_tables
from campaign.organizing.dashboard import CampaignFigures
from campaign.packs.pack import Pack
from campaign.store import office_reports
from campaign.store.statuses import SignatureStatus
from campaign.web.core.chart import chart
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import local_time
from campaign.web.organize import access, csv_response, navigation
from campaign.web.petition import map_shades, tile_grid

blueprint = Blueprint("overview", __name__)

# A message that is due for longer than this has no worker to send it.
_MAIL_OVERDUE = timedelta(minutes=10)

# Lines in a table of the overview; the CSV file has all of them.
_MAX_LINES = 10


@dataclass(frozen=True)
class Tile:
    """A state on the map: its upper left corner in units of the picture, and its shade, 0 to 5."""

    code: str
    name: str
    count: int
    shade: int
    x: int
    y: int


@dataclass(frozen=True)
class Concern:
    """Something that needs a person, and the URL where to do it ("" where it is not on this
    site).

    A notice can wait: the page folds it.
    """

    sentence: str
    href: str = ""
    link: str = ""
    is_notice: bool = False


@blueprint.get("/organize/")
@access.needs_account
def campaigns() -> AnyResponse | str:
    """List the campaigns that the account may see; redirect where there is only one."""
    found = access.campaigns()
    unusable = list(_unusable())
    if (
        len(found) == 1
        and not unusable
        and (url := navigation.first_page(found[0])) != "/organize/"
    ):
        return redirect(url)
    return render_template("organize/campaigns.html", packs=found, unusable=unusable)


def _unusable() -> Iterator[tuple[str, Problem]]:
    """Yield the account's campaigns that cannot be shown, with the first reason."""
    services = current_services()
    for name in access.names():
        try:
            services.campaigns.even_unpublished(name, services.now())
        except PackInvalid as error:
            yield name, error.problems[0] if error.problems else Problem(name, 0, str(error))
        except CampaignUnknown:
            continue


@blueprint.get("/organize/<name>/")
@access.needs("see")
def show(name: str) -> str:
    """Show the state of a campaign, with what needs a person first."""
    services = current_services()
    pack = access.here()
    found = _found(services, pack)
    return render_template(
        "organize/overview.html",
        found=found,
        chart=chart(found.by_day, pack.on_date),
        tiles=_tiles(found.states),
        tile=tile_grid.SIZE,
        width=tile_grid.WIDTH,
        height=tile_grid.HEIGHT,
        concerns=list(_concerns(services, pack, found)),
        max_lines=_MAX_LINES,
        members=[one for one in found.members if one.constituents][:_MAX_LINES],
        funnel_days=dashboard.FUNNEL_DAYS,
        data=services.congress.meta,
        data_age=services.congress.meta.age(services.today()),
    )


@blueprint.get("/organize/<name>/figures/<what>.csv")
@access.needs("see")
def figures(name: str, what: str) -> Response:
    """Send one of the figures as a CSV file."""
    services = current_services()
    if what not in figure_tables.TABLES:
        abort(404)
    pack = access.here()
    found = _found(services, pack)
    return csv_response.csv(
        figure_tables.table(found, what), f"{name}-{what}-{pack.on_date:%Y%m%d}.csv"
    )


def _found(services: Services, pack: Pack) -> CampaignFigures:
    """Return the campaign's figures, including what this process just counted."""
    services.page_views.write()
    return dashboard.campaign_figures(services.database, pack, services.congress, services.now())


def _tiles(states: Mapping[str, int]) -> list[Tile]:
    shades = map_shades.shades({code: count for code, count in states.items() if count > 0})
    return [
        Tile(
            code=code,
            name=STATES[code],
            count=states.get(code, 0),
            shade=shades.get(code, 0),
            x=x,
            y=y,
        )
        for code, (x, y) in tile_grid.CORNERS.items()
    ]


# -- What needs a person ---------------------------------------------------------------------------


def _concerns(services: Services, pack: Pack, figures: CampaignFigures) -> Iterator[Concern]:
    yield from _files(services, pack)
    yield from _payer(pack)
    yield from _wording(pack, figures)
    yield from _waiting(pack, figures)
    yield from _reports(services, pack)
    yield from _mail(services, pack, figures)
    yield from _facts(pack, pack.on_date)
    yield from _data(services)


def _files(services: Services, pack: Pack) -> Iterator[Concern]:
    """The problem of the campaign's files since an edit on the server's disk."""
    fault = services.campaigns.fault(pack.name, services.now())
    if fault is None:
        return
    count = counted(len(fault.problems), "problem", "problems")
    first = f" First: {fault.problems[0]}" if fault.problems else ""
    yield Concern(
        f"The campaign's files have {count}, so the site keeps the last valid texts.{first}",
        url_for("texts.show", name=pack.name) if access.may("texts", pack.name) else "",
        "Review them",
    )


def _payer(pack: Pack) -> Iterator[Concern]:
    """A public campaign that does not say who pays for it: it is older than the question."""
    if pack.published and not pack.funding.is_stated:
        href = url_for("texts.settings", name=pack.name) if access.may("texts", pack.name) else ""
        yield Concern(
            "The campaign does not say who pays for it, or whether someone abroad directs it or "
            "pays for it.",
            href,
            "Answer in the settings",
        )


def _wording(pack: Pack, figures: CampaignFigures) -> Iterator[Concern]:
    """How many people signed a wording other than the current one."""
    if not figures.wording.earlier:
        return
    yield Concern(
        counted(figures.wording.earlier, "person", "people")
        + " signed an earlier wording of the petition, and "
        + ("is" if figures.wording.earlier == 1 else "are")
        + " counted and printed with it.",
        url_for("texts.show", name=pack.name) if access.may("texts", pack.name) else "",
        "Ask them again",
    )


def _waiting(pack: Pack, figures: CampaignFigures) -> Iterator[Concern]:
    waits = figures.waits
    if not access.may("review", pack.name):
        return
    if waits.held:
        yield Concern(
            counted(waits.held, "sign-up is set aside and waits", "sign-ups are set aside and wait")
            + " for your decision.",
            url_for("signers.search", name=pack.name, status=SignatureStatus.HELD),
            "Review them",
        )
    if waits.flagged:
        yield Concern(
            counted(
                waits.flagged,
                "signature that counts looks unusual.",
                "signatures that count look unusual.",
            ),
            url_for("signers.flagged", name=pack.name),
            "Review them",
        )
    if waits.comments:
        yield Concern(
            counted(waits.comments, "comment waits for review.", "comments wait for review."),
            url_for("signers.comments", name=pack.name),
            "Review them",
        )
    if waits.names:
        yield Concern(
            counted(
                waits.names,
                "first name waits for review before it is shown.",
                "first names wait for review before they are shown.",
            ),
            url_for("signers.comments", name=pack.name),
            "Review them",
        )


def _reports(services: Services, pack: Pack) -> Iterator[Concern]:
    """Reports of a wrong phone or office that wait, for those who may correct it."""
    if not access.may("texts", pack.name):
        return
    with services.database.reading() as connection:
        waiting = office_reports.count(connection, pack.name)
    if waiting:
        yield Concern(
            counted(
                waiting,
                "report of a member's phone or office waits for your decision.",
                "reports of members' phones or offices wait for your decision.",
            ),
            url_for("corrections.show", name=pack.name),
            "Review them",
        )


def _mail(services: Services, pack: Pack, figures: CampaignFigures) -> Iterator[Concern]:
    oldest = figures.mail.oldest_due
    if oldest is not None and services.now() - oldest > _MAIL_OVERDUE:
        yield Concern(
            f"{counted(figures.mail.queued, 'message is', 'messages are')} due and not sent, "
            "the oldest since "
            f"{local_time(oldest, pack.zone)}. Ask the administrator of the server "
            "to run “campaign doctor,” which shows whether a worker is running."
        )


def _facts(pack: Pack, today: date) -> Iterator[Concern]:
    """Facts whose review day is near or past; without a link where the role may not edit texts."""
    href = url_for("texts.facts", name=pack.name) if access.may("texts", pack.name) else ""
    for fact in pack.facts.values():
        if fact.review_by is None or fact.status not in {"verified", "attributed"}:
            continue
        if fact.review_by < today:
            due = f"The fact “{fact.id}” was due for review by {day_in_words(fact.review_by)}. "
            yield Concern(due + "Sentences that depend on it are left out.", href, "Review it")
        elif fact.review_by - today <= dashboard.REVIEW_AHEAD:
            yield Concern(
                f"The fact “{fact.id}” is due for review by {day_in_words(fact.review_by)}.",
                href,
                "Review it",
            )


def _data(services: Services) -> Iterator[Concern]:
    meta = services.congress.meta
    today = services.today()
    refresh = "Ask the administrator of the server to run “campaign data refresh.”"
    if meta.has_ended(today):
        yield Concern(
            f"The legislator data describes a Congress that ended on "
            f"{day_in_words(meta.valid_until)}. {refresh}"
        )
    elif meta.age(today) > dashboard.OLD_DATA_DAYS:
        yield Concern(
            f"The legislator data is {counted(meta.age(today), 'day')} old, as of "
            f"{day_in_words(meta.as_of)}. {refresh}",
            is_notice=True,
        )
    if warning := congress_notice.warning(services.congress, services.now()):
        yield Concern(
            f"{warning} Ask the administrator of the server to run “campaign data refresh” that "
            "afternoon.",
            is_notice=True,
        )
