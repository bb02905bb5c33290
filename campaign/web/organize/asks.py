"""The report of asks: letters, calls and mails about a bill or to the executive, by period."""

from datetime import date

from flask import Blueprint, Response, render_template, request

from campaign.errors import InvalidInput
from campaign.organizing import asks_report
from campaign.organizing.asks_report import AsksReport, Period
from campaign.web.core.services import current_services
from campaign.web.organize import access, csv_response

blueprint = Blueprint("asks", __name__)


@blueprint.get("/organize/<name>/asks")
@access.needs("see")
def show(name: str) -> tuple[str, int]:
    """Show the report of a period: its totals by what was asked about, then each month."""
    error = ""
    try:
        found = _report()
    except InvalidInput as refused:
        error = str(refused)
        found = _report_of(None, None)
    body = render_template(
        "organize/asks.html",
        report=found,
        words=asks_report.ABOUT_IN_WORDS,
        typed={key: request.args.get(key, "") for key in ("first", "last")},
        error=error,
        errors=bool(error),
    )
    return body, 422 if error else 200


@blueprint.get("/organize/<name>/asks.csv")
@access.needs("see")
def table(name: str) -> Response:
    """Send the same as a CSV file, a row for each month and mark."""
    found = _report()
    span = f"{found.period.first:%Y%m%d}-{found.period.last:%Y%m%d}"
    return csv_response.csv(found.table(), f"{name}-asks-{span}.csv")


def _report() -> AsksReport:
    """Return the report of the days in the URL. Raises InvalidInput."""
    return _report_of(_day("first"), _day("last"))


def _report_of(first: date | None, last: date | None) -> AsksReport:
    pack = access.here()
    period = Period.parse(first, last, today=pack.on_date)
    return asks_report.report(current_services().database, pack, period)


def _day(key: str) -> date | None:
    typed = request.args.get(key, "").strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise InvalidInput("Write the day as 2026-06-15.", field=key) from None
