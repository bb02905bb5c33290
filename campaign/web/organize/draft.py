"""The draft of a whole campaign: its changes, languages, preview link and ZIP, and its publishing.

Its pages belong to the blueprint of the campaign's texts.
"""

from pathlib import Path

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import CampaignError, InvalidInput, PackInvalid, Problem, TextsChanged
from campaign.organizing import campaign_zip, drafts, texts
from campaign.organizing.drafts import Actor, Draft
from campaign.packs import editing
from campaign.packs.source import LANGUAGES
from campaign.web.core.security import keep_private, takes
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.actor_names import names, who
from campaign.web.organize.texts import blueprint, saved_in_words


def by() -> Actor:
    """Return the account that is logged in, and the time."""
    return Actor(access.actor(), current_services().now())


@blueprint.get("/organize/<name>/draft")
@access.needs("texts")
def draft(name: str) -> Response:
    """Show what the draft changes, and what can be done with it."""
    return _page(name)


@blueprint.post("/organize/<name>/draft/publish")
@access.needs("texts")
def publish_draft(name: str) -> AnyResponse:
    """Check the whole campaign with its draft, and put it in use; or say what is wrong where."""
    services = current_services()
    is_public = request.form.get("public") == "yes"
    try:
        saved = drafts.publish(
            services.database,
            services.settings,
            name,
            seen=request.form.get("seen", ""),
            make_public=is_public,
            why=request.form.get("why", ""),
            by=by(),
        )
    except PackInvalid as error:
        return _page(name, problems=error.problems)
    except (TextsChanged, InvalidInput) as error:
        return _page(name, refused=error)
    services.campaigns.rescan()
    sentence = "The campaign is public." if is_public else "The draft is in use now."
    flash(saved_in_words(saved, sentence), "success")
    return redirect(url_for("texts.show", name=name), 303)


@blueprint.post("/organize/<name>/draft/discard")
@access.needs("texts")
def discard_draft(name: str) -> AnyResponse:
    """Delete the draft; the texts in use stay."""
    try:
        drafts.discard(
            current_services().database, name, seen=request.form.get("seen", ""), by=by()
        )
    except TextsChanged as error:
        return _page(name, refused=error)
    flash("The draft has been discarded. The texts in use are as before.", "success")
    return redirect(url_for("texts.show", name=name), 303)


# -- Languages -------------------------------------------------------------------------------------


@blueprint.post("/organize/<name>/draft/languages")
@access.needs("texts")
def languages(name: str) -> AnyResponse:
    """Add a language to the draft, or drop one, by the button."""
    services = current_services()
    added, dropped = request.form.get("add", ""), request.form.get("drop", "")
    change = drafts.drop_language if dropped else drafts.add_language
    code = dropped or added
    try:
        change(services.database, services.settings, name, code, by=by())
    except (InvalidInput, TextsChanged) as error:
        return _page(name, refused=error)
    if dropped:
        flash(f"The draft no longer has {LANGUAGES[code]}.", "success")
        return redirect(url_for("texts.draft", name=name), 303)
    flash(f"The draft now has {LANGUAGES[code]}. Translate what is in English here.", "success")
    return redirect(url_for("texts.edit", name=name, file=f"petition.{code}.md"), 303)


# -- ZIP -------------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/draft/campaign.zip")
@access.needs("texts")
def download_zip(name: str) -> Response:
    """Send the campaign's folder as a ZIP, with the draft."""
    folder, found = _folder(name), _draft(name)
    files = {file: found.text(folder, file) for file in found.files(folder)}
    response = make_response(campaign_zip.pack(name, files))
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    return response


@blueprint.post("/organize/<name>/draft/zip")
@access.needs("texts")
@takes(campaign_zip.MAX_BYTES + 64 * 1024)
def upload_zip(name: str) -> AnyResponse:
    """Make the draft what the uploaded ZIP holds; nothing is in use yet."""
    services = current_services()
    given = request.files.get("zip")
    raw = given.read() if given is not None else b""
    try:
        if not raw:
            raise InvalidInput("Choose a ZIP file first.", field="zip")
        drafts.replace(
            services.database,
            services.settings,
            name,
            campaign_zip.unpack(raw),
            seen=request.form.get("seen", ""),
            by=by(),
        )
    except (InvalidInput, TextsChanged) as error:
        return _page(name, refused=error)
    flash("The draft now holds the texts of the ZIP. Publish it to put them in use.", "success")
    return redirect(url_for("texts.draft", name=name), 303)


# -- Preview link, archive -------------------------------------------------------------------------


@blueprint.post("/organize/<name>/draft/link")
@access.needs("texts")
def preview_link(name: str) -> AnyResponse:
    """Make a secret link to the draft, shown once, or withdraw the one there is."""
    services = current_services()
    if request.form.get("act") == "withdraw":
        drafts.withdraw(services.database, name, by=by())
        flash("The preview link no longer works.", "success")
        return redirect(url_for("texts.draft", name=name), 303)
    secret = drafts.share(services.database, name, by=by())
    url = services.settings.base_url + url_for("draft_preview.show", token=secret)
    return keep_private(_page(name, link=url))


@blueprint.post("/organize/<name>/texts/archive")
@access.needs("texts")
def archive(name: str) -> AnyResponse:
    """Archive the campaign, so that it is not public; signers keep their rights."""
    services = current_services()
    try:
        texts.archive(
            services.database, services.settings, name, actor=access.actor(), now=services.now()
        )
    except PackInvalid as error:
        return _page(name, problems=error.problems)
    except (InvalidInput, TextsChanged) as error:
        return _page(name, refused=error)
    services.campaigns.rescan()
    flash("The campaign is archived. Publish it to take it out of the archive.", "success")
    return redirect(url_for("texts.show", name=name), 303)


# -- The page --------------------------------------------------------------------------------------


def _folder(name: str) -> Path:
    return texts.folder(current_services().settings, name)


def _draft(name: str) -> Draft:
    return drafts.of(current_services().database, name)


def _page(
    name: str,
    *,
    problems: tuple[Problem, ...] = (),
    refused: CampaignError | None = None,
    link: str = "",
) -> Response:
    """Show the draft, with what stopped an action first."""
    services = current_services()
    folder, found = _folder(name), _draft(name)
    held, held_files = drafts.languages(folder, found), found.files(folder)
    shared = drafts.preview_link(services.database, name)
    with services.database.reading() as connection:
        known = names(connection, [each.actor for each in found.texts])
    body = render_template(
        "organize/draft.html",
        draft=found,
        editors={each.file: who(each.actor, known) for each in found.texts},
        files=[(file, editing.title(file)) for file in held_files],
        more_files=[
            (file, editing.title(file)) for file in editing.STARTERS if file not in held_files
        ],
        title_of=editing.title,
        languages={code: LANGUAGES[code] for code in held},
        more_languages={code: own for code, own in LANGUAGES.items() if code not in held},
        shared=shared,
        link=link,
        editable=editing.is_file,
        problems=problems,
        refused=refused,
        wrong=getattr(refused, "field", ""),
        errors=bool(problems or refused),
        why=request.form.get("why", ""),
    )
    return make_response(body, 422 if problems or refused else 200)
