"""Stances: the scoreboard of members, their evidence, and importing it from files."""

import csv
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, Form, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from campaign.congress import bill_status
from campaign.congress.members import Member
from campaign.congress.places import STATES
from campaign.congress.seat_holders import seat_of
from campaign.errors import InvalidInput, TableRefused
from campaign.letters.targets import role_of_member
from campaign.messages import counted
from campaign.organizing import jobs as long_work
from campaign.organizing import member_brief, scoreboard
from campaign.organizing import stances as stance_files
from campaign.organizing.scoreboard import CONTRADICTORY, SORTS, OfficeLine
from campaign.organizing.stances import StanceFile
from campaign.packs.bills import Bill
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, Standing, standings
from campaign.store import jobs
from campaign.store import stances as store
from campaign.tables.rejects import Rejects
from campaign.web.core.forms import CleanField
from campaign.web.core.query_parameters import carried, carries, one_of
from campaign.web.core.security import takes
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import states_by_name
from campaign.web.organize import access, csv_response
from campaign.web.organize.actor_names import names, who
from campaign.web.organize.form_page import blame, page

blueprint = Blueprint("stances", __name__)

#: A stance, as a filter names it -> its label.
STANCE_WORDS: Mapping[str, str] = {
    CONTRADICTORY: "Evidence disagrees",
    Stance.FOR: "For",
    Stance.AGAINST: "Against",
    Stance.UNDECIDED: "Undecided",
    Stance.UNKNOWN: "Not known",
}
#: Columns of the scoreboard, each a link to its order -> the heading.
COLUMNS: Mapping[str, str] = {
    "member": "Member",
    "seat": "Seat",
    "stance": "Stance",
    "signatures": "Signatures",
    "round": "To the next round number",
    "letters": "Letters",
    "calls": "Calls",
    "contact": "Last contact",
}
_TOO_LARGE_TABLE = "Cut a larger table in several."
_REJECTS = "rejected.csv"
#: Rejected lines that the page shows; the file has all of them.
_SHOWN = 50
_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


class ImportForm(Form):
    """A file about where members stand."""

    file = FileField("File")
    bill = SelectField("Bill", default="")

    def fit(self, pack: Pack) -> "ImportForm":
        """Offer the bills of a campaign."""
        bills = [(_bill_value(each.bill), str(each.bill)) for each in pack.bills]
        self.bill.choices = [
            SelectChoice(*choice) for choice in (("", "the file names the bill, or none"), *bills)
        ]
        return self


class StanceForm(Form):
    """What an organizer knows about where one member stands."""

    stance = SelectField(
        "Stance",
        choices=[SelectChoice(str(stance), STANCE_WORDS[stance]) for stance in Stance],
    )
    as_of = CleanField("Day of the evidence", limit=20, render_kw={"type": "date"})
    source = CleanField("Source", limit=1000, render_kw={"autocomplete": "off"})


@blueprint.get("/organize/<name>/stances")
@access.needs("texts")
@carries(state=one_of(*STATES), stance=one_of(*STANCE_WORDS), sort=one_of(*SORTS))
def show(name: str) -> Response:
    """Show the scoreboard: members whose evidence disagrees first, then all that were chosen."""
    return _scoreboard_page(name, ImportForm().fit(access.here()))


@blueprint.get("/organize/<name>/stances.csv")
@access.needs("texts")
@carries(state=one_of(*STATES), stance=one_of(*STANCE_WORDS), sort=one_of(*SORTS))
def table(name: str) -> Response:
    """Send what the scoreboard shows as a CSV file."""
    services = current_services()
    found = scoreboard.read(services.database, access.here(), services.congress, services.today())
    chosen = carried()
    return csv_response.csv(
        scoreboard.table(scoreboard.choose(found, **chosen), _offices(chosen)),
        f"{name}-stances-{services.today():%Y%m%d}.csv",
    )


@blueprint.post("/organize/<name>/stances/import")
@access.needs("texts")
@takes(bill_status.MAX_BYTES + 64 * 1024, too_large=f"{bill_status.TOO_LARGE} {_TOO_LARGE_TABLE}")
def import_file(name: str) -> Response:
    """Read a file, and record what it says; lines that cannot be used are shown."""
    services = current_services()
    form = ImportForm(request.form).fit(access.here())
    read = _read(form) if form.validate() else None
    if read is None:
        return _scoreboard_page(name, form)
    added = stance_files.save_file(
        services.database, name, read, actor=access.actor(), now=services.now()
    )
    about = f" on {read.bill}" if read.bill else ""
    flash(
        f"Imported{about}: {counted(added, 'new stance')}, {len(read.records) - added:,} on record "
        f"already, {len(read.rejected):,} not used.",
        "success" if read.records else "error",
    )
    rejected = _keep_rejected(read) if read.rejected else None
    return redirect(url_for("stances.show", name=name, rejected=rejected), 303)


@blueprint.get("/organize/<name>/stances/rejected/<key>")
@access.needs("texts")
def rejected(name: str, key: str) -> Response:
    """Send the lines of an import that were not used, with the reasons, as a CSV file."""
    path = _rejects_file(name, key)
    if path is None:
        abort(404)
    response = Response(path.read_bytes(), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{_REJECTS}"'
    return response


@blueprint.route("/organize/<name>/stances/<bioguide>", methods=["GET", "POST"])
@access.needs("texts")
def member(name: str, bioguide: str) -> Response:
    """Show the evidence on a member with its history, and record more."""
    services = current_services()
    found = services.congress.members.get(bioguide)
    if found is None:
        abort(404)
    today = access.here().on_date
    if request.method == "GET":
        return _member_page(name, found, StanceForm(data={"as_of": today.isoformat()}))
    form = StanceForm(request.form)
    if form.validate() and _record(name, found, form):
        return redirect(url_for("stances.member", name=name, bioguide=bioguide), 303)
    return _member_page(name, found, form)


@blueprint.get("/organize/<name>/stances/<bioguide>/brief.pdf")
@access.needs("texts")
def brief(name: str, bioguide: str) -> Response:
    """Send the lobby-day brief about a member whom the campaign writes to."""
    services = current_services()
    try:
        made = member_brief.pdf(
            services.database,
            access.here(),
            services.congress,
            bioguide,
            on_date=services.today(),
        )
    except InvalidInput:
        abort(404)
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{bioguide}-brief.pdf"'
    return response


# -- parts -----------------------------------------------------------------------------------------


def _bill_value(bill: Bill) -> str:
    return f"{bill.congress}-{bill.type}-{bill.number}"


def _scoreboard_page(name: str, form: ImportForm) -> Response:
    services = current_services()
    chosen = {"sort": "seat", **carried()}
    found = scoreboard.read(services.database, access.here(), services.congress, services.today())
    return page(
        "organize/stances.html",
        form=form,
        lines=scoreboard.choose(found, **chosen),
        offices=_offices(chosen),
        to_settle=scoreboard.choose(found, stance=CONTRADICTORY),
        counts=Counter(line.stance for line in found),
        stance_words=STANCE_WORDS,
        columns=COLUMNS,
        chosen=chosen,
        states=states_by_name(),
        is_importing=bool(form.errors),
        not_used=_not_used(name),
    )


def _offices(chosen: Mapping[str, str]) -> tuple[OfficeLine, ...]:
    """Return the offices outside Congress, which have neither a state nor a stance to choose."""
    if chosen.get("state") or chosen.get("stance"):
        return ()
    services = current_services()
    return scoreboard.read_offices(services.database, access.here(), services.congress)


def _member_page(name: str, member: Member, form: StanceForm) -> Response:
    services = current_services()
    held = seat_of(services.congress, member, services.today())
    with services.database.reading() as connection:
        entries = store.history(connection, name, member=member.bioguide)
        known = names(connection, (entry.actor for entry in entries))
    records = [entry.record for entry in reversed(entries)]
    return page(
        "organize/stance.html",
        form=form,
        member=member,
        held=held,
        is_asked=bool(held and role_of_member(access.here().targets, services.congress, held)),
        standing=standings(records, access.here().day).get(member.bioguide, Standing()),
        history=[(entry, who(entry.actor, known)) for entry in entries],
        stance_words=STANCE_WORDS,
    )


def _record(name: str, member: Member, form: StanceForm) -> bool:
    """Record what was typed; return False, with the error in the form, if it cannot be."""
    services = current_services()
    try:
        record = stance_files.own_record(
            services.congress,
            member.bioguide,
            form.stance.data or "",
            form.as_of.data or "",
            form.source.data or "",
            on_date=access.here().on_date,
        )
    except InvalidInput as error:
        blame(form, error)
        return False
    is_new = stance_files.save_record(
        services.database, name, record, actor=access.actor(), now=services.now()
    )
    flash("The stance has been recorded." if is_new else "This is on record already.", "success")
    return True


def _read(form: ImportForm) -> StanceFile | None:
    """Read the uploaded file; return None, with the error in the form, if it cannot be used."""
    pack = access.here()
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise InvalidInput("Choose a file: BILLSTATUS XML or CSV.", field="file")
        with closing(given):
            raw = stance_files.read_stream(given.stream)
        return stance_files.read(
            raw,
            pack,
            current_services().congress,
            on_date=pack.on_date,
            bill=Bill.parse(form.bill.data or ""),
        )
    except TableRefused as error:
        form.file.errors = [str(error)]
    except InvalidInput as error:
        blame(form, error)
    return None


def _keep_rejected(read: StanceFile) -> str:
    """Keep the lines that were not used for a day; return the key of their file."""
    key = jobs.new_id()
    path = _rejects_path(access.here().name, key)
    with Rejects(path, read.heading) as unused:
        for row in read.rejected:
            unused.add(row.number, row.cells, row.reason)
    return key


def _rejects_path(name: str, key: str) -> Path:
    return long_work.folder(current_services().settings, key) / f"{name}-{_REJECTS}"


def _rejects_file(name: str, key: str) -> Path | None:
    """Return the file of that key, None where the campaign has none."""
    if _KEY.fullmatch(key) is None:
        return None
    path = current_services().settings.home / "jobs" / key / f"{name}-{_REJECTS}"
    return path if path.is_file() else None


def _not_used(name: str) -> dict[str, Any] | None:
    """Return the lines that the import before this page did not use, None where it used all."""
    key = request.args.get("rejected", "")
    path = _rejects_file(name, key)
    if path is None:
        return None
    with path.open(encoding="utf-8", newline="") as file:
        _heading, *rows = csv.reader(file)
    lines = [(number, reason, ", ".join(cells)) for number, _, reason, *cells in rows]
    return {"key": key, "count": len(lines), "shown": lines[:_SHOWN]}
