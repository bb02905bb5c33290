"""Delivering the petition: packets for members, the whole petition, the delivery day kit."""

from typing import cast

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from campaign.congress.places import STATES
from campaign.errors import InvalidInput
from campaign.letters.recipients import full_name
from campaign.organizing.packets import jobs as packet_jobs
from campaign.organizing.packets import petition_book, preview
from campaign.organizing.packets.petition_book import SplitBy
from campaign.organizing.packets.preview import PacketFilter, PacketPreview
from campaign.store import counts, jobs
from campaign.store.jobs import Job
from campaign.web.core.services import current_services
from campaign.web.core.template_filters import states_by_name
from campaign.web.organize import access
from campaign.web.organize.form_page import page
from campaign.web.organize.jobs import TITLES, start

blueprint = Blueprint("deliver", __name__)

#: Members on one page; no state has more seats.
_SHOWN = 60

#: How the whole petition can be split, with the label of each choice.
CUTS: tuple[tuple[SplitBy, str], ...] = (
    ("", "one file"),
    ("state", "a file for each state"),
    ("district", "a file for each district"),
    ("number", "files with a fixed number of signers"),
)


@blueprint.get("/organize/<name>/deliver")
@access.needs("packets")
def show(name: str) -> Response:
    """Show who would get a packet, with the number of signers, and what was made lately."""
    services = current_services()
    state = request.args.get("state", "").upper()
    wanted = PacketFilter(state=state if state in STATES else "")
    with services.database.reading() as connection:
        by_state = counts.by(connection, name, "state")
        made = [
            job.as_of(services.now())
            for job in jobs.of_actor(connection, access.actor(), name)
            if job.kind in packet_jobs.KINDS
        ]
    found = preview.preview(
        services.database, access.here(), services.congress, wanted, services.today()
    )
    return page(
        "organize/deliver.html",
        found=found,
        shown=found.prospects[:_SHOWN],
        wanted=wanted,
        states=[(code, label, by_state.get(code, 0)) for code, label in states_by_name()],
        total=sum(by_state.values()),
        cuts=CUTS,
        min_volume=petition_book.MIN_VOLUME_SIZE,
        made=made,
        titles=TITLES,
        whom=_whom,
        reading=_where_comments_are_read(name, found),
    )


@blueprint.post("/organize/<name>/deliver/packets")
@access.needs("packets")
def packets(name: str) -> Response:
    """Make packets, or the kit, for one member, a state or everyone."""
    services = current_services()
    wanted = PacketFilter(
        state=request.form.get("state", "").upper(),
        district=request.form.get("district", ""),
        member=request.form.get("member", "").upper(),
    )
    try:
        found = preview.preview(
            services.database, access.here(), services.congress, wanted, services.today()
        )
        if not (found.prospects or found.offices):
            raise InvalidInput("There are no signers there yet, so there is nothing to deliver.")
    except InvalidInput as error:
        flash(str(error), "error")
        return redirect(url_for("deliver.show", name=name), 303)
    kind = packet_jobs.KIT if request.form.get("kit") else packet_jobs.PACKET
    return start(kind, campaign=name, params=wanted.asked())


@blueprint.post("/organize/<name>/deliver/petition")
@access.needs("packets")
def petition(name: str) -> Response:
    """Make the whole petition, in one file or several."""
    by = request.form.get("by", "")
    every = request.form.get("every", "").replace(",", "").strip() or "5000"
    is_known = by in {cut for cut, _ in CUTS}
    is_number = every.isascii() and every.isdigit() and len(every) < 8
    if not is_known or (
        by == "number" and not (is_number and int(every) >= petition_book.MIN_VOLUME_SIZE)
    ):
        flash(
            f"Give the number of signers in each file, {petition_book.MIN_VOLUME_SIZE} or more.",
            "error",
        )
        return redirect(url_for("deliver.show", name=name), 303)
    params: dict[str, object] = {"by": cast(SplitBy, by)}
    if by == "number":
        params["every"] = int(every)
    return start(packet_jobs.BOOK, campaign=name, params=params)


def _whom(job: Job) -> str:
    """Return a short description of a job's recipients."""
    wanted = str(job.params.get("member", ""))
    member = current_services().congress.members.get(wanted)
    if member is not None:
        return full_name(member.name)
    for office, office_name in access.here().targets.offices.items():
        if wanted and office.upper() == wanted:
            return office_name
    state = job.params.get("state", "")
    return str(STATES.get(state, "") or job.params.get("district", "") or "all members")


def _where_comments_are_read(name: str, preview: PacketPreview) -> str:
    """Return the URL of the page on which comments are reviewed, or "" where the role has none."""
    if not preview.waiting or "signers.comments" not in current_app.view_functions:
        return ""
    return url_for("signers.comments", name=name) if access.may("review", name) else ""
