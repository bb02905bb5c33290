"""What all senders of mail share: the settings, the mail channel and the campaigns."""

from collections.abc import Callable
from datetime import datetime

from campaign.delivery.smtp import MailChannel
from campaign.packs.pack import Pack
from campaign.settings import Settings


class BaseMailSender:
    """The base of senders that write mail and hand it to one channel."""

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

    def close(self) -> None:
        """Close the channel's connection."""
        self._channel.close()
