"""What stands around every page of the back office: the rail, the campaigns, the account's menu."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, has_request_context, request, url_for

from campaign import civil_time
from campaign.errors import CampaignError
from campaign.organizing.accounts import roles
from campaign.organizing.accounts.roles import Permission
from campaign.packs.pack import Pack
from campaign.web.core.organizer_paths import is_back_office
from campaign.web.core.services import current_services
from campaign.web.organize import access

#: Address -> label, in the rail's order. An entry shows once a view answers there, to whom the
#: view's own `needs` lets in.
ENTRIES: tuple[tuple[str, str], ...] = (
    ("/organize/<name>/", "Overview"),
    ("/organize/<name>/signers", "Signers"),
    ("/organize/<name>/letters", "Letters"),
    ("/volunteer/batch", "Letters for many"),
    ("/organize/<name>/exports", "Exports"),
    ("/organize/<name>/deliver", "Deliver"),
    ("/organize/<name>/electronic", "Electronic letters"),
    ("/organize/<name>/paper", "Paper"),
    ("/organize/<name>/updates", "Updates"),
    ("/organize/<name>/texts", "Campaign"),
    ("/organize/<name>/accounts", "Accounts"),
    ("/organize/<name>/audit", "Audit"),
    ("/organize/<name>/connect", "Connect"),
)


@dataclass(frozen=True)
class Entry:
    """One line of the rail."""

    label: str
    url: str
    is_current: bool


def entries(pack: Pack) -> list[Entry]:
    """Return the rail of a campaign for the account that is logged in."""
    user = access.current_account()
    if user is None:
        return []
    found = []
    for label, endpoint, takes_name, permission in _rooms():
        if roles.may(user.grants, permission, pack.name):
            url = url_for(endpoint, name=pack.name) if takes_name else url_for(endpoint)
            here = request.blueprint == endpoint.rpartition(".")[0]
            found.append(Entry(label, url, here))
    return found


def first_page(pack: Pack) -> str:
    """Return where the account begins in a campaign: the first room that opens to it."""
    found = entries(pack)
    return found[0].url if found else url_for("overview.campaigns")


def _rooms() -> list[tuple[str, str, bool, Permission]]:
    """Return label, endpoint, whether the address has the campaign, and the permission asked."""
    held: list[tuple[str, str, bool, Permission]] | None = current_app.extensions.get("rail")
    if held is None:
        held = []
        by_path = {
            rule.rule.rstrip("/"): rule
            for rule in current_app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
        }
        for path, label in ENTRIES:
            rule = by_path.get(path.rstrip("/"))
            if rule is None:
                continue
            permission: Any = access.needed(current_app.view_functions[rule.endpoint])
            if permission:
                held.append((label, rule.endpoint, "name" in rule.arguments, permission))
        current_app.extensions["rail"] = held
    return held


def init_app(app: Flask) -> None:
    """Give templates of the back office the rail, the campaigns, the account and the campaign."""

    @app.context_processor
    def _around() -> dict[str, Any]:
        if not (has_request_context() and is_back_office(request.path)):
            return {}
        try:
            user = access.current_account()
        except CampaignError:
            user = None  # the page that says so is shown all the same
        found: dict[str, Any] = {
            "account": user,
            "rail": entries,
            "first_page": first_page,
            "switcher": access.campaigns if user is not None else tuple,
            "may": access.may,
            "role_in": access.role_in,
            "role_words": roles.WORDS,
            "now": current_services().now(),
            "zone": civil_time.WASHINGTON,  # of pages that are about no campaign
        }
        if "back_office_pack" in g:
            found["pack"] = g.back_office_pack
            found["zone"] = g.back_office_pack.zone
        return found
