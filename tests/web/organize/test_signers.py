"""Signers in the back office: found, read, decided on; nobody's name in an address."""

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from campaign.petition import public_counts
from campaign.store import audit, counts, models
from campaign.store.db.engine import Database
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import PETITION, Site

BASE = "/organize/section-907/"


@pytest.fixture
def client(site: Site) -> FlaskClient:
    return signed_in(site, "organizer")


def sign_and_confirm(site: Site, **typed: str) -> str:
    """Sign and confirm as a person does, and return the signature's public id."""
    site.sign(**typed)
    site.client.post(site.mailed_path("/confirm/"))
    return str(row(site.database).public_id)


def row(database: Database) -> sa.Row[tuple[object, ...]]:
    with database.reading() as connection:
        newest = sa.select(models.signatures).order_by(models.signatures.c.id.desc()).limit(1)
        return connection.execute(newest).one()


def flag(site: Site, flags: str, **values: str) -> None:
    with site.database.writing() as connection:
        connection.execute(sa.update(models.signatures).values(flags=flags, **values))


def total(site: Site) -> int:
    with site.database.reading() as connection:
        return counts.total(connection, "section-907")


def test_nobody_yet_says_what_comes(client: FlaskClient) -> None:
    assert "There are no signers yet." in client.get(BASE + "signers").text


def test_a_person_is_found_by_name_without_the_name_in_an_address(
    site: Site, client: FlaskClient
) -> None:
    sign_and_confirm(site)

    page = post(client, BASE + "signers", {"q": "petrosyan"}).text
    by_address = client.get(BASE + "signers?q=nobody").text

    assert "Ani Petrosyan" in page
    assert "1 found" in page
    assert "Ani Petrosyan" in by_address  # what is typed about people is not taken from there
    assert not re.search(r'(href|action)="[^"]*(petrosyan|ani@)', page, re.I)


def test_what_cannot_be_asked_keeps_what_was_typed(client: FlaskClient) -> None:
    answer = post(client, BASE + "signers", {"q": "Ani", "district": "Montana"})

    assert answer.status_code == 422
    assert 'value="Montana"' in answer.text
    assert "Enter the district, such as CA-30." in answer.text


def test_the_record_shows_consent_mail_and_decisions(site: Site, client: FlaskClient) -> None:
    public_id = sign_and_confirm(site, comment="My aunt fled in 2023.", mail_opt_in="y")
    path = f"{BASE}signers/{public_id}"

    struck = post(
        client, path, {"act": "invalidate", "reason": "asked by phone"}, follow_redirects=True
    ).text
    uncounted = total(site)
    back = post(client, path, {"act": "reinstate"}, follow_redirects=True).text

    assert "Struck." in struck
    assert "asked by phone" in struck
    assert uncounted == 0
    assert "Restored." in back
    assert total(site) == 1
    assert "My aunt fled in 2023." in back


def test_a_reason_is_asked_for(site: Site, client: FlaskClient) -> None:
    public_id = sign_and_confirm(site)

    page = post(client, f"{BASE}signers/{public_id}", {"act": "invalidate"}, follow_redirects=True)

    assert "Enter a reason" in page.text
    assert total(site) == 1


def test_the_link_to_confirm_is_sent_again(site: Site, client: FlaskClient) -> None:
    site.sign()
    path = f"{BASE}signers/{row(site.database).public_id}"

    early = post(client, path, {"act": "resend"}, follow_redirects=True).text
    site.pass_time(hours=2)
    later = post(client, path, {"act": "resend"}, follow_redirects=True).text

    assert "within the past hour" in early
    assert "being sent again" in later
    assert len(site.mails()) == 2


def test_another_campaigns_signer_is_not_here(site: Site) -> None:
    public_id = sign_and_confirm(site)
    with site.database.writing() as connection:
        connection.execute(sa.update(models.signatures).values(campaign="river"))

    answer = signed_in(site).get(f"{BASE}signers/{public_id}")
    act = post(signed_in(site), f"{BASE}signers/{public_id}", {"act": "invalidate", "reason": "x"})

    assert answer.status_code == 404
    assert "Petrosyan" not in answer.text
    assert act.status_code == 303
    assert row(site.database).status == "confirmed"


def test_unusual_sign_ups_are_grouped_and_struck_after_a_look(
    site: Site, client: FlaskClient
) -> None:
    sign_and_confirm(site)
    sign_and_confirm(site, email="bo@example.org", first_name="Bo")
    flag(site, "network-burst", network="ab" * 16)
    asked = {"flagged": "1", "network": "ab" * 16}

    groups = client.get(BASE + "flagged").text
    look = post(client, BASE + "signers/strike", asked).text
    seen = re.search(r'name="seen" value="(\d+)"', look)
    assert seen is not None
    site.sign(email="late@example.org")
    without_reason = post(
        client, BASE + "signers/strike", {**asked, "sure": "yes", "seen": seen[1]}
    ).text
    done = post(
        client,
        BASE + "signers/strike",
        {**asked, "sure": "yes", "seen": seen[1], "reason": "one network"},
        follow_redirects=True,
    ).text

    assert "many from one network at once" in groups
    assert re.search(r", 2026, \d{1,2}:00\xa0[ap]\.m\. EDT<", groups)
    assert "Strike 2 signatures" in look
    assert "Enter a reason" in without_reason
    assert "2 signatures struck from the count" in done
    assert total(site) == 0


def test_the_whole_campaign_is_never_struck_at_once(site: Site, client: FlaskClient) -> None:
    sign_and_confirm(site)

    answer = post(client, BASE + "signers/strike", {"sure": "yes", "reason": "x", "seen": "99"})

    assert answer.status_code == 422
    assert total(site) == 1


def test_comments_are_decided_on_a_list(site: Site, client: FlaskClient) -> None:
    public_id = sign_and_confirm(site, comment="My aunt fled in 2023.")

    listed = client.get(BASE + "comments").text
    done = post(
        client, BASE + "comments", {f"judge-{public_id}": "approve"}, follow_redirects=True
    ).text

    assert "My aunt fled in 2023." in listed
    assert "1 decision saved." in done
    assert "You have reviewed every comment and first name." in done
    assert row(site.database).comment_status == "approved"


def shown(site: Site) -> str:
    """The petition's page, past the cache of a second or two, and the widget."""
    site.app.extensions["pages"].forget()
    return site.client.get(PETITION).text + site.client.get(PETITION + "embed").text


def test_an_odd_first_name_is_shown_once_it_was_read(site: Site, client: FlaskClient) -> None:
    public_id = sign_and_confirm(
        site, first_name="Visit spam.example.com", show_name="y", comment="Mine."
    )
    post(client, BASE + "comments", {f"judge-{public_id}": "approve"})
    assert total(site) == 1
    assert "spam.example.com" not in shown(site)
    assert "Mine." in shown(site)
    assert "1 first name waits for review" in client.get(BASE).text
    assert "Visit spam.example.com, Montana" in client.get(BASE + "comments").text

    post(client, BASE + "comments", {f"name-{public_id}": "approve"})

    assert "spam.example.com" in shown(site)
    assert "spam.example.com" not in client.get(BASE + "comments").text


def test_a_first_name_is_hidden_and_stays_so(site: Site, client: FlaskClient) -> None:
    public_id = sign_and_confirm(site, show_name="y", comment="Mine.")
    post(client, BASE + "comments", {f"judge-{public_id}": "approve"})
    assert "Ani" in shown(site)

    record = f"{BASE}signers/{public_id}"
    done = post(client, record, {"act": "hide-name"}, follow_redirects=True).text

    assert "an organizer hid the first name" in done
    assert "hid a first name" in done
    assert "Ani" not in shown(site)
    own = site.mailed_path("/me/")
    site.client.post(f"{own}/choices", data={"show_name": "y"})
    assert "The campaign does not show your first name." in site.client.get(own).text
    assert "Ani" not in shown(site)
    post(client, record, {"act": "show-name"})
    assert "Ani" in shown(site)


def test_who_hides_a_name_can_review(site: Site) -> None:
    public_id = sign_and_confirm(site, show_name="y")

    answer = post(signed_in(site, "viewer"), f"{BASE}signers/{public_id}", {"act": "hide-name"})

    assert answer.status_code == 403
    assert "Ani" in shown(site)


def test_the_overview_says_what_waits(site: Site) -> None:
    sign_and_confirm(site, comment="My aunt fled in 2023.")
    flag(site, "network-burst")

    page = signed_in(site).get(BASE).text

    assert "1 signature that counts looks unusual." in page
    assert "1 comment waits for review." in page


def test_the_same_comment_of_many_is_shown_and_leads_to_them(
    site: Site, client: FlaskClient
) -> None:
    for name in ("ada", "bo", "cy"):
        sign_and_confirm(site, email=f"{name}@example.org", first_name=name, comment="Stop this.")

    page = client.get(BASE + "flagged").text
    link = re.search(r'href="([^"]+like=[0-9a-v]+)"', page)
    assert link is not None
    listed = client.get(link[1]).text

    assert "The same comment, word for word" in page
    assert "3 found" in listed
    assert "with the same comment" in listed


class TestOnRecord:
    """Who reads signers is on record, without what was typed to find them."""

    def records(self, site: Site) -> list[audit.Record]:
        with site.database.reading() as connection:
            return list(reversed(audit.records(connection, action="signers-read", limit=None)))

    def test_searches_say_how_many_were_shown_and_not_who(
        self, site: Site, client: FlaskClient
    ) -> None:
        sign_and_confirm(site)

        client.get(BASE + "signers")
        post(client, BASE + "signers", {"q": "petrosyan"})
        post(client, BASE + "signers", {"q": "nobody@example.org", "state": "MT"})
        post(client, BASE + "signers", {"domain": "example.org"})

        found = self.records(site)
        assert [dict(one.details) for one in found] == [
            {"what": "search", "rows": 1},
            {"what": "search", "rows": 1, "q": "given"},
            {"what": "search", "rows": 0, "q": "given", "state": "MT"},
            {"what": "search", "rows": 1, "domain": "given"},
        ]
        assert all(one.actor.startswith("user:") for one in found)

    def test_an_opened_record_names_the_signature_and_stays_out_of_its_history(
        self, site: Site, client: FlaskClient
    ) -> None:
        public_id = sign_and_confirm(site)

        client.get(f"{BASE}signers/{public_id}")
        page = client.get(f"{BASE}signers/{public_id}").text

        assert [one.details["signature"] for one in self.records(site)] == [public_id] * 2
        assert "read signers' data" not in page

    def test_comments_that_are_read_are_too(self, site: Site, client: FlaskClient) -> None:
        sign_and_confirm(site, comment="For my grandmother.")

        client.get(BASE + "comments")
        client.get(BASE + "flagged")

        assert [dict(one.details) for one in self.records(site)] == [
            {"what": "comments", "rows": 1}
        ]

    def test_an_owner_reads_all_that_in_the_audit(self, site: Site, client: FlaskClient) -> None:
        sign_and_confirm(site)
        client.get(BASE + "signers")

        page = signed_in(site, "owner").get(BASE + "audit").text

        assert "Read signers&#39; data" in page
        assert "rows: 1" in page


class TestWhatASignerAsks:
    """Organizers correct, unsubscribe and erase in the browser, and all of it is on record."""

    def last(self, site: Site, action: str) -> audit.Record:
        with site.database.reading() as connection:
            return audit.records(connection, action=action)[0]

    def test_name_and_zip_are_corrected_and_the_count_moves(
        self, site: Site, client: FlaskClient
    ) -> None:
        path = f"{BASE}signers/{sign_and_confirm(site)}"
        typed = {"first_name": "Anahit", "last_name": "Petrosyan", "zip": "82001"}

        done = post(client, f"{path}/correct", typed, follow_redirects=True)

        assert "Anahit Petrosyan" in done.text
        assert "Corrected." in done.text
        found = row(site.database)
        assert (found.name_key, found.zip, found.district) == ("anahit petrosyan", "82001", "WY-0")
        assert public_counts.by_state(site.database, "section-907") == {"WY": 1}
        record = self.last(site, "signer-corrected")
        assert record.details == {"signature": found.public_id, "changed": ["name", "zip"]}
        assert record.actor.startswith("user:")

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"first_name": " "}, "Enter the first name."),
            ({"last_name": ""}, "Enter the last name."),
            ({"zip": "5900"}, "A ZIP has five digits."),
            ({"zip": "00000"}, "do not know ZIP code"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
        self, site: Site, client: FlaskClient, typed: dict[str, str], said: str
    ) -> None:
        path = f"{BASE}signers/{sign_and_confirm(site)}"
        given = {"first_name": "Anahit", "last_name": "Petrosyan", "zip": "82001", **typed}

        answer = post(client, f"{path}/correct", given)

        assert answer.status_code == 422
        assert said in answer.text
        [field] = typed
        assert re.search(rf'id="{field}"[^>]*aria-invalid="true"', answer.text)
        if field != "first_name":
            assert 'value="Anahit"' in answer.text
        assert row(site.database).first_name == "Ani"

    def test_a_mailbox_is_unsubscribed(self, site: Site, client: FlaskClient) -> None:
        path = f"{BASE}signers/{sign_and_confirm(site, mail_opt_in='y')}"

        done = post(client, path, {"act": "unsubscribe"}, follow_redirects=True)

        assert "no more updates or reminders" in done.text
        assert "Unsubscribe this address" not in done.text
        found = row(site.database)
        assert (found.mail_opt_in, found.unsubscribed_at) == (False, site.time[0])
        assert self.last(site, "signer-unsubscribed").details == {"signature": found.public_id}
        assert total(site) == 1

    def test_a_person_is_erased_after_a_second_look(self, site: Site, client: FlaskClient) -> None:
        path = f"{BASE}signers/{sign_and_confirm(site)}"
        asked = client.get(f"{path}/erase").text
        assert "cannot be undone" in asked
        assert total(site) == 1

        done = post(client, f"{path}/erase", follow_redirects=True)

        assert "Erased. The person gets one last email about it." in done.text
        assert total(site) == 0
        assert client.get(path).status_code == 404
        assert self.last(site, "erase").actor.startswith("user:")
        assert "erased" in str(site.mails()[-1]["Subject"])

    def test_an_organizer_erases_nothing_where_others_decide(
        self, site: Site, client: FlaskClient
    ) -> None:
        public_id = sign_and_confirm(site)
        with site.database.writing() as connection:
            values = dict(connection.execute(sa.select(models.signatures)).one()._mapping)
            values |= {"id": 99, "public_id": "0" * 26, "campaign": "elsewhere"}
            connection.execute(sa.insert(models.signatures), values)

        post(client, f"{BASE}signers/{public_id}/erase")

        assert row(site.database).campaign == "elsewhere"

    @pytest.mark.parametrize("role", ["exporter", "volunteer", "viewer"])
    def test_others_do_none_of_it(self, site: Site, role: str) -> None:
        path = f"{BASE}signers/{sign_and_confirm(site)}"
        client = signed_in(site, role)

        for what in ("/correct", "/erase", ""):
            assert post(client, path + what, {"act": "unsubscribe"}).status_code == 403
