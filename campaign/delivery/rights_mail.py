"""Mail about one's own data: links to it, and the confirmation of an erasure.

It is from the site, not from a campaign, so it can be sent even if the campaign is unpublished,
broken or deleted.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from campaign import civil_time, languages, logs
from campaign.delivery import messages
from campaign.delivery.base_mail_sender import BaseMailSender
from campaign.delivery.sender import Send
from campaign.packs.pack import Pack
from campaign.store import tokens
from campaign.store.outbox import OutboxRow

KINDS = frozenset({"own-links", "erased"})

_log = logs.logger("rights-mail")


class RightsMailSender(BaseMailSender):
    """Sends mail for outbox rows of `KINDS`.

    Links are made here, so that the database holds none.
    """

    def prepare(self, connection: Connection, row: OutboxRow, now: datetime) -> Send | None:
        """Return a function that sends this row's mail, or None if there is nothing to send.

        A row for links has the key of a mailbox. The links are sent to the stored addresses, in
        whatever spelling: one message for each, under a Message-ID of its own.
        """
        if row.kind == "erased":
            mails = [self._erased(row, now)]
        else:
            links = tokens.own_links(connection, row.to, keyring=self._settings.keyring)
            by_address: dict[str, list[tokens.OwnLink]] = {}
            for link in links:
                by_address.setdefault(link.address, []).append(link)
            mails = [
                self._own_links(row, address, f"{row.message_id}-{number}", now, own)
                for number, (address, own) in enumerate(by_address.items())
            ]
        if not mails:
            return None

        def send() -> None:
            for mail in mails:
                self._channel.send(mail)

        return send

    def _erased(self, row: OutboxRow, now: datetime) -> EmailMessage:
        pack = self._pack(row.campaign, now)
        title = row.campaign if pack is None else pack.text(_language(row)).title
        return self._message(row, row.to, row.message_id, now, packs=[pack], title=title)

    def _own_links(
        self,
        row: OutboxRow,
        address: str,
        message_id: str,
        now: datetime,
        own: Sequence[tokens.OwnLink],
    ) -> EmailMessage:
        packs = [self._pack(link.campaign, now) for link in own]
        links = [
            self._link(link, pack, _language(row)) for link, pack in zip(own, packs, strict=True)
        ]
        return self._message(row, address, message_id, now, packs=packs, links=links)

    def _link(self, own_link: tokens.OwnLink, pack: Pack | None, language: str) -> dict[str, Any]:
        query = "" if language == languages.DEFAULT else f"?lang={language}"
        place = civil_time.zone(civil_time.DEFAULT_ZONE) if pack is None else pack.zone
        return {
            "title": own_link.campaign if pack is None else pack.text(language).title,
            "day": languages.day(civil_time.day_of(own_link.signed_at, place), language),
            "url": f"{self._settings.base_url}/me/{own_link.token}{query}",
        }

    def _message(
        self,
        row: OutboxRow,
        to: str,
        message_id: str,
        now: datetime,
        *,
        packs: Sequence[Pack | None],
        **values: Any,
    ) -> EmailMessage:
        """Return a mail that names these campaigns, and ends with the disclosure line of each."""
        site = urlsplit(self._settings.base_url)
        language = _language(row)
        return messages.written(
            row.kind,
            {
                "language": language,
                "site_name": site.netloc,
                "site": f"{self._settings.base_url}/",
                "disclosures": _disclosures(packs, language),
                **values,
            },
            language=language,
            sender=messages.site_mailbox(self._settings),
            to=to,
            message_id=message_id,
            settings=self._settings,
            now=now,
        )

    def _pack(self, campaign: str, now: datetime) -> Pack | None:
        """Return the campaign; None if its texts cannot be read for any reason."""
        try:
            return self._find_pack(campaign, now)
        except Exception as error:  # noqa: BLE001 (a broken campaign must not block a right)
            _log.warning("no-texts", campaign=campaign, reason=type(error).__name__)
            return None


def _disclosures(packs: Iterable[Pack | None], language: str) -> list[tuple[str, str]]:
    """Return the disclosure lines of campaigns, each once, with the code of its language."""
    found = (pack.funding.disclosure(language) for pack in packs if pack is not None)
    return [disclosure for disclosure in dict.fromkeys(found) if disclosure[0]]


def _language(row: OutboxRow) -> str:
    return languages.supported(str(row.payload.get("language", languages.DEFAULT)))
