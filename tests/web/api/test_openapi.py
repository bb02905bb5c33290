"""The description holds: what it promises is answered, and what it forbids is refused."""

import re
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, assume, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.schemas import OpenApiSchema

from campaign.organizing.connect import connections
from campaign.organizing.connect.connections import WebhookSettings
from campaign.store import models
from campaign.store.endpoints import EVENTS
from campaign.web.api import keys
from campaign.web.api.operations import SPEC
from campaign.web.core.request_floods import MinuteCounter
from campaign.web.core.security import LONGEST_QUERY
from tests.web.api.conftest import NAME, bearer, make_key
from tests.web.whole_site import Site


@pytest.fixture(scope="module")
def described(shared: Site) -> OpenApiSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", shared.app)


@pytest.fixture(scope="module")
def key(shared: Site) -> str:
    return make_key(shared)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_operation_keeps_to_its_description(
    described: OpenApiSchema, mode: GenerationMode, shared: Site, key: str
) -> None:
    """Made-up requests, good ones and bad ones: statuses, types, bodies and headers as promised."""
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.query or operation.body):
            continue
        is_good = mode is GenerationMode.POSITIVE
        _try_out(operation.as_strategy(generation_mode=mode), shared, key, is_good=is_good)


WHO: dict[str, Any] = {
    "given_name": "Ani",
    "family_name": "Petrosyan",
    "email_addresses": [{"address": "ani@example.org"}],
    "postal_addresses": [{"postal_code": "59001"}],
}


def _try_out(cases: Any, site: Site, key: str, *, is_good: bool) -> None:
    @given(case=cases)
    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Case[Any]) -> None:
        # A query in more words than any page takes is refused before anybody reads it.
        assume(len(quote(str(case.query or {}))) <= LONGEST_QUERY)
        site.app.extensions[keys.COUNTER] = MinuteCounter()  # as if a minute had passed
        if is_good:
            _lead_to_what_is_there(case, site)
        # The client in between does not unpack what it asks to be packed.
        case.call_and_validate(headers={**bearer(key), "Accept-Encoding": "identity"})

    check()


def _lead_to_what_is_there(case: Case[Any], site: Site) -> None:
    """Put names and ids that are known into the path; made-up ones would only find nothing."""
    known: dict[str, str] = {}
    if "name" in case.path_parameters:
        known["name"] = NAME
    if "webhook" in case.path_parameters or case.operation.label.startswith("POST"):
        with site.database.writing() as connection:
            connection.execute(sa.delete(models.endpoints))
    if "webhook" in case.path_parameters:
        wish = WebhookSettings("https://hooks.example.org/in", "flat", EVENTS, only_mail=True)
        made, _ = connections.add_webhook(
            site.database, NAME, wish, actor="user:1", **site_moment(site)
        )
        known["webhook"] = made.public_id
    if "id" in case.path_parameters:
        with site.database.reading() as connection:
            row = sa.select(models.signatures.c.public_id).limit(1)
            known["id"] = connection.execute(row).scalar_one()
    case.path_parameters = {**case.path_parameters, **known}
    if isinstance(case.body, dict) and "person" in case.body:
        # No schema can say which ZIPs, names and addresses there are.
        case.body = {**case.body, "person": WHO, "comments": "", "referrer_data": {"source": "x"}}


def site_moment(site: Site) -> dict[str, Any]:
    return {"now": site.time[0], "keyring": site.settings.keyring}


def description(site: Site) -> Any:
    return site.client.get("/api/v1/openapi.json").get_json()


def test_it_is_openapi_3_1_and_names_every_path(shared: Site) -> None:
    described = description(shared)

    assert described["openapi"].startswith("3.1")
    rules = {
        re.sub(r"<(\w+)>", r"{\1}", rule.rule)
        for rule in shared.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api.openapi")
    }
    assert set(described["paths"]) == rules


def test_every_operation_has_words_and_failures(shared: Site) -> None:
    for item in description(shared)["paths"].values():
        for operation in item.values():
            assert operation["summary"].endswith((".", ":"))
            for code, answer in operation["responses"].items():
                if int(code) >= 400:
                    assert set(answer["content"]) == {"application/problem+json"}


def test_the_page_for_people_shows_every_operation_and_nothing_from_elsewhere(shared: Site) -> None:
    page = shared.client.get("/api/v1/").text

    assert all(path.startswith("/static/") for path in re.findall(r'src="([^"]*)"', page))
    with shared.app.app_context():
        paths = list(SPEC.spec["paths"])
    assert len(paths) > 10
    for path in paths:
        assert path in page


def test_the_page_names_the_campaigns_address(shared: Site) -> None:
    assert NAME in shared.client.get("/api/v1/campaigns").text
