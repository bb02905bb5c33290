"""Accounts of a campaign: invited, opened by a mailed link, given roles, taken out again."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign.store import accounts, audit, models
from campaign.store.accounts import Account
from tests.web.organize.signing_in import HASHED, add_account, log_in, logged_in, post, submit
from tests.web.whole_site import Site

PATH = "/organize/section-907/accounts"
NEW = "a good long password sentence"


@pytest.fixture
def owner(site: Site) -> Account:
    return add_account(site, email="owner@example.org", password=HASHED)


@pytest.fixture
def client(site: Site, owner: Account) -> FlaskClient:
    return logged_in(site, owner)


def by_email(site: Site, email: str) -> Account:
    with site.database.reading() as connection:
        found = accounts.find_by_email(connection, email)
    assert found is not None
    return found


def invite(client: FlaskClient, email: str = "ani@example.org", role: str = "organizer") -> int:
    return post(client, PATH, {"email": email, "role": role}).status_code


def open_account(site: Site, name: str = "Ani Sargsyan", password: str = NEW) -> int:
    path = site.mailed_path("/organize/invitation/")
    return submit(site.client, path, name=name, password=password, again=password).status_code


class TestInvitations:
    def test_one_opens_an_account_with_the_role(self, site: Site, client: FlaskClient) -> None:
        assert invite(client) == 302
        [mail] = site.mails()
        assert mail["To"] == "ani@example.org"
        assert mail["Subject"] == "Help run Enforce Section 907"
        assert open_account(site) == 302

        ani = site.client
        assert log_in(ani, "ani@example.org", NEW).status_code == 302
        assert ani.get("/organize/section-907/").status_code == 200
        assert ani.get(PATH).status_code == 403
        assert "Ani Sargsyan" in client.get(PATH).text

    def test_its_link_is_good_once(self, site: Site, client: FlaskClient) -> None:
        invite(client)
        path = site.mailed_path("/organize/invitation/")
        assert site.client.get(path).status_code == 200
        assert open_account(site) == 302

        again = site.client.get(path)
        assert again.status_code == 410
        assert "This invitation was accepted" in again.text

    def test_opening_the_page_changes_nothing(self, site: Site, client: FlaskClient) -> None:
        invite(client)
        path = site.mailed_path("/organize/invitation/")
        for _ in range(3):
            answer = site.client.get(path)
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert answer.headers["Cache-Control"] == "no-store"

        assert by_email(site, "ani@example.org").is_invited

    def test_it_ends_after_a_week(self, site: Site, client: FlaskClient) -> None:
        invite(client)
        path = site.mailed_path("/organize/invitation/")
        site.pass_time(days=7, seconds=5)

        assert site.client.get(path).status_code == 410

    def test_a_second_one_ends_the_first(self, site: Site, client: FlaskClient) -> None:
        invite(client)
        first = site.mailed_path("/organize/invitation/")
        public_id = by_email(site, "ani@example.org").public_id

        site.pass_time(seconds=5)
        assert post(client, f"{PATH}/{public_id}/again").status_code == 302

        assert site.client.get(first).status_code == 410
        assert open_account(site) == 302

    def test_a_link_to_a_password_opens_no_invitation(
        self, site: Site, client: FlaskClient, owner: Account
    ) -> None:
        submit(site.client, "/organize/password", email=owner.email)
        token = site.mailed_path("/organize/password/").rpartition("/")[2]

        assert site.client.get(f"/organize/invitation/{token}").status_code == 410

    @pytest.mark.parametrize(
        ("password", "again", "said"),
        [
            (NEW, "something else", "The two passwords do not match"),
            ("short", "short", "12 characters or more"),
            ("Sargsyan-123", "Sargsyan-123", "easy to guess"),
        ],
    )
    def test_a_poor_password_is_reported_beside_its_field(
        self, site: Site, client: FlaskClient, password: str, again: str, said: str
    ) -> None:
        invite(client, "sargsyan@example.org")
        path = site.mailed_path("/organize/invitation/")

        answer = submit(site.client, path, name="Ani", password=password, again=again)

        assert answer.status_code == 422
        assert said in answer.text
        assert by_email(site, "sargsyan@example.org").is_invited

    def test_an_address_that_has_an_account_gets_mail_about_the_role(
        self, site: Site, client: FlaskClient
    ) -> None:
        add_account(site, "viewer", "another-campaign", email="bob@example.org", password=HASHED)

        assert invite(client, "bob@example.org", "exporter") == 302

        [mail] = site.mails()
        assert mail["Subject"] == "You can now help run Enforce Section 907"
        assert by_email(site, "bob@example.org").grants == {
            "another-campaign": "viewer",
            "section-907": "exporter",
        }

    def test_who_has_a_role_here_is_not_invited_twice(
        self, site: Site, client: FlaskClient
    ) -> None:
        invite(client)
        again = post(client, PATH, {"email": "Ani@Example.org", "role": "viewer"})

        assert again.status_code == 422
        assert "already has a role here: organizer" in again.text
        assert len(site.mails()) == 1

    @pytest.mark.parametrize("typed", ["", "no address", "a@b@c", "x" * 300 + "@example.org"])
    def test_a_bad_address_is_refused(self, client: FlaskClient, typed: str) -> None:
        assert post(client, PATH, {"email": typed, "role": "viewer"}).status_code == 422

    def test_an_unknown_role_is_refused(self, site: Site, client: FlaskClient) -> None:
        answer = post(client, PATH, {"email": "ani@example.org", "role": "emperor"})

        assert answer.status_code == 422
        assert site.mails() == []


class TestPasswordsByMail:
    def test_a_link_sets_a_new_one_and_ends_every_session(self, site: Site, owner: Account) -> None:
        inside = logged_in(site, owner)
        asked = submit(site.client, "/organize/password", email="Owner@example.org")
        assert "Check your email" in asked.text
        path = site.mailed_path("/organize/password/")

        assert submit(site.client, path, password=NEW, again=NEW).status_code == 302

        assert inside.get("/organize/own/").status_code == 302
        assert log_in(site.client, owner.email, NEW).status_code == 302
        assert log_in(site.client, owner.email).status_code == 200
        again = site.client.get(path)
        assert again.status_code == 410
        assert "The password was changed" in again.text
        assert [mail["Subject"] for mail in site.mails()] == [
            "Choose a new password for localhost",
            "Your password at localhost was changed",
        ]

    def test_the_answer_is_the_same_for_an_unknown_address(
        self, site: Site, owner: Account
    ) -> None:
        known = submit(site.client, "/organize/password", email=owner.email)
        unknown = submit(site.client, "/organize/password", email="nobody@example.org")

        assert known.status_code == unknown.status_code == 200
        assert known.text == unknown.text
        assert [mail["To"] for mail in site.mails()] == [owner.email]

    def test_who_asks_in_an_owners_name_from_everywhere_keeps_no_owner_out(
        self, site: Site, owner: Account
    ) -> None:
        for number in range(8):
            stranger = site.app.test_client()
            stranger.environ_base["REMOTE_ADDR"] = f"203.0.{number}.7"
            submit(stranger, "/organize/password", email=owner.email)

        asked = submit(site.client, "/organize/password", email=owner.email)

        assert asked.status_code == 200
        assert "use the newest email" in asked.text
        assert len(site.mails()) == 5
        path = site.mailed_path("/organize/password/")
        site.pass_time(minutes=59)
        assert submit(site.client, path, password=NEW, again=NEW).status_code == 302

    def test_an_address_that_has_no_account_is_not_kept(self, site: Site) -> None:
        submit(site.client, "/organize/password", email="nobody@example.org")
        site.mails()

        with site.database.reading() as connection:
            assert connection.scalars(sa.select(models.outbox.c.to)).all() == [""]

    def test_and_it_does_the_same_work(
        self, site: Site, owner: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Nothing about accounts is asked within the request: the sender decides later."""

        def asked(*_: object) -> None:
            raise AssertionError("the request looked for an account")

        monkeypatch.setattr(accounts, "find_by_email", asked)

        answer = submit(site.client, "/organize/password", email=owner.email)

        assert answer.status_code == 200

    def test_the_link_ends_after_two_hours(self, site: Site, owner: Account) -> None:
        submit(site.client, "/organize/password", email=owner.email)
        path = site.mailed_path("/organize/password/")
        site.pass_time(hours=2, seconds=5)

        assert site.client.get(path).status_code == 410

    def test_a_disabled_account_gets_none(self, site: Site, owner: Account) -> None:
        with site.database.writing() as connection:
            accounts.change(connection, owner.id, active=False)

        submit(site.client, "/organize/password", email=owner.email)

        assert site.mails() == []

    def test_one_address_is_mailed_three_times_an_hour_from_one_place(
        self, site: Site, owner: Account
    ) -> None:
        client = site.client
        statuses = [
            submit(client, "/organize/password", email=owner.email).status_code for _ in range(4)
        ]

        assert statuses == [200, 200, 200, 429]

    @pytest.mark.parametrize("token", ["x", "A" * 48, "a/b", "é"])
    def test_a_made_up_link_is_refused(self, site: Site, token: str) -> None:
        assert site.client.get(f"/organize/password/{token}").status_code in {302, 410}


class TestRoles:
    def test_an_owner_changes_one(self, site: Site, client: FlaskClient, owner: Account) -> None:
        helper = add_account(site, "viewer")

        answer = post(client, f"{PATH}/{helper.public_id}", {"role": "organizer"})

        assert answer.status_code == 302
        assert by_email(site, helper.email).grants == {"section-907": "organizer"}
        with site.database.reading() as connection:
            [record] = audit.records(connection, action="role-changed")
        assert record.actor == f"user:{owner.id}"
        assert record.campaign == "section-907"
        assert record.details == {"account": helper.id, "from": "viewer", "to": "organizer"}

    def test_the_last_owner_stays_one(
        self, site: Site, client: FlaskClient, owner: Account
    ) -> None:
        add_account(site, "owner", password=None)  # invited, and cannot log in yet

        lowered = post(client, f"{PATH}/{owner.public_id}", {"role": "viewer"})
        removed = post(client, f"{PATH}/{owner.public_id}/remove", follow_redirects=True)

        assert lowered.status_code == 422
        assert "needs at least one owner" in lowered.text
        assert "needs at least one owner" in removed.text
        assert by_email(site, owner.email).grants == {"section-907": "owner"}

    def test_with_a_second_one_an_owner_may_go(
        self, site: Site, client: FlaskClient, owner: Account
    ) -> None:
        add_account(site, "owner")

        assert post(client, f"{PATH}/{owner.public_id}", {"role": "viewer"}).status_code == 302

        assert client.get(PATH).status_code == 302

    def test_taking_one_away_asks_first_and_shuts_out_at_once(
        self, site: Site, client: FlaskClient
    ) -> None:
        helper = add_account(site, "organizer", name="Ani Sargsyan")
        inside = logged_in(site, helper)
        path = f"{PATH}/{helper.public_id}/remove"

        question = client.get(path)
        assert "Ani Sargsyan is logged out at once" in question.text
        assert by_email(site, helper.email).grants
        assert post(client, path).status_code == 302

        assert inside.get("/organize/").status_code == 302
        assert by_email(site, helper.email).grants == {}

    def test_an_account_of_another_campaign_is_out_of_reach(
        self, site: Site, client: FlaskClient
    ) -> None:
        other = add_account(site, "viewer", "another-campaign")

        for path in ("", "/remove"):
            assert client.get(f"{PATH}/{other.public_id}{path}").status_code == 404
            assert post(client, f"{PATH}/{other.public_id}{path}").status_code == 404
        assert post(client, f"{PATH}/{other.public_id}/again").status_code == 404

    def test_a_role_in_every_campaign_is_changed_on_the_server_alone(
        self, site: Site, client: FlaskClient
    ) -> None:
        everywhere = add_account(site, "owner", "*")

        assert "in every campaign" in client.get(PATH).text
        assert client.get(f"{PATH}/{everywhere.public_id}").status_code == 404


def test_one_changes_ones_own_name(site: Site, client: FlaskClient, owner: Account) -> None:
    assert 'value="Nare Organizer"' in client.get("/organize/own/").text

    assert post(client, "/organize/own/", {"name": " Nare  Petrosyan "}).status_code == 302
    assert post(client, "/organize/own/", {"name": " "}).status_code == 422

    assert by_email(site, owner.email).name == "Nare Petrosyan"


def test_names_are_shown_as_text(site: Site, client: FlaskClient) -> None:
    add_account(site, "viewer", name="<script>alert(1)</script>")

    page = client.get(PATH).text

    assert "<script>alert" not in page
    assert re.search(r"&lt;script&gt;alert\(1\)", page)


class TestDeleting:
    def test_an_owner_deletes_an_account_after_a_second_look(
        self, site: Site, client: FlaskClient
    ) -> None:
        ani = add_account(site, "organizer", email="ani@example.org", password=HASHED)
        inside = logged_in(site, ani)
        path = f"{PATH}/{ani.public_id}"
        assert "Delete the account" in client.get(path).text
        assert "cannot be undone" in client.get(f"{path}/delete").text

        assert post(client, f"{path}/delete").status_code == 302

        assert "ani@example.org" not in client.get(PATH).text
        assert client.get(path).status_code == 404
        assert inside.get("/organize/own/").status_code == 302
        assert log_in(site.client, "ani@example.org").status_code == 200
        assert "Deleted an account" in client.get("/organize/section-907/audit").text

    def test_an_account_with_a_role_elsewhere_is_not_this_owners_to_delete(
        self, site: Site
    ) -> None:
        here = add_account(site, "owner", "section-907", email="here@example.org", password=HASHED)
        both = add_account(site, "viewer", "section-907", email="both@example.org", password=HASHED)
        with site.database.writing() as connection:
            accounts.grant(connection, both.id, campaign="other", role="viewer", now=site.time[0])
        client = logged_in(site, here)

        assert "Delete the account" not in client.get(f"{PATH}/{both.public_id}").text
        assert post(client, f"{PATH}/{both.public_id}/delete").status_code == 403
        assert by_email(site, "both@example.org").id == both.id

    def test_everybody_deletes_their_own(self, site: Site, owner: Account) -> None:
        ani = add_account(site, "viewer", email="ani@example.org", password=HASHED)
        client = logged_in(site, ani)
        assert "/organize/own/delete" in client.get("/organize/own/").text

        assert "Your account is deleted" in post(client, "/organize/own/delete").text

        assert client.get("/organize/own/").status_code == 302
        with site.database.reading() as connection:
            assert accounts.find(connection, ani.id) is None

    def test_the_last_owner_stays(self, site: Site, client: FlaskClient, owner: Account) -> None:
        answer = post(client, "/organize/own/delete")

        assert answer.status_code == 302
        assert "needs at least one owner" in client.get("/organize/own/").text
        assert by_email(site, owner.email).id == owner.id
