"""Hold what people report about a member's wrong phone or office, until an organizer decides."""

from datetime import datetime

from limits.errors import StorageError

from campaign.errors import TooManyAttempts
from campaign.messages import Message
from campaign.petition.rate_limits import SignupLimits
from campaign.store import office_reports
from campaign.store.db.engine import Database
from campaign.store.office_reports import OfficeReport

__all__ = ["OfficeReport", "hold"]

#: How many different reports a campaign holds; more are not read by anyone.
_MAX_HELD = 500
_RETRY_AFTER_S = 3600
_TOO_MANY = Message("There are many reports to check at the moment. Try again tomorrow.")


def hold(
    db: Database, report: OfficeReport, *, network: str, limits: SignupLimits, now: datetime
) -> None:
    """Hold a report; neither `network` (a keyed hash) nor anything about the person is kept.

    Raises TooManyAttempts for a network that reports too much or a campaign that holds too many
    reports, StoreUnavailable. If the rate limiter is down, the report is held.
    """
    try:
        is_allowed = limits.allow_office_report(network)
    except StorageError:
        is_allowed = True
    with db.writing() as connection:
        if not is_allowed or office_reports.count(connection, report.campaign) >= _MAX_HELD:
            raise TooManyAttempts(_TOO_MANY, retry_after=_RETRY_AFTER_S)
        office_reports.add(connection, report, now=now)
