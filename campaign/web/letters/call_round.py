"""Several calls, one after the other: the offices still to call are in the page's own address.

No cookie and no account is needed, and the address names members of Congress and officials, never
the caller.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from campaign.congress.routing import Representation
from campaign.letters.channels import office_phones
from campaign.letters.letter import Recipient
from campaign.letters.office_recipients import office_recipients
from campaign.letters.recipients import seat_recipient
from campaign.packs.pack import Pack
from campaign.web.core.representatives import Home
from campaign.web.core.services import Services
from campaign.web.letters.known_recipients import called

#: More than a person's own members and the officials of most cities.
MAX_OFFICES = 20
_ID = r"(?:[A-Z]\d{6}|[a-z][a-z0-9-]{1,39})"
_OFFICES = re.compile(rf"{_ID}(?:,{_ID}){{1,{MAX_OFFICES - 1}}}")


@dataclass(frozen=True)
class CallRound:
    """The recipients to call, in order, and which of them is called now (from 0)."""

    recipients: tuple[Recipient, ...]
    place: int

    @property
    def number(self) -> int:
        """The number of this call, from 1."""
        return self.place + 1

    @property
    def next(self) -> Recipient | None:
        """Who is called next, or None after the last."""
        return self.recipients[self.number] if self.number < len(self.recipients) else None

    @property
    def text(self) -> str:
        """The round as a query parameter: ids with commas between."""
        return as_round(self.recipients)


def as_round(recipients: Iterable[Recipient]) -> str:
    """Return recipients as the parameter of a round, the first MAX_OFFICES; "" for only one."""
    return round_text(",".join([recipient.id for recipient in recipients][:MAX_OFFICES]))


def in_order(recipients: Iterable[Recipient]) -> tuple[Recipient, ...]:
    """Return recipients in the order of a round: members, rows of targets.csv, executive offices.

    Those of a kind keep their order.
    """
    return tuple(
        sorted(recipients, key=lambda each: (each.is_outside_congress, each.kind != "local"))
    )


def round_text(typed: str) -> str:
    """Return the parameter of a round if it is one, else ""; for `query_parameters.carries`."""
    return typed if _OFFICES.fullmatch(typed) else ""


def offices_to_call(
    pack: Pack,
    answer: Representation,
    services: Services,
    *,
    zip_code: str,
    city: str = "",
    state: str = "",
) -> tuple[Recipient, ...]:
    """Return whom the campaign asks a person to call: their members, then officials with a number.

    Officials are those who answer to the person's place, and executive offices. `answer` says who
    represents the person, `zip_code` has five digits; `city` and `state` are "" if not given.
    """
    members = (
        seat_recipient(services.congress, pack, held, services.today()) for held in answer.holders
    )
    officials = office_recipients(
        services.congress, pack, zip_code=zip_code, state=answer.state or state, city=city
    )
    return (
        *(member for member in members if member is not None),
        *(official for official in officials if office_phones(official)),
    )


def round_for(home: Home, answer: Representation, pack: Pack, services: Services) -> str:
    """Return the round of calls to everyone whom the campaign asks a person to call, or ""."""
    five = home.zip.five if home.zip else ""
    return as_round(
        offices_to_call(pack, answer, services, zip_code=five, state=home.state, city=home.city)
    )


def read_round(typed: str, current: Recipient, pack: Pack, services: Services) -> CallRound | None:
    """Return the round in which `current` is called, or None for a call by itself.

    Ids that are not the campaign's recipients today, or have no number, are passed over.
    """
    ids = list(dict.fromkeys(round_text(typed).split(",")))
    if current.id not in ids:
        return None
    found = (called(each, pack, services) for each in ids)
    recipients = tuple(each.recipient for each in found if each is not None)
    places = [each.id for each in recipients]
    if len(recipients) < 2 or current.id not in places:
        return None
    return CallRound(recipients, places.index(current.id))
