"""Who may do what in a campaign: five roles, and the permissions of each, in one table."""

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

#: The campaign of a grant that holds in every campaign, also in those that are made later.
EVERY_CAMPAIGN = "*"

_OWNER: frozenset[Permission] = frozenset(get_args(Permission))

#: Role -> what it may do. `export-all` reaches signers who did not ask for news.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    "owner": _OWNER,
    "organizer": _OWNER - {"export-all", "accounts", "audit", "connect"},
    "exporter": frozenset({"see", "export"}),
    "volunteer": frozenset({"paper", "letters"}),
    "viewer": frozenset({"see"}),
}

#: Roles that meet people's names and addresses in bulk: they need a second factor in production.
WITH_SIGNER_ACCESS: frozenset[Role] = frozenset({"owner", "organizer", "exporter"})

#: Role -> (its name on pages, what it is for in a few words).
DESCRIPTIONS: Mapping[Role, tuple[str, str]] = {
    "owner": ("Owner", "everything, accounts and connections too"),
    "organizer": ("Organizer", "signers, exports, updates, deliveries and texts"),
    "exporter": ("Exporter", "figures, and lists of signers to take out"),
    "volunteer": ("Volunteer", "paper sheets and letters for others"),
    "viewer": ("Viewer", "figures alone"),
}


def role(name: str) -> Role:
    """Return the role of that name; `organiser`, its earlier spelling, is read as `organizer`.

    Raises InvalidInput for any other word.
    """
    if name == "organiser":
        return "organizer"
    if name not in ROLES:
        raise InvalidInput(f"Choose a role: {', '.join(ROLES)}.", field="role")
    return name


def role_in(grants: Mapping[str, Role], campaign: str) -> Role | None:
    """Return the role that grants (campaign -> role) give in a campaign, None for no role there.

    Of a grant for the campaign and one for every campaign, the one that may do more holds.
    """
    held = [grants[name] for name in (campaign, EVERY_CAMPAIGN) if name in grants]
    return min(held, key=ROLES.index, default=None)


def may(grants: Mapping[str, Role], permission: Permission, campaign: str) -> bool:
    """True where these grants allow that in that campaign."""
    role = role_in(grants, campaign)
    return role is not None and permission in PERMISSIONS[role]
