"""The tables. A campaign is named by its folder; its texts are files, not rows.

Code outside `campaign.store` uses the functions of the other modules here, not the tables.
"""

from campaign.store.models.accounts import accounts, grants
from campaign.store.models.base import metadata
from campaign.store.models.connections import api_tokens, endpoint_attempts, endpoints
from campaign.store.models.contacts import contacts
from campaign.store.models.daily import daily
from campaign.store.models.deliveries import (
    cwc_offices,
    deliveries,
    delivery_turns,
    sendings,
)
from campaign.store.models.drafts import draft_texts, preview_links
from campaign.store.models.exports import saved_exports
from campaign.store.models.heartbeats import heartbeats
from campaign.store.models.jobs import jobs
from campaign.store.models.letters import letter_bands, letters
from campaign.store.models.office_reports import office_reports
from campaign.store.models.petition import (
    addresses,
    audit,
    consents,
    journal,
    outbox,
    paper,
    rates,
    signatures,
    tallies,
    unlisted,
)
from campaign.store.models.stances import stances
from campaign.store.models.texts import text_versions
from campaign.store.models.updates import bounces, updates
from campaign.store.models.used_links import used_links
from campaign.store.models.wordings import wordings
from campaign.store.models.zones import campaign_zones

__all__ = [
    "accounts",
    "addresses",
    "api_tokens",
    "audit",
    "bounces",
    "campaign_zones",
    "consents",
    "contacts",
    "cwc_offices",
    "daily",
    "deliveries",
    "delivery_turns",
    "draft_texts",
    "endpoint_attempts",
    "endpoints",
    "grants",
    "heartbeats",
    "jobs",
    "journal",
    "letter_bands",
    "letters",
    "metadata",
    "office_reports",
    "outbox",
    "paper",
    "preview_links",
    "rates",
    "saved_exports",
    "sendings",
    "signatures",
    "stances",
    "tallies",
    "text_versions",
    "unlisted",
    "updates",
    "used_links",
    "wordings",
]
