"""An OSDI server for clients of Action Network and similar tools.

A client begins at the entry point and follows links to the petition of its key, its signatures and
their signers.
"""

from typing import Any

from flask import Blueprint, Response, request

from campaign.errors import CampaignUnknown
from campaign.organizing import signed_wordings
from campaign.organizing.connect import osdi
from campaign.packs.pack import Pack
from campaign.petition import public_counts
from campaign.web.api import hal, keys, osdi_filter, osdi_record, osdi_signatures, problems
from campaign.web.api.hal import MAX_PAGE_SIZE, SCOPE
from campaign.web.api.operations import operation
from campaign.web.api.osdi_filter import FIELDS, OPERATORS, FilterUnsupported
from campaign.web.api.schemas import EntryPoint, Listing, Metadata, PageQuery, Petition
from campaign.web.core.services import current_services

blueprint = Blueprint("osdi", __name__, url_prefix="/osdi")
blueprint.register_blueprint(osdi_signatures.blueprint)
blueprint.register_blueprint(osdi_record.blueprint)

# The lists that take a filter; every other URL refuses one instead of ignoring it.
_FILTERED = frozenset(
    {
        "api.osdi.osdi_signatures.osdi_signatures",
        "api.osdi.osdi_signatures.osdi_people",
    }
)


@blueprint.before_request
def _refuse_other_filters() -> None:
    """Refuse a filter where none is supported, and OData's own spelling of it everywhere."""
    asked = request.args.getlist("filter")
    is_misplaced = any(asked) and request.endpoint not in _FILTERED
    if is_misplaced or len(asked) > 1 or any(request.args.getlist("$filter")):
        raise FilterUnsupported


@blueprint.errorhandler(FilterUnsupported)
def _filter_unsupported(_: FilterUnsupported) -> Response:
    return problems.problem(
        400,
        "This filter is not supported. The lists of signatures and people take"
        " filter=created_date gt 'TIME' with created_date or modified_date, gt or lt, an ISO 8601"
        f" time in quotes, and up to {osdi_filter.MAX_CONDITIONS} of these joined by and.",
    )


@blueprint.get("")
@operation(answer=EntryPoint, scope=SCOPE, tag="osdi")
def osdi_entry_point() -> Response:
    """The entry point of OSDI, with links to the lists."""
    return hal.answered(
        {
            "motd": "Welcome. Only confirmed signatures are listed, 25 a page.",
            "max_pagesize": MAX_PAGE_SIZE,
            "vendor_name": "Campaign toolkit",
            "product_name": "Campaign toolkit",
            "osdi_version": "1.2.0",
            "namespace": osdi.NAMESPACE,
            "_links": {
                "curies": hal.CURIES,
                "self": hal.link("api.osdi.osdi_entry_point"),
                "osdi:petitions": hal.link("api.osdi.osdi_petitions"),
                "osdi:people": hal.link("api.osdi.osdi_signatures.osdi_people"),
                "osdi:signatures": hal.link(
                    "api.osdi.osdi_signatures.osdi_signatures", name=keys.current().campaign
                ),
                "osdi:metadata": hal.link("api.osdi.osdi_metadata"),
            },
        }
    )


@blueprint.get("/metadata")
@operation(answer=Metadata, scope=SCOPE, tag="osdi")
def osdi_metadata() -> Response:
    """The fields by which lists can be filtered, and the size of their pages."""
    return hal.answered(
        {
            "origin_system": hal.origin(keys.current().campaign).system,
            "max_pagesize": MAX_PAGE_SIZE,
            "filters": {
                resource: {field: list(OPERATORS) for field in FIELDS}
                for resource in ("osdi:signatures", "osdi:people")
            },
            "custom_fields": [],
            "_links": {"curies": hal.CURIES, "self": hal.link("api.osdi.osdi_metadata")},
        }
    )


@blueprint.get("/petitions")
@operation(answer=Listing, query=PageQuery, scope=SCOPE, tag="osdi")
def osdi_petitions(query: PageQuery) -> Response:
    """The petitions of the key: one."""
    per_page = min(query.per_page, MAX_PAGE_SIZE)
    shown = [_petition(keys.current().campaign)] if query.page == 1 else []

    def at(number: int) -> dict[str, str]:
        return hal.paged("api.osdi.osdi_petitions", number, per_page, path={})

    return hal.page(
        "osdi:petitions",
        shown,
        [one["_links"]["self"] for one in shown],
        self_link=at(query.page),
        previous_link=at(query.page - 1) if query.page > 1 else None,
        page=query.page,
        per_page=per_page,
    )


@blueprint.get("/petitions/<name>")
@operation(answer=Petition, scope=SCOPE, may_be_missing=True, tag="osdi")
def osdi_petition(name: str) -> Response:
    """One petition."""
    return hal.answered(_petition(name))


def _petition(name: str) -> dict[str, Any]:
    services = current_services()
    pack = _pack(name)
    texts = pack.text()
    origin = hal.origin(name)
    with services.database.reading() as connection:
        versions = signed_wordings.versions(connection, pack)
    return {
        "identifiers": [f"{osdi.NAMESPACE}:{name}"],
        "origin_system": origin.system,
        "name": name,
        "title": texts.title,
        "description": texts.standfirst,
        "browser_url": origin.website,
        "total_signatures": public_counts.count(services.database, name),
        "campaign:paid_for_by": pack.funding.paid_for_by,
        "campaign:disclosure": pack.funding.disclosure()[0],
        "campaign:wording_version": pack.wording_version,
        "campaign:consent": texts.consent,
        "campaign:wordings": [one.as_object() for one in versions],
        "_links": {
            "self": hal.link("api.osdi.osdi_petition", name=name),
            "osdi:signatures": hal.link("api.osdi.osdi_signatures.osdi_signatures", name=name),
            "osdi:record_signature_helper": hal.link(
                "api.osdi.osdi_record.osdi_record_signature", name=name
            ),
        },
    }


def _pack(name: str) -> Pack:
    services = current_services()
    try:
        return services.campaigns.even_unpublished(name, services.now())
    except CampaignUnknown:
        raise CampaignUnknown("There is no campaign of that name for this key.") from None
