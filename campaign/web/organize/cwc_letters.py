"""Letters sent by Communicating With Congress: their status by member, and the reasons of
failures.
"""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from campaign.congress.dataset import Congress
from campaign.congress.seat_holders import seat_of
from campaign.delivery import cwc_sender
from campaign.store import cwc_deliveries, cwc_offices
from campaign.store.statuses import DeliveryStatus
from campaign.web.core.services import current_services
from campaign.web.organize import access
from campaign.web.organize.form_page import page

blueprint = Blueprint("cwc_letters", __name__)


@dataclass(frozen=True)
class MemberLetters:
    """The letters to one member, counted by status."""

    name: str
    seat: str
    by_status: dict[str, int]

    def count(self, *statuses: str) -> int:
        """The number of letters with one of these statuses."""
        return sum(self.by_status.get(status, 0) for status in statuses)


@blueprint.get("/organize/<name>/electronic")
@access.needs("deliver-cwc")
def show(name: str) -> Response:
    """Show where letters go by these settings, and the status of the campaign's letters."""
    services = current_services()
    with services.database.reading() as connection:
        by_status = cwc_deliveries.counts(connection, name).get(name, {})
        by_member = cwc_deliveries.by_member(connection, name)
        not_taken = cwc_deliveries.recent_failures(connection, name)
        listed, listed_at = cwc_offices.listed(connection)
    rows = [
        MemberLetters(*_named(services.congress, member), dict(found))
        for member, found in by_member.items()
    ]
    return page(
        "organize/cwc-letters.html",
        where=cwc_sender.where(services.settings),
        is_dry_run=not services.settings.cwc_api_key,
        by_status=by_status,
        rows=sorted(rows, key=lambda row: (-row.count(DeliveryStatus.DELIVERED), row.name)),
        not_taken=[(*_named(services.congress, one.member), one) for one in not_taken],
        listed=len(listed),
        listed_at=listed_at,
    )


@blueprint.post("/organize/<name>/electronic/retry")
@access.needs("deliver-cwc")
def retry(name: str) -> Response:
    """Retry letters that failed."""
    services = current_services()
    many = cwc_sender.retry(services.database, name, actor=access.actor(), now=services.now())
    flash(f"{many:,} {'letter is' if many == 1 else 'letters are'} being sent again.")
    return redirect(url_for("cwc_letters.show", name=name), 303)


def _named(congress: Congress, bioguide: str) -> tuple[str, str]:
    """Return a member's name and seat, or only the id where the data no longer has the member."""
    member = congress.members.get(bioguide)
    if member is None:
        return bioguide, ""
    held = seat_of(congress, member, current_services().today())
    return member.name.full, str(held.seat.title) if held else ""
