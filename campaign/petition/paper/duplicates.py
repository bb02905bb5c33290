"""Who counts once on paper: what is to become of a line, by what is known of its person.

- On paper a person is a name in a ZIP: entering the same sheet twice, or a person who signed two
  sheets, adds nothing. Two people of one name in one ZIP are told apart by a `namesake` number.
- A name and ZIP that signed online and confirmed is that person, unless `namesake` says otherwise.
- Where an email address was written down, the rules of online signatures hold: one mailbox signs
  once, and once more for another person of the same ZIP. What that person began online and has not
  confirmed is confirmed by their hand.

Whoever was erased, withdrew, or was found invalid is not entered again.
"""

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection

from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition.household import slot_for
from campaign.petition.paper.paper_row import PaperSignature
from campaign.store import paper, suppressions, tokens
from campaign.store.signatures import HouseholdMember

#: "entered" counts from now on, "known" was counted before, "refused" must not be counted.
Kind = Literal["entered", "known", "refused"]


@dataclass(frozen=True)
class Outcome:
    """What became of one line; `says` why it was not entered, `column` where the reason lies.

    `public_id` is that of the signature that was made. It is "" where a signature that waited
    online was confirmed by hand instead: that cannot be undone.
    """

    kind: Kind
    says: str = ""
    column: str = ""
    public_id: str = ""

    def redacted(self) -> "Outcome":
        """Return it for somebody who may not look signers up: that the line was taken, no more.

        Whether a person or an address has signed, left or was erased is nobody's to find out by
        typing. What is to be decided about the line waits for an organizer.
        """
        return Outcome("entered", public_id=self.public_id)

    @property
    def review_flag(self) -> str:
        """The flag of a line that an organizer has to decide about, "" where nothing is left to."""
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
_KNOWN_BY_EMAIL = Outcome("known", "This e-mail address has signed before.", "email")
_HOUSEHOLD = Outcome(
    "refused", "Others have signed with this e-mail address. Leave it out.", "email"
)
_ENDED = Outcome(
    "refused", "This person's signature was withdrawn or found invalid before.", "email"
)
_ERASED = Outcome("refused", "The owner of this e-mail address asked to be erased.", "email")

#: Flags of lines that wait for an organizer where the typist may not be told why.
COUNTED_BEFORE, ADDRESS_IN_USE = "counted-before", "address-in-use"
_REVIEW_FLAGS = {
    _KNOWN_ON_PAPER.says: COUNTED_BEFORE,
    _KNOWN_ONLINE.says: COUNTED_BEFORE,
    _KNOWN_BY_EMAIL.says: ADDRESS_IN_USE,
    _HOUSEHOLD.says: ADDRESS_IN_USE,
}


@dataclass(frozen=True)
class Placement:
    """Where a line goes: into a new row of that household slot, or into one that waits."""

    slot: int = 0
    waiting: HouseholdMember | None = None


class KnownSigners:
    """What is known about the people of some lines; it learns from those that are entered."""

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
        """Say what is to become of a line."""
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
            if same.status in {"pending", "held"}:
                return _ENTERED, Placement(waiting=same)
            return (_KNOWN_BY_EMAIL if same.status == "confirmed" else _ENDED), nowhere
        slot = slot_for(household, line.zip)
        return (_HOUSEHOLD, nowhere) if slot is None else (_ENTERED, Placement(slot))

    def learn(self, line: PaperSignature, key: bytes, place: Placement) -> None:
        """Take note that a line is entered at its place."""
        self.entered.add(key)
        if line.email is None:
            return
        household = self.households.get(line.email.canonical, ())
        person = place.waiting or HouseholdMember(
            0, place.slot, line.name_key, line.zip, line.email.typed, "confirmed", 0, None
        )
        self.households[line.email.canonical] = (
            *(one for one in household if one is not place.waiting),
            replace(person, status="confirmed"),
        )


def line_keys(keyring: Keyring, pack: Pack, line: PaperSignature) -> tuple[bytes, ...]:
    """Return the keyed hashes of whom a line is about, newest first: 16 bytes, not reversible."""
    return person_keys(keyring, pack.name, line.name_key, line.zip, line.namesake)


def person_key(keyring: Keyring, campaign: str, name_key: str, zip: str, namesake: int) -> bytes:
    """Return the keyed hash by which a person on paper is remembered in a campaign."""
    return person_keys(keyring, campaign, name_key, zip, namesake)[0]


def person_keys(
    keyring: Keyring, campaign: str, name_key: str, zip: str, namesake: int
) -> tuple[bytes, ...]:
    """Return every keyed hash by which that person may be remembered, newest first."""
    person = "\0".join(("paper v1", campaign, name_key, zip, str(namesake))).encode()
    return tuple(hmac.digest(key, person, sha256)[:16] for key in keyring.paper())


def find_entered(connection: Connection, keys: Sequence[tuple[bytes, ...]]) -> set[bytes]:
    """Return which people are remembered under any of their keyed hashes, each by its newest."""
    newest = {key: each[0] for each in keys for key in each}
    return {newest[key] for key in paper.entered(connection, list(newest))}


def find_suppressed(connection: Connection, keyring: Keyring, mailboxes: Iterable[str]) -> set[str]:
    """Return which of these addresses, in canonical form, must not be mailed."""
    held = {key: one for one in mailboxes for key in tokens.address_keys(keyring, one)}
    return {held[key] for key in suppressions.suppressed(connection, list(held))}
