"""Paper signatures: a sheet typed by keyboard, and uploaded tables."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, request, session, url_for
from werkzeug.wrappers import Response

from campaign.errors import InvalidInput, SignatureUnknown, TableRefused, TooManyAttempts
from campaign.letters.print.signup_sheet import LINES
from campaign.organizing import jobs as long_work
from campaign.organizing.paper import import_job, import_table
from campaign.organizing.paper import table as tables
from campaign.petition import access_log
from campaign.petition.paper import enter_signatures, paper_row, typed_sheet
from campaign.petition.paper.session import parse_mail_consent
from campaign.petition.paper.typed_sheet import EnteredLine, SheetResult, SheetRow
from campaign.store import jobs
from campaign.store import paper as kept
from campaign.store.jobs import Job
from campaign.store.paper import EnteredSignature
from campaign.store.statuses import JobStatus
from campaign.web.core.request_floods import MinuteCounter
from campaign.web.core.security import takes
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.form_page import page
from campaign.web.organize.jobs import require_room

blueprint = Blueprint("paper", __name__)

#: Lines of a session that can be undone.
_RECENT = 30
#: How often an account may check in a minute whether a person is counted: enough for a fast typist.
MAX_CHECKS_A_MINUTE = 60
person_checks = MinuteCounter()

_EMPTY = SheetResult(tuple(SheetRow() for _ in range(LINES)), 0, ())

#: The largest table that is accepted, with the form around it.
_LARGEST = tables.CAPS.bytes + 64 * 1024


@blueprint.get("/organize/<name>/paper")
@access.needs("paper")
def show(name: str) -> Response:
    """Show an empty sheet, and what was entered lately in this session."""
    return _sheet(name, _EMPTY)


@blueprint.post("/organize/<name>/paper")
@access.needs("paper")
def enter(name: str) -> Response:
    """Enter the valid rows, and show the others again with what is wrong."""
    services = current_services()
    rows = _typed_rows()
    try:
        found = typed_sheet.enter(
            services.database,
            access.here(),
            services.congress,
            rows,
            sheet=request.form.get("sheet", ""),
            signed_on=request.form.get("signed_on", ""),
            actor=access.actor(),
            hide_matches=not _may_know(name),
            **services.moment(),
        )
    except InvalidInput as error:
        unsettled = SheetResult(tuple(SheetRow(row) for row in rows), 0, ())
        return _sheet(name, unsettled, wrong=error)
    _remember(name, found.made)
    if found.is_settled:
        flash(
            f"{found.entered} {'signature' if found.entered == 1 else 'signatures'} entered."
            if found.entered
            else "Nothing was typed.",
            "success",
        )
        return redirect(url_for("paper.show", name=name), 303)
    return _sheet(name, found)


@blueprint.post("/organize/<name>/paper/check")
@access.needs("paper")
def check(name: str) -> Response:
    """Send the town of a ZIP to the page's script and, if the role allows, whether a person is
    counted.
    """
    if person_checks.count(access.actor()) > MAX_CHECKS_A_MINUTE:
        raise TooManyAttempts(
            "Too many checks in a minute. Keep typing; nothing is lost.",
            retry_after=person_checks.seconds_left(),
        )
    services = current_services()
    typed = {field: request.form.get(field, "") for field in ("first_name", "last_name", "zip")}
    try:
        town = _town(typed["zip"])
        # Who signed is shown only to accounts that may look up signers, and is recorded.
        is_asked = bool(typed["first_name"].strip() and typed["last_name"].strip())
        is_known = is_asked and _may_know(name)
        if is_known:
            is_known = enter_signatures.is_known(
                services.database,
                access.here(),
                first_name=typed["first_name"],
                last_name=typed["last_name"],
                zip=typed["zip"],
                keyring=services.settings.keyring,
            )
            access_log.note_read(
                services.database,
                "paper check",
                rows=int(is_known),
                actor=access.actor(),
                campaign=name,
                now=services.now(),
                even_if_empty=True,
            )
    except InvalidInput as error:
        return jsonify(town="", known=False, wrong=str(error), field=error.field)
    wrong = "" if town else "This ZIP does not exist. Compare it with the sheet."
    return jsonify(town=town, known=is_known, wrong=wrong, field="" if town else "zip")


@blueprint.post("/organize/<name>/paper/undo")
@access.needs("paper")
def undo(name: str) -> Response:
    """Remove a line that was entered by mistake in this session."""
    services = current_services()
    public_id = request.form.get("line", "")
    line = next((one for one in _recent(name) if one.public_id == public_id), None)
    if line is None:
        abort(404)
    try:
        typed_sheet.undo(
            services.database,
            access.here(),
            public_id,
            line.namesake,
            actor=access.actor(),
            hide_matches=not _may_know(name),
            **services.moment(),
        )
    except SignatureUnknown as error:
        flash(str(error), "error")
        landing = ""
    else:
        flash("The line has been removed. You can type it again.", "success")
        landing = "#recent"
    _put_recent(name, [one for one in _recent(name) if one.public_id != public_id])
    return redirect(url_for("paper.show", name=name) + landing, 303)


@blueprint.post("/organize/<name>/paper/table")
@access.needs("paper")
@takes(_LARGEST)
def hand_in(name: str) -> Response:
    """Accept a table and check it; nothing is entered yet."""
    given = request.files.get("table")
    raw = given.read() if given is not None else b""
    try:
        if not raw:
            raise TableRefused("Choose a table first: a CSV file or an XLSX workbook.")
        given_table = tables.Table(raw)
        mail_consent = parse_mail_consent(request.form.get("mail_consent", ""))
        import_table.require_opt_in(given_table, mail_consent)
    except TableRefused as error:
        return _sheet(name, _EMPTY, wrong=InvalidInput(str(error), field="file"))
    except InvalidInput as error:
        return _sheet(name, _EMPTY, wrong=error)
    return _queue(name, raw, dry_run=True, mail_consent=mail_consent)


@blueprint.get("/organize/<name>/paper/table/<public_id>")
@access.needs("paper")
def table(name: str, public_id: str) -> Response:
    """Show the progress of a table, what would be or was entered, and why lines were skipped."""
    job = _own(name, public_id)
    folder = current_services().settings.home / "jobs" / public_id
    return page(
        "organize/paper-table.html",
        job=job,
        summary=import_job.read_summary(folder),
        is_there=(folder / import_job.INPUT).is_file(),
        max_at_once=import_table.MAX_AT_ONCE,
        percent=min(100, 100 * job.done // job.total) if job.total else 0,
    )


@blueprint.post("/organize/<name>/paper/table/<public_id>/enter")
@access.needs("paper")
def enter_table(name: str, public_id: str) -> Response:
    """Enter a table that was checked."""
    job = _own(name, public_id)
    path = current_services().settings.home / "jobs" / public_id / import_job.INPUT
    if job.status != JobStatus.DONE or not job.params.get("dry_run") or not path.is_file():
        flash("That table has been deleted. Upload it again.", "error")
        return redirect(url_for("paper.show", name=name), 303)
    return _queue(
        name,
        path.read_bytes(),
        dry_run=False,
        all_or_nothing=request.form.get("all_or_nothing") == "1",
        mail_consent=job.params.get("mail_consent", ""),
    )


def _sheet(name: str, result: SheetResult, *, wrong: InvalidInput | None = None) -> Response:
    services = current_services()
    recent = _recent(name)
    today = access.here().on_date.isoformat()
    may_know = _may_know(name)
    there: Mapping[str, EnteredSignature] = {}
    if may_know:
        with services.database.reading() as connection:
            there = kept.still_entered(connection, name, [one.public_id for one in recent])
    response = page(
        "organize/paper.html",
        rows=result.rows,
        towns=[_town_or_none(row.typed.get("zip", "")) for row in result.rows],
        entered=result.entered,
        problems=[(number, row) for number, row in enumerate(result.rows, start=1) if row.says],
        wrong=wrong,
        sheet=request.form.get("sheet", "") if request.method == "POST" else "",
        signed_on=request.form.get("signed_on") or today,
        today=today,
        recent=[there[one.public_id] for one in recent if one.public_id in there],
        lines=[] if may_know else recent,
        may_know=may_know,
        max_lines=tables.CAPS.lines,
        mail_consent=request.form.get("mail_consent", ""),
        mail_sentence=access.here().text().mail_consent,
    )
    if wrong is not None or not result.is_settled:
        response.status_code = 422
    return response


def _typed_rows() -> list[dict[str, str]]:
    return [
        {field: request.form.get(f"{field}-{number}", "")[:400] for field in typed_sheet.FIELDS}
        for number in range(1, LINES + 1)
    ]


def _town(zip_: str) -> str:
    """Return `Billings, MT` for a ZIP, or "" for an unknown one. Raises InvalidInput."""
    place = current_services().congress.zips.get(paper_row.parse_zip(zip_).five)
    return f"{place.city}, {place.state}" if place is not None else ""


def _town_or_none(zip_: str) -> str:
    try:
        return _town(zip_) if zip_.strip() else ""
    except InvalidInput:
        return ""


def _may_know(name: str) -> bool:
    """Return True for an account that may look up signers, and so may learn who is counted."""
    return access.may("signers", name)


def _recent(name: str) -> list[EnteredLine]:
    """Return what was entered in this session, newest first."""
    found: list[Any] = session.get("paper", {}).get(name, [])
    # A session that began before lines were kept with their place has fewer values.
    return [EnteredLine(str(one[0]), int(one[1]), *one[2:4]) for one in found if len(one) > 2]


def _remember(name: str, made: tuple[EnteredLine, ...]) -> None:
    if made:
        _put_recent(name, [*reversed(made), *_recent(name)][:_RECENT])


def _put_recent(name: str, recent: list[EnteredLine]) -> None:
    # Only of one campaign: the cookie has no room for more, and people type one at a time.
    session["paper"] = {
        name: [[one.public_id, one.namesake, one.line, one.sheet] for one in recent]
    }


def _queue(name: str, raw: bytes, **params: bool | str) -> Response:
    require_room()
    services = current_services()
    public_id = jobs.new_id()
    long_work.write_input(services.settings, public_id, import_job.INPUT, raw)
    with services.database.writing() as connection:
        jobs.queue(
            connection,
            import_job.KIND,
            campaign=name,
            actor=access.actor(),
            params={**params, "discreet": not _may_know(name)},
            now=services.now(),
            public_id=public_id,
        )
    return redirect(url_for("paper.table", name=name, public_id=public_id), 303)


def _own(name: str, public_id: str) -> Job:
    with current_services().database.reading() as connection:
        job = jobs.find(connection, public_id)
    if (
        job is None
        or job.kind != import_job.KIND
        or job.campaign != name
        or job.actor != access.actor()
        or not _is_of_present_role(job)
    ):
        abort(404)
    return job.as_of(current_services().now())


def _is_of_present_role(job: Job) -> bool:
    """Return False where the role that requested it was removed or changed since."""
    since = access.role_since(job.campaign)
    return since is not None and job.created_at >= since
