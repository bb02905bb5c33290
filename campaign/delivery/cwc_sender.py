"""Send approved letters to offices through CWC.

The texts of a row must still have the digest that was recorded when the writer approved them. The
message is built again for each attempt, under the same DeliveryId.
"""

import re
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from campaign import civil_time, logs
from campaign.delivery.cwc_client import CwcChannel, HttpChannel
from campaign.delivery.sender import Send
from campaign.errors import (
    DeliveryDelayed,
    DeliveryHeld,
    DeliveryRefused,
    InvalidInput,
    MessageInvalid,
)
from campaign.letters.cwc import codes, message
from campaign.letters.cwc.agent import Agent
from campaign.letters.cwc.texts import MessageTexts
from campaign.letters.letter import Constituent
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import (
    audit,
    cwc_deliveries,
    cwc_limits,
    cwc_offices,
    cwc_requests,
    outbox,
    throttle,
)
from campaign.store.cwc_deliveries import KIND, Delivery
from campaign.store.cwc_requests import CwcRequest
from campaign.store.db.engine import Database
from campaign.store.outbox import OutboxRow
from campaign.store.statuses import DeliveryStatus

__all__ = [
    "KIND",
    "CwcSender",
    "pace",
    "refresh_offices",
    "retry",
    "settle",
    "takes_part",
    "where",
]

#: The kind of the mail to a writer whose letters were not sent.
NOT_SENT = "not-sent"

#: A letter that could not be sent for this long is given up: its writer no longer expects it, and
#: its texts must not be kept longer.
WANTED_FOR = timedelta(days=21)

# Five a second are allowed; four leave a margin for varying network delays.
_GAP_S = 0.25
# The periodic task of a worker waits at most this long for the list of offices.
_LIST_S = 8.0
_OURS = re.compile(r"[0-9a-f]{32}")

_log = logs.logger("cwc")


class CwcSender:
    """Sends letters to offices and records what became of each."""

    def __init__(
        self,
        settings: Settings,
        channel: CwcChannel,
        db: Database,
        *,
        find_pack: Callable[[str, datetime], Pack],
        find_change: Callable[[Delivery, datetime], str],
    ) -> None:
        """`find_change` returns why a letter does not fit its member any more, "" if it does."""
        self._settings = settings
        self._channel = channel
        self._db = db
        self._find_pack = find_pack
        self._find_change = find_change

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return a function that sends this row's letter, or None if it must not be sent.

        Raises CampaignUnknown or PackInvalid if the row's campaign cannot be read.
        """
        both = cwc_requests.find_letter(connection, int(row.payload["delivery"]))
        if both is None:
            return None
        request, letter = both
        if letter.status in {DeliveryStatus.DELIVERED, DeliveryStatus.KEPT}:
            return _nothing
        if letter.status != DeliveryStatus.QUEUED or not request.is_approved:
            return None
        if change := self._find_change(letter, now):
            return partial(self._cancel, request, letter, change, now)
        pack = self._find_pack(row.campaign, now)
        return partial(self._send, request, letter, pack, now)

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _send(self, request: CwcRequest, letter: Delivery, pack: Pack, now: datetime) -> None:
        try:
            outcome = self._channel.send(
                self._written(request, letter, pack), letter.office, letter.delivery_id, now
            )
        except DeliveryRefused as error:
            self._note_refusal(request, letter, str(error), now)
            # The reason may quote the letter, so it stays out of the outbox and the logs.
            raise DeliveryRefused("The office's system refused it.") from None
        with self._db.writing() as connection:
            cwc_deliveries.mark(connection, letter.id, outcome, now=now)
        _log.info(outcome, delivery=letter.id, office=letter.office)

    def _cancel(self, request: CwcRequest, letter: Delivery, change: str, now: datetime) -> None:
        """Do not send a letter that does not fit any more, and tell its writer."""
        with self._db.writing() as connection:
            others = cwc_deliveries.of_request(connection, request.id)
            cwc_deliveries.mark(
                connection, letter.id, DeliveryStatus.OUTDATED, now=now, note=change
            )
            cwc_limits.release(connection, letter.campaign, letter.member, request.person_key)
            # One mail is enough for all letters of a request.
            if all(other.status != DeliveryStatus.OUTDATED for other in others):
                outbox.enqueue(
                    connection,
                    NOT_SENT,
                    campaign=letter.campaign,
                    to=request.email,
                    payload={"sending": request.public_id, "language": request.language},
                    now=now,
                )
        raise DeliveryRefused(f"The letter does not fit any more: {change}.")

    def _written(self, request: CwcRequest, letter: Delivery, pack: Pack) -> bytes:
        texts = MessageTexts(letter.subject, letter.statement, letter.own)
        if texts.digest != letter.digest:
            raise DeliveryRefused("The text differs from the approved one.")
        assert request.approved_at is not None
        try:
            return message.xml(
                pack,
                letter.office,
                constituent(request),
                texts,
                agent=Agent.of(self._settings, pack),
                delivery_id=letter.delivery_id,
                on_date=civil_time.washington_day(request.approved_at),
                wants_reply=request.wants_reply,
                email_confirmed=True,
            )
        except InvalidInput as error:
            raise DeliveryRefused(str(error)) from None
        except MessageInvalid as error:
            raise DeliveryRefused("; ".join((str(error), *error.problems[:3]))) from None

    def _note_refusal(self, request: CwcRequest, letter: Delivery, why: str, now: datetime) -> None:
        with self._db.writing() as connection:
            cwc_deliveries.mark(connection, letter.id, DeliveryStatus.REFUSED, now=now, note=why)
            cwc_limits.release(connection, letter.campaign, letter.member, request.person_key)


def constituent(request: CwcRequest) -> Constituent:
    """Return the writer as the message names them."""
    return Constituent(
        first_name=request.first_name,
        last_name=request.last_name,
        address1=request.address1,
        address2=request.address2,
        city=request.city,
        state=request.state,
        zip=request.zip,
        prefix=request.prefix,
        email=request.email,
        phone=request.phone,
    )


def pace(db: Database, *, sleep: Callable[[float], None] = time.sleep) -> Callable[[], None]:
    """Return a function that waits until the next message may be sent, across all workers."""

    def wait() -> None:
        sleep(throttle.reserve_slot(db, KIND, gap_s=_GAP_S))

    return wait


def refresh_offices(db: Database, settings: Settings, now: datetime) -> int:
    """Get the list of participating House offices and store it; return how many.

    Does nothing without an API key. If the House does not respond, the old list stays. Raises
    StoreUnavailable.
    """
    if not settings.cwc_api_key:
        return 0
    channel = HttpChannel(settings, pace=pace(db), reply_s=_LIST_S)
    try:
        codes = channel.offices(now)
    except (DeliveryDelayed, DeliveryHeld, DeliveryRefused) as error:
        _log.warning("offices-unknown", reason=str(error))
        return 0
    finally:
        channel.close()
    with db.writing() as connection:
        cwc_offices.replace(connection, sorted(codes), now=now)
    return len(codes)


def settle(db: Database, settings: Settings, now: datetime) -> int:
    """Record which letters the outbox gave up on, and delete old dry-run files; return how many.

    Raises StoreUnavailable.
    """
    with db.writing() as connection:
        cwc_deliveries.give_up_old(connection, queued_before=now - WANTED_FOR, now=now)
        given_up = cwc_deliveries.mark_given_up(connection, now=now)
    return given_up + _clear_folder(db, settings.cwc_folder, now)


def retry(db: Database, campaign: str = "", *, actor: str, now: datetime) -> int:
    """Queue letters again that were given up, of one campaign or all; return how many.

    Refused letters and those older than `WANTED_FOR` are not sent again. Raises StoreUnavailable.
    """
    with db.writing() as connection:
        rows = cwc_deliveries.queue_again(connection, campaign, queued_after=now - WANTED_FOR)
        outbox.retry(connection, rows, now=now)
        audit.record(
            connection,
            "retry-letters",
            actor=actor,
            now=now,
            campaign=campaign,
            details={"letters": len(rows)},
        )
    return len(rows)


def where(settings: Settings) -> str:
    """Return in one sentence where the settings send letters."""
    if not settings.cwc_api_key:
        return (
            "CWC_API_KEY is not set: letters go to the folder cwc of CAMPAIGN_HOME; "
            "nothing is sent."
        )
    senate = "and to the Senate" if settings.cwc_senate_url else "and none to the Senate"
    if settings.cwc_is_test:
        return f"Letters go to the House's test system, which no office reads, {senate}."
    return f"Letters go to the House at {settings.cwc_house_url} {senate}."


def takes_part(settings: Settings, listed: frozenset[str], office: str) -> bool:
    """True if the settings allow a letter to that office.

    The House lists its participating offices. The Senate does not: anyone who has its URL may send,
    and offices that do not participate refuse. A dry run accepts all offices.
    """
    if not settings.cwc_api_key:
        return True
    if codes.chamber_of(office) == "senate":
        return bool(settings.cwc_senate_url)
    return office in listed


def _clear_folder(db: Database, folder: Path, now: datetime) -> int:
    """Delete dry-run files whose letters were erased."""
    files = {path.stem: path for path in folder.glob("*.xml") if _OURS.fullmatch(path.stem)}
    names = sorted(files)
    kept: set[str] = set()
    with db.reading() as connection:
        for start in range(0, len(names), 500):
            kept |= cwc_deliveries.not_erased(connection, names[start : start + 500])
    forgotten = [files[name] for name in names if name not in kept]
    for path in forgotten:
        path.unlink(missing_ok=True)
    return len(forgotten)


def _nothing() -> None:
    """Do nothing: the letter was delivered, but its outbox row was not marked as sent."""
