"""The push of signers to a petition at Action Network."""

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from campaign.errors import InvalidInput
from campaign.organizing.connect import connections
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.connect_forms import ActionNetworkForm, allow_plain
from campaign.web.organize.form_page import blame, page
from campaign.web.organize.integrations import action_network_of, blueprint


@blueprint.route("/organize/<name>/connect/action-network", methods=["GET", "POST"])
@access.needs("connect", fresh=True)
def action_network(name: str) -> Response:
    """Push signers who opted in to mail to a petition at Action Network."""
    services = current_services()
    found = action_network_of(name)
    form = ActionNetworkForm(request.form or None, url=found.url if found else "")
    if request.method == "POST" and form.validate():
        try:
            connections.connect_action_network(
                services.database,
                name,
                url=form.url.data or "",
                key=form.key.data or "",
                allow_plain=allow_plain(),
                actor=access.actor(),
                **services.moment(),
            )
        except InvalidInput as error:
            blame(form, error)
        else:
            flash("From now on, signers who ask for news are sent to Action Network.", "success")
            return redirect(url_for(".action_network", name=name))
    return page(
        "organize/connect-action-network.html",
        here=name,
        form=form,
        endpoint=found,
        log=connections.recent_attempts(services.database, found) if found else (),
    )
