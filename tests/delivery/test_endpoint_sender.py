"""Endpoints hear of signatures: signed, as they stand, tried again, logged, and no more."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks.webhooks import Webhook

from campaign import paths
from campaign.congress import dataset
from campaign.delivery.actionnetwork import ActionNetworkProtocol
from campaign.delivery.endpoint_sender import EndpointProtocol, EndpointSender
from campaign.delivery.outbox import drain
from campaign.delivery.recorder import DrainReport
from campaign.delivery.safe_http import Http, NoHttp, SafeHttp
from campaign.delivery.webhooks import WebhookProtocol
from campaign.keys import Keyring
from campaign.organizing.connect import connections
from campaign.organizing.connect.connections import WebhookSettings
from campaign.organizing.connect.payloads import PayloadWriter
from campaign.packs import pack as packs
from campaign.packs.pack import Pack
from campaign.petition import erasure, mailed_links, own_data, review
from campaign.petition.paper import enter_signatures, paper_row
from campaign.store import endpoint_log, models
from campaign.store.db.engine import Database
from campaign.store.endpoints import EVENTS, Endpoint
from tests.delivery.receiving import Receiver, reaching
from tests.petition.petitioning import KEYRING, Petition

NAME = "section-907"
MOMENT: dict[str, Any] = {"keyring": KEYRING}
KEY = "an-action-network-key"


@pytest.fixture(scope="session")
def pack() -> Pack:
    """The bundled campaign, open for good."""
    found = packs.load(packs.find(NAME, [paths.data() / "campaigns"]), date(2026, 6, 15))
    return replace(found, opens_on=None, closes_on=None)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


class House:
    """A petition with its endpoints and a worker, and a clock in the test's hand."""

    def __init__(self, database: Database, pack: Pack, receiver: Receiver) -> None:
        self.database = database
        self.petition = Petition(database, pack)
        self.receiver = receiver
        # Standard Webhooks' own verifier goes by the clock on the wall.
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.payloads = PayloadWriter("https://petition.example.org", lambda name, on_date: pack)
        self.senders = {
            "webhook": self.sender(),
            "actionnetwork": self.sender(ActionNetworkProtocol(KEYRING, "agent")),
        }

    def sender(
        self, protocol: EndpointProtocol | None = None, http: Http | None = None
    ) -> EndpointSender:
        """Return a sender, of webhooks and to the receiver unless named otherwise."""
        return EndpointSender(
            self.database,
            http or reaching(),
            protocol or WebhookProtocol(KEYRING, "agent"),
            body=self.payloads.body,
            clock=lambda: self.now,
        )

    def webhook(self, **wished: Any) -> tuple[Endpoint, str]:
        """Add a webhook that leads to the receiver."""
        wish = WebhookSettings(
            **{
                "url": self.receiver.url(),
                "shape": "flat",
                "events": EVENTS,
                "only_mail": False,
                **wished,
            }
        )
        return connections.add_webhook(
            self.database, NAME, wish, actor="user:1", now=self.now, **MOMENT
        )

    def push(self) -> Endpoint:
        """Push to the receiver as if it were Action Network."""
        made = connections.connect_action_network(
            self.database,
            NAME,
            url="https://actionnetwork.org/api/v2/petitions/1/signatures",
            key=KEY,
            allow_plain=False,
            actor="user:1",
            now=self.now,
            **MOMENT,
        )
        with self.database.writing() as connection:
            connection.execute(sa.update(models.endpoints).values(url=self.receiver.url()))
        return made

    def sign(self, **said: Any) -> str:
        """Sign and confirm; return the link for one's own data."""
        self.petition.sign_and_confirm(now=self.now, **said)
        return self.petition.link("me", now=self.now)

    def work(self, **later: float) -> DrainReport:
        """Let time pass, and send what is due."""
        self.now += timedelta(**later)
        return drain(self.database, self.senders, now=self.now, only=frozenset(self.senders))

    def bodies(self) -> list[Any]:
        """What arrived, in order."""
        return [json.loads(got.body) for got in self.receiver.got]

    def endpoint(self) -> sa.Row[Any]:
        with self.database.reading() as connection:
            return connection.execute(sa.select(models.endpoints)).one()

    def waiting(self) -> list[sa.Row[Any]]:
        """The rows of the outbox for endpoints."""
        return [*self.petition.mails("webhook"), *self.petition.mails("actionnetwork")]


@pytest.fixture
def house(database: Database, pack: Pack, receiver: Receiver) -> House:
    return House(database, pack, receiver)


class TestPaper:
    def enter(self, house: House, *people: dict[str, str]) -> list[str]:
        """Enter lines of a sheet; return their public ids."""
        pack = house.petition.pack
        lines = [
            paper_row.parse_signature(
                **{"last_name": "Li", "zip": "59001", **person},
                pack=pack,
                congress=dataset.load(paths.data() / "congress"),
                now=house.now,
            )
            for person in people
        ]
        outcomes = enter_signatures.enter(
            house.database, pack, lines, now=house.now, keyring=KEYRING, actor="user:1"
        )
        assert {one.kind for one in outcomes} == {"entered"}
        return [one.public_id for one in outcomes]

    def test_every_line_is_told_and_an_undone_one_is_taken_back(self, house: House) -> None:
        house.webhook()

        bo, cy = self.enter(house, {"first_name": "Bo"}, {"first_name": "Cy"})
        house.work()
        enter_signatures.undo(
            house.database, house.petition.pack, bo, 1, now=house.now, keyring=KEYRING, actor="x"
        )
        house.work()

        assert [(body["event"], body["id"], body["status"]) for body in house.bodies()] == [
            ("signature.confirmed", bo, "confirmed"),
            ("signature.confirmed", cy, "confirmed"),
            ("signature.withdrawn", bo, "erased"),
        ]
        assert house.bodies()[0]["origin"] == "paper"

    def test_only_checked_boxes_reach_a_list_for_mail(self, house: House) -> None:
        house.webhook(only_mail=True)
        house.push()

        _, cy = self.enter(
            house,
            {"first_name": "Bo", "email": "bo@example.org"},
            {"first_name": "Cy", "email": "cy@example.org", "mail_consent": "Email me."},
        )
        house.work()

        assert [body["id"] for body in house.bodies() if "id" in body] == [cy]
        pushed = [body["person"]["email_addresses"] for body in house.bodies() if "person" in body]
        assert [each[0]["address"] for each in pushed] == ["cy@example.org"]

    def test_a_pending_sign_up_that_paper_confirms_is_told_once(self, house: House) -> None:
        house.webhook()
        house.petition.sign(email="bo@example.org", first_name="Bo", last_name="Li", zip="59001")

        self.enter(house, {"first_name": "Bo", "email": "bo@example.org"})
        house.work()

        assert [body["event"] for body in house.bodies()] == ["signature.confirmed"]


class TestEvents:
    def test_without_an_endpoint_nothing_is_queued(self, house: House) -> None:
        house.sign()

        assert house.waiting() == []

    def test_a_confirmed_signature_is_sent_flat_with_its_consent(self, house: House) -> None:
        house.webhook()
        house.sign(mail_opt_in=False, comment="For my aunt.", source="street")

        report = house.work()

        assert report.sent == 1
        [body] = house.bodies()
        assert body["event"] == "signature.confirmed"
        assert body["event_id"] == house.receiver.got[0].headers["webhook-id"]
        assert (body["email"], body["mail_opt_in"]) == ("ada@example.org", False)
        assert (body["zip"], body["comment"], body["source"]) == ("59001", "For my aunt.", "street")
        assert body["confirmed_at"].endswith("Z")

    def test_or_in_the_shape_of_action_network(self, house: House) -> None:
        house.webhook(shape="actionnetwork")
        house.sign(mail_opt_in=True)

        house.work()

        [[told]] = house.bodies()
        assert told["idempotency_key"] == house.receiver.got[0].headers["webhook-id"]
        assert set(told) >= {"osdi:signature", "action_network:sponsor"}
        [address] = told["osdi:signature"]["person"]["email_addresses"]
        assert address == {"address": "ada@example.org", "primary": True, "status": "subscribed"}

    def test_the_queue_holds_no_person(self, house: House) -> None:
        house.webhook()
        house.sign()

        [row] = house.waiting()
        assert "Ada" not in repr(tuple(row))
        assert "ada@example.org" not in repr(tuple(row))

    def test_a_withdrawal_sends_only_the_id(self, house: House) -> None:
        house.webhook()
        link = house.sign()
        house.work()
        mailed_links.withdraw(house.database, link, now=house.now, **MOMENT)

        house.work()

        told = house.bodies()[1]
        assert told["event"] == "signature.withdrawn"
        assert told["status"] == "withdrawn"
        assert told["id"] == house.bodies()[0]["id"]
        assert "Ada" not in house.receiver.got[1].body.decode()

    def test_a_signer_erased_before_the_sending_is_not_sent(self, house: House) -> None:
        house.webhook()
        link = house.sign()

        erasure.erase(house.database, link, now=house.now, **MOMENT)
        house.work()

        [told] = house.bodies()
        assert (told["event"], told["status"]) == ("signature.withdrawn", "erased")
        assert "ada@example.org" not in house.receiver.got[0].body.decode()

    def test_a_signer_who_withdrew_before_the_sending_is_not_sent_as_confirmed(
        self, house: House
    ) -> None:
        house.webhook(events=("signature.confirmed",))
        link = house.sign()
        mailed_links.withdraw(house.database, link, now=house.now, **MOMENT)

        assert house.work().canceled == 1
        assert house.receiver.got == []

    def test_an_organizers_decision_and_its_undoing_are_sent(self, house: House) -> None:
        house.webhook()
        house.sign()
        house.work()
        public_id = house.bodies()[0]["id"]
        by: dict[str, Any] = {"actor": "user:1", "now": house.now}

        review.invalidate(house.database, public_id, "a test", **by)
        house.work()
        review.reinstate(house.database, public_id, **by)
        house.work()

        assert [(one["event"], one["status"]) for one in house.bodies()[1:]] == [
            ("signature.withdrawn", "invalid"),
            ("signature.confirmed", "confirmed"),
        ]

    def test_an_endpoint_for_opted_in_signers_gets_no_others(self, house: House) -> None:
        house.webhook(only_mail=True)
        house.sign(mail_opt_in=False)

        assert house.waiting() == []

    def test_and_gets_only_the_id_of_a_signer_who_opted_out(self, house: House) -> None:
        house.webhook(only_mail=True)
        link = house.sign(mail_opt_in=True)
        house.work()

        own_data.set_preferences(
            house.database, link, show_name=True, mail_opt_in=False, now=house.now, **MOMENT
        )
        house.work()

        told = house.bodies()[1]
        assert (told["event"], told["status"]) == ("signature.changed", "unsubscribed")
        assert "email" not in told

    def test_another_campaigns_endpoint_hears_nothing(self, house: House) -> None:
        house.webhook()
        with house.database.writing() as connection:
            connection.execute(sa.update(models.endpoints).values(campaign="another"))

        house.sign()

        assert house.waiting() == []


class TestSigning:
    def test_the_reference_library_takes_it(self, house: House) -> None:
        _, secret = house.webhook()
        house.sign()
        house.work()

        [got] = house.receiver.got
        assert Webhook(secret).verify(got.body, got.headers)["event"] == "signature.confirmed"

    def test_the_secret_is_stored_sealed_and_shown_once(self, house: House) -> None:
        made, secret = house.webhook()

        assert secret.startswith("whsec_")
        assert secret not in repr(tuple(house.endpoint()))
        assert secret not in repr(made)

    def test_while_a_secret_is_replaced_both_sign(self, house: House) -> None:
        made, old = house.webhook()
        _, new = connections.renew_secret(
            house.database, NAME, made.public_id, actor="user:1", now=house.now, **MOMENT
        )
        house.sign()
        house.work()

        [got] = house.receiver.got
        for secret in (old, new):
            assert Webhook(secret).verify(got.body, got.headers)

    def test_and_after_a_day_only_the_new_one(self, house: House) -> None:
        made, _ = house.webhook()
        house.now -= timedelta(hours=25)
        connections.renew_secret(
            house.database, NAME, made.public_id, actor="user:1", now=house.now, **MOMENT
        )
        house.now += timedelta(hours=25)
        house.sign()
        house.work()

        assert len(house.receiver.got[0].headers["webhook-signature"].split()) == 1


class TestTrouble:
    def test_a_failure_is_tried_again_under_the_same_id_and_logged(self, house: House) -> None:
        made, _ = house.webhook()
        house.receiver.answers = [500, 302, 200]
        house.sign()

        house.work()
        house.work(minutes=10)
        house.work(minutes=10)

        ids = {got.headers["webhook-id"] for got in house.receiver.got}
        assert len(ids) == 1
        logged = connections.recent_attempts(house.database, made)
        assert [(one.attempt, one.status_code) for one in logged] == [(3, 200), (2, 302), (1, 500)]
        assert [one.is_last for one in logged] == [True, False, False]
        assert logged[0].can_be_sent_again
        assert house.endpoint().failing_since is None

    def test_one_that_gives_no_answer_rests_and_the_others_do_not_wait(self, house: House) -> None:
        house.webhook()
        house.receiver.mood = "break"
        house.sign()
        house.sign(email="bo@example.org", first_name="Bo")

        report = house.work()

        assert (report.delayed, len(house.receiver.got)) == (2, 1)
        held = next(row for row in house.waiting() if row.id != 0 and row.attempts == 0)
        assert held.not_before > house.now

    def test_gone_means_gone(self, house: House) -> None:
        house.webhook()
        house.receiver.answers = [410]
        house.sign()

        assert house.work().refused == 1
        endpoint = house.endpoint()
        assert (endpoint.status, "410" in endpoint.note) == ("disabled", True)
        house.sign(email="bo@example.org", first_name="Bo")
        assert len(house.waiting()) == 1

    def test_after_days_of_failing_it_is_disabled_with_a_notice(self, house: House) -> None:
        house.webhook()
        house.receiver.answers = [500] * 50
        house.sign()
        house.work()
        house.now += endpoint_log.DISABLE_AFTER
        house.sign(email="bo@example.org", first_name="Bo")

        house.work()

        endpoint = house.endpoint()
        assert endpoint.status == "disabled"
        assert "3 days" in endpoint.note
        with house.database.reading() as connection:
            actions = connection.scalars(sa.select(models.audit.c.action)).all()
        assert "endpoint-disabled" in actions

    def test_an_address_inside_is_refused_for_good_and_logged(self, house: House) -> None:
        made, _ = house.webhook()
        inside = SafeHttp(resolve=lambda name, port: ["10.0.0.1"], ports=None, allow_plain=True)
        house.senders["webhook"] = house.sender(http=inside)
        house.sign()

        assert house.work().refused == 1
        [logged] = connections.recent_attempts(house.database, made)
        assert (logged.status_code, "inside" in logged.error) == (0, True)
        assert house.receiver.got == []

    def test_a_demonstration_sends_nothing_and_says_so(self, house: House) -> None:
        made, _ = house.webhook()
        house.senders["webhook"] = house.sender(http=NoHttp())
        house.sign()

        assert house.work().refused == 1
        [logged] = connections.recent_attempts(house.database, made)
        assert "demonstration" in logged.error

    def test_what_failed_can_be_sent_again_under_its_id(self, house: House) -> None:
        made, _ = house.webhook()
        house.sign()
        house.work()
        [logged] = connections.recent_attempts(house.database, made)

        connections.resend(
            house.database, NAME, made.public_id, "webhook", logged.message_id,
            actor="user:1", now=house.now,
        )  # fmt: skip
        house.work()

        assert len({got.headers["webhook-id"] for got in house.receiver.got}) == 1
        assert len(house.receiver.got) == 2

    def test_the_log_goes_with_an_erased_signer(self, house: House) -> None:
        made, _ = house.webhook(events=("signature.confirmed",))
        link = house.sign()
        house.work()

        erasure.erase(house.database, link, now=house.now, **MOMENT)

        assert connections.recent_attempts(house.database, made) == ()

    def test_the_test_button_sends_no_signer(self, house: House) -> None:
        made, secret = house.webhook()
        connections.send_test(house.database, NAME, made.public_id, actor="user:1", now=house.now)

        house.work()

        [got] = house.receiver.got
        assert Webhook(secret).verify(got.body, got.headers)["event"] == "test"

    def test_a_secret_of_another_key_says_what_to_do(self, house: House) -> None:
        house.webhook()
        another = WebhookProtocol(Keyring("another-secret-key"), "agent")
        house.senders["webhook"] = house.sender(another)
        house.sign()

        house.work()

        [row] = house.waiting()
        assert "SecretLost" in row.last_error

    def test_deleted_with_what_waits_for_it(self, house: House) -> None:
        made, _ = house.webhook()
        house.sign()

        connections.delete(
            house.database, NAME, made.public_id, "webhook", actor="user:1", now=house.now
        )

        assert house.waiting() == []


class TestActionNetwork:
    def test_gets_only_opted_in_signers_as_a_signature_helper(self, house: House) -> None:
        house.push()
        house.sign(mail_opt_in=False)
        house.sign(email="bo@example.org", first_name="Bo", mail_opt_in=True, source="street")

        house.work()

        [got] = house.receiver.got
        assert got.headers["osdi-api-token"] == KEY
        body = json.loads(got.body)
        assert body["person"]["given_name"] == "Bo"
        assert body["person"]["email_addresses"] == [{"address": "bo@example.org", "primary": True}]
        assert body["referrer_data"]["source"] == "street"
        assert body["origin_system"] == "petition.example.org"

    def test_a_signer_who_opts_out_before_the_sending_is_not_pushed(self, house: House) -> None:
        house.push()
        house.sign(mail_opt_in=True)
        own_data.unsubscribe(
            house.database, house.petition.link("unsubscribe"), now=house.now, **MOMENT
        )

        assert house.work().sent == 0
        assert house.receiver.got == []

    def test_a_signer_who_agrees_to_mail_later_is_pushed_then(self, house: House) -> None:
        house.push()
        link = house.sign(mail_opt_in=False)
        assert house.waiting() == []

        own_data.set_preferences(
            house.database, link, show_name=False, mail_opt_in=True, now=house.now, **MOMENT
        )

        assert house.work().sent == 1
        assert json.loads(house.receiver.got[0].body)["person"]["given_name"] == "Ada"

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_what_passes_is_tried_again(self, house: House, status: int) -> None:
        house.push()
        house.receiver.answers = [status]
        house.sign(mail_opt_in=True)

        assert house.work().delayed == 1
        assert house.work(minutes=10).sent == 1

    @pytest.mark.parametrize("status", [400, 404, 422])
    def test_another_refusal_is_final(self, house: House, status: int) -> None:
        house.push()
        house.receiver.answers = [status]
        house.sign(mail_opt_in=True)

        assert house.work().refused == 1
        assert house.endpoint().status == "on"

    def test_a_wrong_key_stops_the_pushing_until_it_is_entered_again(self, house: House) -> None:
        house.push()
        house.receiver.answers = [401]
        house.sign(mail_opt_in=True)
        house.work()

        assert house.endpoint().status == "disabled"
        house.push()
        assert house.endpoint().status == "on"

    def test_asked_for_rest_it_rests_as_long(self, house: House) -> None:
        house.push()
        house.receiver.answers = [429]
        house.receiver.extra = {"Retry-After": "1800"}
        house.sign(mail_opt_in=True)
        house.work()

        house.work(minutes=15)

        assert len(house.receiver.got) == 1
        house.work(minutes=45)
        assert len(house.receiver.got) == 2
