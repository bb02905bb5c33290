"""Several calls, one after the other: the offices still to call are in the page's own address.

No cookie and no account is needed, and the address names members of Congress, never the caller.
"""

import re
from dataclasses import dataclass

from campaign.congress.seat_holders import seat_of
from campaign.letters.letter import Recipient
from campaign.letters.recipients import seat_recipient
from campaign.packs.pack import Pack
from campaign.web.core.services import Services

#: More than a person's own members: two senators, a representative, and chairs of committees.
MAX_OFFICES = 8
_OFFICES = re.compile(rf"[A-Z]\d{{6}}(?:,[A-Z]\d{{6}}){{1,{MAX_OFFICES - 1}}}")


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
        """The round as a query parameter: bioguide ids with commas between."""
        return ",".join(recipient.id for recipient in self.recipients)


def round_text(typed: str) -> str:
    """Return the parameter of a round if it is one, else ""; for `query_parameters.carries`."""
    return typed if _OFFICES.fullmatch(typed) else ""


def read_round(typed: str, current: Recipient, pack: Pack, services: Services) -> CallRound | None:
    """Return the round in which `current` is called, or None for a call by itself.

    Ids that are not the campaign's recipients today are passed over.
    """
    ids = list(dict.fromkeys(round_text(typed).split(",")))
    if current.id not in ids:
        return None
    found = [current if each == current.id else _member(each, pack, services) for each in ids]
    recipients = tuple(recipient for recipient in found if recipient is not None)
    return CallRound(recipients, recipients.index(current)) if len(recipients) > 1 else None


def _member(bioguide: str, pack: Pack, services: Services) -> Recipient | None:
    member = services.congress.members.get(bioguide)
    held = seat_of(services.congress, member, services.today()) if member else None
    return seat_recipient(services.congress, pack, held, services.today()) if held else None
