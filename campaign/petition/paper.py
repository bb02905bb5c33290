"""Enter signatures that were given on paper. A handwritten signature is its own confirmation.

Who counts once, in a campaign:

- On paper a person is a name in a ZIP: entering the same sheet twice, or a person who signed two
  sheets, adds nothing. Two people of one name in one ZIP are told apart by a `namesake` number.
- A name and ZIP that signed online and confirmed is that person, unless `namesake` says otherwise.
- Where an e-mail address was written down, the rules of online signatures hold: one mailbox signs
  once, and once more for another person of the same ZIP. What that person began online and has not
  confirmed is confirmed by their hand.

Whoever was erased, withdrew, or was found invalid is not entered again. Nobody who signed on paper
is mailed: paper carries no consent to it.
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection

from campaign import text
from campaign.congress.dataset import Congress
from campaign.congress.places import ZipCode
from campaign.congress.routing import route_zip
from campaign.errors import LineRefused, StoreConflict
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.identity import Email
from campaign.store import addresses, audit, counts, paper, signatures, tokens
from campaign.store.engine import Database
from campaign.store.signatures import Resident

#: What is on record as agreed to: the sheet holds the sentence and the signature.
SENTENCE = "Signed by hand, on paper."

#: "entered" counts from now on, "known" was counted before, "refused" must not be counted.
Kind = Literal["entered", "known", "refused"]

# What somebody wrote down again in other words would cost more than it is worth.
_TRIES = 3


@dataclass(frozen=True, repr=False)
class Handwritten:
    """One line of a sign-up sheet: clean and valid. Its `repr()` shows nobody.

    `sheet` names the sheet it was on, `namesake` tells people of one name in one ZIP apart.
    """

    first_name: str
    last_name: str
    zip: str
    state: str
    district: str
    signed_on: date
    email: Email | None = None
    comment: str = ""
    sheet: str = ""
    namesake: int = 1

    def __repr__(self) -> str:
        return "Handwritten(…)"

    @property
    def name_key(self) -> str:
        """The name as all of its spellings have it."""
        return identity.name_key(self.first_name, self.last_name)


@dataclass(frozen=True)
class Outcome:
    """What became of one line; `says` why it was not entered."""

    kind: Kind
    says: str = ""


_ENTERED = Outcome("entered")
_KNOWN_ON_PAPER = Outcome(
    "known", "The same name and ZIP were entered before. Another person: set namesake to 2."
)
_KNOWN_ONLINE = Outcome(
    "known", "The same name and ZIP signed online. Another person: set namesake to 2."
)
_KNOWN_BY_EMAIL = Outcome("known", "This e-mail address has signed before.")
_HOUSEHOLD = Outcome("refused", "Others have signed with this e-mail address. Leave it out.")
_ENDED = Outcome("refused", "This person's signature was withdrawn or found invalid before.")
_ERASED = Outcome("refused", "The owner of this e-mail address asked to be erased.")


def handwritten(
    *,
    first_name: str,
    last_name: str,
    zip: str,
    email: str = "",
    comment: str = "",
    signed_on: str = "",
    sheet: str = "",
    namesake: str = "",
    pack: Pack,
    congress: Congress,
    today: date,
) -> Handwritten:
    """Return one line as it was copied from a sheet, cleaned and placed.

    The district is the ZIP's where that is certain, the state where it lies in one. `signed_on` is
    a day such as 2026-06-15, today where it is empty. Raises LineRefused, and InvalidInput for text
    that cannot be used.
    """
    code = ZipCode.parse(text.line(zip, limit=20, field="zip"))
    state, district = _place(congress, code, today)
    return Handwritten(
        first_name=_required(first_name, "first_name"),
        last_name=_required(last_name, "last_name"),
        zip=code.five,
        state=state,
        district=district,
        signed_on=_day(signed_on, pack, today),
        email=Email.parse(email) if email.strip() else None,
        comment=text.block(comment, limit=1000, field="comment"),
        sheet=text.line(sheet, limit=40, field="sheet"),
        namesake=_number(namesake),
    )


def enter(
    db: Database,
    pack: Pack,
    lines: Sequence[Handwritten],
    *,
    now: datetime,
    secret_key: str,
    actor: str,
    details: dict[str, Any] | None = None,
) -> tuple[Outcome, ...]:
    """Enter some lines of paper, a few hundred at most, in one transaction with its record.

    Returns what became of each, in order. `details` go to the audit. Raises StoreUnavailable.
    """
    with db.reading() as connection:
        online = _online(connection, pack, lines)
    for left in reversed(range(_TRIES)):
        try:
            with db.writing() as connection:
                return _enter(
                    connection,
                    pack,
                    lines,
                    online,
                    now=now,
                    secret_key=secret_key,
                    actor=actor,
                    details=details or {},
                )
        except StoreConflict:
            # Somebody signed online with one of the addresses in this very moment.
            if not left:
                raise
    raise AssertionError("unreachable")


class Rehearsal:
    """What `enter` would do with all lines of a file, without doing it."""

    def __init__(self, db: Database, pack: Pack, *, secret_key: str) -> None:
        self._db = db
        self._pack = pack
        self._secret_key = secret_key
        self._seen: set[bytes] = set()
        self._mailboxes: set[tuple[str, str]] = set()

    def enter(self, lines: Sequence[Handwritten]) -> tuple[Outcome, ...]:
        """Return what would become of each line. Raises StoreUnavailable."""
        with self._db.reading() as connection:
            online = _online(connection, self._pack, lines)
            keys = [_key(self._secret_key, self._pack, line) for line in lines]
            entered = paper.entered(connection, keys)
            return tuple(
                self._judge(connection, line, key, online, entered)
                for line, key in zip(lines, keys, strict=True)
            )

    def _judge(
        self,
        connection: Connection,
        line: Handwritten,
        key: bytes,
        online: frozenset[tuple[str, str]],
        entered: frozenset[bytes],
    ) -> Outcome:
        if key in entered or key in self._seen:
            return _KNOWN_ON_PAPER
        judged, _ = _judged(connection, self._pack, line, online, secret_key=self._secret_key)
        if judged.kind == "entered" and line.email is not None:
            mailbox = (line.email.canonical, line.name_key)
            if mailbox in self._mailboxes:
                return _KNOWN_BY_EMAIL
            self._mailboxes.add(mailbox)
        if judged.kind == "entered":
            self._seen.add(key)
        return judged


@dataclass(frozen=True)
class _Place:
    """Where a line goes: into a new row of that household slot, or into one that waits."""

    slot: int = 0
    waiting: Resident | None = None


def _enter(
    connection: Connection,
    pack: Pack,
    lines: Sequence[Handwritten],
    online: frozenset[tuple[str, str]],
    *,
    now: datetime,
    secret_key: str,
    actor: str,
    details: dict[str, Any],
) -> tuple[Outcome, ...]:
    counts.take_turn(connection, pack.name)
    number = counts.total(connection, pack.name)
    outcomes: list[Outcome] = []
    for line in lines:
        key = _key(secret_key, pack, line)
        if key in paper.entered(connection, [key]):
            outcomes.append(_KNOWN_ON_PAPER)
            continue
        outcome, place = _judged(connection, pack, line, online, secret_key=secret_key)
        if outcome.kind == "entered":
            if not paper.remember(connection, pack.name, key, now=now):
                outcome = _KNOWN_ON_PAPER  # by another import, a moment ago
            else:
                number += 1
                _add(connection, pack, line, place, number=number, now=now)
        outcomes.append(outcome)
    told = {
        kind: sum(outcome.kind == kind for outcome in outcomes)
        for kind in ("entered", "known", "refused")
    }
    audit.record(
        connection, "import", actor=actor, now=now, campaign=pack.name, details=told | details
    )
    return tuple(outcomes)


def _judged(
    connection: Connection,
    pack: Pack,
    line: Handwritten,
    online: frozenset[tuple[str, str]],
    *,
    secret_key: str,
) -> tuple[Outcome, _Place]:
    """Say what is to become of a line that was not entered on paper before."""
    nowhere = _Place()
    if line.namesake == 1 and (line.name_key, line.zip) in online:
        return _KNOWN_ONLINE, nowhere
    if line.email is None:
        return _ENTERED, nowhere
    address = tokens.address_key(secret_key, line.email.canonical)
    if addresses.is_suppressed(connection, address):
        return _ERASED, nowhere
    household = signatures.household(connection, pack.name, line.email.canonical)
    same = next((one for one in household if one.name_key == line.name_key), None)
    if same is not None:
        if same.status in {"pending", "held"}:
            return _ENTERED, _Place(waiting=same)
        return (_KNOWN_BY_EMAIL if same.status == "confirmed" else _ENDED), nowhere
    if not household:
        return _ENTERED, nowhere
    if len(household) == 1 and household[0].zip == line.zip:
        return _ENTERED, _Place(slot=1 - household[0].slot)
    return _HOUSEHOLD, nowhere


def _add(
    connection: Connection,
    pack: Pack,
    line: Handwritten,
    place: _Place,
    *,
    number: int,
    now: datetime,
) -> None:
    # Retention goes by the day of signing and by that of counting: noon keeps it the same day
    # everywhere in the United States.
    signed_at = min(datetime.combine(line.signed_on, time(12), UTC), now)
    values: dict[str, Any] = {
        "first_name": line.first_name,
        "last_name": line.last_name,
        "zip": line.zip,
        "state": line.state,
        "district": line.district,
        "comment": line.comment,
        "comment_status": "waiting" if line.comment else "none",
        "show_name": False,
        "mail_opt_in": False,
        "source": line.sheet,
        "language": "en",
        "wording_version": pack.wording_version,
        "created_at": signed_at,
        "confirmed_at": now,
        "confirm_nonce": None,
        "number": number,
    }
    if place.waiting is not None:
        row = place.waiting.id
        values |= {"origin": "paper", "status": "confirmed", "reason": ""}
        signatures.change(connection, row, was=("pending", "held"), values=values)
        signatures.cancel_mail(connection, row, ("confirm", "reminder"))
    else:
        email = line.email
        row = paper.add(
            connection,
            values
            | {
                "public_id": tokens.new_public_id(now),
                "campaign": pack.name,
                "name_key": line.name_key,
                "email": email.address if email else None,
                "email_key": email.canonical if email else None,
                "household_slot": place.slot,
                "nonce": tokens.new_nonce(),
            },
        )
    signatures.record_consent(
        connection,
        row,
        "signed",
        now=signed_at,
        wording_version=pack.wording_version,
        sentence=SENTENCE,
    )
    counts.append(
        connection,
        pack.name,
        state=line.state,
        district=line.district,
        at=now,
        delta=1,
        origin="paper",
    )


def _online(
    connection: Connection, pack: Pack, lines: Sequence[Handwritten]
) -> frozenset[tuple[str, str]]:
    return paper.signed_online(connection, pack.name, {line.zip for line in lines})


def _key(secret_key: str, pack: Pack, line: Handwritten) -> bytes:
    """Return the keyed hash of whom a line is about: 16 bytes that nobody can turn back."""
    said = "\0".join(("paper v1", pack.name, line.name_key, line.zip, str(line.namesake)))
    return hmac.digest(secret_key.encode("utf-8"), said.encode("utf-8"), sha256)[:16]


def _place(congress: Congress, code: ZipCode, today: date) -> tuple[str, str]:
    """Return state and district as far as a ZIP settles them; nobody is there to be asked."""
    found = route_zip(congress, code, today)
    states = {district.state for district in found.districts}
    states = states or {holder.seat.state for holder in found.holders}
    if not states and found.need not in {"residence", "refresh"}:
        raise LineRefused(f"{code.five} is not a ZIP that we know. Compare it with the sheet.")
    district = str(found.districts[0]) if found.certainty == "certain" else ""
    return (states.pop() if len(states) == 1 else "", district)


def _required(typed: str, field: str) -> str:
    found = text.line(typed, limit=80, field=field)
    if not found:
        raise LineRefused(f"The {field.replace('_', ' ')} is missing.")
    return found


def _day(typed: str, pack: Pack, today: date) -> date:
    try:
        day = date.fromisoformat(typed.strip()) if typed.strip() else today
    except ValueError:
        raise LineRefused("Give signed_on as a day such as 2026-06-15.") from None
    if day > today:
        raise LineRefused("The day of signing is still to come.")
    # A closed petition still takes what was signed before its close.
    if not pack.is_open(day):
        raise LineRefused(f"The petition took no signatures on {day.isoformat()}.")
    return day


def _number(typed: str) -> int:
    found = typed.strip() or "1"
    if not (found.isascii() and found.isdigit() and len(found) < 3 and int(found)):
        raise LineRefused("Give namesake as a number from 1 to 99.")
    return int(found)
