"""Access control of organizers' pages: checked by path for every request, then by every view.

A view under these paths declares what it needs (`needs`, `needs_account`) or is listed in `OPEN`. A
view that declares nothing opens for no one.
"""

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Flask, Response, abort, current_app, g, redirect, request, session, url_for
from flask_security import check_and_update_authn_fresh, current_user
from flask_security.utils import get_request_attr
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup

from campaign.errors import CampaignUnknown
from campaign.organizing.accounts import roles
from campaign.organizing.accounts.roles import EVERY_CAMPAIGN, Permission, Role
from campaign.packs.pack import Pack
from campaign.web.core.organizer_paths import is_back_office
from campaign.web.core.services import current_services
from campaign.web.organize import login_audit, session_cookie
from campaign.web.organize.security_datastore import User

P = ParamSpec("P")

#: Endpoints that are open without log-in, because they lead to it.
OPEN = frozenset(
    {
        "security.login",
        "security.two_factor_token_validation",
        "security.two_factor_setup",
        "security.mf_recovery",
        "accounts.forgotten",
        "accounts.reset",
        "accounts.accept",
    }
)

#: Flask-Security's own pages for logged-in accounts.
OWN = frozenset(
    {
        "security.logout",
        "security.verify",
        "security.change_password",
        "security.two_factor_setup_validate",
        "security.mf_recovery_codes",
    }
)

#: Flask-Security's pages that this site does not use.
NOT_OFFERED = frozenset({"security.two_factor_rescue", "security.tf_select", "security.static"})

# The attribute of a view with what it needs: a permission, or "" for any account.
_NEEDS = "_campaign_needs"


def current_account() -> User | None:
    """Return the account that is logged in, or None."""
    if not is_back_office(request.path):
        return None
    user = current_user._get_current_object()
    return user if isinstance(user, User) and user.active else None


def account_here() -> User:
    """Return the account that is logged in, in a view that needs one."""
    found = current_account()
    assert found is not None
    return found


def actor() -> str:
    """Return the actor as the audit names it: `user:17`."""
    return f"user:{account_here().id}"


def may(permission: Permission, campaign: str) -> bool:
    """Return True where the logged-in account has that permission in that campaign."""
    user = current_account()
    return user is not None and roles.may(user.grants, permission, campaign)


def role_in(campaign: str) -> Role | None:
    """Return the role of the logged-in account in that campaign."""
    user = current_account()
    return None if user is None else roles.role_in(user.grants, campaign)


def role_since(campaign: str) -> datetime | None:
    """Return since when the account has its current role in that campaign, or None for no role.

    Jobs that it requested under an earlier role no longer belong to it.
    """
    held = account_here().account.granted_at
    found = [held[name] for name in (campaign, EVERY_CAMPAIGN) if name in held]
    return min(found, default=None)


def campaigns(permission: Permission | None = None) -> tuple[Pack, ...]:
    """Return the campaigns, published or not, in which the account has a role or that
    permission.
    """
    services = current_services()
    user = account_here()
    return tuple(
        pack
        for pack in services.campaigns.every(services.now())
        if roles.role_in(user.grants, pack.name) is not None
        and (permission is None or roles.may(user.grants, permission, pack.name))
    )


def may_start_campaigns() -> bool:
    """Return True for accounts that may edit the texts of every campaign: they may start one."""
    return may("texts", EVERY_CAMPAIGN)


def names() -> tuple[str, ...]:
    """Return the names of the account's campaigns, including those whose files are broken."""
    user = account_here()
    return tuple(
        name
        for name in current_services().campaigns.names()
        if roles.role_in(user.grants, name) is not None
    )


def require(permission: Permission, campaign: str) -> Pack:
    """Return the campaign, published or not, where the account has that permission in it.

    Aborts with 404 where the campaign is missing or the account has no role in it, and with 403
    where its role is not enough.
    """
    services = current_services()
    try:
        pack = services.campaigns.even_unpublished(campaign, services.now())
    except CampaignUnknown:
        abort(404)
    user = account_here()
    if roles.role_in(user.grants, campaign) is None:
        abort(404)
    if not roles.may(user.grants, permission, campaign):
        abort(403)
    return pack


def here() -> Pack:
    """Return the campaign of this page, in a view with `needs`."""
    return cast(Pack, g.back_office_pack)


def needs(
    permission: Permission, *, fresh: bool = False
) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Open a view only to accounts with that permission in the campaign `<name>` of its URL.

    Logged out: redirect to the log-in page. No such campaign, or no role in it: 404. Insufficient
    role: 403. A URL without `<name>` opens to accounts with the permission in any campaign; the
    view then calls `require` for the campaign in question. `fresh` asks for the password again
    after an hour.
    """

    def decorate(view: Callable[P, Any]) -> Callable[P, Any]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if current_account() is None:
                return to_log_in()
            name = kwargs.get("name")
            if name is not None:
                g.back_office_pack = require(permission, str(name))
            elif not any(
                permission in roles.PERMISSIONS[role] for role in account_here().grants.values()
            ):
                abort(403)
            if fresh and not _is_fresh():
                return redirect(_verify_url())
            return view(*args, **kwargs)

        setattr(guarded, _NEEDS, permission)
        return guarded

    return decorate


def needs_account(view: Callable[P, Any]) -> Callable[P, Any]:
    """Open a view to every account, whatever its role; the view itself checks who owns what."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        return to_log_in() if current_account() is None else view(*args, **kwargs)

    setattr(guarded, _NEEDS, "")
    return guarded


def needed(view: Callable[..., Any]) -> str | None:
    """Return the permission that a view needs, "" for any account, None where it declares none."""
    return getattr(view, _NEEDS, None)


def ask_for_password() -> Response | None:
    """Redirect to the page that asks for the password again, where it was given over an hour
    ago.
    """
    return None if _is_fresh() else cast(Response, redirect(_verify_url()))


def _verify_url() -> str:
    return url_for("security.verify", next=_back_here())


def _is_fresh() -> bool:
    within = current_app.config["SECURITY_FRESHNESS"]
    grace = current_app.config["SECURITY_FRESHNESS_GRACE_PERIOD"]
    return bool(check_and_update_authn_fresh(within, grace, get_request_attr("fs_authn_via")))


def _back_here() -> str:
    """Return the page to continue with after the password: this one, or the one with the form."""
    path = request.full_path.rstrip("?")
    takes_get = request.url_rule is not None and "GET" in (request.url_rule.methods or ())
    return path if takes_get else request.path.rpartition("/")[0]


def to_log_in() -> Response:
    """Redirect to the log-in page, and back to this page afterwards if it answers GET."""
    if request.method == "GET" and request.path != "/organize/":
        return cast(Response, redirect(url_for("security.login", next=_back_here())))
    return cast(Response, redirect(url_for("security.login")))


def guard() -> Any:
    """Answer requests that must not go on, at every organizers' path, known or unknown."""
    if request.endpoint in NOT_OFFERED:
        abort(404)
    if not _leads_inside(request.args.get("next", "")):
        abort(400)
    if _is_too_old():
        session.clear()
        return to_log_in()
    view = current_app.view_functions.get(request.endpoint or "")
    is_open = request.endpoint in OPEN
    user = current_account()
    if not is_open and user is None:
        return to_log_in()
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        cast(CSRFProtect, current_app.extensions["csrf"]).protect()
        if request.blueprint == "security" and not _leads_inside(request.form.get("next", "")):
            abort(400)
        login_audit.limit(user)
        if request.endpoint == "security.logout" and user is not None:
            login_audit.leave(user)
    if view is None or is_open or request.endpoint in OWN:
        return None
    if needed(view) is None:
        abort(404)
    return None


def init_app(app: Flask) -> None:
    """Give templates `csrf_field()`."""
    app.jinja_env.globals["csrf_field"] = csrf_field


def _is_too_old() -> bool:
    """Return True for a session older than the maximum."""
    # Uses the machine's clock, as the signature of the cookie does.
    return (
        "_user_id" in session
        and time.time() - session.get("begun", 0) > session_cookie.LONGEST.total_seconds()
    )


def _leads_inside(path: str) -> bool:
    """Return True for an empty URL, or one of an organizers' page to continue with after log-in.

    A backslash, a line break and the like would send some browsers to another site.
    """
    return not path or (
        is_back_office(path.partition("?")[0]) and path.isprintable() and "\\" not in path
    )


def csrf_field() -> Markup:
    """Return the hidden field with the CSRF token that every form here carries."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


__all__ = [
    "EVERY_CAMPAIGN",
    "NOT_OFFERED",
    "OPEN",
    "OWN",
    "account_here",
    "actor",
    "ask_for_password",
    "campaigns",
    "csrf_field",
    "current_account",
    "guard",
    "here",
    "init_app",
    "may",
    "may_start_campaigns",
    "names",
    "needed",
    "needs",
    "needs_account",
    "require",
    "role_in",
    "role_since",
    "to_log_in",
]
