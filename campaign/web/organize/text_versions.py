"""Earlier versions of a campaign's texts: listed, compared and restored."""

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from campaign.errors import InvalidInput, PackInvalid
from campaign.organizing import texts
from campaign.packs import editing
from campaign.store.texts import Version
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.texts import (
    blueprint,
    current_text,
    save_text,
    saved_in_words,
    with_editors,
)


@blueprint.get("/organize/<name>/texts/history")
@access.needs("texts")
def history(name: str) -> str:
    """List the versions, of one text where the query names it."""
    file = request.args.get("file", "")
    if file and not editing.is_file(file):
        abort(404)
    return render_template(
        "organize/text-history.html",
        versions=with_editors(texts.history(current_services().database, name, file)),
        file=file,
        title_of=editing.title,
    )


@blueprint.get("/organize/<name>/texts/versions/<int:number>")
@access.needs("texts")
def version(name: str, number: int) -> str:
    """Show a version, and the lines in which it differs from the one before."""
    found, difference = _version(name, number)
    return render_template(
        "organize/text-version.html",
        version=with_editors((found,))[0],
        difference=difference,
        title_of=editing.title,
        is_now=current_text(name, found.file) == found.text,
    )


@blueprint.post("/organize/<name>/texts/versions/<int:number>/restore")
@access.needs("texts")
def restore(name: str, number: int) -> Response:
    """Restore a version, as a new version."""
    services = current_services()
    found, _ = _version(name, number)
    try:
        saved = save_text(name, found.file, found.text)
    except (PackInvalid, InvalidInput) as error:
        first = error.problems[0] if isinstance(error, PackInvalid) and error.problems else error
        flash(f"This version cannot be restored. {first}", "error")
    else:
        services.campaigns.rescan()
        flash(saved_in_words(saved, "The version has been restored."), "success")
    return redirect(url_for("texts.version", name=name, number=number), 303)


def _version(name: str, number: int) -> tuple[Version, tuple[str, ...]]:
    # No database holds a larger number.
    found = texts.version(current_services().database, name, number) if number < 2**31 else None
    if found is None:
        abort(404)
    return found
