"""Every count of a campaign, for those who run it."""

from datetime import UTC

from flask import Blueprint, Response

from campaign.organizing import signed_wordings
from campaign.petition import public_counts
from campaign.web.api.operations import answered, operation
from campaign.web.api.schemas import Stats
from campaign.web.core.services import services

blueprint = Blueprint("stats", __name__)


@blueprint.get("/campaigns/<name>/stats")
@operation(answer=Stats, scope="stats:read", may_be_missing=True, tag="figures")
def stats(name: str) -> Response:
    """Give every count of a campaign, small ones too."""
    house = services()
    standing = public_counts.standing(house.database, name)
    pack = house.shelf.even_unpublished(name, house.now())
    with house.database.reading() as connection:
        versions = signed_wordings.versions(connection, pack)
    return answered(
        {
            "campaign": name,
            "total": standing.total,
            "online": standing.online,
            "paper": standing.paper,
            "by_state": public_counts.by_state(house.database, name),
            "by_district": public_counts.by_district(house.database, name),
            "by_day": {
                day.isoformat(): change
                for day, change in public_counts.by_day(house.database, name).items()
            },
            "wordings": [one.as_object() for one in versions],
            "updated": house.now().astimezone(UTC).isoformat(timespec="seconds"),
        }
    )
