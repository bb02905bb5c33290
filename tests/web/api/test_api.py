"""The API at the door: keys, methods, bodies, other sites; and what each room answers."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from campaign.civil_time import WASHINGTON
from campaign.cli.lookup import lookup
from campaign.organizing.connect import api_keys
from campaign.packs.bills import Bill
from campaign.packs.stances import Stance, StanceRecord
from campaign.store import models, stances
from campaign.web.api import keys
from campaign.web.api.problems import CONTENT_TYPE
from campaign.web.core.security import LARGEST_JSON
from tests.web.api.conftest import NAME, bearer, make_key
from tests.web.whole_site import Site

STATS = f"/api/v1/campaigns/{NAME}/stats"
WEBHOOKS = f"/api/v1/campaigns/{NAME}/webhooks"
WISH = {"url": "https://hooks.example.org/in", "events": ["signature.confirmed"]}


class TestKeys:
    def test_either_header_opens(self, site: Site) -> None:
        key = make_key(site)

        assert site.client.get(STATS, headers=bearer(key)).status_code == 200
        assert site.client.get(STATS, headers={"OSDI-API-Token": key}).status_code == 200

    def test_an_address_never_holds_a_key(self, shared: Site) -> None:
        key = make_key(shared)

        for name in ("token", "api_token", "key", "access_token", "OSDI-API-Token"):
            assert shared.client.get(STATS, query_string={name: key}).status_code == 401

    def test_every_refusal_is_the_same(self, site: Site) -> None:
        revoked = make_key(site)
        [made] = api_keys.of_campaign(site.database, NAME)
        api_keys.revoke(site.database, NAME, made.public_id, actor="user:1", now=site.time[0])
        expired = make_key(site, expires_at=site.time[0] + timedelta(hours=1))
        site.pass_time(hours=2)
        tried = [
            {},
            bearer("campaign_nobody"),
            bearer(revoked),
            bearer(expired),
            bearer(""),
            {"Authorization": "Basic abc"},
            {"Authorization": f"Bearer {'x' * 5000}"},
            {"OSDI-API-Token": "ünïcode"},
        ]

        answers = [site.client.get(STATS, headers=headers) for headers in tried]

        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.data for answer in answers}) == 1
        assert all(answer.headers["WWW-Authenticate"].startswith("Bearer") for answer in answers)

    def test_a_scope_that_is_missing_is_named(self, site: Site) -> None:
        answer = site.client.get(STATS, headers=bearer(make_key(site, "signatures:read")))

        assert answer.status_code == 403
        assert "stats:read" in answer.get_json()["detail"]
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]

    def test_another_campaign_is_as_if_it_were_not_there(self, site: Site) -> None:
        key = make_key(site, campaign="another")

        other = site.client.get(STATS, headers=bearer(key))
        nowhere = site.client.get("/api/v1/campaigns/nowhere/stats", headers=bearer(key))

        assert (other.status_code, nowhere.status_code) == (404, 404)
        assert other.data == nowhere.data

    def test_only_its_hash_is_stored_and_the_day_it_was_used(self, site: Site) -> None:
        key = make_key(site)
        site.client.get(STATS, headers=bearer(key))

        with site.database.reading() as connection:
            row = connection.execute(sa.select(models.api_tokens)).one()
        assert key not in repr(tuple(row))
        assert row.last_used_on == site.time[0].date()

    def test_making_and_revoking_are_on_record_without_the_key(self, site: Site) -> None:
        key = make_key(site)
        [made] = api_keys.of_campaign(site.database, NAME)
        api_keys.revoke(site.database, NAME, made.public_id, actor="user:1", now=site.time[0])

        with site.database.reading() as connection:
            records = connection.execute(sa.select(models.audit)).all()
        assert [row.action for row in records] == ["token-made", "token-revoked"]
        assert key not in repr(records)

    def test_too_many_requests_of_one_key_are_sent_away_for_a_while(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(keys, "A_MINUTE", 3)
        key, other = make_key(site), make_key(site)

        answers = [site.client.get(STATS, headers=bearer(key)) for _ in range(4)]

        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
        assert site.client.get(STATS, headers=bearer(other)).status_code == 200

    def test_no_cookie_is_set_and_none_opens(self, shared: Site) -> None:
        answer = shared.client.get(STATS, headers={"Cookie": "session=whatever"})

        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers


class TestDoor:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/api/v1/nothing", 404),
            ("GET", "/api/nothing", 404),
            ("GET", "/api/v1/campaigns/nowhere", 404),
            ("POST", "/api/v1/members", 405),
            ("DELETE", STATS, 405),
            ("GET", "/api/v1/members?zip=nowhere", 422),
            ("GET", "/api/v1/members?zip=59001&zip=59002", 422),
            ("GET", "/api/v1/members", 422),
        ],
    )
    def test_failures_are_problem_documents(
        self, shared: Site, method: str, path: str, status: int
    ) -> None:
        answer = shared.client.open(path, method=method)

        assert (answer.status_code, answer.content_type) == (status, CONTENT_TYPE)
        assert answer.get_json()["status"] == status
        assert answer.get_json()["detail"].endswith(".")
        if status == 405:
            assert answer.headers["Allow"]

    def test_head_and_options_are_answered(self, shared: Site) -> None:
        head = shared.client.head("/api/v1/members?zip=59001")
        options = shared.client.options(WEBHOOKS)

        assert (head.status_code, head.data) == (200, b"")
        assert {"GET", "POST"} <= set(options.headers["Allow"].split(", "))

    def test_other_sites_may_fetch_what_is_public_alone(self, shared: Site) -> None:
        from_elsewhere = {"Origin": "https://other.example", **bearer(make_key(shared))}

        for path in ("/api/v1/members?zip=59001", "/api/v1/campaigns", "/api/v1/openapi.json"):
            assert shared.client.get(path).headers["Access-Control-Allow-Origin"] == "*"
        for path in (STATS, "/api/v1/osdi", WEBHOOKS):
            answer = shared.client.get(path, headers=from_elsewhere)
            assert answer.status_code == 200
            assert "Access-Control-Allow-Origin" not in answer.headers

    @pytest.mark.parametrize(
        ("body", "content_type", "status"),
        [
            (b"{", "application/json", 400),
            (b"[" * 9000, "application/json", 400),
            (b'{"url":"\\ud800"}', "application/json", 400),
            (b"\xff\xfe", "application/json", 400),
            (b"[]", "application/json", 422),
            (b"{}", "application/json", 422),
            (b"url=x", "application/x-www-form-urlencoded", 415),
            (b"{}", "text/plain", 415),
            (b"{}", "application/json; charset=utf-16", 415),
            (b" " * (LARGEST_JSON + 1), "application/json", 413),
            (b"", "application/json", 400),
        ],
    )
    def test_bodies_that_it_does_not_take(
        self, shared: Site, body: bytes, content_type: str, status: int
    ) -> None:
        key = make_key(shared)

        answer = shared.client.post(
            WEBHOOKS, data=body, content_type=content_type, headers=bearer(key)
        )

        assert (answer.status_code, answer.content_type) == (status, CONTENT_TYPE)

    def test_forms_of_pages_are_taken_as_before_and_json_is_not(self, shared: Site) -> None:
        assert shared.client.post(f"/c/{NAME}/sign", json={"first_name": "Ani"}).status_code == 415

    def test_a_compressed_body_is_refused(self, shared: Site) -> None:
        headers = bearer(make_key(shared)) | {"Content-Encoding": "gzip"}

        assert shared.client.post(WEBHOOKS, json=WISH, headers=headers).status_code == 415

    def test_nothing_is_kept_by_caches_but_what_is_public(self, shared: Site) -> None:
        private = shared.client.get(STATS, headers=bearer(make_key(shared)))

        assert private.headers["Cache-Control"] == "no-store"
        assert "public" in shared.client.get("/api/v1/campaigns").headers["Cache-Control"]


@pytest.mark.parametrize("zip_", ["59001", "59001-1234", "63801", "00000", "20500"])
def test_members_are_those_of_the_command_line(shared: Site, zip_: str) -> None:
    told = CliRunner().invoke(lookup, [zip_, "--json", "--on", shared.time[0].date().isoformat()])

    answer = shared.client.get("/api/v1/members", query_string={"zip": zip_})

    assert answer.json == json.loads(told.output)


def test_members_come_with_where_they_stand_on_a_campaign(site: Site) -> None:
    daines, sheehy, downing = "D000618", "S001232", "D000634"
    day = site.time[0].date()
    supported, opposed, ended = Bill(119, "hr", 6840), Bill(119, "hr", 6534), Bill(118, "s", 3000)
    with site.database.writing() as connection:
        stances.add(
            connection,
            NAME,
            [
                StanceRecord(daines, Stance.AGAINST, day, "A vote"),
                StanceRecord(daines, Stance.FOR, day, "a file", ended),
                StanceRecord(downing, Stance.FOR, day, "a file", supported),
                StanceRecord(downing, Stance.AGAINST, day, "a file", opposed),
            ],
            actor="cli:ani",
            now=site.time[0],
        )

    answer = site.client.get(f"/api/v1/members?zip=59001&campaign={NAME}").get_json()

    found = {member["bioguide"]: member["stance"] for member in answer["members"]}
    assert found[daines] == {
        "stance": "against",
        "evidence": [{"stance": "against", "source": "A vote", "as_of": day.isoformat()}],
        "history": [
            {
                "stance": "for",
                "source": "Sponsor or cosponsor of a bill of the 118th Congress",
                "as_of": day.isoformat(),
            }
        ],
    }
    unknown = {"stance": "unknown", "evidence": [], "history": []}
    assert found[sheehy] == found[downing] == unknown


def test_shared_caches_keep_no_answer_past_the_noon_at_which_a_congress_ends(site: Site) -> None:
    noon = datetime(2027, 1, 3, 12, tzinfo=WASHINGTON)
    for before, members, updates in ((3601, 3600, 600), (59, 59, 59)):
        site.time[0] = noon - timedelta(seconds=before)

        answers = [
            site.client.get(path) for path in ("/api/v1/members?zip=82001", f"/c/{NAME}/feed.atom")
        ]

        kept = [answer.headers["Cache-Control"] for answer in answers]
        assert kept == [f"public, max-age={members}", f"public, max-age={updates}"]


def test_a_campaign_that_is_not_there_has_no_stances(shared: Site) -> None:
    assert shared.client.get("/api/v1/members?zip=59001&campaign=nowhere").status_code == 404
    assert shared.client.get("/api/v1/members?zip=59001&campaign=No%20").status_code == 422


def test_a_wrong_zip_is_refused_in_our_own_words(shared: Site) -> None:
    [error] = shared.client.get("/api/v1/members?zip=5900").get_json()["errors"]

    assert error == {
        "field": "zip",
        "message": "Enter the ZIP code where you live, such as 59001.",
    }


def test_a_zip_with_a_dash_from_a_word_processor_is_taken(shared: Site) -> None:
    answer = shared.client.get("/api/v1/members", query_string={"zip": "59001\u20131234"})

    assert answer.json is not None
    assert answer.json["districts"] == ["MT-2"]


def test_figures_are_those_of_the_public_page(shared: Site) -> None:
    assert (
        shared.client.get(f"/api/v1/campaigns/{NAME}").json
        == shared.client.get(f"/c/{NAME}.json").json
    )


class TestWebhooks:
    def ask(self, site: Site, method: str, path: str = "", **more: Any) -> Any:
        self.key = getattr(self, "key", None) or make_key(site, "webhooks:manage")
        return site.client.open(WEBHOOKS + path, method=method, headers=bearer(self.key), **more)

    def test_are_made_shown_changed_and_deleted(self, site: Site) -> None:
        made = self.ask(site, "POST", json=WISH)

        assert made.status_code == 201
        assert made.json["secret"].startswith("whsec_")
        path = f"/{made.json['id']}"
        assert made.headers["Location"] == WEBHOOKS + path
        assert made.json["only_mail"] is True
        shown = self.ask(site, "GET", path).json
        assert "secret" not in shown
        assert self.ask(site, "GET").json == {"webhooks": [shown]}
        changed = self.ask(site, "PATCH", path, json={"shape": "actionnetwork", "is_on": False})
        assert changed.json == shown | {"shape": "actionnetwork", "status": "off"}
        assert self.ask(site, "DELETE", path).status_code == 204
        assert self.ask(site, "GET", path).status_code == 404

    @pytest.mark.parametrize("value", [0, 1, "no", "true", "false", 0.0, [], {}, "", "off"])
    @pytest.mark.parametrize("field", ["only_mail", "is_on"])
    def test_take_true_and_false_alone_for_yes_and_no(
        self, site: Site, field: str, value: object
    ) -> None:
        path = f"/{self.ask(site, 'POST', json=WISH).json['id']}"
        before = self.ask(site, "GET", path).json

        refused = [self.ask(site, "PATCH", path, json={field: value})]
        if field == "only_mail":
            refused.append(self.ask(site, "POST", json=WISH | {field: value}))

        for answer in refused:
            assert answer.status_code == 422
            assert [one["field"] for one in answer.json["errors"]] == [field]
        assert self.ask(site, "GET", path).json == before

    @pytest.mark.parametrize(
        "change", [{"url": 7}, {"shape": True}, {"events": "signature.confirmed"}, {"events": {}}]
    )
    def test_take_no_other_kind_for_a_text_or_a_list(
        self, site: Site, change: dict[str, object]
    ) -> None:
        assert self.ask(site, "POST", json=WISH | change).status_code == 422

    def test_a_new_secret_is_another_one(self, site: Site) -> None:
        made = self.ask(site, "POST", json=WISH).json

        renewed = self.ask(site, "POST", f"/{made['id']}/secret").json

        assert renewed["secret"] != made["secret"]

    def test_can_be_tried_out_while_on(self, site: Site) -> None:
        path = f"/{self.ask(site, 'POST', json=WISH).json['id']}"

        assert self.ask(site, "POST", path + "/test").status_code == 202
        assert self.ask(site, "GET", path + "/deliveries").json == {"deliveries": []}
        self.ask(site, "PATCH", path, json={"is_on": False})
        assert self.ask(site, "POST", path + "/test").status_code == 422

    @pytest.mark.parametrize(
        "url",
        [
            "http://hooks.example.org/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://localhost/",
            "https://hooks.example.org:8443/",
            "https://user:secret@hooks.example.org/",
            "https://hooks.example.org/#part",
            "https://2130706433/",
            "https://0x7f.1/",
            "ftp://hooks.example.org/",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_addresses_that_could_lead_inside_are_refused_at_once(
        self, shared: Site, url: str
    ) -> None:
        assert self.ask(shared, "POST", json=WISH | {"url": url}).status_code == 422

    def test_unknown_fields_are_refused(self, shared: Site) -> None:
        answer = self.ask(shared, "POST", json=WISH | {"campaign": "another"})

        assert answer.status_code == 422
        assert answer.json["errors"][0]["field"] == "campaign"

    def test_there_are_so_many_and_no_more(self, site: Site) -> None:
        answers = [self.ask(site, "POST", json=WISH).status_code for _ in range(11)]

        assert answers == [201] * 10 + [422]
