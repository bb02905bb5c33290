"""Who outside of a site gets signers' data now: connected systems, keys and exported lists.

The privacy page names them, so that it says "no one else" only while that is so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from campaign.organizing.exports.presets import PRESETS
from campaign.store import api_tokens, audit, endpoints
from campaign.store.db.engine import Database
from campaign.store.exports import stale_copies

_READS_SIGNERS = "signatures:read"


@dataclass(frozen=True)
class DataRecipients:
    """The recipients in all campaigns of a site, each once, in order of names.

    `hosts_of_all` and `hosts_of_mailed` are web hosts that are sent each signature, or only those
    of people who asked for email. `mail_tools` are the titles of the tools for which lists were
    exported that are not marked as deleted; `has_other_exports` is true for lists of other kinds.
    `has_keys` is true while a program may read the signers.
    """

    hosts_of_all: tuple[str, ...] = ()
    hosts_of_mailed: tuple[str, ...] = ()
    has_action_network: bool = False
    mail_tools: tuple[str, ...] = ()
    has_other_exports: bool = False
    has_keys: bool = False

    def __bool__(self) -> bool:
        """True if anyone gets signers' data."""
        return self != DataRecipients()


def current(db: Database, *, now: datetime) -> DataRecipients:
    """Return who gets signers' data. Raises StoreUnavailable."""
    with db.reading() as connection:
        connected = endpoints.all_on(connection)
        keys = api_tokens.all_good(connection, now)
        deleted = stale_copies.deleted(connection)
        exported = {
            str(record.details.get("preset"))
            for record in audit.records(connection, action="export", limit=None)
            if record.id not in deleted
        }
    webhooks = [each for each in connected if each.kind == "webhook"]
    titles = {name: preset.title for name, preset in PRESETS.items() if preset.is_for_mail}
    # Packets and signature books go to the people to whom the petition is addressed.
    others = {name for name in PRESETS if name not in titles}
    return DataRecipients(
        hosts_of_all=_hosts(each.url for each in webhooks if not each.only_mail),
        hosts_of_mailed=_hosts(each.url for each in webhooks if each.only_mail),
        has_action_network=any(each.kind == "actionnetwork" for each in connected),
        mail_tools=tuple(sorted(titles[name] for name in exported & titles.keys())),
        has_other_exports=bool(exported & others),
        has_keys=any(_READS_SIGNERS in key.scopes for key in keys),
    )


def _hosts(urls: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({urlsplit(url).hostname or "" for url in urls}))
