"""Jobs as their requester sees them: progress, then files that can be downloaded for a day."""

from collections.abc import Mapping

from flask import (
    Blueprint,
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response

from campaign.errors import TooManyAttempts
from campaign.organizing import jobs as long_work
from campaign.store import jobs
from campaign.store.jobs import Job
from campaign.web.core.services import current_services
from campaign.web.organize.access import actor, needs_account, role_since

blueprint = Blueprint("jobs", __name__)

#: Jobs that one account may request in a day.
MAX_A_DAY = 100

#: The label of each kind of job.
TITLES = {
    "export": "Export of signers",
    "letters": "Letters for many",
    "packet": "Packets for members",
    "petition-book": "The whole petition",
    "kit": "Delivery day kit",
    "update": "Update to signers",
}


def start(
    kind: str,
    *,
    campaign: str,
    params: Mapping[str, object],
    inputs: Mapping[str, bytes] | None = None,
) -> Response:
    """Queue a job for the logged-in account, and redirect to its page.

    `params` are options and ids. Uploads go into `inputs` as file name -> bytes, and are in the
    job's folder before a worker can see the job. Raises TooManyAttempts.
    """
    require_room()
    services = current_services()
    public_id = jobs.new_id()
    for name, content in (inputs or {}).items():
        long_work.write_input(services.settings, public_id, name, content)
    with services.database.writing() as connection:
        jobs.queue(
            connection,
            kind,
            campaign=campaign,
            actor=actor(),
            params=params,
            now=services.now(),
            public_id=public_id,
        )
    return redirect(url_for("jobs.show", public_id=public_id), 303)


@blueprint.get("/jobs/<public_id>")
@needs_account
def show(public_id: str) -> str:
    """Show the progress or result of the job."""
    job = _own(public_id)
    services = current_services()
    pack = services.campaigns.even_unpublished(job.campaign, services.now())
    return render_template(
        "organize/job.html",
        pack=pack,
        zone=pack.zone,
        job=job,
        title=TITLES.get(job.kind, "Background job"),
        percent=_percent(job),
    )


@blueprint.get("/jobs/<public_id>.json")
@needs_account
def state(public_id: str) -> Response:
    """Send the job's progress to the page's script."""
    job = _own(public_id)
    return jsonify(status=job.status, done=job.done, total=job.total, is_open=job.is_open)


@blueprint.post("/jobs/<public_id>/cancel")
@needs_account
def cancel(public_id: str) -> Response:
    """Cancel the job, and return to its page."""
    job = _own(public_id)
    services = current_services()
    with services.database.writing() as connection:
        jobs.cancel(connection, job.public_id, now=services.now())
    return redirect(url_for("jobs.show", public_id=public_id), 303)


@blueprint.get("/jobs/<public_id>/files/<name>")
@needs_account
def download(public_id: str, name: str) -> Response:
    """Send one of the job's files, uncached."""
    job = _own(public_id)
    if name not in job.files:
        abort(404)
    path = long_work.folder(current_services().settings, public_id) / name
    if not path.is_file():
        abort(404)
    response = make_response(send_file(path, as_attachment=True, download_name=name, max_age=0))
    response.headers["Cache-Control"] = "no-store"
    return response


def _own(public_id: str) -> Job:
    """Return the job for the account that requested it; 404 for every other account.

    Also 404 for an account whose role in the campaign was removed or changed since.
    """
    with current_services().database.reading() as connection:
        job = jobs.find(connection, public_id)
    if job is None or job.actor != actor():
        abort(404)
    since = role_since(job.campaign)
    if since is None or job.created_at < since:
        abort(404)
    return job.as_of(current_services().now())


def require_room() -> None:
    """Raise TooManyAttempts where the account has requested too many jobs within a day.

    Each job keeps its uploads and results for that long.
    """
    services = current_services()
    now = services.now()
    with services.database.reading() as connection:
        asked = jobs.count_since(connection, actor(), now - jobs.KEEP_FILES_FOR)
    if asked >= MAX_A_DAY:
        raise TooManyAttempts(
            f"You have asked for {MAX_A_DAY} jobs within a day. "
            "Try again tomorrow, or request more in one job.",
            retry_after=3600,
        )


def _percent(job: Job) -> int:
    return min(100, 100 * job.done // job.total) if job.total else 0
