"""API keys: create one, shown once, and revoke it."""

from datetime import date, datetime

from flask import Response, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign import civil_time
from campaign.errors import InvalidInput
from campaign.organizing.connect import api_keys
from campaign.store.api_tokens import ApiToken
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.connect_forms import KeyForm
from campaign.web.organize.form_page import blame, page
from campaign.web.organize.integrations import blueprint, show_page


@blueprint.post("/organize/<name>/connect/keys")
@access.needs("connect", fresh=True)
def make_key(name: str) -> Response:
    """Make an API key, and show it once."""
    form = KeyForm(request.form)
    if not form.validate():
        return show_page(name, key_form=form)
    services = current_services()
    try:
        made, key = api_keys.create(
            services.database,
            name,
            name=form.name.data or "",
            scopes=form.scopes.data or (),
            expires_at=_end_of(form.expires.data),
            actor=access.actor(),
            now=services.now(),
        )
    except InvalidInput as error:
        blame(form, error)
        return show_page(name, key_form=form)
    return page(
        "organize/connect-shown.html",
        here=name,
        what=f"The key “{made.name}”",
        secret=key,
        back=url_for(".show", name=name),
    )


def _end_of(day: date | None) -> datetime | None:
    """Return the end of the chosen day in the campaign's time zone."""
    return None if day is None else civil_time.end_of(day, access.here().zone)


@blueprint.route("/organize/<name>/connect/keys/<public_id>/revoke", methods=["GET", "POST"])
@access.needs("connect", fresh=True)
def revoke_key(name: str, public_id: str) -> AnyResponse:
    """Revoke a key, after a confirmation page."""
    services = current_services()
    token = _key(name, public_id)
    if request.method == "POST":
        api_keys.revoke(
            services.database, name, public_id, actor=access.actor(), now=services.now()
        )
        flash(f"The key “{token.name}” has been revoked.", "success")
        return redirect(url_for(".show", name=name))
    return page(
        "organize/sure.html",
        here=name,
        title="Revoke this key?",
        text=f"Programs that use the key “{token.name}” lose access at once. "
        "This cannot be undone; you can create a new key instead.",
        action=url_for(".revoke_key", name=name, public_id=public_id),
        label="Revoke the key",
        back=url_for(".show", name=name),
    )


def _key(name: str, public_id: str) -> ApiToken:
    tokens = api_keys.of_campaign(current_services().database, name)
    found = next((token for token in tokens if token.public_id == public_id), None)
    return found or abort(404)
