"""Decisions on many signatures at once: strike or release what a search finds, and undo it."""

from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.errors import CampaignError, InvalidInput, SignatureUnknown
from campaign.messages import counted
from campaign.petition import review
from campaign.petition import search as signer_search
from campaign.petition.search import SearchForm
from campaign.store import review_queue, signers
from campaign.store.statuses import Origin, SignatureStatus
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.signers import blueprint, reason_given, row_number

#: Signatures that one decision can strike.
MAX_AT_ONCE = 5_000

#: The statuses that can still be struck from the count.
_STRIKABLE = (SignatureStatus.CONFIRMED, SignatureStatus.PENDING, SignatureStatus.HELD)


@blueprint.post("/organize/<name>/signers/strike")
@access.needs("review")
def strike(name: str) -> Response | str:
    """Show how many signatures would be struck; strike them after the confirmation."""
    services = current_services()
    asked = SearchForm.of(request.form)
    if not asked.is_narrow:
        raise InvalidInput("Choose which signatures to strike: set at least one filter.")
    wanted = signer_search.parse(
        name, asked, services.congress, services.today(), zone=access.here().zone
    )
    is_sure = request.form.get("sure") == "yes"
    with services.database.reading() as connection:
        seen = row_number(request.form.get("seen", "")) if is_sure else None
        wanted = replace(wanted, up_to=seen or signers.newest(connection))
        ids = signers.public_ids(connection, wanted, statuses=_STRIKABLE, limit=MAX_AT_ONCE + 1)
    reason, error = "", ""
    if is_sure:
        try:
            reason = reason_given()
        except CampaignError as refused:
            error = str(refused)
    if not is_sure or error or len(ids) > MAX_AT_ONCE:
        return render_template(
            "organize/strike.html",
            asked=asked,
            count=min(len(ids), MAX_AT_ONCE),
            is_more=len(ids) > MAX_AT_ONCE,
            limit=MAX_AT_ONCE,
            seen=wanted.up_to,
            error=error,
            errors=bool(error),
        )
    done = review.invalidate_all(
        services.database, ids, reason, actor=access.actor(), now=services.now(), campaign=name
    )
    if not done.count:
        flash("No counted signature matches this search any longer.", "success")
        return redirect(url_for("signers.search", name=name), 303)
    return redirect(url_for("signers.pressed", name=name, press=done.id, struck=done.count), 303)


@blueprint.post("/organize/<name>/signers/release")
@access.needs("review")
def release(name: str) -> Response:
    """Release every held sign-up that matches a search, with one button."""
    services = current_services()
    wanted = signer_search.parse(
        name,
        SearchForm.of(request.form),
        services.congress,
        services.today(),
        zone=access.here().zone,
    )
    # A held line of paper needs a decision about a person, one at a time.
    wanted = replace(wanted, origin=wanted.origin or Origin.ONLINE)
    with services.database.reading() as connection:
        ids = signers.public_ids(
            connection, wanted, statuses=(SignatureStatus.HELD,), limit=MAX_AT_ONCE
        )
    done = review.release_all(
        services.database, ids, actor=access.actor(), now=services.now(), campaign=name
    )
    if not done.count:
        flash("No sign-up that is set aside matches this search any longer.", "success")
        return redirect(url_for("signers.search", name=name, status=SignatureStatus.HELD), 303)
    return redirect(url_for("signers.pressed", name=name, press=done.id, released=done.count), 303)


@blueprint.get("/organize/<name>/signers/pressed/<press>")
@access.needs("review")
def pressed(name: str, press: str) -> str:
    """Show what a bulk decision did, with the button that undoes it."""
    review.actions_of(current_services().database, name, press)
    with current_services().database.reading() as connection:
        held = review_queue.count_held(connection, name)
    released, struck = (row_number(request.args.get(what, "")) for what in ("released", "struck"))
    summary = "Done."
    if released is not None:
        summary = (
            f"{counted(released, 'sign-up is', 'sign-ups are')} released. The emails with the "
            "confirmation link are being sent."
        )
    elif struck is not None:
        summary = f"{counted(struck, 'signature')} struck from the count."
    return render_template(
        "organize/pressed.html",
        press=press,
        summary=summary,
        is_strike=struck is not None,
        held=held,
    )


@blueprint.post("/organize/<name>/signers/pressed/<press>")
@access.needs("review")
def undo(name: str, press: str) -> Response:
    """Undo a bulk decision."""
    services = current_services()
    try:
        back = review.undo(
            services.database, press, actor=access.actor(), now=services.now(), campaign=name
        )
    except SignatureUnknown as error:
        flash(str(error), "error")
    else:
        flash(f"Undone: {counted(back, 'signature')}.", "success")
    return redirect(url_for("signers.search", name=name, status=SignatureStatus.HELD), 303)
