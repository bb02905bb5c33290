"""The courier of mail: a row of the outbox becomes a message, and goes out by the mail channel."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from campaign.delivery import messages
from campaign.delivery.outbox import Send
from campaign.delivery.smtp import MailChannel
from campaign.packs.pack import Pack
from campaign.settings import Settings
from campaign.store.outbox import Waiting

#: Gives the tokens of the links that a row's mail needs, by purpose, or None when the signature
#: is gone or its mail is no longer wanted. Purposes are those that `messages.KINDS` names.
Tokens = Callable[[Connection, Waiting], Mapping[str, str] | None]


class Postman:
    """Writes mail for rows of the kinds in `messages.KINDS` and hands it to the channel.

    Links are derived here, at the last moment, so that the database alone never holds one.
    """

    def __init__(
        self,
        settings: Settings,
        channel: MailChannel,
        *,
        find_pack: Callable[[str, datetime], Pack],
        tokens: Tokens,
    ) -> None:
        self._settings = settings
        self._channel = channel
        self._find_pack = find_pack
        self._tokens = tokens

    def prepare(self, connection: Connection, waiting: Waiting, now: datetime) -> Send | None:
        """Return what sends this row's mail, or None when there is nothing to say any more.

        Raises CampaignUnknown or PackInvalid when the row's campaign cannot be read.
        """
        tokens = self._tokens(connection, waiting)
        if tokens is None:
            return None
        message = messages.compose(
            waiting.kind,
            to=waiting.to,
            message_id=waiting.message_id,
            pack=self._find_pack(waiting.campaign, now),
            language=str(waiting.payload.get("language", "en")),
            tokens=tokens,
            settings=self._settings,
            now=now,
        )
        return partial(self._channel.send, message)

    def close(self) -> None:
        """Hang up."""
        self._channel.close()
