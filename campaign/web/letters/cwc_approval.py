"""The pages of a mailed link on which letters to Congress are read, approved or deleted.

As with every mailed link, GET and HEAD change nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from campaign import civil_time
from campaign.congress import office_hours
from campaign.congress.contact import spoken_name
from campaign.congress.seat_holders import SeatHolder, seat_of
from campaign.delivery import cwc_changes, cwc_hours, cwc_sender
from campaign.errors import InvalidInput, LinkUsed, TokenRefused, WroteLately
from campaign.letters.cwc.codes import chamber_of
from campaign.petition import cwc_approval
from campaign.petition.cwc_approval import Delivery, PendingLetters
from campaign.store.statuses import DeliveryStatus
from campaign.web.core import error_pages
from campaign.web.core.forms import error_sentence
from campaign.web.core.security import keep_private
from campaign.web.core.services import Services, current_services
from campaign.web.core.template_filters import say
from campaign.web.letters.cwc_offer import destination
from campaign.web.letters.cwc_page import page
from campaign.web.petition import used_links

blueprint = Blueprint("cwc_approval", __name__)


@dataclass(frozen=True)
class ShownLetter:
    """One letter on its page: recipient, text and status.

    `free_again` is when the writer may write to this member again, `opens` when Congress's closed
    system opens, both None otherwise. A letter that is `outdated` would not be sent: the Congress,
    the member's seat or a committee has changed since it was written.
    """

    letter: Delivery
    to: str
    seat: str
    free_again: datetime | None
    opens: datetime | None
    outdated: bool = False


@blueprint.get("/approve/<token>")
def show(token: str) -> Response:
    """Show the exact texts with the button that sends them; afterwards, the status of each
    letter.
    """
    services = current_services()
    try:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
    except TokenRefused as error:
        return _gone(error)
    return _letters_page(services, token, asked)


@blueprint.post("/approve/<token>")
def approve(token: str) -> Response:
    """Record the approval and queue the letters, once."""
    services = current_services()
    try:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
        services.campaigns.get(
            asked.request.campaign,
            services.now(),
            # Raises CampaignUnknown if the campaign is no longer published.
        )
        cwc_approval.approve(
            services.database,
            token,
            sentence=consent(),
            read=request.form.get("read"),
            **services.moment(),
        )
    except TokenRefused as error:
        return _gone(error)
    except (InvalidInput, WroteLately) as error:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
        return _letters_page(services, token, asked, 409, notice=error_sentence(error))
    return keep_private(redirect(url_for("cwc_approval.show", token=token), 303))


@blueprint.post("/approve/<token>/disown")
def disown(token: str) -> Response:
    """Delete letters that wait for approval."""
    services = current_services()
    try:
        asked = cwc_approval.look_up(services.database, token, **services.moment())
        cwc_approval.disown(services.database, token, **services.moment())
    except TokenRefused as error:
        return _gone(error)
    pack = services.campaigns.if_there_is(asked.request.campaign, services.now())
    return page("cwc_approval/disowned.html", services, pack)


def consent() -> str:
    """Return the sentence that the writer agrees to, in the language of the page."""
    return str(
        gettext(
            "I have read these letters. Send them in my name, with my name, address and email "
            "address, to the offices named above."
        )
    )


def _letters_page(
    services: Services, token: str, asked: PendingLetters, status: int = 200, *, notice: str = ""
) -> Response:
    cwc_request = asked.request
    pack = services.campaigns.if_there_is(cwc_request.campaign, services.now())
    shown = [_shown(services, asked, letter) for letter in asked.letters]
    return page(
        "cwc_approval/show.html",
        services,
        pack,
        status,
        token=token,
        cwc_request=cwc_request,
        person=cwc_sender.constituent(cwc_request),
        letters=shown,
        mark=cwc_approval.content_mark(asked),
        can_send=pack is not None
        and pack.published
        and any(each.free_again is None and not each.outdated for each in shown),
        consent=consent(),
        notice=notice,
        zone=office_hours.home_zone(
            cwc_request.state,
            cwc_request.zip,
            elsewhere=civil_time.WASHINGTON if pack is None else pack.zone,
        ),
    )


def _shown(services: Services, asked: PendingLetters, letter: Delivery) -> ShownLetter:
    member = services.congress.members.get(letter.member)
    held = seat_of(services.congress, member, services.today()) if member else None
    waits = letter.status in {DeliveryStatus.WAITING, DeliveryStatus.TOO_SOON}
    is_closed = (
        letter.status == DeliveryStatus.QUEUED
        and destination(services.settings, letter.office) != "dry-run"
    )
    return ShownLetter(
        letter=letter,
        to=_name(services, letter, held),
        seat=say(held.seat.title) if held else "",
        free_again=asked.free_again.get(letter.member) if waits else None,
        opens=cwc_hours.closed_until(chamber_of(letter.office), services.now())
        if is_closed
        else None,
        outdated=letter.status == DeliveryStatus.OUTDATED
        or (waits and bool(cwc_changes.change_since(services.congress, letter, services.now()))),
    )


def _name(services: Services, letter: Delivery, held: SeatHolder | None) -> str:
    """Return whom a letter is to, also after that member's term has ended."""
    if held is not None and held.member is not None:
        return say(spoken_name(held.seat, held.member))
    former = services.congress.former_member(letter.member)
    return former.name if former else letter.office


def _gone(error: TokenRefused) -> Response:
    if isinstance(error, LinkUsed):
        return used_links.page(error)
    return keep_private(error_pages.page(410, error_sentence(error)))
