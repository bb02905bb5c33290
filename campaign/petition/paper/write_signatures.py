"""Write paper signatures: their rows, consents and counts, in the caller's transaction.

A handwritten signature needs no confirmation. Paper signers get updates only if they checked the
box for them on the sheet; its sentence is kept with their consent.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time

from sqlalchemy import Connection

from campaign.congress.apportionment import congress_at
from campaign.errors import StoreConflict
from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition.paper.duplicates import Outcome, Placement
from campaign.petition.paper.paper_row import PaperSignature
from campaign.petition.paper.person_keys import find_entered, person_keys
from campaign.store import (
    civil_days,
    consent_log,
    counts,
    districts,
    endpoints,
    paper,
    signature_changes,
    signature_mail,
    tokens,
    wordings,
)
from campaign.store.consent_log import NewConsent
from campaign.store.endpoints import Confirmed
from campaign.store.new_signature import Answers, NewSignature
from campaign.store.statuses import CommentStatus, Origin, SignatureStatus
from campaign.store.wordings import Wordings

#: The consent on record; the sheet itself has the sentence and the signature.
SENTENCE = "Signed by hand, on paper."
_CHECKED = "Checked the box beside “{}”"

#: The source of paper signatures in exports and filters.
SOURCE = "paper"

# The namesake number of lines that are held for an organizer.
HELD = 0


def add_held(
    connection: Connection,
    pack: Pack,
    lines: Sequence[PaperSignature],
    outcomes: Sequence[Outcome],
    *,
    now: datetime,
    keyring: Keyring,
) -> tuple[Outcome, ...]:
    """Store lines that need a decision as `held`, each person once; return the outcomes.

    Their outcomes get the public id of the held signature. Nothing is stored of people who were
    erased or withdrew, and no email address, since it is another signer's.
    """
    there = paper.on_record(
        connection,
        pack.name,
        sorted({(line.zip, line.name_key) for line in lines}),
    )
    on_record = wordings.of_campaign(connection, pack.name)
    wanted: dict[tuple[bytes, ...], tuple[int, NewSignature]] = {}
    for place, (line, outcome) in enumerate(zip(lines, outcomes, strict=True)):
        is_there = (line.zip, line.name_key) in there or outcome.column == "email"
        if outcome.kind == "entered" or not outcome.review_flag or not is_there:
            continue
        signature = _signature(pack, on_record, line, now=now)
        row = replace(
            signature,
            answers=replace(signature.answers, mail_opt_in=False),
            status=SignatureStatus.HELD,
            reason="review",
            flags=outcome.review_flag,
            # Retention of held signatures counts from here.
            created_at=now,
            confirmed_at=None,
        )
        keys = person_keys(keyring, pack.name, line.name_key, line.zip, HELD)
        wanted.setdefault(keys, (place, row))
    known = find_entered(connection, list(wanted))
    unknown = [keys[0] for keys in wanted if keys[0] not in known]
    new = paper.record_entered(connection, pack.name, unknown, now=now)
    kept = [row for keys, row in wanted.items() if keys[0] in new]
    rows = paper.add(connection, [row for _, row in kept])
    versions = {row.public_id: row.answers.wording_version for _, row in kept}
    consent_log.record_signed(
        connection,
        [NewConsent(row, now, versions[one], SENTENCE) for one, row in rows.items()],
    )
    ids = {place: row.public_id for place, row in kept}
    return tuple(
        replace(outcome, public_id=ids.get(place, outcome.public_id))
        for place, outcome in enumerate(outcomes)
    )


def add(
    connection: Connection,
    pack: Pack,
    fit: Sequence[tuple[PaperSignature, bytes, Placement]],
    *,
    now: datetime,
) -> list[str]:
    """Write the lines; return the public id of each new row, "" for a pending online signature."""
    counted = counts.total(connection, pack.name)
    on_record = wordings.of_campaign(connection, pack.name)
    new: list[NewSignature] = []
    signed: list[NewConsent] = []
    events: list[Confirmed] = []
    lines: dict[str, tuple[NewSignature, PaperSignature]] = {}
    waiting: dict[int, tuple[NewSignature, PaperSignature]] = {}
    public_ids: list[str] = []
    for number, (line, _, place) in enumerate(fit, start=counted + 1):
        signature = replace(_signature(pack, on_record, line, now=now), number=number)
        if place.waiting is not None:
            waiting[place.waiting.id] = (signature, line)
            public_ids.append("")
            continue
        email = line.email
        signature = replace(
            signature,
            email=email.typed if email else None,
            email_key=email.canonical if email else None,
            household_slot=place.slot,
        )
        new.append(signature)
        lines[signature.public_id] = (signature, line)
        public_ids.append(signature.public_id)
    # Lock rows in the order of their ids, as everywhere, to avoid deadlocks.
    for row, (signature, line) in sorted(waiting.items(), key=lambda item: item[0]):
        changed = {**signature.columns(paper.SHEET_COLUMNS), **districts.NEW, "earlier": None}
        was = (SignatureStatus.PENDING, SignatureStatus.HELD)
        confirmed = signature_changes.change(connection, row, was=was, values=changed)
        if confirmed is None:
            raise StoreConflict("One of them confirmed or withdrew at the same time.")
        signature_mail.cancel(connection, row, ("confirm", "reminder"))
        signed.append(_consent(row, signature, line))
        events.append(Confirmed(row, confirmed.public_id, confirmed.mail_opt_in))
    for public_id, row in paper.add(connection, new).items():
        signature, line = lines[public_id]
        signed.append(_consent(row, signature, line))
        events.append(Confirmed(row, public_id, bool(line.mail_consent)))
    consent_log.record_signed(connection, signed)
    endpoints.queue_confirmed(connection, pack.name, events, now=now)
    civil_days.set_zone(connection, pack.name, pack.zone)
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
            origin=Origin.PAPER,
        )
    return public_ids


def _signature(
    pack: Pack, on_record: Wordings, line: PaperSignature, *, now: datetime
) -> NewSignature:
    """Return the line as a confirmed signature, without an email address or a number."""
    return NewSignature(
        answers=Answers(
            first_name=line.first_name,
            last_name=line.last_name,
            name_key=line.name_key,
            zip=line.zip,
            state=line.state,
            district=line.district,
            lines=congress_at(now) if line.district else 0,
            comment=line.comment,
            comment_status=CommentStatus.of_new(line.comment),
            source=SOURCE,
            mail_opt_in=bool(line.mail_consent),
            wording_version=on_record.on_paper(pack, line.signed_on),
        ),
        public_id=tokens.new_public_id(now),
        campaign=pack.name,
        status=SignatureStatus.CONFIRMED,
        origin=Origin.PAPER,
        sheet=line.sheet,
        # Noon UTC is the same civil day everywhere in the United States.
        created_at=min(datetime.combine(line.signed_on, time(12), UTC), now),
        confirmed_at=now,
    )


def _consent(row: int, signature: NewSignature, line: PaperSignature) -> NewConsent:
    checked = f" {_CHECKED.format(line.mail_consent)}" if line.mail_consent else ""
    return NewConsent(
        row,
        signature.created_at,
        signature.answers.wording_version,
        SENTENCE + checked,
        mail_opt_in=bool(line.mail_consent),
    )
