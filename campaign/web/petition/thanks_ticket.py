"""The ticket of a person who has just confirmed: it opens the thank-you page for a day."""

from itsdangerous import BadData, URLSafeTimedSerializer

from campaign.errors import TokenRefused
from campaign.store import signatures
from campaign.store.signatures import Signature
from campaign.store.statuses import SignatureStatus
from campaign.web.core.services import Services

#: Seconds during which the thank-you page can be loaded again.
LASTS_S = 24 * 3600


def make(services: Services, signature: Signature) -> str:
    """Return the ticket of a signature."""
    return _serializer(services).dumps(signature.public_id)


def open_ticket(services: Services, ticket: str) -> Signature:
    """Return the confirmed signature that the ticket was made for.

    Raises TokenRefused for a ticket that is forged or older than a day.
    """
    try:
        public_id = _serializer(services).loads(ticket, max_age=LASTS_S)
    except BadData:
        raise TokenRefused("This page can no longer be shown.") from None
    with services.database.reading() as connection:
        signature = signatures.by_public_id(connection, public_id)
    if signature is None or signature.status != SignatureStatus.CONFIRMED:
        raise TokenRefused("This page can no longer be shown.")
    return signature


def _serializer(services: Services) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services.settings.keyring.page_signing(), salt="campaign.thanks")
