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
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection

from campaign import text
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import agreed_place
from campaign.congress.places import ZipCode
from campaign.congress.routing import route_zip
from campaign.errors import (
    InvalidInput,
    LineRefused,
    SignatureUnknown,
    StoreConflict,
    TableRefused,
)
from campaign.letters.person_row import Repair
from campaign.letters.sheet import PageId
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.identity import Email
from campaign.store import addresses, audit, civil_days, counts, paper, signatures, tokens
from campaign.store.engine import Database
from campaign.store.signatures import Resident

#: What is on record as agreed to: the sheet holds the sentence and the signature.
SENTENCE = "Signed by hand, on paper."

#: Where paper signatures come from, as exports and filters name it.
SOURCE = "paper"

#: "entered" counts from now on, "known" was counted before, "refused" must not be counted.
Kind = Literal["entered", "known", "refused"]

# What somebody wrote down again in other words would cost more than it is worth.
_TRIES = 3


@dataclass(frozen=True, repr=False)
class Handwritten:
    """One line of a sign-up sheet: clean and valid. Its `repr()` shows nobody.

    `sheet` is the page id of the sheet it was on, `namesake` tells people of one name in one ZIP
    apart, `repairs` say what was put right in the row of a table.
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
    repairs: tuple[Repair, ...] = ()

    def __repr__(self) -> str:
        return "Handwritten(…)"

    @property
    def name_key(self) -> str:
        """The name as all of its spellings have it."""
        return identity.name_key(self.first_name, self.last_name)


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

    def discreet(self) -> "Outcome":
        """Return it for somebody who may not look signers up: nothing is told of an address."""
        if self.column != "email":
            return self
        says = "This line cannot be counted with that e-mail address. Leave it to an organizer."
        return replace(self, kind="refused", says=says)


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


def handwritten(
    *,
    first_name: str,
    last_name: str,
    zip: str,
    state: str = "",
    country: str = "",
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

    The district is the ZIP's where that is certain, the state where it lies in one. `state` and
    `country`, where they are given, must agree with the ZIP. `signed_on` is a day such as
    2026-06-15, today where it is empty. Raises LineRefused, and InvalidInput for text that cannot
    be used or contradicts itself.
    """
    code = zip_of(zip)
    home = agreed_place(
        congress,
        code,
        state=text.line(state, limit=60, field="state"),
        country=text.line(country, limit=60, field="country"),
    )
    by_zip, district = _place(congress, code, today)
    # Where the ZIP crosses a state line, the state that was written settles it.
    state_code = by_zip or home.state
    return Handwritten(
        first_name=_required(first_name, "first_name"),
        last_name=_required(last_name, "last_name"),
        zip=code.five,
        state=state_code,
        district=district,
        signed_on=_day(signed_on, pack, today),
        email=Email.parse(email) if email.strip() else None,
        comment=text.block(comment, limit=1000, field="comment"),
        sheet=_sheet(sheet),
        namesake=_number(namesake),
    )


def zip_of(typed: str) -> ZipCode:
    """Read a ZIP as it is copied from a sheet. Raises InvalidInput (field "zip")."""
    try:
        return ZipCode.parse(text.line(typed, limit=20, field="zip"))
    except InvalidInput:
        raise InvalidInput(
            "A ZIP has five digits. Compare it with the sheet.", field="zip"
        ) from None


def is_known(
    db: Database,
    pack: Pack,
    *,
    first_name: str,
    last_name: str,
    zip: str,
    namesake: int = 1,
    secret_key: str,
) -> bool:
    """True when this name has signed from this ZIP already, on paper or online.

    Nothing else is told of the person. Raises InvalidInput, StoreUnavailable.
    """
    name = identity.name_key(
        text.line(first_name, limit=80, field="first_name"),
        text.line(last_name, limit=80, field="last_name"),
    )
    five = zip_of(zip).five
    with db.reading() as connection:
        key = key_of(secret_key, pack.name, name, five, namesake)
        if paper.entered(connection, [key]):
            return True
        online = paper.signed_online(connection, pack.name, [(five, name)])
    return namesake == 1 and bool(online)


def enter(
    db: Database,
    pack: Pack,
    lines: Sequence[Handwritten],
    *,
    now: datetime,
    secret_key: str,
    actor: str,
    details: dict[str, Any] | None = None,
    all_or_nothing: bool = False,
) -> tuple[Outcome, ...]:
    """Enter some lines of paper in one transaction with its record.

    Returns what became of each, in order. `details` go to the audit. With `all_or_nothing` a line
    that is refused keeps out all of them: TableRefused. Raises StoreUnavailable.
    """
    for left in reversed(range(_TRIES)):
        try:
            with db.writing() as connection:
                outcomes = _enter(connection, pack, lines, now=now, secret_key=secret_key)
                told = {
                    kind: sum(outcome.kind == kind for outcome in outcomes)
                    for kind in ("entered", "known", "refused")
                }
                if all_or_nothing and told["refused"]:
                    raise TableRefused(
                        "Somebody withdrew or was erased while the table was read. Nothing was "
                        "entered. Look at the lines again."
                    )
                audit.record(
                    connection,
                    "import",
                    actor=actor,
                    now=now,
                    campaign=pack.name,
                    details=told | (details or {}),
                )
                return outcomes
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
        self._joined: dict[str, tuple[Resident, ...]] = {}

    def enter(self, lines: Sequence[Handwritten]) -> tuple[Outcome, ...]:
        """Return what would become of each line. Raises StoreUnavailable."""
        keys = [_key(self._secret_key, self._pack, line) for line in lines]
        with self._db.reading() as connection:
            known = _Known(connection, self._pack, lines, keys, secret_key=self._secret_key)
        known.entered |= self._seen
        known.households |= self._joined
        outcomes: list[Outcome] = []
        for line, key in zip(lines, keys, strict=True):
            outcome, place = known.judge(line, key)
            if outcome.kind == "entered":
                known.learn(line, key, place)
                self._seen.add(key)
                if line.email is not None:
                    address = line.email.canonical
                    self._joined[address] = known.households[address]
            outcomes.append(outcome)
        return tuple(outcomes)


def undo(
    db: Database,
    pack: Pack,
    public_id: str,
    namesake: int,
    *,
    now: datetime,
    secret_key: str,
    actor: str,
) -> None:
    """Take out a line that was entered by mistake, as if it had never been: it can be typed anew.

    Raises SignatureUnknown when it is there no more, or is no paper signature of this campaign
    that counts; StoreUnavailable.
    """
    with db.writing() as connection:
        found = signatures.by_public_id(connection, public_id)
        if found is not None and found.campaign == pack.name:
            found = signatures.delete_paper(connection, found.id)
        else:
            found = None
        if found is None:
            raise SignatureUnknown("That line has been taken out or changed already.")
        paper.forget(connection, key_of(secret_key, pack.name, found.name_key, found.zip, namesake))
        counts.append_one(connection, found, at=now, delta=-1)
        audit.record(
            connection,
            "import-undone",
            actor=actor,
            now=now,
            campaign=pack.name,
            details={"signature": public_id},
        )


@dataclass(frozen=True)
class _Place:
    """Where a line goes: into a new row of that household slot, or into one that waits."""

    slot: int = 0
    waiting: Resident | None = None


class _Known:
    """What is known about the people of some lines; it learns from those that are entered."""

    def __init__(
        self,
        connection: Connection,
        pack: Pack,
        lines: Sequence[Handwritten],
        keys: Sequence[bytes],
        *,
        secret_key: str,
    ) -> None:
        self.entered = set(paper.entered(connection, keys))
        self._online = paper.signed_online(
            connection,
            pack.name,
            sorted({(line.zip, line.name_key) for line in lines if line.namesake == 1}),
        )
        mailboxes = sorted({line.email.canonical for line in lines if line.email is not None})
        self.households = paper.households(connection, pack.name, mailboxes)
        self._addresses = {one: tokens.address_key(secret_key, one) for one in mailboxes}
        self._suppressed = addresses.suppressed(connection, list(self._addresses.values()))

    def judge(self, line: Handwritten, key: bytes) -> tuple[Outcome, _Place]:
        """Say what is to become of a line."""
        nowhere = _Place()
        if key in self.entered:
            return _KNOWN_ON_PAPER, nowhere
        if line.namesake == 1 and (line.zip, line.name_key) in self._online:
            return _KNOWN_ONLINE, nowhere
        if line.email is None:
            return _ENTERED, nowhere
        if self._addresses[line.email.canonical] in self._suppressed:
            return _ERASED, nowhere
        household = self.households.get(line.email.canonical, ())
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

    def learn(self, line: Handwritten, key: bytes, place: _Place) -> None:
        """Take note that a line is entered at its place."""
        self.entered.add(key)
        if line.email is None:
            return
        household = self.households.get(line.email.canonical, ())
        person = place.waiting or Resident(
            0, place.slot, line.name_key, line.zip, line.email.address, "confirmed", 0, None
        )
        self.households[line.email.canonical] = (
            *(one for one in household if one is not place.waiting),
            replace(person, status="confirmed"),
        )


def _enter(
    connection: Connection,
    pack: Pack,
    lines: Sequence[Handwritten],
    *,
    now: datetime,
    secret_key: str,
) -> tuple[Outcome, ...]:
    counts.take_turn(connection, pack.name)
    keys = [_key(secret_key, pack, line) for line in lines]
    known = _Known(connection, pack, lines, keys, secret_key=secret_key)
    outcomes: list[Outcome] = []
    fit: list[tuple[Handwritten, bytes, _Place]] = []
    for line, key in zip(lines, keys, strict=True):
        outcome, place = known.judge(line, key)
        if outcome.kind == "entered":
            known.learn(line, key, place)
            fit.append((line, key, place))
        outcomes.append(outcome)
    remembered = paper.remember(connection, pack.name, [key for _, key, _ in fit], now=now)
    if len(remembered) < len(fit):
        # Another import entered some of them since they were looked up: all is judged again.
        raise StoreConflict("The same paper is being entered twice at this moment.")
    made = iter(_add(connection, pack, fit, now=now))
    return tuple(
        replace(outcome, public_id=next(made)) if outcome.kind == "entered" else outcome
        for outcome in outcomes
    )


def _add(
    connection: Connection,
    pack: Pack,
    fit: Sequence[tuple[Handwritten, bytes, _Place]],
    *,
    now: datetime,
) -> list[str]:
    """Write the lines; return the public id of each new row, "" for one that waited."""
    counted = counts.total(connection, pack.name)
    rows: list[dict[str, Any]] = []
    signed: list[tuple[int, datetime]] = []
    times: dict[str, datetime] = {}
    waiting: dict[int, dict[str, Any]] = {}
    public_ids: list[str] = []
    for number, (line, _, place) in enumerate(fit, start=counted + 1):
        values = _values(pack, line, number=number, now=now)
        if place.waiting is not None:
            waiting[place.waiting.id] = values
            public_ids.append("")
            continue
        public_id, email = tokens.new_public_id(now), line.email
        rows.append(
            values
            | {
                "public_id": public_id,
                "campaign": pack.name,
                "name_key": line.name_key,
                "email": email.address if email else None,
                "email_key": email.canonical if email else None,
                "household_slot": place.slot,
                "nonce": tokens.new_nonce(),
            }
        )
        times[public_id] = values["created_at"]
        public_ids.append(public_id)
    # In the order of their rows, as everybody takes them who changes more than one.
    for row, values in sorted(waiting.items()):
        changed = {
            **values,
            "origin": "paper",
            "status": "confirmed",
            "reason": "",
            "earlier": None,
        }
        if not signatures.change(connection, row, was=("pending", "held"), values=changed):
            raise StoreConflict("One of them has confirmed or left in this very moment.")
        signatures.cancel_mail(connection, row, ("confirm", "reminder"))
        signed.append((row, values["created_at"]))
    signed += [(row, times[one]) for one, row in paper.add(connection, rows).items()]
    paper.record_consents(
        connection, signed, wording_version=pack.wording_version, sentence=SENTENCE
    )
    civil_days.note(connection, pack.name, pack.zone)
    for (state, district), delta in Counter(
        (line.state, line.district) for line, _, _ in fit
    ).items():
        counts.append(
            connection,
            pack.name,
            state=state,
            district=district,
            at=now,
            delta=delta,
            origin="paper",
        )
    return public_ids


def _values(pack: Pack, line: Handwritten, *, number: int, now: datetime) -> dict[str, Any]:
    # Retention goes by the day of signing and by that of counting: noon keeps it the same day
    # everywhere in the United States.
    signed_at = min(datetime.combine(line.signed_on, time(12), UTC), now)
    return {
        "first_name": line.first_name,
        "last_name": line.last_name,
        "zip": line.zip,
        "state": line.state,
        "district": line.district,
        "comment": line.comment,
        "comment_status": "waiting" if line.comment else "none",
        "show_name": False,
        "mail_opt_in": False,
        "source": SOURCE,
        "sheet": line.sheet,
        "language": "en",
        "wording_version": pack.wording_version,
        "created_at": signed_at,
        "confirmed_at": now,
        "number": number,
    }


def _key(secret_key: str, pack: Pack, line: Handwritten) -> bytes:
    """Return the keyed hash of whom a line is about: 16 bytes that nobody can turn back."""
    return key_of(secret_key, pack.name, line.name_key, line.zip, line.namesake)


def key_of(secret_key: str, campaign: str, name_key: str, zip: str, namesake: int) -> bytes:
    """Return the keyed hash by which a person on paper is remembered in a campaign."""
    said = "\0".join(("paper v1", campaign, name_key, zip, str(namesake)))
    return hmac.digest(secret_key.encode("utf-8"), said.encode("utf-8"), sha256)[:16]


def _place(congress: Congress, code: ZipCode, today: date) -> tuple[str, str]:
    """Return state and district as far as a ZIP settles them; nobody is there to be asked."""
    found = route_zip(congress, code, today)
    states = {district.state for district in found.districts}
    states = states or {holder.seat.state for holder in found.holders}
    if not states and found.need not in {"residence", "refresh"}:
        raise LineRefused(
            f"{code.five} is not a ZIP that we know. Compare it with the sheet.", column="zip"
        )
    district = str(found.districts[0]) if found.certainty == "certain" else ""
    return (states.pop() if len(states) == 1 else "", district)


def _required(typed: str, field: str) -> str:
    found = text.line(typed, limit=80, field=field)
    if not found:
        raise LineRefused(f"The {field.replace('_', ' ')} is missing.", column=field)
    return found


def _day(typed: str, pack: Pack, today: date) -> date:
    try:
        day = date.fromisoformat(typed.strip()) if typed.strip() else today
    except ValueError:
        raise LineRefused(
            "Give signed_on as a day such as 2026-06-15.", column="signed_on"
        ) from None
    if day > today:
        raise LineRefused("The day of signing is still to come.", column="signed_on")
    # A closed petition still takes what was signed before its close.
    if not pack.is_open_on(day):
        raise LineRefused(
            f"The petition took no signatures on {day.isoformat()}.", column="signed_on"
        )
    return day


def _sheet(typed: str) -> str:
    """Return a printed sheet's id as it is printed, and any other name as it was given."""
    try:
        return str(PageId.parse(typed))
    except InvalidInput:
        return text.line(typed, limit=40, field="sheet")


def _number(typed: str) -> int:
    found = typed.strip() or "1"
    if not (found.isascii() and found.isdigit() and len(found) < 3 and int(found)):
        raise LineRefused("Give namesake as a number from 1 to 99.", column="namesake")
    return int(found)
