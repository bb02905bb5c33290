"""Signatures as an OSDI client reads them: every one once, whatever happens meanwhile."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from campaign.errors import StoreUnavailable
from campaign.store import audit, models
from campaign.web.api import osdi_filter, schemas
from tests.web.api.conftest import NAME, add_signers, bearer, make_key
from tests.web.whole_site import Site

SIGNATURES = f"/api/v1/osdi/petitions/{NAME}/signatures"


class Client:
    """Walks from link to link, as a client of Action Network does."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.key = make_key(site, "signatures:read")

    def get(self, url: str) -> Any:
        """Return what is at that address of the site."""
        parts = urlsplit(url)
        answer = self.site.client.get(f"{parts.path}?{parts.query}", headers=bearer(self.key))
        assert answer.status_code == 200, answer.text
        assert answer.content_type == "application/hal+json"
        return answer.json

    def follow(self, found: Any, rel: str) -> Any:
        """Return what a link of that relation leads to."""
        return self.get(found["_links"][rel]["href"])


@pytest.fixture
def client(site: Site) -> Client:
    return Client(site)


def in_another_process(site: Site) -> None:
    """Go on as in a process that has served none of the pages before."""
    site.app.extensions["api-remembering"].forget()


def ids(page: Any) -> list[str]:
    found = page["_embedded"]["osdi:signatures"]
    return [one["identifiers"][0].removeprefix("campaign:") for one in found]


def test_a_client_begins_at_the_entry_point_and_reads_every_page(
    site: Site, client: Client
) -> None:
    added = add_signers(site, 60)
    entry = client.get("/api/v1/osdi")
    petitions = client.follow(entry, "osdi:petitions")
    [petition] = petitions["_embedded"]["osdi:petitions"]

    page = client.follow(petition, "osdi:signatures")
    read = ids(page)
    while "next" in page["_links"]:
        page = client.follow(page, "next")
        read += ids(page)

    assert read == added
    assert (page["page"], page["total_pages"], page["total_records"]) == (3, 3, 60)
    assert petition["total_signatures"] == 60
    assert entry["_links"]["curies"][0]["name"] == "osdi"


def test_a_page_by_its_number_alone_is_the_same(site: Site, client: Client) -> None:
    added = add_signers(site, 60)

    assert ids(client.get(f"{SIGNATURES}?page=2")) == added[25:50]
    client.get(SIGNATURES)
    assert ids(client.get(f"{SIGNATURES}?page=2")) == added[25:50]
    assert ids(client.get(f"{SIGNATURES}?page=3&per_page=10")) == added[20:30]
    assert client.get(f"{SIGNATURES}?page=2")["_links"]["previous"]["href"].endswith(
        "page=1&per_page=25"
    )


def test_past_the_end_is_an_empty_list(site: Site, client: Client) -> None:
    add_signers(site, 3)

    page = client.get(f"{SIGNATURES}?page=7")

    assert ids(page) == []
    assert (page["page"], page["total_pages"], page["total_records"]) == (7, 1, 3)
    assert "next" not in page["_links"]


def test_more_than_25_a_page_are_never_given(site: Site, client: Client) -> None:
    add_signers(site, 40)

    page = client.get(f"{SIGNATURES}?per_page=500")

    assert (page["per_page"], len(ids(page))) == (25, 25)


def test_walking_misses_nobody_when_others_leave_meanwhile(site: Site, client: Client) -> None:
    added = add_signers(site, 60)
    page = client.get(SIGNATURES)
    with site.database.writing() as connection:
        connection.execute(
            sa.update(models.signatures)
            .where(models.signatures.c.public_id.in_(added[:5]))
            .values(status="withdrawn")
        )

    assert ids(client.follow(page, "next")) == added[25:50]
    assert ids(client.get(f"{SIGNATURES}?page=2")) == added[25:50]
    in_another_process(site)
    assert ids(client.follow(page, "next")) == added[25:50]


def test_new_signatures_come_at_the_end_and_once_they_are_settled(
    site: Site, client: Client
) -> None:
    added = add_signers(site, 30)
    later = add_signers(
        site, 1, email="late@example.org", email_key="late@example.org", confirmed_at=site.time[0]
    )

    assert ids(client.get(f"{SIGNATURES}?page=2")) == added[25:]
    site.pass_time(seconds=20)
    assert ids(client.get(f"{SIGNATURES}?page=2")) == added[25:] + later
    in_another_process(site)
    assert client.get(SIGNATURES)["total_records"] == 31


def test_only_confirmed_signatures_that_were_neither_erased_nor_anonymized(
    site: Site, client: Client
) -> None:
    added = add_signers(site, 6)
    table = models.signatures
    with site.database.writing() as connection:
        gone: list[dict[str, Any]] = [
            {"status": "pending", "confirmed_at": None},
            {"status": "withdrawn"},
            {"status": "invalid"},
            {"anonymised_at": site.time[0]},
        ]
        for public_id, values in zip(added, gone, strict=False):
            connection.execute(
                sa.update(table).where(table.c.public_id == public_id).values(values)
            )
        connection.execute(sa.delete(table).where(table.c.public_id == added[4]))

    assert ids(client.get(SIGNATURES)) == [added[5]]
    for public_id in added[:5]:
        answer = site.client.get(f"{SIGNATURES}/{public_id}", headers=bearer(client.key))
        assert answer.status_code == 404


def test_a_signature_has_its_signer_petition_and_true_consent(site: Site, client: Client) -> None:
    willing, unwilling = add_signers(site, 2)
    found = client.get(SIGNATURES)["_embedded"]["osdi:signatures"]

    signature = client.follow(found[0], "self")
    person = client.follow(signature, "osdi:person")

    assert signature == found[0]
    assert person == signature["_embedded"]["osdi:person"]
    assert client.follow(signature, "osdi:petition")["name"] == NAME
    assert signature["action_date"].endswith("Z")
    assert person["email_addresses"] == [
        {"address": "ani0@example.org", "primary": True, "status": "subscribed"}
    ]
    [address] = found[1]["_embedded"]["osdi:person"]["email_addresses"]
    assert address["status"] == "unsubscribed"
    assert [ids({"_embedded": {"osdi:signatures": [one]}})[0] for one in found] == [
        willing,
        unwilling,
    ]


def test_since_a_time(site: Site, client: Client) -> None:
    added = add_signers(site, 60)
    third = client.get(SIGNATURES)["_embedded"]["osdi:signatures"][30 - 8]["created_date"]

    page = client.get(f"{SIGNATURES}?since={third}&per_page=20")

    assert ids(page) == added[22:42]
    assert ids(client.follow(page, "next")) == added[42:]
    assert page["total_records"] == 38


def test_another_campaigns_signer_is_not_found_under_this_one(site: Site, client: Client) -> None:
    [other] = add_signers(site, 1, campaign="another")

    answer = site.client.get(f"/api/v1/osdi/people/{other}", headers=bearer(client.key))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/api/v1/osdi", schemas.EntryPoint),
        ("/api/v1/osdi/petitions", schemas.Listing),
        (f"/api/v1/osdi/petitions/{NAME}", schemas.Petition),
        (SIGNATURES, schemas.Listing),
        ("/api/v1/osdi/people", schemas.Listing),
        ("/api/v1/osdi/metadata", schemas.Metadata),
    ],
)
def test_answers_are_as_described(shared: Site, path: str, model: type[BaseModel]) -> None:
    model.model_validate(Client(shared).get(path))


PEOPLE = "/api/v1/osdi/people"


def people(page: Any) -> list[str]:
    found = page["_embedded"]["osdi:people"]
    return [one["identifiers"][0].removeprefix("campaign:") for one in found]


def test_people_are_listed_page_by_page(site: Site, client: Client) -> None:
    added = add_signers(site, 30)

    page = client.follow(client.get("/api/v1/osdi"), "osdi:people")
    read = people(page) + people(client.follow(page, "next"))

    assert read == added
    [first, *_] = page["_embedded"]["osdi:people"]
    assert first["email_addresses"] == [
        {"address": "ani0@example.org", "primary": True, "status": "subscribed"}
    ]
    signatures = client.follow(first, "osdi:signatures")
    assert ids(signatures) == [added[0]]
    assert (signatures["total_records"], signatures["total_pages"]) == (1, 1)


def test_a_list_can_be_read_to_its_end_as_fast_as_a_client_can(site: Site, client: Client) -> None:
    """Clients of OSDI do not wait on 429: the limit must be above what one client can ask for."""
    added = add_signers(site, 400)

    page = client.get(f"{SIGNATURES}?per_page=1")
    read = ids(page)
    while "next" in page["_links"]:
        page = client.follow(page, "next")
        read += ids(page)

    assert read == added


def consent_at(site: Site, public_id: str, at: datetime) -> None:
    """Record that a signer changed something at that time."""
    with site.database.writing() as connection:
        row = connection.execute(
            sa.select(models.signatures.c.id).where(models.signatures.c.public_id == public_id)
        ).scalar_one()
        connection.execute(
            sa.insert(models.consents).values(signature_id=row, act="changed", at=at)
        )


@pytest.mark.parametrize("path", [SIGNATURES, PEOPLE])
def test_a_filter_by_time_lists_what_it_says(site: Site, client: Client, path: str) -> None:
    added = add_signers(site, 40)
    start = site.time[0] - timedelta(minutes=40)
    consent_at(site, added[3], start + timedelta(minutes=39, seconds=30))

    def asked(filter: str) -> list[str]:
        page = client.get(f"{path}?{urlencode({'filter': filter})}")
        read = page["_embedded"]["osdi:people" if path == PEOPLE else "osdi:signatures"]
        total = page["total_records"]
        while "next" in page["_links"]:
            page = client.follow(page, "next")
            read += page["_embedded"]["osdi:people" if path == PEOPLE else "osdi:signatures"]
        assert len(read) == total
        return [one["identifiers"][0].removeprefix("campaign:") for one in read]

    def at(minutes: int) -> str:
        return f"'{(start + timedelta(minutes=minutes)).strftime('%Y-%m-%dT%H:%M:%SZ')}'"

    assert asked(f"created_date gt {at(5)}") == added[6:]
    assert asked(f"created_date lt {at(5)}") == added[:5]
    assert asked(f"created_date gt {at(1)} and created_date lt {at(4)}") == added[2:4]
    assert asked(f"modified_date gt {at(38)}") == [added[3], added[39]]
    assert asked(f"modified_date lt {at(5)}") == [*added[:3], added[4]]
    assert asked("created_date lt '2000-01-01'") == []
    assert asked("created_date gt '2000-01-01'") == added


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "family_name eq 'Petrosyan'"},
        {"filter": "created_date eq '2026-01-01'"},
        {"filter": "created_date ge '2026-01-01'"},
        {"filter": "created_date gt 2026-01-01"},
        {"filter": "created_date gt '2026-13-01'"},
        {"filter": "created_date gt '0001-01-01T00:00:00+14:00'"},
        {"filter": "created_date gt '2026-01-01' or created_date lt '2025-01-01'"},
        {"filter": " and ".join(["created_date gt '2026-01-01'"] * 5)},
        {"filter": "created_date gt '2026-01-01' and"},
        {"filter": "x"},
        {"$filter": "created_date gt '2026-01-01'"},
        [("filter", "created_date gt '2026-01-01'"), ("filter", "created_date gt '2026-01-02'")],
    ],
    ids=str,
)
@pytest.mark.parametrize("path", [SIGNATURES, PEOPLE])
def test_a_filter_that_is_not_supported_is_refused(
    shared: Site, path: str, query: dict[str, str] | list[tuple[str, str]]
) -> None:
    key = make_key(shared, "signatures:read")

    answer = shared.client.get(f"{path}?{urlencode(query)}", headers=bearer(key))

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert "created_date" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "/petitions", f"/petitions/{NAME}", "/metadata"])
def test_a_filter_is_refused_where_nothing_can_be_filtered(shared: Site, path: str) -> None:
    key = make_key(shared, "signatures:read")
    query = urlencode({"filter": "created_date gt '2026-01-01'"})

    answer = shared.client.get(f"/api/v1/osdi{path}?{query}", headers=bearer(key))

    assert answer.status_code == 400


@given(st.text(max_size=60))
def test_any_text_is_a_filter_or_is_refused(text: str) -> None:
    try:
        bounds = osdi_filter.parse(text)
    except osdi_filter.FilterUnsupported:
        return
    assert bool(bounds) == bool(text.strip())


class TestOnRecord:
    """Whoever is handed is on record: by which key, by what filter, how many."""

    def records(self, site: Site) -> list[dict[str, Any]]:
        with site.database.reading() as connection:
            found = audit.records(connection, action="signers-read", limit=None)
        assert {one.actor.partition(":")[0] for one in found} <= {"token"}
        assert {one.campaign for one in found} <= {NAME}
        return [dict(one.details) for one in reversed(found)]

    def test_each_page_that_shows_somebody_is_one_line(self, site: Site, client: Client) -> None:
        add_signers(site, 30)

        page = client.get(SIGNATURES)
        client.follow(page, "next")
        client.get("/api/v1/osdi/people?filter=created_date+gt+%272020-01-01%27")

        assert [(one["what"], one["rows"]) for one in self.records(site)] == [
            ("osdi:signatures", 25),
            ("osdi:signatures", 5),
            ("osdi:people", 25),
        ]
        assert self.records(site)[1]["page"] == 2
        assert "2020-01-01" in self.records(site)[2]["filter"]

    def test_one_signer_is_a_line_too(self, site: Site, client: Client) -> None:
        add_signers(site, 1)
        page = client.get(SIGNATURES)
        link = page["_embedded"]["osdi:signatures"][0]["_links"]

        client.get(link["self"]["href"])
        client.get(link["osdi:person"]["href"])

        assert [found["rows"] for found in self.records(site)] == [1, 1, 1]
        assert self.records(site)[2]["signature"]

    def test_nobody_is_no_line(self, site: Site, client: Client) -> None:
        client.get(SIGNATURES)
        client.get("/api/v1/osdi")

        assert self.records(site) == []

    def test_who_cannot_be_put_on_record_is_not_handed_out(
        self, site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        add_signers(site, 1)

        def full(*_: object, **__: object) -> None:
            raise StoreUnavailable("full")

        monkeypatch.setattr(audit, "record", full)

        answer = site.client.get(SIGNATURES, headers=bearer(client.key))
        assert answer.status_code == 503
