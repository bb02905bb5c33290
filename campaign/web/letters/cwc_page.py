"""What the pages about electronic letters share."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from campaign.packs.pack import Pack
from campaign.petition import cwc_retention
from campaign.web.core import languages
from campaign.web.core.security import keep_private
from campaign.web.core.services import Services
from campaign.web.letters.cwc_offer import destination


def page(
    template: str, services: Services, pack: Pack | None, status: int = 200, **values: object
) -> Response:
    """Return a page that no cache keeps, with the campaign's navigation if it is public."""
    shown: Mapping[str, Any] = {
        "pack": pack if pack is not None and pack.published else None,
        "texts": None if pack is None else pack.text(languages.current()),
        "destination": destination(services.settings),
        "text_days": cwc_retention.TEXT_DAYS,
        **values,
    }
    return keep_private(make_response(render_template(template, **shown), status))
