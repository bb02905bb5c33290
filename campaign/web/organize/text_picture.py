"""The picture beside the campaign's story: uploaded, described in each language, removed."""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField, Form

from campaign.errors import InvalidInput, PackInvalid, TextsChanged
from campaign.languages import LANGUAGES
from campaign.organizing import story_picture
from campaign.web.core.forms import CleanArea, CleanField
from campaign.web.core.security import takes
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.form_page import blame, page
from campaign.web.organize.texts import blueprint, saved_in_words

_MAX_ALT, _MAX_CAPTION = 300, 200


class PictureForm(Form):
    """An upload, and the words for it; a class of its own for each campaign has its languages."""

    picture = FileField("Picture")

    def described(self) -> dict[str, tuple[str, str]]:
        """Return language -> description and caption, as typed."""
        return {
            code: (str(self[f"alt_{code}"].data or ""), str(self[f"caption_{code}"].data or ""))
            for code in LANGUAGES
            if f"alt_{code}" in self
        }


def _form(current: Mapping[str, tuple[str, str]]) -> PictureForm:
    """Return the form with a pair of fields for each language that the petition has."""
    fields: dict[str, object] = {}
    for code in current:
        where = f" in {LANGUAGES[code]}" if len(current) > 1 else ""
        fields[f"alt_{code}"] = CleanArea(
            f"What the picture shows{where}", limit=_MAX_ALT, render_kw={"rows": 2}
        )
        fields[f"caption_{code}"] = CleanField(f"Caption{where}", limit=_MAX_CAPTION)
    made: type[PictureForm] = type("PictureFormOfCampaign", (PictureForm,), fields)
    if request.method == "POST":
        return made(request.form)
    data = {
        f"{field}_{code}": value
        for code, words in current.items()
        for field, value in zip(("alt", "caption"), words, strict=True)
    }
    return made(data=data)


@blueprint.route("/organize/<name>/texts/picture", methods=["GET", "POST"])
@access.needs("texts")
@takes(story_picture.MAX_BYTES + 64 * 1024)
def picture(name: str) -> Response:
    """Show the picture in use; take another one, or other words for it."""
    services, pack = current_services(), access.here()
    words = story_picture.words(services.settings, name)
    form = _form(words)
    if request.method == "POST" and form.validate():
        try:
            raw = _uploaded()
            if not raw and pack.picture is None:
                raise InvalidInput("Choose a picture first.", field="picture")
            _require_words(form)
            saved = story_picture.save(
                services.database,
                services.settings,
                name,
                story_picture.from_upload(raw) if raw else {},
                form.described(),
                actor=access.actor(),
                now=services.now(),
            )
        except (InvalidInput, PackInvalid, TextsChanged) as error:
            blame(form, error)
        else:
            services.campaigns.rescan()
            flash(saved_in_words(saved, "The picture and its words have been saved."), "success")
            return redirect(url_for("texts.picture", name=name), 303)
    return page("organize/text-picture.html", form=form, languages=tuple(words))


@blueprint.post("/organize/<name>/texts/picture/remove")
@access.needs("texts")
def remove_picture(name: str) -> Response:
    """Remove the picture from the petition's page."""
    services = current_services()
    try:
        saved = story_picture.remove(
            services.database, services.settings, name, actor=access.actor(), now=services.now()
        )
    except (InvalidInput, PackInvalid, TextsChanged) as error:
        flash(f"The picture cannot be removed. {error}", "error")
    else:
        services.campaigns.rescan()
        flash(saved_in_words(saved, "The picture has been removed."), "success")
    return redirect(url_for("texts.picture", name=name), 303)


def _uploaded() -> bytes:
    given = request.files.get("picture")
    return given.read() if given is not None else b""


def _require_words(form: PictureForm) -> None:
    """Raise InvalidInput for the first language in which nothing describes the picture."""
    for code, (alt, _) in form.described().items():
        if not alt.strip():
            raise InvalidInput(
                "Say what the picture shows, for people who cannot see it.", field=f"alt_{code}"
            )
