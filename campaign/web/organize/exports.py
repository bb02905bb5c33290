"""Exports of signers: counted first, then sent as a file at once or made by the worker."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as Answer

from campaign import text
from campaign.errors import InvalidInput
from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import download, export, filters, job, presets
from campaign.organizing.exports import saved as saved_requests
from campaign.organizing.exports.presets import PRESETS
from campaign.organizing.exports.request import ExportRequest
from campaign.organizing.exports.saved import SavedRequest
from campaign.store import audit, saved_exports
from campaign.store.exports import stale_copies
from campaign.store.exports.query import SelectionCount
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import states_by_name
from campaign.web.organize import access
from campaign.web.organize.actor_names import names, who
from campaign.web.organize.form_page import page
from campaign.web.organize.jobs import start

blueprint = Blueprint("exports", __name__)

#: Past exports on the page; the audit has all of them.
_PAST = 20


@dataclass(frozen=True)
class _Outlook:
    """What an export would contain: signers selected, how many opted in, how many are exported."""

    order: ExportRequest
    selected: SelectionCount
    leaving: int

    @property
    def is_large(self) -> bool:
        """True where the worker makes the file and a page shows the progress."""
        return self.leaving > self.order.preset.most_at_once


@blueprint.get("/organize/<name>/exports")
@access.needs("export")
def show(name: str) -> Response:
    """Show the presets, the signers that the filters select, and past exports."""
    return _page(name, request.args)


@blueprint.post("/organize/<name>/exports")
@access.needs("export")
def run(name: str) -> Answer:
    """Send the file, queue it, or save the filters under a name."""
    form = request.form
    try:
        if "save" in form:
            return _save(name, form)
        order = _order(name, form)
        if order.reason or "all" in form:
            _require_all(name, order)
        if not order.purpose:
            raise InvalidInput("Enter the purpose of the export.", field="purpose")
        outlook = _outlook(order)
        if not outlook.leaving:
            raise InvalidInput("No signer matches. Choose other filters.", field="preset")
    except InvalidInput as error:
        return _page(name, form, error)
    if order.reason and "sure" not in form:
        return page("organize/exports-sure.html", outlook=outlook, words=_words(form), form=None)
    if outlook.is_large:
        return start(
            job.KIND,
            campaign=name,
            params={"preset": order.preset.name},
            inputs={job.INPUT: job.request_document(order)},
        )
    pieces = download.begin(current_services().database, order, expected=outlook.leaving)
    response = Response(pieces, mimetype=order.preset.mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=order.file_name)
    return response


@blueprint.post("/organize/<name>/exports/forget")
@access.needs("export")
def forget(name: str) -> Answer:
    """Delete a saved export; signers and files are not touched."""
    with current_services().database.writing() as connection:
        gone = saved_exports.forget(connection, name, request.form.get("saved", ""))
    if gone:
        flash("The saved export has been deleted.", "success")
    return redirect(url_for("exports.show", name=name), 303)


def _page(name: str, asked: Mapping[str, str], problem: InvalidInput | None = None) -> Response:
    """Return the page for the chosen filters; 422 where one of them is invalid."""
    services = current_services()
    outlook = None
    words = _words(asked)
    try:
        if asked.get("saved") and problem is None:
            found = saved_requests.find(services.database, name, asked["saved"])
            words |= {"preset": found.preset, "purpose": found.purpose, **found.filter}
        outlook = _outlook(_order(name, words | {"reason": ""}))
    except InvalidInput as error:
        problem = problem or error
    with services.database.reading() as connection:
        saved = saved_exports.of_campaign(connection, name)
        past = [
            *audit.records(connection, action="export", campaign=name, limit=_PAST),
            *stale_copies.unfinished(connection, name),
        ]
        known = names(connection, (record.actor for record in past))
    response = page(
        "organize/exports.html",
        presets=PRESETS.values(),
        states=states_by_name(),
        words=words,
        outlook=outlook,
        problem=problem,
        saved=saved,
        past=sorted(past, key=lambda record: record.id, reverse=True)[:_PAST],
        by=lambda actor: who(actor, known),
    )
    if problem is not None:
        response.status_code = 422
    return response


def _words(asked: Mapping[str, str]) -> dict[str, str]:
    """Return the filters as typed, so that the form can show them again."""
    names = ("preset", *filters.NAMES, "purpose", "reason", "all", "bom")
    words = {name: asked.get(name, "") for name in names}
    return words | {"preset": words["preset"] or "generic"}


def _order(name: str, asked: Mapping[str, str]) -> ExportRequest:
    services = current_services()
    return ExportRequest(
        preset=presets.find(asked.get("preset", "generic")),
        selection=filters.read(name, asked, access.here().zone),
        actor=access.actor(),
        now=services.now(),
        origin=Origin.of(services.settings.base_url, name),
        purpose=text.line(asked.get("purpose", ""), limit=200, field="purpose"),
        reason=text.line(asked.get("reason", ""), limit=200, field="reason"),
        with_bom=bool(asked.get("bom")) and presets.find(asked["preset"]).takes_bom,
    )


def _outlook(order: ExportRequest) -> _Outlook:
    return _Outlook(order, *export.count(current_services().database, order))


def _require_all(name: str, order: ExportRequest) -> None:
    """Refuse to export signers who did not opt in to a mail tool, unless the role allows it."""
    if not access.may("export-all", name):
        abort(403)
    if not order.preset.is_for_mail:
        raise InvalidInput(
            "This preset already includes every confirmed signer. Leave the reason empty.",
            field="reason",
        )
    if not order.reason:
        raise InvalidInput(
            "Enter the reason to include signers who did not ask for news.", field="reason"
        )
    if "all" not in request.form:
        raise InvalidInput(
            "Also check the box above the reason, or leave the reason empty.", field="reason"
        )


def _save(name: str, form: Mapping[str, str]) -> Answer:
    words = {word: form.get(word, "") for word in filters.NAMES}
    asked = SavedRequest(form.get("preset", ""), words, form.get("purpose", ""))
    services = current_services()
    title = form.get("save_as", "")
    saved_requests.save(
        services.database,
        name,
        title,
        asked,
        zone=access.here().zone,
        actor=access.actor(),
        now=services.now(),
    )
    flash("The export has been saved. It is in the list below.", "success")
    return redirect(url_for("exports.show", name=name, saved=" ".join(title.split())), 303)
