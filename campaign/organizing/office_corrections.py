"""Decide about reports of wrong phones and offices, and correct the data of all campaigns."""

from datetime import date, datetime
from pathlib import Path

from campaign.congress import contact_corrections
from campaign.congress.contact_corrections import Correction, Key
from campaign.congress.dataset import Congress
from campaign.store import audit, office_reports
from campaign.store.db.engine import Database
from campaign.store.office_reports import HeldReport

#: A corrected field -> the fields whose reports it settles. An address has several parts.
_SETTLED = {"phone": ("phone",), "closed": ("phone", "address", "closed")}


def correct(
    db: Database,
    campaign: str,
    congress: Congress,
    file: Path,
    *,
    fields: tuple[str, str, str, str, str],
    report: int,
    actor: str,
    on_date: date,
    now: datetime,
) -> Correction:
    """Add a correction to the table `file`, and remove the reports that it settles.

    These are the one that led to it and, in every campaign, those about the same phone or about an
    office that is closed now.

    `fields` are member, office ("" for Washington), field, value and source; `report` the id of the
    report, 0 for none. Raises InvalidInput for what cannot be used, DatasetInvalid for a table
    that cannot be read or written.
    """
    member, office, field, value, source = fields
    made = contact_corrections.make(
        congress.members,
        member,
        field,
        value,
        office=office,
        source=source,
        who=actor,
        on_date=on_date,
        known=congress.corrections,
    )
    contact_corrections.add(file, made)
    with db.writing() as connection:
        office_reports.remove(connection, campaign, report)
        offices = {made.office} | ({""} if made.office in congress.seats else set())
        settled = _SETTLED.get(made.field, ())
        office_reports.remove_settled(connection, made.bioguide, offices, settled)
        audit.record(
            connection,
            "office-corrected",
            actor=actor,
            campaign=campaign,
            details=_details(made.key),
            now=now,
        )
    return made


def take_back(
    db: Database, campaign: str, file: Path, key: Key, *, actor: str, now: datetime
) -> bool:
    """Remove a correction; return False if there is none. Raises DatasetInvalid as `correct`."""
    if not contact_corrections.remove(file, key):
        return False
    with db.writing() as connection:
        audit.record(
            connection,
            "office-uncorrected",
            actor=actor,
            campaign=campaign,
            details=_details(key),
            now=now,
        )
    return True


def dismiss(
    db: Database, campaign: str, report: int, *, actor: str, now: datetime
) -> HeldReport | None:
    """Remove a report that is wrong, and return it; None if it was decided about before."""
    with db.writing() as connection:
        found = office_reports.remove(connection, campaign, report)
        if found is not None:
            removed = found.report
            audit.record(
                connection,
                "office-report-dismissed",
                actor=actor,
                campaign=campaign,
                details=_details((removed.member, removed.office, removed.field)),
                now=now,
            )
    return found


def _details(key: Key) -> dict[str, str]:
    return dict(zip(("member", "office", "field"), key, strict=True))
