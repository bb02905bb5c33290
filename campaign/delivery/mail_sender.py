"""Send mail to signers: an outbox row becomes a message."""

from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from campaign.congress.places import STATES
from campaign.delivery import messages
from campaign.delivery.base_mail_sender import BaseMailSender
from campaign.delivery.messages import News
from campaign.delivery.sender import Send
from campaign.packs import markdown, merge_fields
from campaign.store import signatures, tokens, update_recipients, updates
from campaign.store.outbox import OutboxRow


class MailSender(BaseMailSender):
    """Sends mail for outbox rows of `messages.KINDS`.

    Links are made here, at the last moment, so that the database holds none.
    """

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return a function that sends this row's mail, or None if it must not be sent.

        Raises CampaignUnknown or PackInvalid if the row's campaign cannot be read.
        """
        links = tokens.for_mail(connection, row, keyring=self._settings.keyring, now=now)
        if links is None:
            return None
        pack = self._find_pack(row.campaign, now)
        if row.kind in {"confirm", "reminder"} and not pack.takes_confirmations(now):
            return None  # the petition no longer accepts confirmations
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


def _news(connection: Connection, row: OutboxRow) -> News | None:
    """Return the text of a row's update; None if it was stopped or the signer no longer wants it.

    Merge fields have the signer's values, or those of the preview in a test mail.
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
