"""The description of the API: OpenAPI 3.1 for programs, and a plain page for people."""

from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import orjson
from flask import Blueprint, Response, current_app, render_template

from campaign.organizing.connect.api_keys import SCOPES
from campaign.web.api.hal import CONTENT_TYPE as HAL
from campaign.web.api.operations import SPEC
from campaign.web.api.problems import CONTENT_TYPE
from campaign.web.core.caching import Page, pages, send
from campaign.web.core.services import current_services

blueprint = Blueprint("openapi", __name__)

_ABOUT = (
    "Look up members of Congress and public figures without a key; with one, read a campaign's "
    "signatures (OSDI, HAL) and figures, hand in signatures, and manage its webhooks. Keys are "
    "made on the campaign's Connect page, are for one campaign, and are sent only in a header. "
    "Failures are problem documents (RFC 9457)."
)

_PATH_VALUES = {
    "name": ("A campaign's name, such as clean-water.", "^[a-z0-9][a-z0-9-]{0,62}$"),
    "webhook": ("The webhook's id.", "^[0-9a-f]{1,64}$"),
    "id": ("The signature's id.", "^[0-9a-z]{1,64}$"),
}

_TAGS = {
    "public": "For everyone, without a key, from any site.",
    "figures": "Every count of a campaign.",
    "osdi": "Signatures as an OSDI client reads them.",
    "webhooks": "Notices of what happens.",
}


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """Send the OpenAPI description; it is public."""
    page = pages().get(("openapi",), lambda: Page.of(orjson.dumps(described()), "application/json"))
    return send(page, cache_control="public, max-age=3600")


@blueprint.get("/")
def show() -> Response:
    """Show the description as a page without scripts."""
    return send(
        pages().get(
            ("api-page",),
            lambda: Page.of(
                render_template(
                    "api/show.html",
                    operations=operations(described()),
                    tags=_TAGS,
                    scopes=SCOPES,
                    about=_ABOUT,
                )
            ),
        )
    )


def described() -> dict[str, Any]:
    """Return the OpenAPI description of this site."""
    return cast(
        dict[str, Any],
        orjson.loads(_described(current_app.name, current_services().settings.base_url)),
    )


@cache
def _described(_: str, base_url: str) -> bytes:
    found = orjson.loads(orjson.dumps(SPEC.spec))
    found["info"]["description"] = _ABOUT
    found["servers"] = [{"url": base_url or "/"}]
    found["tags"] = [{"name": name, "description": text} for name, text in _TAGS.items()]
    found["components"]["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer"},
        "osdi": {"type": "apiKey", "in": "header", "name": "OSDI-API-Token"},
    }
    for item in found["paths"].values():
        for described_operation in item.values():
            _finish(described_operation)
    return orjson.dumps(found)


def _finish(described_operation: dict[str, Any]) -> None:
    """Add what spectree cannot express: content types, and the format of path values."""
    is_osdi = "osdi" in described_operation["tags"]
    for code, answer in described_operation["responses"].items():
        if "content" not in answer:
            continue
        schema = answer["content"].pop("application/json")
        if int(code) >= 400:
            answer["content"][CONTENT_TYPE] = schema
        else:
            answer["content"][HAL if is_osdi else "application/json"] = schema
    for parameter in described_operation["parameters"]:
        if parameter["in"] == "path" and parameter["name"] in _PATH_VALUES:
            text, pattern = _PATH_VALUES[parameter["name"]]
            parameter["description"] = text
            parameter["schema"] = {"type": "string", "pattern": pattern}


@dataclass(frozen=True)
class Operation:
    """One operation, as the page shows it."""

    method: str
    path: str
    summary: str
    text: str
    tag: str
    needs_key: bool
    parameters: tuple[tuple[str, str, bool], ...]
    fields: tuple[tuple[str, str, bool], ...]


def operations(described_api: dict[str, Any]) -> tuple[Operation, ...]:
    """Return every operation for the page, in the order of the tags."""
    found = []
    schemas = described_api["components"]["schemas"]
    for path, item in described_api["paths"].items():
        for method, one in item.items():
            body = one.get("requestBody", {}).get("content", {}).get("application/json", {})
            model = schemas.get(body.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
            found.append(
                Operation(
                    method=method.upper(),
                    path=path,
                    summary=one["summary"],
                    text=one["description"].replace("`", ""),
                    tag=one["tags"][0],
                    needs_key=bool(one.get("security")),
                    parameters=tuple(
                        (each["name"], each.get("description", ""), each["required"])
                        for each in one["parameters"]
                    ),
                    fields=tuple(
                        (name, each.get("description", ""), name in model.get("required", ()))
                        for name, each in model.get("properties", {}).items()
                    ),
                )
            )
    order = list(_TAGS)
    return tuple(sorted(found, key=lambda one: (order.index(one.tag), one.path, one.method)))
