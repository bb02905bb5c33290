"""Restore signatures from a generic export, into an empty campaign or among existing ones.

Ids, numbers, times, origin and consent stay as exported. An export has no mailed links, so links
from another installation do not work here. No signature counts twice, and people who were erased,
withdrew or were found invalid here are not restored.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from campaign import text
from campaign.congress.dataset import Congress
from campaign.congress.place_evidence import require_agreement
from campaign.congress.places import STATES, District, ZipCode
from campaign.errors import CampaignError, InvalidInput, LineRefused
from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.household import free_slot
from campaign.petition.identity import Email
from campaign.petition.mailed_links import write_with_retry
from campaign.petition.paper import duplicates, person_keys
from campaign.petition.paper.duplicates import Outcome
from campaign.store import audit, bulk_restore, civil_days, counts, paper, wordings
from campaign.store.db.engine import Database
from campaign.store.new_signature import Answers, NewSignature
from campaign.store.statuses import CommentStatus, Origin, SignatureStatus

#: The consent on record: the export does not contain the sentence that the person agreed to.
SENTENCE = "Signed before; put back from an export."

_KNOWN = Outcome("known", "This signature already exists here.")
_KNOWN_BY_EMAIL = Outcome("known", "This email address has already signed.")
_KNOWN_ON_PAPER = Outcome("known", "The same name and ZIP were already entered from paper.")
_ENDED = Outcome("refused", "This signature was withdrawn or struck here.")
_ELSEWHERE = Outcome("refused", "This signature belongs to another campaign.")
_ERASED = Outcome("refused", "This person asked to be erased.")
_HOUSEHOLD = Outcome("refused", "Other people have signed with this email address.")
_TWICE = Outcome("refused", "The table contains this signature twice.")


@dataclass(frozen=True, repr=False)
class ExportedSignature:
    """One valid signature of an export; its campaign and household slot are set later."""

    signature: NewSignature
    email: Email | None

    def __repr__(self) -> str:
        return "ExportedSignature(…)"

    @property
    def public_id(self) -> str:
        """The signature's own id."""
        return self.signature.public_id

    @property
    def person(self) -> tuple[str, str]:
        """Name key and ZIP, which identify a person on paper."""
        return self.signature.answers.name_key, self.signature.answers.zip


def parse_signature(cells: Mapping[str, str]) -> ExportedSignature:
    """Parse a row of a generic export, given as heading -> cell.

    Raises LineRefused, and InvalidInput for unusable text.
    """
    first = text.line(cells["first_name"], limit=80, field="first_name")
    last = text.line(cells["last_name"], limit=80, field="last_name")
    email = Email.parse(cells["email"]) if cells["email"] else None
    confirmed_at = parse_time(cells["confirmed_at"], "confirmed_at")
    signed_at = parse_time(cells["signed_at"], "signed_at")
    if confirmed_at is None or signed_at is None:
        raise LineRefused("signed_at and confirmed_at are required.")
    answers = Answers(
        first_name=first,
        last_name=last,
        name_key=identity.name_key(first, last),
        zip=ZipCode.parse(cells["zip"]).five if cells["zip"] else "",
        city=text.line(cells["city"], limit=200, field="city"),
        state=_one_of(cells["state"], ("", *STATES), "state"),
        district=str(District.parse(cells["district"])) if cells["district"] else "",
        comment=text.block(cells["comment"], field="comment"),
        comment_status=CommentStatus(
            _one_of(cells["comment_status"], tuple(CommentStatus), "comment_status")
        ),
        show_name=_flag(cells["show_name"], "show_name"),
        mail_opt_in=_flag(cells["mail_opt_in"], "mail_opt_in"),
        source=text.line(cells["source"], limit=80, field="source"),
        language=_matching(cells["language"], r"[a-z]{2,3}", "language"),
        wording_version=text.line(cells["wording_version"], limit=80, field="wording_version"),
    )
    signature = NewSignature(
        answers=answers,
        public_id=_matching(cells["external_id"], r"[0-9a-v]{26}", "external_id"),
        campaign="",
        status=SignatureStatus.CONFIRMED,
        email=email.typed if email else None,
        email_key=email.canonical if email else None,
        unsubscribed_at=parse_time(cells["unsubscribed_at"], "unsubscribed_at"),
        sheet=text.line(cells["sheet"], limit=80, field="sheet"),
        origin=Origin(_one_of(cells["origin"], tuple(Origin), "origin")),
        number=int(_matching(cells["number"], r"\d{1,9}", "number")) if cells["number"] else None,
        created_at=signed_at,
        confirmed_at=confirmed_at,
    )
    return ExportedSignature(signature, email)


class Restorer:
    """Restores the signatures of one table in batches, in the order of the table."""

    def __init__(
        self, db: Database, pack: Pack, *, now: datetime, keyring: Keyring, actor: str
    ) -> None:
        self._db = db
        self._pack = pack
        self._now = now
        self._keyring = keyring
        self._actor = actor
        self._seen: set[str] = set()
        # How often each name and ZIP has occurred, to number namesakes on paper.
        self._namesakes: Counter[tuple[str, str]] = Counter()

    def restore(
        self,
        some: Sequence[ExportedSignature],
        *,
        details: Mapping[str, Any],
        unread: int = 0,
        dry_run: bool = False,
    ) -> tuple[Outcome, ...]:
        """Restore a batch in one audited transaction; return the outcome of each, in order.

        The audit record holds `details` and counts `unread` further lines as refused. With
        `dry_run` nothing is changed. Raises StoreUnavailable.
        """
        people = [one.person for one in some]
        keys = [self._paper_keys(one) for one in people]
        if dry_run:
            with self._db.reading() as connection:
                outcomes, _ = self._judged(connection, some, keys)
        else:

            def work(connection: Connection) -> list[Outcome]:
                # As with paper: concurrent imports of the same person take turns.
                counts.lock(connection, self._pack.name)
                outcomes, fit = self._judged(connection, some, keys)
                self._add(connection, fit)
                totals = Counter[str](outcome.kind for outcome in outcomes)
                totals["refused"] += unread
                audit.record(
                    connection,
                    "import",
                    actor=self._actor,
                    now=self._now,
                    campaign=self._pack.name,
                    details={"restored": True} | dict(totals) | dict(details),
                )
                return outcomes

            wordings.ensure_recorded(self._db, self._pack, now=self._now)
            outcomes = write_with_retry(self._db, work)
        self._seen.update(one.public_id for one in some)
        return tuple(outcomes)

    def _paper_keys(self, person: tuple[str, str]) -> tuple[bytes, ...]:
        self._namesakes[person] += 1
        return person_keys.person_keys(
            self._keyring, self._pack.name, *person, namesake=self._namesakes[person]
        )

    def _judged(
        self,
        connection: Connection,
        some: Sequence[ExportedSignature],
        keys: Sequence[tuple[bytes, ...]],
    ) -> tuple[list[Outcome], list[tuple[NewSignature, bytes]]]:
        # Read for each batch: someone may be erased while a long table is restored.
        erased = bulk_restore.erased(connection)
        standing = bulk_restore.existing(connection, [one.public_id for one in some])
        entered = person_keys.find_entered(connection, keys)
        mailboxes = [one.email.canonical for one in some if one.email]
        homes = bulk_restore.households(connection, self._pack.name, mailboxes)
        suppressed = duplicates.find_suppressed(connection, self._keyring, mailboxes)
        outcomes: list[Outcome] = []
        fit: list[tuple[NewSignature, bytes]] = []
        seen = set(self._seen)
        for one, (key, *_) in zip(some, keys, strict=True):
            home = homes.setdefault(one.email.canonical, {}) if one.email else {}
            if one.public_id in erased or (one.email and one.email.canonical in suppressed):
                outcome = _ERASED
            elif one.public_id in standing:
                campaign, status = standing[one.public_id]
                outcome = _KNOWN if status == SignatureStatus.CONFIRMED else _ENDED
                outcome = outcome if campaign == self._pack.name else _ELSEWHERE
            elif one.public_id in seen:
                outcome = _TWICE
            elif one.person[0] in home.values():
                outcome = _KNOWN_BY_EMAIL
            elif (slot := free_slot(home)) is None:
                outcome = _HOUSEHOLD
            elif one.signature.origin == Origin.PAPER and key in entered:
                outcome = _KNOWN_ON_PAPER
            else:
                home[slot] = one.person[0]
                new = replace(one.signature, household_slot=slot, campaign=self._pack.name)
                fit.append((new, key))
                outcome = Outcome("entered")
            seen.add(one.public_id)
            outcomes.append(outcome)
        return outcomes, fit

    def _add(self, connection: Connection, fit: Sequence[tuple[NewSignature, bytes]]) -> None:
        if not fit:
            return
        new = [signature for signature, _ in fit]
        bulk_restore.add(connection, new, sentence=SENTENCE)
        keys = [key for signature, key in fit if signature.origin == Origin.PAPER]
        paper.record_entered(connection, self._pack.name, keys, now=self._now)
        civil_days.set_zone(connection, self._pack.name, self._pack.zone)
        confirmed = [(each, each.confirmed_at) for each in new if each.confirmed_at is not None]
        days = {at: self._pack.day_of(at) for _, at in confirmed}
        changes = Counter(
            (
                each.answers.state,
                each.answers.district,
                days[at],
                each.origin,
                each.answers.source,
            )
            for each, at in confirmed
        )
        moments = {day: moment for moment, day in days.items()}
        for (state, district, day, origin, source), delta in changes.items():
            counts.append(
                connection,
                self._pack.name,
                state=state,
                district=district,
                at=moments[day],
                delta=delta,
                origin=origin,
                source=source,
            )


def parse_or_refuse(cells: Mapping[str, str], congress: Congress) -> ExportedSignature | Outcome:
    """Return the signature of a row, or the outcome that refuses it.

    A row whose ZIP, state and district disagree is refused, as in every import.
    """
    try:
        found = parse_signature(cells)
        _require_agreement(found, congress)
        return found
    except CampaignError as error:
        return Outcome("refused", str(error))


def _require_agreement(exported: ExportedSignature, congress: Congress) -> None:
    answers = exported.signature.answers
    if answers.zip:
        require_agreement(
            congress,
            ZipCode(answers.zip),
            state=answers.state,
            district=District.parse(answers.district) if answers.district else None,
        )


def parse_time(cell: str, field: str) -> datetime | None:
    """Return the time of a cell, aware, or None for an empty one. Raises LineRefused."""
    if not cell:
        return None
    try:
        return datetime.strptime(cell, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        raise LineRefused(f"{field} is not a time such as 2026-06-15T12:00:00Z.") from None


def _matching(cell: str, pattern: str, field: str) -> str:
    if not re.fullmatch(pattern, cell):
        raise LineRefused(f"{field} is not as an export has it.")
    return cell


def _one_of(cell: str, words: Sequence[str], field: str) -> str:
    if cell not in words:
        raise InvalidInput(f"{field} is not as an export has it.", field=field)
    return cell


def _flag(cell: str, field: str) -> bool:
    return _one_of(cell, ("true", "false"), field) == "true"
