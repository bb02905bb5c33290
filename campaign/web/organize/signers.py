"""Signers: find them, read their records, and decide about suspicious sign-ups.

A search for a person is sent in the body of a form, never in a URL, because URLs are kept in logs
and histories.
"""

from collections.abc import Mapping
from dataclasses import fields, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign import text
from campaign.congress.contact import spoken_name
from campaign.congress.seat_holders import holder
from campaign.errors import (
    CampaignError,
    InvalidInput,
    LineRefused,
    SignatureUnknown,
    TooManyAttempts,
)
from campaign.messages import counted
from campaign.petition import access_log, corrections, privacy, review
from campaign.petition import search as signer_search
from campaign.petition.search import SearchForm
from campaign.store import consent_log, review_queue, signatures, signers
from campaign.store.signatures import Signature
from campaign.store.signers import Page
from campaign.store.statuses import Origin, SignatureStatus
from campaign.web.core.services import current_services
from campaign.web.organize import access, audit
from campaign.web.organize.actor_names import names, who

blueprint = Blueprint("signers", __name__)

_PAGE_SIZE = 50
#: Comments in one list to review.
_COMMENTS = 50
#: Signatures that one decision can strike.
MOST_AT_ONCE = 5_000
_GROUPS = 10
#: Search fields that may hold personal data; what is typed into them is not recorded.
_TYPED_FREELY = frozenset({"q", "domain", "flag"})

#: The statuses that can still be struck from the count.
_STRIKABLE = (SignatureStatus.CONFIRMED, SignatureStatus.PENDING, SignatureStatus.HELD)

STATUS_WORDS = {
    SignatureStatus.PENDING: "not confirmed",
    SignatureStatus.CONFIRMED: "counts",
    SignatureStatus.WITHDRAWN: "withdrawn",
    SignatureStatus.INVALID: "struck",
    SignatureStatus.HELD: "set aside",
}

#: Flag of a sign-up -> what is unusual about it.
FLAG_WORDS = {
    "address-in-use": "on paper, with an email address that others signed with",
    "address-limit": "many attempts with one address",
    "counted-before": "on paper, with the name and ZIP of a counted signer",
    "disposable": "disposable email address",
    "domain-burst": "many from one email domain",
    "filled-by-program": "a hidden field was filled in",
    "network-burst": "many from one network at once",
    "network-sustained": "many from one network in a day",
    "unchallenged-burst": "many at once from browsers without scripts",
    "unchallenged-sustained": "many in a day from browsers without scripts",
}


@blueprint.get("/organize/<name>/signers")
@access.needs("signers")
def search(name: str) -> Response | str:
    """Show the newest signers, or those of a state, a status and so on."""
    asked = replace(SearchForm.of(request.args), q="")
    return _found(name, asked, request.args.get("after", ""), request.args.get("before", ""))


@blueprint.post("/organize/<name>/signers")
@access.needs("signers")
def find(name: str) -> Response | str:
    """Show the signers that match the search form."""
    asked = SearchForm.of(request.form)
    return _found(name, asked, request.form.get("after", ""), request.form.get("before", ""))


def _found(name: str, asked: SearchForm, after: str, before: str) -> Response | str:
    services = current_services()
    error: InvalidInput | None = None
    page, count = Page((), None, None), 0
    try:
        wanted = signer_search.parse(
            name, asked, services.congress, services.today(), zone=access.here().zone
        )
        with services.database.reading() as connection:
            page = signers.page(
                connection, wanted, size=_PAGE_SIZE, after=_row(after), before=_row(before)
            )
            count = signers.count(connection, wanted)
        _note(
            "search", len(page.signers), name, even_if_empty=bool(asked.q), **_asked_in_words(asked)
        )
    except InvalidInput as refused:
        error = refused
    body = render_template(
        "organize/signers.html",
        asked=asked,
        error=error,
        errors=error is not None,
        page=page,
        count=count,
        most=signers.MOST_COUNTED,
        statuses=[(status, STATUS_WORDS[status]) for status in SignatureStatus],
        words=STATUS_WORDS,
        member=_member_name(asked.member),
        flag_words=FLAG_WORDS,
        can_release=asked.status == SignatureStatus.HELD
        and count > 0
        and access.may("review", name),
        can_strike=asked.is_narrow and count > 0 and access.may("review", name),
    )
    return Response(body, 422 if error else 200, content_type="text/html; charset=utf-8")


def _note(what: str, rows: int, name: str, *, even_if_empty: bool = False, **details: str) -> None:
    """Record what the account reads, before it is shown."""
    services = current_services()
    access_log.note_read(
        services.database,
        what,
        rows=rows,
        actor=access.actor(),
        campaign=name,
        now=services.now(),
        details=details,
        even_if_empty=even_if_empty,
    )


def _asked_in_words(asked: SearchForm) -> dict[str, str]:
    """Return the filter of a search; of free text, only that it was used."""
    said = {field.name: str(getattr(asked, field.name)) for field in fields(asked)}
    said = {key: value for key, value in said.items() if value and value != "False"}
    return {key: "given" if key in _TYPED_FREELY else value for key, value in said.items()}


def _row(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _member_name(bioguide: str) -> str:
    """Return `Senator Daines` for the holder of a seat with that id, else ""."""
    services = current_services()
    member = services.congress.members.get(bioguide)
    if member is None:
        return ""
    for seat in services.congress.seats.values():
        held = holder(services.congress, seat, services.today())
        if held.member is not None and held.member.bioguide == bioguide:
            return str(spoken_name(seat, held.member))
    return ""


# -- One signer ------------------------------------------------------------------------------------


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
    _note("record", 1, name, signature=public_id)
    return found


def _record(
    name: str,
    found: Signature,
    *,
    typed: Mapping[str, str] | None = None,
    error: InvalidInput | LineRefused | None = None,
) -> str:
    """Return a signer's page; after an error, what was `typed` stays to be corrected."""
    with current_services().database.reading() as connection:
        decisions = signers.decisions(connection, found)
        known = names(connection, (one.actor for one in decisions))
        return render_template(
            "organize/signer.html",
            one=found,
            words=STATUS_WORDS,
            flag_words=FLAG_WORDS,
            in_words=audit.in_words,
            consents=consent_log.history(connection, found.id),
            mail=signers.mail(connection, found),
            decisions=[replace(one, actor=who(one.actor, known)) for one in decisions],
            can_review=access.may("review", name),
            typed=typed
            or {"first_name": found.first_name, "last_name": found.last_name, "zip": found.zip},
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
            review.invalidate(services.database, public_id, _reason(), now=services.now(), **who)
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
        correction = corrections.parse(
            **typed, congress=services.congress, today=access.here().on_date
        )
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
    done = privacy.erase_signature(
        services.database,
        public_id,
        actor=access.actor(),
        within=lambda campaign: access.may("review", campaign),
        **services.moment(),
    )
    said = "Erased. One last mail says so." if found.email else "Erased."
    if done.exports:
        said += f" {counted(len(done.exports), 'export', 'exports')} made before may still hold "
        said += "this person: delete them, and say so under Exports."
    flash(said, "success")
    return redirect(url_for("signers.search", name=name), 303)


def _reason() -> str:
    reason = text.line(request.form.get("reason", ""), limit=200, field="reason")
    if not reason:
        raise InvalidInput("Enter a reason: it is kept with the signature.", field="reason")
    return reason


# -- Many at once ----------------------------------------------------------------------------------


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
        seen = _row(request.form.get("seen", "")) if is_sure else None
        wanted = replace(wanted, up_to=seen or signers.newest(connection))
        ids = signers.public_ids(connection, wanted, statuses=_STRIKABLE, limit=MOST_AT_ONCE + 1)
    reason, error = "", ""
    if is_sure:
        try:
            reason = _reason()
        except CampaignError as refused:
            error = str(refused)
    if not is_sure or error or len(ids) > MOST_AT_ONCE:
        return render_template(
            "organize/strike.html",
            asked=asked,
            count=min(len(ids), MOST_AT_ONCE),
            is_more=len(ids) > MOST_AT_ONCE,
            most=MOST_AT_ONCE,
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
            connection, wanted, statuses=(SignatureStatus.HELD,), limit=MOST_AT_ONCE
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
    released, struck = (_row(request.args.get(what, "")) for what in ("released", "struck"))
    said = "Done."
    if released is not None:
        said = f"{counted(released, 'sign-up is', 'sign-ups are')} released. The mails with the "
        said += "link to confirm are on their way."
    elif struck is not None:
        said = f"{counted(struck, 'signature counts', 'signatures count')} no more."
    return render_template(
        "organize/pressed.html", press=press, said=said, is_strike=struck is not None, held=held
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


@blueprint.get("/organize/<name>/flagged")
@access.needs("signers")
def flagged(name: str) -> str:
    """Show what suspicious sign-ups have in common."""
    with current_services().database.reading() as connection:
        same = review_queue.same_comments(connection, name, limit=_GROUPS)
        found = review_queue.trends(connection, name, limit=_GROUPS)
        held = review_queue.count_held(connection, name)
    _note("comments", len(same), name)
    return render_template(
        "organize/flagged.html", trends=found, same=same, flag_words=FLAG_WORDS, held=held
    )


# -- Comments --------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/comments")
@access.needs("review")
def comments(name: str) -> str:
    """Show first names and comments that wait for review, the oldest first."""
    with current_services().database.reading() as connection:
        unread = review_queue.count_comments(connection, name)
        found = review_queue.first_comments(connection, name, limit=_COMMENTS)
        unread_names = review_queue.count_names(connection, name)
        first_names = review_queue.first_names(connection, name, limit=_COMMENTS)
    _note("comments", len(found) + len(first_names), name)
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
