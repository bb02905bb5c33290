"""The navigation of organizers' pages: entries, the choice of campaigns, the account menu."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
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

#: Group, URL and label, in the order shown. An entry appears once a view answers there, for
#: accounts that the view's `needs` lets in.
ENTRIES: tuple[tuple[str, str, str], ...] = (
    ("", "/organize/<name>/", "Overview"),
    ("People", "/organize/<name>/signers", "Signers"),
    ("People", "/organize/<name>/paper", "Paper"),
    ("People", "/organize/<name>/exports", "Exports"),
    ("Speak", "/organize/<name>/updates", "Updates"),
    ("Letters", "/organize/<name>/letters", "Letters"),
    ("Letters", "/volunteer/batch", "Letters for many"),
    ("Letters", "/organize/<name>/electronic", "Electronic letters"),
    ("Targets", "/organize/<name>/stances", "Stances"),
    ("Targets", "/organize/<name>/corrections", "Corrections"),
    ("Targets", "/organize/<name>/deliver", "Deliver"),
    ("Settings", "/organize/<name>/texts", "Campaign"),
    ("Settings", "/organize/<name>/accounts", "Accounts"),
    ("Settings", "/organize/<name>/audit", "Audit"),
    ("Settings", "/organize/<name>/connect", "Connect"),
)


@dataclass(frozen=True)
class Entry:
    """One entry of the navigation, in a group with a heading ("" for none)."""

    group: str
    label: str
    url: str
    is_current: bool


def entries(pack: Pack) -> list[Entry]:
    """Return the navigation of a campaign for the logged-in account."""
    user = access.current_account()
    if user is None:
        return []
    found = []
    for group, label, endpoint, takes_name, permission in _rooms():
        if roles.may(user.grants, permission, pack.name):
            url = url_for(endpoint, name=pack.name) if takes_name else url_for(endpoint)
            here = request.blueprint == endpoint.rpartition(".")[0]
            found.append(Entry(group, label, url, here))
    return found


def grouped(found: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return the groups with their entries, in the navigation's order."""
    return [(group, list(inside)) for group, inside in groupby(found, key=lambda one: one.group)]


def first_page(pack: Pack) -> str:
    """Return the account's first page in a campaign: the first entry that it may open."""
    found = entries(pack)
    return found[0].url if found else url_for("overview.campaigns")


def _rooms() -> list[tuple[str, str, str, bool, Permission]]:
    """Return group, label, endpoint, whether the URL contains the campaign, and the required
    permission.
    """
    held: list[tuple[str, str, str, bool, Permission]] | None
    held = current_app.extensions.get("navigation")
    if held is None:
        held = []
        by_path = {
            rule.rule.rstrip("/"): rule
            for rule in current_app.url_map.iter_rules()
            if "GET" in (rule.methods or ())
        }
        for group, path, label in ENTRIES:
            rule = by_path.get(path.rstrip("/"))
            if rule is None:
                continue
            permission: Any = access.needed(current_app.view_functions[rule.endpoint])
            if permission:
                held.append((group, label, rule.endpoint, "name" in rule.arguments, permission))
        current_app.extensions["navigation"] = held
    return held


def init_app(app: Flask) -> None:
    """Give templates the navigation, the campaigns, the account and the campaign."""

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
            "navigation": entries,
            "grouped": grouped,
            "first_page": first_page,
            "switcher": access.campaigns if user is not None else tuple,
            "may": access.may,
            "may_start_campaigns": access.may_start_campaigns,
            "role_in": access.role_in,
            "role_words": roles.DESCRIPTIONS,
            "now": current_services().now(),
            "zone": civil_time.WASHINGTON,  # of pages that are about no campaign
        }
        if "back_office_pack" in g:
            found["pack"] = g.back_office_pack
            found["zone"] = g.back_office_pack.zone
        return found
