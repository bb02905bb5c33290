"""How long the links in mails work, by what they are for."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

#: What a link with a secret is for.
Purpose = Literal["confirm", "me", "unsubscribe", "approve", "credit", "invitation", "password"]

#: How long links of a purpose are valid. Links to one's own data and to unsubscribe do not expire,
#: nor do those that name who shared them ("credit").
LIFETIMES: Mapping[Purpose, timedelta] = {
    "confirm": timedelta(days=7),
    # For letters that wait for approval.
    "approve": timedelta(days=7),
    # For accounts, not signatures.
    "invitation": timedelta(days=7),
    "password": timedelta(hours=2),
}
