"""One signer: the record, decisions about it, and what the signer asks for."""

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.errors import InvalidInput, LineRefused, SignatureUnknown, TooManyAttempts
from campaign.messages import counted
from campaign.petition import corrections, erasure, review
from campaign.store import consent_log, signatures, signers
from campaign.store.signatures import Signature
from campaign.web.core.services import current_services
from campaign.web.organize import access, audit
from campaign.web.organize.actor_names import names, who
from campaign.web.organize.signers import (
    FLAG_WORDS,
    STATUS_WORDS,
    blueprint,
    note_read,
    reason_given,
)


@blueprint.get("/organize/<name>/signers/<public_id>")
@access.needs("signers")
def show(name: str, public_id: str) -> str:
    """Show one signer's record, with consents, mails and decisions."""
    return _record(name, _signer(name, public_id))


def _signer(name: str, public_id: str) -> Signature:
    with current_services().database.reading() as connection:
        found = signatures.by_public_id(connection, public_id)
    if found is None or found.campaign != name:
        raise SignatureUnknown("There is no such signer in this campaign.")
    note_read("record", 1, name, signature=public_id)
    return found


def _record(
    name: str,
    signature: Signature,
    *,
    typed: Mapping[str, str] | None = None,
    error: InvalidInput | LineRefused | None = None,
) -> str:
    """Return a signer's page; after an error, what was `typed` stays to be corrected."""
    with current_services().database.reading() as connection:
        decisions = signers.decisions(connection, signature)
        known = names(connection, (one.actor for one in decisions))
        return render_template(
            "organize/signer.html",
            one=signature,
            words=STATUS_WORDS,
            flag_words=FLAG_WORDS,
            in_words=audit.in_words,
            consents=consent_log.history(connection, signature.id),
            mail=signers.mail(connection, signature),
            decisions=[replace(one, actor=who(one.actor, known)) for one in decisions],
            can_review=access.may("review", name),
            typed=typed
            or {
                "first_name": signature.first_name,
                "last_name": signature.last_name,
                "zip": signature.zip,
            },
            error=error,
            errors=error is not None,
            wrong=getattr(error, "field", "") or getattr(error, "column", ""),
        )


@blueprint.post("/organize/<name>/signers/<public_id>")
@access.needs("review")
def decide(name: str, public_id: str) -> Response:
    """Record a decision about one signature, and return to its record."""
    services = current_services()
    act = request.form.get("act", "")
    who = {"actor": access.actor(), "campaign": name}
    try:
        if act == "resend":
            review.resend(services.database, public_id, now=services.now(), **who)
        elif act == "release":
            review.release(services.database, public_id, now=services.now(), **who)
        elif act == "reinstate":
            review.reinstate(services.database, public_id, now=services.now(), **who)
        elif act == "invalidate":
            review.invalidate(
                services.database, public_id, reason_given(), now=services.now(), **who
            )
        elif act in {"approve", "reject"}:
            approved = act == "approve"
            review.judge_comment(
                services.database, public_id, is_approved=approved, now=services.now(), **who
            )
        elif act == "unsubscribe":
            corrections.unsubscribe(services.database, public_id, now=services.now(), **who)
        elif act in {"show-name", "hide-name"}:
            is_shown = act == "show-name"
            review.judge_name(
                services.database, public_id, is_shown=is_shown, now=services.now(), **who
            )
        else:
            raise InvalidInput("Use one of the buttons on the page.")
    except (InvalidInput, SignatureUnknown, TooManyAttempts) as error:
        flash(str(error), "error")
    else:
        flash(_DONE[act], "success")
    return redirect(url_for("signers.show", name=name, public_id=public_id), 303)


_DONE = {
    "resend": "The confirmation link is being sent again.",
    "release": "Released. A paper signature counts now; an online signer gets the "
    "confirmation link.",
    "reinstate": "Restored.",
    "invalidate": "Struck. You can restore it here.",
    "unsubscribe": "This address gets no more updates or reminders from this campaign. The "
    "signature still counts.",
    "approve": "The comment is shown on the petition's page.",
    "reject": "The comment is not shown.",
    "show-name": "The first name is shown, if the signer agreed to it.",
    "hide-name": "The first name is hidden. The signature counts as before.",
}


@blueprint.post("/organize/<name>/signers/<public_id>/correct")
@access.needs("review")
def correct(name: str, public_id: str) -> Response:
    """Correct the name and ZIP, as the signer asked."""
    services = current_services()
    typed = {
        field: request.form.get(field, "")[:200] for field in ("first_name", "last_name", "zip")
    }
    try:
        correction = corrections.parse(**typed, congress=services.congress, now=services.now())
        corrections.correct(
            services.database,
            public_id,
            correction,
            campaign=name,
            actor=access.actor(),
            **services.moment(),
        )
    except (InvalidInput, LineRefused) as error:
        body = _record(name, _signer(name, public_id), typed=typed, error=error)
        return Response(body, 422, content_type="text/html; charset=utf-8")
    flash("Corrected. The signer sees the change on their own page.", "success")
    return redirect(url_for("signers.show", name=name, public_id=public_id), 303)


@blueprint.route("/organize/<name>/signers/<public_id>/erase", methods=["GET", "POST"])
@access.needs("review", fresh=True)
def erase(name: str, public_id: str) -> Response | str:
    """Erase a person on request, after a confirmation page, in every campaign that the role
    allows.
    """
    services = current_services()
    found = _signer(name, public_id)
    if found.anonymised_at is not None:
        raise SignatureUnknown("There is no such signer in this campaign.")
    if request.method != "POST":  # HEAD comes here too, and carries no token of a form
        return render_template("organize/signer-erase.html", one=found)
    done = erasure.erase_signature(
        services.database,
        public_id,
        actor=access.actor(),
        within=lambda campaign: access.may("review", campaign),
        **services.moment(),
    )
    summary = "Erased. The person gets one last email about it." if found.email else "Erased."
    if done.exports:
        summary += f" {counted(len(done.exports), 'earlier export')} may still contain this "
        summary += f"person. Delete the files, then record it: campaign review {name} copies."
    flash(summary, "success")
    return redirect(url_for("signers.search", name=name), 303)
