"""The household rule: what a sign-up does when others have signed with the same email address.

Until a mailbox confirms, its latest sign-up replaces the earlier one, even under another name: a
stranger's sign-up or a typo must not count beside the right one. A corrected name cannot be told
from a second member of the household, so the code does not guess: if the ZIP is the same, the
replaced sign-up is kept beside the pending one, and the confirmation page asks the mailbox's owner
whether both are one person (`mailed_links.confirm`). Once one person has confirmed, a second person
with the same ZIP may sign with that address; a third may not.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from campaign.store.households import HouseholdMember
from campaign.store.statuses import SignatureStatus

#: A pending signer who signs again gets the link again: a few times at first, then once a day, so
#: that a stranger cannot use up the mails of a mailbox. The page after signing says the minute.
MAIL_AGAIN_AFTER = timedelta(minutes=1)
MAX_CONFIRM_MAILS = 3
_MAIL_DAILY_AFTER = timedelta(days=1)
#: A person who withdrew and signs again gets a link at most this often.
_MAIL_WITHDRAWN_AFTER = timedelta(minutes=15)
#: A confirmed signer who signs again is notified at most this often.
_TELL_AGAIN_AFTER = timedelta(days=7)

_UNCONFIRMED = frozenset({SignatureStatus.PENDING, SignatureStatus.HELD})
_MAX_MEMBERS = 2


@dataclass(frozen=True)
class SignupPlan:
    """What to do with one sign-up: add a row, renew one, or neither; and which mail to send.

    `about` is the known member whom the mail is about, `slot` the household slot of a new row.
    """

    add: bool = False
    renew: HouseholdMember | None = None
    about: HouseholdMember | None = None
    slot: int = 0
    mail: str = ""


def plan_for(
    household: tuple[HouseholdMember, ...],
    name_key: str,
    zip_: str,
    *,
    is_held: bool,
    is_crowded: bool = False,
    now: datetime,
) -> SignupPlan:
    """Decide what to do with a sign-up, given who signed with this address before.

    `is_crowded` is True if many other campaigns wait for an answer from this address. Then its
    owner still gets the first link of this campaign, which shows the latest sign-up, but no more.
    """
    person = _find_person(household, name_key)
    if person is not None:
        mail = _mail_for(person, is_held=is_held, now=now)
        if is_crowded and person.status == SignatureStatus.PENDING and person.mails:
            mail = ""
        if person.status in _UNCONFIRMED and _same_zip(household, person, zip_):
            return SignupPlan(renew=person, mail=mail)
        if (
            person.status == SignatureStatus.WITHDRAWN
            and mail
            and _same_zip(household, person, zip_)
        ):
            return SignupPlan(renew=person, mail=mail)
        return SignupPlan(about=person, mail="" if person.status == SignatureStatus.HELD else mail)
    slot = slot_for(household, zip_)
    if slot is not None:
        return SignupPlan(add=True, slot=slot, mail="" if is_held else "confirm")
    about = next(
        (one for one in household if one.status == SignatureStatus.CONFIRMED), household[0]
    )
    return SignupPlan(about=about, mail=_mail_for(about, is_held=is_held, now=now))


def slot_for(household: Sequence[HouseholdMember], zip_: str) -> int | None:
    """Return the place (0 or 1) of another person of an address; None where there is no room.

    There is room for two people, and for the second only from the ZIP of the one who counts.
    """
    return free_slot({one.slot for one in household}) if _same_zip(household, None, zip_) else None


def free_slot(taken: Collection[int]) -> int | None:
    """Return the first place of a household that is not taken, None where all are."""
    return next((slot for slot in range(_MAX_MEMBERS) if slot not in taken), None)


def _find_person(household: tuple[HouseholdMember, ...], name_key: str) -> HouseholdMember | None:
    """Return the member whom a sign-up updates: of the same name, or else unconfirmed."""
    same = next((one for one in household if one.name_key == name_key), None)
    waiting = next((one for one in household if one.status in _UNCONFIRMED), None)
    if same is not None or waiting is not None:
        return same or waiting
    # Both slots are taken, and one of the two has withdrawn.
    gone = (one for one in household if one.status == SignatureStatus.WITHDRAWN)
    return next(gone, None) if len(household) == _MAX_MEMBERS else None


def _same_zip(
    household: Sequence[HouseholdMember], person: HouseholdMember | None, zip_: str
) -> bool:
    """True if everyone else who counts with this address has this ZIP."""
    return all(
        one.zip == zip_
        for one in household
        if one is not person and one.status in {SignatureStatus.CONFIRMED, SignatureStatus.INVALID}
    )


def replaced_answers(
    household: tuple[HouseholdMember, ...], person: HouseholdMember, name_key: str, zip_: str
) -> dict[str, Any] | None:
    """Return the replaced sign-up that the confirmation page asks about, or None.

    A different ZIP means a correction or a stranger, and a household has no third member.
    """
    if len(household) > 1 or person.zip != zip_:
        return None
    if person.name_key != name_key:
        return dict(person.answers)
    return dict(person.earlier) if person.earlier else None


def _mail_for(person: HouseholdMember, *, is_held: bool, now: datetime) -> str:
    """Return the kind of mail that a known signer gets now, or ""."""
    if is_held:
        return ""
    waited = now - person.mailed_at if person.mailed_at else timedelta.max
    if person.status == SignatureStatus.HELD:
        return "confirm"
    if person.status == SignatureStatus.PENDING:
        few = waited >= MAIL_AGAIN_AFTER and person.mails < MAX_CONFIRM_MAILS
        return "confirm" if few or waited >= _MAIL_DAILY_AFTER else ""
    if person.status == SignatureStatus.WITHDRAWN:
        return "confirm" if waited >= _MAIL_WITHDRAWN_AFTER else ""
    if person.status == SignatureStatus.CONFIRMED and waited >= _TELL_AGAIN_AFTER:
        return "already-signed"
    return ""
