"""Enter signatures that were given on paper. A handwritten signature is its own confirmation.

Who counts once is said in paper_people.py. Nobody who signed on paper is mailed: paper carries no
consent to it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import Connection

from campaign import text
from campaign.errors import (
    SignatureUnknown,
    StoreConflict,
    TableRefused,
)
from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.paper.duplicates import (
    KnownSigners,
    Outcome,
    Placement,
    find_entered,
    line_keys,
    person_keys,
)
from campaign.petition.paper.paper_row import PaperSignature, parse_zip
from campaign.store import audit, civil_days, counts, paper, signatures, tokens, wordings
from campaign.store.db.engine import Database
from campaign.store.signatures import HouseholdMember
from campaign.store.wordings import Wordings

#: What is on record as agreed to: the sheet holds the sentence and the signature.
SENTENCE = "Signed by hand, on paper."

#: Where paper signatures come from, as exports and filters name it.
SOURCE = "paper"

# In the place of a namesake's number, for who is kept for an organizer's decision.
_WAITING = 0

# What somebody wrote down again in other words would cost more than it is worth.
_TRIES = 3


def is_known(
    db: Database,
    pack: Pack,
    *,
    first_name: str,
    last_name: str,
    zip: str,
    namesake: int = 1,
    keyring: Keyring,
) -> bool:
    """True when this name has signed from this ZIP already, on paper or online.

    Nothing else is told of the person. Raises InvalidInput, StoreUnavailable.
    """
    name = identity.name_key(
        text.line(first_name, limit=80, field="first_name"),
        text.line(last_name, limit=80, field="last_name"),
    )
    five = parse_zip(zip).five
    with db.reading() as connection:
        keys = person_keys(keyring, pack.name, name, five, namesake)
        if paper.entered(connection, keys):
            return True
        online = paper.signed_online(connection, pack.name, [(five, name)])
    return namesake == 1 and bool(online)


def enter(
    db: Database,
    pack: Pack,
    lines: Sequence[PaperSignature],
    *,
    now: datetime,
    keyring: Keyring,
    actor: str,
    details: dict[str, Any] | None = None,
    unread: int = 0,
    all_or_nothing: bool = False,
    hide_matches: bool = False,
) -> tuple[Outcome, ...]:
    """Enter some lines of paper in one transaction with its record.

    Returns what became of each, in order. `details` go to the audit, where `unread` lines beside
    these count as refused: they could not even be read. With `all_or_nothing` a line
    that is refused keeps out all of them: TableRefused. With `is_discreet`, for a typist who may
    not look signers up, a line that asks for a decision is kept as `held` for an organizer, and no
    line keeps others out. Raises StoreUnavailable.
    """
    wordings.keep(db, pack, now=now)
    for left in reversed(range(_TRIES)):
        try:
            with db.writing() as connection:
                outcomes = _enter(connection, pack, lines, now=now, keyring=keyring)
                told = {
                    kind: sum(outcome.kind == kind for outcome in outcomes)
                    for kind in ("entered", "known", "refused")
                }
                if hide_matches:
                    outcomes = _keep_for_review(
                        connection, pack, lines, outcomes, now=now, keyring=keyring
                    )
                elif all_or_nothing and told["refused"]:
                    raise TableRefused(
                        "Somebody withdrew or was erased while the table was read. Nothing was "
                        "entered. Look at the lines again."
                    )
                told["refused"] += unread
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


class DryRun:
    """What `enter` would do with all lines of a file, without doing it."""

    def __init__(self, db: Database, pack: Pack, *, keyring: Keyring) -> None:
        self._db = db
        self._pack = pack
        self._keyring = keyring
        self._seen: set[bytes] = set()
        self._joined: dict[str, tuple[HouseholdMember, ...]] = {}

    def enter(self, lines: Sequence[PaperSignature]) -> tuple[Outcome, ...]:
        """Return what would become of each line. Raises StoreUnavailable."""
        keys = [line_keys(self._keyring, self._pack, line) for line in lines]
        with self._db.reading() as connection:
            known = KnownSigners(connection, self._pack, lines, keys, keyring=self._keyring)
        known.entered |= self._seen
        known.households |= self._joined
        outcomes: list[Outcome] = []
        for line, (key, *_) in zip(lines, keys, strict=True):
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
    keyring: Keyring,
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
        number = namesake if found.is_confirmed else _WAITING
        for key in person_keys(keyring, pack.name, found.name_key, found.zip, number):
            paper.forget(connection, key)
        if found.is_confirmed:
            counts.append_one(connection, found, at=now, delta=-1)
        audit.record(
            connection,
            "import-undone",
            actor=actor,
            now=now,
            campaign=pack.name,
            details={"signature": public_id},
        )


def _enter(
    connection: Connection,
    pack: Pack,
    lines: Sequence[PaperSignature],
    *,
    now: datetime,
    keyring: Keyring,
) -> tuple[Outcome, ...]:
    counts.take_turn(connection, pack.name)
    keys = [line_keys(keyring, pack, line) for line in lines]
    known = KnownSigners(connection, pack, lines, keys, keyring=keyring)
    outcomes: list[Outcome] = []
    fit: list[tuple[PaperSignature, bytes, Placement]] = []
    for line, (key, *_) in zip(lines, keys, strict=True):
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


def _keep_for_review(
    connection: Connection,
    pack: Pack,
    lines: Sequence[PaperSignature],
    outcomes: Sequence[Outcome],
    *,
    now: datetime,
    keyring: Keyring,
) -> tuple[Outcome, ...]:
    """Keep lines that ask for a decision as `held`, each person once; return the outcomes.

    Those have the public id of what was kept. Nothing is kept of whoever was erased or left, and no
    address: it is another signer's.
    """
    there = paper.present(
        connection,
        pack.name,
        sorted({(line.zip, line.name_key) for line in lines}),
    )
    on_record = wordings.of_campaign(connection, pack.name)
    wanted: dict[tuple[bytes, ...], tuple[int, dict[str, Any]]] = {}
    for place, (line, outcome) in enumerate(zip(lines, outcomes, strict=True)):
        is_there = (line.zip, line.name_key) in there or outcome.column == "email"
        if outcome.kind == "entered" or not outcome.review_flag or not is_there:
            continue
        row = _values(pack, on_record, line, number=0, now=now) | {
            "public_id": tokens.new_public_id(now),
            "campaign": pack.name,
            "name_key": line.name_key,
            "email": None,
            "email_key": None,
            "household_slot": 0,
            "nonce": tokens.new_nonce(),
            "status": "held",
            "reason": "review",
            "flags": outcome.review_flag,
            # Held signatures are deleted by their age, which begins here.
            "created_at": now,
            "confirmed_at": None,
            "number": None,
        }
        keys = person_keys(keyring, pack.name, line.name_key, line.zip, _WAITING)
        wanted.setdefault(keys, (place, row))
    known = find_entered(connection, list(wanted))
    unknown = [keys[0] for keys in wanted if keys[0] not in known]
    new = paper.remember(connection, pack.name, unknown, now=now)
    kept = [row for keys, row in wanted.items() if keys[0] in new]
    rows = paper.add(connection, [row for _, row in kept])
    versions = {str(row["public_id"]): str(row["wording_version"]) for _, row in kept}
    acts = [(row, now, versions[public_id]) for public_id, row in rows.items()]
    paper.record_consents(connection, acts, sentence=SENTENCE)
    ids = {place: str(row["public_id"]) for place, row in kept}
    return tuple(
        replace(outcome, public_id=ids.get(place, outcome.public_id))
        for place, outcome in enumerate(outcomes)
    )


def _add(
    connection: Connection,
    pack: Pack,
    fit: Sequence[tuple[PaperSignature, bytes, Placement]],
    *,
    now: datetime,
) -> list[str]:
    """Write the lines; return the public id of each new row, "" for one that waited."""
    counted = counts.total(connection, pack.name)
    on_record = wordings.of_campaign(connection, pack.name)
    rows: list[dict[str, Any]] = []
    signed: list[tuple[int, datetime, str]] = []
    acts: dict[str, tuple[datetime, str]] = {}
    waiting: dict[int, dict[str, Any]] = {}
    public_ids: list[str] = []
    for number, (line, _, place) in enumerate(fit, start=counted + 1):
        values = _values(pack, on_record, line, number=number, now=now)
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
                "email": email.typed if email else None,
                "email_key": email.canonical if email else None,
                "household_slot": place.slot,
                "nonce": tokens.new_nonce(),
            }
        )
        acts[public_id] = (values["created_at"], values["wording_version"])
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
        signed.append((row, values["created_at"], values["wording_version"]))
    signed += [(row, *acts[one]) for one, row in paper.add(connection, rows).items()]
    paper.record_consents(connection, signed, sentence=SENTENCE)
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


def _values(
    pack: Pack, on_record: Wordings, line: PaperSignature, *, number: int, now: datetime
) -> dict[str, Any]:
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
        "wording_version": on_record.on_paper(pack, line.signed_on),
        "created_at": signed_at,
        "confirmed_at": now,
        "number": number,
    }
