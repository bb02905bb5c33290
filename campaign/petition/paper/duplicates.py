"""Detect duplicates on paper: decide what happens to a line, given what is known of its person.

- On paper, a person is a name and a ZIP: entering a sheet twice, or a person who signed two sheets,
  adds nothing. A `namesake` number tells two people with one name and ZIP apart.
- A name and ZIP that was confirmed online is the same person, unless `namesake` says otherwise.
- If an email address was written down, the household rule of online signatures applies as well
  (`petition.household`). A pending online signature of that person is confirmed by the paper one.

A person who was erased, withdrew or was found invalid is not entered again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition.household import slot_for
from campaign.petition.paper.paper_row import PaperSignature
from campaign.petition.paper.person_keys import find_entered
from campaign.store import paper, suppressions, tokens
from campaign.store.households import HouseholdMember
from campaign.store.statuses import SignatureStatus

#: "entered" counts from now on, "known" was counted before, "refused" must not be counted.
Kind = Literal["entered", "known", "refused"]


@dataclass(frozen=True)
class Outcome:
    """The result of one line; `says` why it was not entered, `column` which field is the reason.

    `public_id` is that of the new signature. It is "" if a pending online signature was confirmed
    instead, which cannot be undone.
    """

    kind: Kind
    says: str = ""
    column: str = ""
    public_id: str = ""

    def redacted(self) -> "Outcome":
        """Return the outcome for a typist who may not search signers: the line was accepted.

        Typing a name or address must not reveal whether that person signed, withdrew or was erased.
        A line that needs a decision is held for an organizer.
        """
        return Outcome("entered", public_id=self.public_id)

    @property
    def review_flag(self) -> str:
        """The flag of a line that an organizer has to decide about, or ""."""
        return _REVIEW_FLAGS.get(self.says, "")


_ENTERED = Outcome("entered")
_KNOWN_ON_PAPER = Outcome(
    "known",
    "The same name and ZIP were entered before. Another person: set namesake to 2.",
    "namesake",
)
_KNOWN_ONLINE = Outcome(
    "known",
    "The same name and ZIP signed online. Another person: set namesake to 2.",
    "namesake",
)
_KNOWN_BY_EMAIL = Outcome("known", "This email address has already signed.", "email")
_HOUSEHOLD = Outcome(
    "refused", "Other people have signed with this email address. Leave it out.", "email"
)
_ENDED = Outcome(
    "refused", "This person's signature was withdrawn or found invalid before.", "email"
)
_ERASED = Outcome("refused", "The owner of this email address asked to be erased.", "email")

#: Flags of lines that are held for an organizer because the typist may not know the reason.
COUNTED_BEFORE, ADDRESS_IN_USE = "counted-before", "address-in-use"
_REVIEW_FLAGS = {
    _KNOWN_ON_PAPER.says: COUNTED_BEFORE,
    _KNOWN_ONLINE.says: COUNTED_BEFORE,
    _KNOWN_BY_EMAIL.says: ADDRESS_IN_USE,
    _HOUSEHOLD.says: ADDRESS_IN_USE,
}


@dataclass(frozen=True)
class Placement:
    """Where a line goes: a new row in a household slot, or a pending online signature."""

    slot: int = 0
    waiting: HouseholdMember | None = None


class KnownSigners:
    """The known signers among the people of a batch of lines, updated as lines are entered."""

    def __init__(
        self,
        connection: Connection,
        pack: Pack,
        lines: Sequence[PaperSignature],
        keys: Sequence[tuple[bytes, ...]],
        *,
        keyring: Keyring,
    ) -> None:
        self.entered = find_entered(connection, keys)
        self._online = paper.signed_online(
            connection,
            pack.name,
            sorted({(line.zip, line.name_key) for line in lines if line.namesake == 1}),
        )
        mailboxes = sorted({line.email.canonical for line in lines if line.email is not None})
        self.households = paper.households(connection, pack.name, mailboxes)
        self._suppressed = find_suppressed(connection, keyring, mailboxes)

    def judge(self, line: PaperSignature, key: bytes) -> tuple[Outcome, Placement]:
        """Return a line's outcome, and where it goes if it is entered."""
        nowhere = Placement()
        if key in self.entered:
            return _KNOWN_ON_PAPER, nowhere
        if line.namesake == 1 and (line.zip, line.name_key) in self._online:
            return _KNOWN_ONLINE, nowhere
        if line.email is None:
            return _ENTERED, nowhere
        if line.email.canonical in self._suppressed:
            return _ERASED, nowhere
        household = self.households.get(line.email.canonical, ())
        same = next((one for one in household if one.name_key == line.name_key), None)
        if same is not None:
            if same.status in {SignatureStatus.PENDING, SignatureStatus.HELD}:
                return _ENTERED, Placement(waiting=same)
            return (
                _KNOWN_BY_EMAIL if same.status == SignatureStatus.CONFIRMED else _ENDED
            ), nowhere
        slot = slot_for(household, line.zip)
        return (_HOUSEHOLD, nowhere) if slot is None else (_ENTERED, Placement(slot))

    def learn(self, line: PaperSignature, key: bytes, place: Placement) -> None:
        """Add an entered line to the known signers."""
        self.entered.add(key)
        if line.email is None:
            return
        household = self.households.get(line.email.canonical, ())
        person = place.waiting or HouseholdMember(
            0,
            place.slot,
            line.name_key,
            line.zip,
            line.email.typed,
            SignatureStatus.CONFIRMED,
            0,
            None,
        )
        self.households[line.email.canonical] = (
            *(one for one in household if one is not place.waiting),
            replace(person, status=SignatureStatus.CONFIRMED),
        )


def find_suppressed(connection: Connection, keyring: Keyring, mailboxes: Iterable[str]) -> set[str]:
    """Return which of these addresses, in canonical form, must not be mailed."""
    held = {key: one for one in mailboxes for key in tokens.address_keys(keyring, one)}
    return {held[key] for key in suppressions.suppressed(connection, list(held))}
