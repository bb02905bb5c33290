"""The pages of the signature map: the country, a state, a district."""

from typing import Any

from flask import render_template

from campaign.packs.pack import Pack
from campaign.web.core import languages
from campaign.web.core.caching import Page
from campaign.web.core.services import Services
from campaign.web.core.zip_form import ZipForm


def render(template: str, services: Services, pack: Pack, **values: Any) -> Page:
    """Render a page with what all of them show: the campaign, and the form that asks for a ZIP."""
    return Page.of(
        render_template(
            template,
            pack=pack,
            texts=pack.text(languages.current()),
            is_open=pack.is_open(services.now()),
            zip_form=ZipForm(),
            **values,
        )
    )
