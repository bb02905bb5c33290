"""The recipient that a page about a call or a letter names in its URL."""

from dataclasses import dataclass

from campaign.congress.former_members import FormerMember
from campaign.congress.seat_holders import SeatHolder, seat_of
from campaign.letters.channels import Telephone, office_phones, phones_of
from campaign.letters.letter import Recipient
from campaign.letters.office_recipients import office_recipient
from campaign.letters.recipients import seat_recipient
from campaign.packs.pack import Pack
from campaign.web.core.services import Services


@dataclass(frozen=True)
class Called:
    """Who is called, at which numbers; `holder` is None for an office outside Congress."""

    recipient: Recipient
    phones: tuple[Telephone, ...]
    holder: SeatHolder | None = None


def called(recipient_id: str, pack: Pack, services: Services) -> Called | None:
    """Return whom a call is about, or None for anyone who is no recipient or has no number."""
    found = _known(recipient_id, pack, services)
    return found if found is not None and found.phones else None


def known_recipient(recipient_id: str, pack: Pack, services: Services) -> Recipient | None:
    """Return the campaign's recipient with that id, or None.

    That is a member who holds a seat now, an executive office, or a row of targets.csv.
    """
    found = _known(recipient_id, pack, services)
    return found.recipient if found is not None else None


def former_recipient(bioguide: str, services: Services) -> FormerMember | None:
    """Return a member who held a seat before today and is not known to hold one, or None."""
    former = services.congress.former_member(bioguide)
    if former is None or former.ended > services.today():
        return None
    member = services.congress.members.get(bioguide)
    is_sitting = member and seat_of(services.congress, member, services.today())
    return None if is_sitting else former


def _known(recipient_id: str, pack: Pack, services: Services) -> Called | None:
    congress, today = services.congress, services.today()
    office = office_recipient(pack, recipient_id)
    if office is not None:
        return Called(office, office_phones(office))
    member = congress.members.get(recipient_id)
    held = seat_of(congress, member, today) if member else None
    recipient = seat_recipient(congress, pack, held, today) if held else None
    if held is None or held.member is None or recipient is None:
        return None
    return Called(recipient, phones_of(congress, held.member, on_date=today), held)
