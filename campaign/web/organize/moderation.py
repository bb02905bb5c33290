"""Moderation: unusual sign-ups, and the comments and first names that wait for review."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.errors import SignatureUnknown
from campaign.messages import counted
from campaign.petition import review
from campaign.store import review_queue
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.signers import FLAG_WORDS, blueprint, hour_in_words, note_read

#: Comments, or first names, in one list to review.
_COMMENTS = 50
_GROUPS = 10


@blueprint.get("/organize/<name>/flagged")
@access.needs("signers")
def flagged(name: str) -> str:
    """Show what suspicious sign-ups have in common."""
    with current_services().database.reading() as connection:
        same = review_queue.same_comments(connection, name, limit=_GROUPS)
        found = review_queue.trends(connection, name, limit=_GROUPS)
        held = review_queue.count_held(connection, name)
    note_read("comments", len(same), name)
    return render_template(
        "organize/flagged.html",
        trends=found,
        same=same,
        flag_words=FLAG_WORDS,
        hour_in_words=hour_in_words,
        held=held,
    )


@blueprint.get("/organize/<name>/comments")
@access.needs("review")
def comments(name: str) -> str:
    """Show first names and comments that wait for review, the oldest first."""
    with current_services().database.reading() as connection:
        unread = review_queue.count_comments(connection, name)
        found = review_queue.first_comments(connection, name, limit=_COMMENTS)
        unread_names = review_queue.count_names(connection, name)
        first_names = review_queue.first_names(connection, name, limit=_COMMENTS)
    note_read("comments", len(found) + len(first_names), name)
    return render_template(
        "organize/comments.html",
        comments=found,
        unread=unread,
        first_names=first_names,
        unread_names=unread_names,
    )


@blueprint.post("/organize/<name>/comments")
@access.needs("review")
def judge(name: str) -> Response:
    """Record the ticked decisions, and show the next names and comments."""
    services = current_services()
    done = 0
    who = {"actor": access.actor(), "campaign": name}
    for field, choice in request.form.items():
        what, _, public_id = field.partition("-")
        if what not in {"judge", "name"} or choice not in {"approve", "reject"}:
            continue
        is_good = choice == "approve"
        try:
            if what == "name":
                review.judge_name(
                    services.database, public_id, is_shown=is_good, now=services.now(), **who
                )
            else:
                review.judge_comment(
                    services.database, public_id, is_approved=is_good, now=services.now(), **who
                )
            done += 1
        except SignatureUnknown:
            continue  # withdrawn or erased in between
    if done:
        flash(f"{counted(done, 'decision')} saved.", "success")
    else:
        flash("Make a decision on at least one name or comment.", "error")
    return redirect(url_for("signers.comments", name=name), 303)
