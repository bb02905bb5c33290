"""Every count of a campaign, for its organizers."""

from datetime import UTC

from flask import Blueprint, Response

from campaign.organizing import signed_wordings
from campaign.petition import public_counts
from campaign.web.api.operations import answered, operation
from campaign.web.api.schemas import Stats
from campaign.web.core.services import current_services

blueprint = Blueprint("stats", __name__)


@blueprint.get("/campaigns/<name>/stats")
@operation(answer=Stats, scope="stats:read", may_be_missing=True, tag="figures")
def stats(name: str) -> Response:
    """Return every count of a campaign, small ones included."""
    services = current_services()
    standing = public_counts.signature_counts(services.database, name)
    pack = services.campaigns.even_unpublished(name, services.now())
    with services.database.reading() as connection:
        versions = signed_wordings.versions(connection, pack)
    return answered(
        {
            "campaign": name,
            "total": standing.total,
            "online": standing.online,
            "paper": standing.paper,
            "by_state": public_counts.by_state(services.database, name),
            "by_district": public_counts.by_district(services.database, name),
            "by_day": {
                day.isoformat(): change
                for day, change in public_counts.by_day(services.database, name).items()
            },
            "wordings": [one.as_object() for one in versions],
            "updated": services.now().astimezone(UTC).isoformat(timespec="seconds"),
        }
    )
