"""Volunteers' pages: letters for a table of people, checked first, and blank sign-up sheets."""

from contextlib import closing

from flask import Blueprint, abort, current_app, flash, make_response, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response
from wtforms import BooleanField, FileField, Form, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired

from campaign.errors import InvalidInput, TableRefused, TooManyAttempts
from campaign.letters.batch import match as sorted_out
from campaign.letters.batch.constituents_table import ConstituentsTable
from campaign.letters.batch.match import Batch
from campaign.letters.print import signup_sheet as sheets
from campaign.letters.targets import groups_of
from campaign.organizing import jobs as long_work
from campaign.organizing import letter_batches as batches
from campaign.organizing.letter_batches import CAPS, EXTRAS, KIND, TABLE, BatchLimits, BatchRequest
from campaign.packs.pack import Pack
from campaign.store import jobs
from campaign.store.rate_limit_storage import shared_storage
from campaign.web.core.security import takes
from campaign.web.core.services import KEY, Services, current_services
from campaign.web.letters.letter_form import CheckboxesField
from campaign.web.organize import access
from campaign.web.organize.form_page import page
from campaign.web.organize.jobs import require_room, start

blueprint = Blueprint("batch", __name__)

#: Sheets that the page prints at once.
MAX_PAGES = 50
# Skipped lines that are shown; the rejects file has all of them.
_SHOWN = 50
# A checked table is kept this long for the volunteer to confirm that its letters are to be made.
_KEPT_S = 24 * 60 * 60
_TO_WORDS = {
    "senate": "Their senators",
    "house": "Their representative in the House",
    "committee": "Members on the campaign's committees, with a separate ask",
    "president": "The President",
    "secretary": "The Secretary of State",
    "executive": "Other offices of the executive branch",
    "local": "State and local officials who answer to them",
}
_KIND_WORDS = {"signup": "to sign the petition", "pledge": "to pledge a letter or a call"}


class BatchForm(Form):
    """A table, and what all of its letters share."""

    table = FileField("Table of people")
    to = CheckboxesField(
        "Recipients",
        choices=[SelectChoice(kind, words) for kind, words in _TO_WORDS.items()],
        default=["senate", "house", "committee"],
        validators=[DataRequired("Choose at least one recipient.")],
    )
    points = CheckboxesField("Points to make", choices=[])
    tone = RadioField(
        "Length",
        choices=[SelectChoice("full", "A full page"), SelectChoice("brief", "A few sentences")],
        default="full",
    )
    paper_to = RadioField(
        "Office",
        choices=[
            SelectChoice("district", "The district office nearest to each person"),
            SelectChoice(
                "washington",
                "The office in Washington, where security screening delays mail for weeks",
            ),
        ],
        default="district",
    )
    look_up = BooleanField("Look up streets where a ZIP spans several districts")
    strict = BooleanField("Leave out people whose district is not certain")
    extras = CheckboxesField(
        "Additional files",
        choices=[SelectChoice(name, words) for name, words in EXTRAS.items()],
    )

    def fit(self, pack: Pack) -> "BatchForm":
        """Offer the talking points of a campaign."""
        self.to.choices = [
            SelectChoice(group, _TO_WORDS[group]) for group in groups_of(pack) if group in _TO_WORDS
        ]
        self.points.choices = [
            SelectChoice(point.id, point.heading) for point in pack.talking_points
        ]
        return self

    def asked(self, pack: Pack) -> BatchRequest:
        """Return the choices. Raises InvalidInput."""
        return batches.parse_request(
            pack,
            on_date=current_services().today(),
            at=current_services().now(),
            kinds=self.to.data or (),
            points=self.points.data or (),
            tone=self.tone.data or "",
            paper_to=self.paper_to.data or "",
            look_up=bool(self.look_up.data),
            strict=bool(self.strict.data),
            extras=self.extras.data or (),
        )


@blueprint.record_once
def _count_batches(state: BlueprintSetupState) -> None:
    services: Services = state.app.extensions[KEY]
    state.app.extensions["batches"] = BatchLimits(
        shared_storage(services.settings, services.database)
    )


def _limits() -> BatchLimits:
    found = current_app.extensions["batches"]
    assert isinstance(found, BatchLimits)
    return found


@blueprint.get("/volunteer/")
@access.needs("letters")
def home() -> Response:
    """Show what a volunteer can do for each campaign."""
    return page("organize/volunteer.html", campaigns=access.campaigns("letters"))


@blueprint.get("/volunteer/batch")
@access.needs("letters")
def show() -> Response:
    """Ask for a table and for the content of its letters."""
    pack = _pack(request.args.get("campaign", ""))
    return _form_page(pack, BatchForm().fit(pack))


@blueprint.post("/volunteer/batch")
@takes(CAPS.bytes + 64 * 1024)
@access.needs("letters")
def check() -> Response:
    """Check a table, and show what its letters would be. Nothing is made yet."""
    pack = _pack(request.form.get("campaign", ""))
    form = BatchForm(request.form).fit(pack)
    raw = _handed_in()
    if raw is None:
        form.validate()
        form.table.errors = ["Choose a table: a CSV or XLSX file."]
        return _form_page(pack, form)
    if not form.validate():
        return _form_page(pack, form)
    try:
        _limits().count_check(access.actor())
        wanted = form.asked(pack)
        people = ConstituentsTable.parse(raw, CAPS)
        found = sorted_out.match_people(people, pack, current_services().congress, wanted.choices)
    except TooManyAttempts as error:
        return _wait_page(pack, form, error)
    except TableRefused as error:
        form.table.errors = [str(error)]
        return _form_page(pack, form)
    except InvalidInput as error:
        form.form_errors.append(str(error))
        return _form_page(pack, form)
    to_look_up = _to_look_up(found) if wanted.look_up else 0
    kept = jobs.new_id()
    if found.writers or to_look_up:
        long_work.write_input(current_services().settings, kept, TABLE, raw)
    return page(
        "organize/batch-checked.html",
        pack=pack,
        found=found,
        summary=batches.summary(found),
        left=len(found.left),
        shown=found.left[:_SHOWN],
        by_recipient=found.by_recipient,
        to_look_up=to_look_up,
        wanted=wanted,
        extras=EXTRAS,
        seal=_seal().dumps(
            {
                "table": kept,
                "actor": access.actor(),
                "campaign": pack.name,
                "asked": wanted.params(),
            }
        ),
    )


@blueprint.post("/volunteer/batch/make")
@access.needs("letters")
def make() -> Response:
    """Make the letters of a table that was checked before."""
    pack = _pack(request.form.get("campaign", ""))
    try:
        sealed = _seal().loads(request.form.get("seal", ""), max_age=_KEPT_S)
    except BadSignature:
        abort(404)
    if (sealed["actor"], sealed["campaign"]) != (access.actor(), pack.name):
        abort(404)
    folder = long_work.folder(current_services().settings, sealed["table"])
    if not (folder / TABLE).is_file():
        return _used_already(pack)
    try:
        require_room()
        _limits().count_batch(access.actor())
    except TooManyAttempts as error:
        return _wait_page(pack, BatchForm().fit(pack), error)
    taken = folder / "taken"
    try:
        # Of two simultaneous requests, only one gets it.
        (folder / TABLE).rename(taken)
    except FileNotFoundError:
        return _used_already(pack)
    raw = taken.read_bytes()
    taken.unlink()
    folder.rmdir()
    return start(KIND, campaign=pack.name, params=sealed["asked"], inputs={TABLE: raw})


def _used_already(pack: Pack) -> Response:
    flash("This table was used already, or was deleted after a day. Choose it again.", "error")
    return redirect(url_for("batch.show", campaign=pack.name), 303)


@blueprint.get("/volunteer/sheet")
@access.needs("letters")
def sheet() -> Response:
    """Ask which blank sheets to print, and how many."""
    pack = _pack(request.args.get("campaign", ""))
    return page(
        "organize/sheet.html",
        pack=pack,
        campaigns=access.campaigns("letters"),
        kinds=_KIND_WORDS,
        max_pages=MAX_PAGES,
        lines=sheets.LINES,
    )


@blueprint.post("/volunteer/sheet")
@access.needs("letters")
def print_sheet() -> Response:
    """Send blank sheets as a PDF; each page has a unique id."""
    pack = _pack(request.form.get("campaign", ""))
    kind = next((one for one in sheets.SHEET_KINDS if one == request.form.get("kind")), None)
    pages = request.form.get("pages", "")
    is_number = pages.isascii() and pages.isdigit() and len(pages) < 4
    if kind is None or not is_number or not 1 <= int(pages) <= MAX_PAGES:
        flash(f"Choose the purpose of the sheets, and from 1 to {MAX_PAGES} pages.", "error")
        return redirect(url_for("batch.sheet", campaign=pack.name), 303)
    services = current_services()
    made = sheets.pdf(
        pack,
        sheets.new_ids(int(pages)),
        kind=kind,
        base_url=services.settings.base_url,
        today=pack.on_date,
    )
    response = make_response(made)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{pack.name}-{kind}.pdf"'
    return response


# -- parts -----------------------------------------------------------------------------------------


def _pack(name: str) -> Pack:
    """Return the chosen campaign, or the first in which the account may make letters."""
    if name:
        return access.require("letters", name)
    found = access.campaigns("letters")
    if not found:
        abort(404)
    return found[0]


def _handed_in() -> bytes | None:
    """Return the uploaded table, at most one byte over the limit, or None where none was chosen."""
    given = request.files.get("table")
    if given is None:
        return None
    with closing(given):
        return given.stream.read(CAPS.bytes + 1) if given.filename else None


def _form_page(pack: Pack, form: BatchForm) -> Response:
    services = current_services()
    with services.database.reading() as connection:
        made = [
            job for job in jobs.of_actor(connection, access.actor(), pack.name) if job.kind == KIND
        ]
    return page(
        "organize/batch.html",
        pack=pack,
        zone=pack.zone,
        form=form,
        campaigns=access.campaigns("letters"),
        made=made[:10],
        max_rows=CAPS.lines,
        max_megabytes=CAPS.bytes // 1024 // 1024,
    )


def _wait_page(pack: Pack, form: BatchForm, error: TooManyAttempts) -> Response:
    form.form_errors.append(str(error))
    response = _form_page(pack, form)
    response.status_code = 429
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _to_look_up(batch: Batch) -> int:
    """Return the number of lines that a street look-up may add."""
    return len(batch.waiting) + sum(reject.column == "district" for reject in batch.rejects)


def _seal() -> URLSafeTimedSerializer:
    secrets = current_services().settings.keyring.page_signing()
    return URLSafeTimedSerializer(secrets, salt="checked-table")
