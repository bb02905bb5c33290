"""Roles and permissions: the five roles of a campaign, and what each may do."""

from collections.abc import Mapping
from typing import Literal, get_args

from campaign.errors import InvalidInput

Role = Literal["owner", "organizer", "exporter", "volunteer", "viewer"]

Permission = Literal[
    "see",
    "signers",
    "review",
    "export",
    "export-all",
    "paper",
    "letters",
    "packets",
    "updates",
    "deliver-cwc",
    "texts",
    "accounts",
    "audit",
    "connect",
]

ROLES: tuple[Role, ...] = get_args(Role)

#: The campaign of a grant that applies to every campaign, including later ones.
EVERY_CAMPAIGN = "*"

_OWNER: frozenset[Permission] = frozenset(get_args(Permission))

#: Role -> permissions. `export-all` includes signers who did not opt in to news.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    "owner": _OWNER,
    "organizer": _OWNER - {"export-all", "accounts", "audit", "connect"},
    "exporter": frozenset({"see", "export"}),
    "volunteer": frozenset({"paper", "letters"}),
    "viewer": frozenset({"see"}),
}

#: Roles with access to signers' names and addresses in bulk. They need a second factor in
#: production.
WITH_SIGNER_ACCESS: frozenset[Role] = frozenset({"owner", "organizer", "exporter"})

#: Role -> (its name on pages, a short description).
DESCRIPTIONS: Mapping[Role, tuple[str, str]] = {
    "owner": ("Owner", "everything, including accounts and connections"),
    "organizer": ("Organizer", "signers, exports, updates, deliveries and texts"),
    "exporter": ("Exporter", "figures, and exports of signers"),
    "volunteer": ("Volunteer", "paper sheets and letters for others"),
    "viewer": ("Viewer", "figures only"),
}


def role(name: str) -> Role:
    """Return the role of that name. `organiser`, an earlier spelling, means `organizer`.

    Raises InvalidInput for an unknown name.
    """
    if name == "organiser":
        return "organizer"
    if name not in ROLES:
        raise InvalidInput(f"Choose a role: {', '.join(ROLES)}.", field="role")
    return name


def role_in(grants: Mapping[str, Role], campaign: str) -> Role | None:
    """Return the role that `grants` (campaign -> role) give in a campaign, or None.

    A grant for the campaign and one for every campaign combine to the stronger role.
    """
    held = [grants[name] for name in (campaign, EVERY_CAMPAIGN) if name in grants]
    return min(held, key=ROLES.index, default=None)


def may(grants: Mapping[str, Role], permission: Permission, campaign: str) -> bool:
    """True if these grants allow the permission in that campaign."""
    role = role_in(grants, campaign)
    return role is not None and permission in PERMISSIONS[role]
