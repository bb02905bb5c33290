"""The campaign's texts: list, publish, edit and preview them. Holds their blueprint."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.errors import InvalidInput, PackInvalid, Problem, TextsChanged
from campaign.messages import counted
from campaign.organizing import drafts, texts
from campaign.organizing.texts import SaveResult, TextPreview
from campaign.packs import editing
from campaign.packs import pack as packs
from campaign.packs.letter_headings import RecipientKind
from campaign.store.texts import Version
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.actor_names import names, who

blueprint = Blueprint("texts", __name__)

#: The recipients of the previewed letters.
RECIPIENT_NAMES: dict[RecipientKind, str] = {
    "senator": "a senator",
    "representative": "a representative",
    "delegate": "a delegate",
    "resident-commissioner": "the Resident Commissioner",
    "committee": "a member of a committee",
    "chair": "the chair of a committee",
    "president": "the President",
    "secretary": "the Secretary of State",
    "executive": "an executive office",
    "local": "a state or local official",
    "copy": "a recipient of a courtesy copy",
}


# -- All texts -------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/texts")
@access.needs("texts")
def show(name: str) -> str:
    """List the campaign's texts, their problems, and their last editors."""
    services = current_services()
    folder = texts.folder(services.settings, name)
    review = packs.review_at(folder, services.now())
    return render_template(
        "organize/texts.html",
        files=[(file, editing.title(file)) for file in editing.files(folder)],
        review=review,
        versions=with_editors(texts.history(services.database, name)[:10]),
        title_of=editing.title,
        usable=len(review.pack.usable_facts()) if review.pack else 0,
        standing=texts.signers_by_wording(services.database, review.pack or access.here()),
        may_ask=access.may("updates", name),
        drafted=drafts.of(services.database, name).texts,
    )


@blueprint.post("/organize/<name>/texts/publish")
@access.needs("texts")
def publish(name: str) -> Response:
    """Publish the campaign, or unpublish it."""
    services = current_services()
    is_public = request.form.get("public") == "yes"
    try:
        saved = texts.publish(
            services.database,
            services.settings,
            name,
            is_public,
            actor=access.actor(),
            now=services.now(),
        )
    except (PackInvalid, InvalidInput) as error:
        first = error.problems[0] if isinstance(error, PackInvalid) and error.problems else error
        flash(f"The campaign cannot be published yet. {first}", "error")
    else:
        services.campaigns.rescan()
        sentence = "The campaign is public." if is_public else "The campaign is now a draft."
        flash(saved_in_words(saved, sentence), "success")
    return redirect(url_for("texts.show", name=name), 303)


# -- One text --------------------------------------------------------------------------------------


@blueprint.get("/organize/<name>/texts/edit/<path:file>")
@access.needs("texts")
def edit(name: str, file: str) -> Response:
    """Show a text in the editor, as the draft has it; with a line, what is wrong there."""
    services = current_services()
    current = current_text(name, file)
    draft = drafts.of(services.database, name)
    drafted = draft.text(texts.folder(services.settings, name), file)
    problems: tuple[Problem, ...] = ()
    if request.args.get("line"):
        review = drafts.review(services.settings, name, draft, services.now())
        problems = tuple(each for each in review.problems if each.file == file)
    return _editor(
        name,
        file,
        drafted or editing.STARTERS.get(file, ""),
        seen=texts.fingerprint(drafted),
        problems=problems,
        current=current,
    )


@blueprint.post("/organize/<name>/texts/edit/<path:file>")
@access.needs("texts")
def change(name: str, file: str) -> Response:
    """Preview the text, keep it in the draft or save it, by the button. Typed text is never
    lost.
    """
    services = current_services()
    current_text(name, file)
    typed = request.form.get("text", "").replace("\r\n", "\n")
    seen = request.form.get("seen", "")
    try:
        cleaned = editing.clean_text(typed)
        if request.form.get("act") == "preview":
            reading = texts.preview(
                services.database,
                services.settings,
                name,
                {**drafts.of(services.database, name).changes, file: cleaned},
                services.congress,
                services.now(),
            )
            return _editor(name, file, cleaned, seen=seen, reading=reading)
        if request.form.get("act") == "draft":
            return _keep(name, file, cleaned, seen)
        saved = texts.save(
            services.database,
            services.settings,
            name,
            {file: cleaned},
            seen={file: seen},
            why=request.form.get("why", ""),
            actor=access.actor(),
            now=services.now(),
        )
    except PackInvalid as error:
        return _editor(name, file, typed, seen=seen, problems=error.problems)
    except TextsChanged as error:
        folder = texts.folder(services.settings, name)
        now = drafts.of(services.database, name).text(folder, file)
        return _editor(
            name,
            file,
            typed,
            seen=texts.fingerprint(now),
            refused=str(error),
            difference=texts.difference(now, typed),
        )
    except InvalidInput as error:
        return _editor(name, file, typed, seen=seen, refused=str(error))
    services.campaigns.rescan()
    flash(saved_in_words(saved, f"Saved: {editing.title(file)}."), "success")
    return redirect(url_for("texts.show", name=name), 303)


def _keep(name: str, file: str, cleaned: str, seen: str) -> Response:
    services = current_services()
    drafts.keep(
        services.database,
        services.settings,
        name,
        {file: cleaned},
        seen={file: seen},
        bases={file: request.form.get("base", "")},
        by=drafts.Actor(access.actor(), services.now()),
    )
    flash(f"Saved to the draft: {editing.title(file)}.", "success")
    return redirect(url_for("texts.draft", name=name), 303)


def current_text(name: str, file: str) -> str:
    """Return the current text; 404 for a name that is no text of a campaign."""
    if not editing.is_file(file):
        abort(404)
    return editing.read(texts.folder(current_services().settings, name), file)


def _editor(
    name: str,
    file: str,
    text: str,
    *,
    seen: str,
    reading: TextPreview | None = None,
    problems: tuple[Problem, ...] = (),
    refused: str = "",
    difference: tuple[str, ...] = (),
    current: str | None = None,
) -> Response:
    """Return the editor. `current`, the text in use, is given only where it is opened anew."""
    is_opened = current is not None
    in_use = current_text(name, file) if current is None else current
    drafted = drafts.of(current_services().database, name).file(file)
    base = texts.fingerprint(in_use) if is_opened or difference else request.form.get("base", "")
    problems = problems or (reading.review.problems if reading else ())
    body = render_template(
        "organize/text-edit.html",
        file=file,
        title_of=editing.title,
        text=text,
        seen=seen,
        base=base,
        is_drafted=drafted is not None,
        is_outdated=drafted is not None and drafted.base != texts.fingerprint(in_use),
        against_use=texts.difference(in_use, text),
        is_opened=is_opened,
        lines=text.splitlines(),
        reading=reading,
        signed=_signed(file),
        problems=problems,
        refused=refused,
        difference=difference,
        errors=bool(problems or refused),
        why=request.form.get("why", ""),
        recipient_words=RECIPIENT_NAMES,
    )
    status = 422 if (problems or refused) and not is_opened else 200
    return Response(body, status, content_type="text/html; charset=utf-8")


def _signed(file: str) -> int:
    """Return how many people signed the wording that an edit of this file would change, 0 for
    none.
    """
    if not file.startswith("petition."):
        return 0
    return texts.signers_by_wording(current_services().database, access.here()).current


# -- For the other pages of texts ----------------------------------------------------------------


def saved_in_words(saved: SaveResult, sentence: str) -> str:
    """Say what was saved, and how many people signed another wording than the current one."""
    if not (saved.earlier and saved.files):
        return sentence
    stay = "they stay" if saved.earlier > 1 else "that signature stays"
    return (
        f"{sentence} {counted(saved.earlier, 'person', 'people')} signed an earlier wording of the "
        f"petition; {stay} counted and printed under the words that were signed."
    )


def save_text(name: str, file: str, content: str) -> SaveResult:
    """Save a text as the account that is logged in. Raises as `texts.save` does."""
    services = current_services()
    return texts.save(
        services.database,
        services.settings,
        name,
        {file: content},
        seen={file: texts.fingerprint(current_text(name, file))},
        why="",
        actor=access.actor(),
        now=services.now(),
    )


def with_editors(versions: Sequence[Version]) -> list[Version]:
    """Return the versions with their editors' names."""
    with current_services().database.reading() as connection:
        known = names(connection, (one.actor for one in versions))
    return [replace(one, actor=who(one.actor, known) if one.actor else "") for one in versions]
