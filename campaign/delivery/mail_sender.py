"""The sender of mail: a row of the outbox becomes a message, and goes out by the mail channel."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from campaign.congress.places import STATES
from campaign.delivery import messages
from campaign.delivery.messages import News
from campaign.delivery.outbox import Send
from campaign.delivery.smtp import MailChannel
from campaign.packs import markdown, merge_fields
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store import signatures, tokens, update_recipients, updates
from campaign.store.outbox import OutboxRow


class MailSender:
    """Writes mail for rows of the kinds in `messages.KINDS` and hands it to the channel.

    Links are derived here, at the last moment, so that the database alone never holds one.
    """

    def __init__(
        self,
        settings: Settings,
        channel: MailChannel,
        *,
        find_pack: Callable[[str, datetime], Pack],
    ) -> None:
        self._settings = settings
        self._channel = channel
        self._find_pack = find_pack

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return what sends this row's mail, or None when there is nothing to say any more.

        Raises CampaignUnknown or PackInvalid when the row's campaign cannot be read.
        """
        links = tokens.for_mail(connection, row, keyring=self._settings.keyring, now=now)
        if links is None:
            return None
        pack = self._find_pack(row.campaign, now)
        if row.kind in {"confirm", "reminder"} and not pack.takes_confirmations(now):
            return None  # it would promise what the petition takes no more
        news = None
        if row.kind in messages.NEWS_KINDS:
            news = _news(connection, row)
            if news is None:
                return None
        message = messages.compose(
            row.kind,
            to=row.to,
            message_id=row.message_id,
            pack=pack,
            language=str(row.payload.get("language", "en")),
            tokens=links,
            settings=self._settings,
            now=now,
            news=news,
        )
        return partial(self._channel.send, message)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()


def _news(connection: Connection, row: OutboxRow) -> News | None:
    """Return what the update of a row says; None where it was stopped, or is not wanted any more.

    A signer who left the list after the row was queued is not mailed. Each field has the signer's
    own value, in a test that of the preview.
    """
    number = int(row.payload["update"])
    update = updates.by_id(connection, number)
    if update is None:
        return None
    if row.kind == "update" and not (
        row.signature_id and update_recipients.is_wanted(connection, update, row.signature_id)
    ):
        return None
    values = merge_fields.SAMPLE
    if row.kind == "update" and row.signature_id:
        signer = signatures.by_id(connection, row.signature_id)
        if signer is None:
            return None
        values = {
            "first_name": signer.first_name,
            "last_name": signer.last_name,
            "state": STATES.get(signer.state, ""),
            "district": signer.district,
        }
    body = merge_fields.fill(update.body, values, is_markdown=True)
    return News(
        merge_fields.fill(update.subject, values, is_markdown=False),
        markdown.plain(body, {}),
        markdown.page(body, {}),
        asks_again=update.asks_again,
    )
