"""Links that name an event of the campaign: during the event, its network is not limited."""

from flask import request

from campaign.errors import CampaignError
from campaign.packs.events import Event
from campaign.web.core.services import current_services


def known_code(given: str) -> str:
    """Return the code where this page's campaign has an event with it, else ""."""
    return given if _event(given) is not None else ""


def code_of_now(given: str) -> str:
    """Return the code where this page's campaign has an event with it at this moment, else ""."""
    found = _event(given)
    return given if found is not None and found.is_on(current_services().now()) else ""


def _event(given: str) -> Event | None:
    name = (request.view_args or {}).get("name", "")
    if not given or not name:
        return None
    services = current_services()
    try:
        return services.campaigns.get(name, services.now()).event(given)
    except CampaignError:
        return None
