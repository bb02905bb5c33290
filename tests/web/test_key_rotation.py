"""SECRET_KEY is replaced: what it made opens as long as it is set as SECRET_KEY_PREVIOUS."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from campaign import settings as all_settings
from campaign.errors import SecretLost, SettingsUnsafe
from campaign.keys import Keyring
from campaign.packs.pack import Pack
from campaign.petition import bounce_record, erasure, letter_fingerprints
from campaign.petition.identity import Email
from campaign.petition.paper import enter_signatures, paper_row
from campaign.store import accounts, models, tokens
from campaign.store.db import encryption
from campaign.web.app import create_app
from campaign.web.core.forms import FormSeal
from campaign.web.core.services import KEY, Services
from tests.petition.test_letter_fingerprints import a_letter
from tests.web.organize.signing_in import HASHED, add_account, log_in, logged_in, submit
from tests.web.organize.test_second_factor import fill_in, later, set_up
from tests.web.whole_site import PETITION, Site, is_taken, make_site

OLD = "the-old-key-for-tests-0123456789abcdef"
NEW = "the-new-key-for-tests-0123456789abcdef"
CAMPAIGN = "section-907"
OLD_ONLY, NEW_ONLY, BOTH = Keyring(OLD), Keyring(NEW), Keyring(NEW, OLD)


def restarted(site: Site, key: str, previous: str = "") -> Site:
    """The same installation with another key: its data, clock and mail are the same."""
    settings = replace(site.settings, secret_key=key, secret_key_previous=previous)
    app = create_app(settings, database=site.database, clock=lambda: site.time[0])
    app.testing = True
    return Site(app, settings, site.database, site.time)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Site]:
    """A site before its key is replaced."""
    made = make_site(tmp_path, secret_key=OLD)
    yield made
    made.database.dispose()


@pytest.fixture
def rotated(old: Site) -> Site:
    """The site after its key was replaced, which knows the previous one."""
    return restarted(old, NEW, OLD)


@pytest.fixture
def forgetful(old: Site) -> Site:
    """The site after its key was replaced, which was not given the previous one."""
    return restarted(old, NEW)


class TestMailedLinks:
    def test_confirm_and_count(self, old: Site, rotated: Site, forgetful: Site) -> None:
        old.sign()
        link = old.mailed_path("/confirm/")

        assert forgetful.client.get(link).status_code == 410
        assert rotated.client.get(link).status_code == 200
        assert rotated.client.post(link).status_code == 303

        assert _status(old) == "confirmed"

    def test_show_the_signers_own_page_and_unsubscribe(
        self, old: Site, rotated: Site, forgetful: Site
    ) -> None:
        old.sign(mail_opt_in="y")
        old.client.post(old.mailed_path("/confirm/"))
        own, leave = old.mailed_path("/me/"), old.mailed_path("/unsubscribe/")

        assert forgetful.client.get(own).status_code == 410
        assert rotated.client.get(own).status_code == 200
        assert forgetful.client.post(leave).status_code == 410
        assert rotated.client.post(leave).status_code == 200

    def test_are_made_under_the_new_key(self, old: Site, rotated: Site, forgetful: Site) -> None:
        rotated.sign()
        link = rotated.mailed_path("/confirm/")

        assert old.client.get(link).status_code == 410
        assert forgetful.client.get(link).status_code == 200


def test_a_form_that_was_open_meanwhile_can_be_sent(rotated: Site, old: Site) -> None:
    typed = old.form()

    assert is_taken(rotated.client.post(PETITION + "sign", data=typed))


def test_a_form_seal_of_an_unknown_key_is_refused(old: Site) -> None:
    token = FormSeal(OLD_ONLY, now=old.time[0]).make("sign")

    assert FormSeal(BOTH, now=old.time[0]).is_good(token, "sign")
    assert not FormSeal(NEW_ONLY, now=old.time[0]).is_good(token, "sign")


class TestSuppression:
    def test_holds_for_who_was_erased_before(self, old: Site, rotated: Site) -> None:
        _suppress(old)

        assert is_taken(rotated.sign())

        assert _status(old) is None

    def test_is_lost_without_the_previous_key(self, old: Site, forgetful: Site) -> None:
        _suppress(old)

        forgetful.sign()

        assert _status(old) == "pending"

    def test_holds_for_paper(self, old: Site) -> None:
        _suppress(old)

        assert _enter(old, BOTH, email="ani@example.org") == "refused"
        assert _enter(old, NEW_ONLY, email="ani@example.org") == "entered"

    def test_is_lifted_by_the_owner_of_the_address(self, old: Site, rotated: Site) -> None:
        _suppress(old)

        lifted = erasure.lift_suppression(
            old.database, _email(), actor="test", now=old.time[0], keyring=BOTH
        )

        assert lifted
        rotated.sign()
        assert _status(old) == "pending"


class TestPaper:
    def test_a_signer_is_known_again(self, old: Site) -> None:
        assert _enter(old, OLD_ONLY) == "entered"

        assert _enter(old, BOTH) == "known"
        assert _enter(old, NEW_ONLY) == "entered"

    def test_a_line_is_undone(self, old: Site) -> None:
        _enter(old, OLD_ONLY)
        [row] = _rows(old, models.signatures)

        enter_signatures.undo(
            old.database, _pack(old), row.public_id, 1,
            now=old.time[0], keyring=BOTH, actor="test",
        )  # fmt: skip

        assert _enter(old, OLD_ONLY) == "entered"


def test_a_stored_secret_is_read() -> None:
    stored = encryption.seal("whsec_abc", OLD_ONLY)

    assert encryption.unseal(stored, BOTH) == "whsec_abc"
    assert encryption.unseal(encryption.seal("whsec_new", BOTH), NEW_ONLY) == "whsec_new"
    with pytest.raises(SecretLost):
        encryption.unseal(stored, NEW_ONLY)


class TestSecondFactor:
    def test_opens_the_account_and_is_encrypted_anew(
        self, old: Site, rotated: Site, forgetful: Site
    ) -> None:
        owner = add_account(old, password=HASHED)
        app = set_up(old, logged_in(old, owner))
        lost, client, again = forgetful.client, rotated.client, forgetful.client

        asked = log_in(lost, owner.email)
        page = lost.get(asked.headers["Location"]).text if asked.status_code == 302 else ""
        assert page == "" or fill_in(lost, page, code=later(app)).status_code != 302
        page = client.get(log_in(client, owner.email).headers["Location"]).text
        assert fill_in(client, page, code=later(app)).status_code == 302
        assert client.get("/organize/own/").status_code == 200

        with old.database.writing() as connection:
            accounts.change(connection, owner.id, totp_step=0)
        page = again.get(log_in(again, owner.email).headers["Location"]).text
        assert fill_in(again, page, code=app.now()).status_code == 302

    def test_a_recovery_code_stands_in(self, old: Site, rotated: Site) -> None:
        owner = add_account(old, password=HASHED)
        client = logged_in(old, owner)
        set_up(old, client)
        codes = _recovery_codes(old, owner.id)
        visitor = rotated.client
        log_in(visitor, owner.email)

        assert submit(visitor, "/organize/log-in/recovery", code=codes[0]).status_code == 302


def test_a_session_ends_with_the_key(old: Site, rotated: Site) -> None:
    visitor = logged_in(old, add_account(old))
    cookie = visitor.get_cookie("campaign", domain="localhost")
    assert cookie is not None
    client = rotated.client
    client.set_cookie("campaign", cookie.value, domain="localhost")

    assert client.get("/organize/own/").status_code == 302


class TestLetters:
    def test_of_others_are_compared_across_keys(self, old: Site) -> None:
        letter_fingerprints.record(
            old.database, [a_letter("Bo Lee")], now=old.time[0], keyring=OLD_ONLY
        )

        assert _alike(old, BOTH) == 1
        assert _alike(old, NEW_ONLY) == 0

    def test_of_one_writer_count_once(self, old: Site) -> None:
        for keyring in (OLD_ONLY, BOTH, BOTH):
            letter_fingerprints.record(old.database, [a_letter()], now=old.time[0], keyring=keyring)

        assert len(_rows(old, models.letters)) == 1
        assert _alike(old, BOTH) == 0

    def test_are_forgotten_with_their_writer(self, old: Site) -> None:
        letter_fingerprints.record(old.database, [a_letter()], now=old.time[0], keyring=OLD_ONLY)

        with old.database.writing() as connection:
            gone = letter_fingerprints.forget(
                connection, CAMPAIGN, name_key="ani petrosyan", zip="59101", keyring=BOTH
            )

        assert gone == 1


def test_a_bounce_of_mail_sent_before_is_understood(old: Site) -> None:
    old.sign(mail_opt_in="y")
    old.client.post(old.mailed_path("/confirm/"))
    [row] = _rows(old, models.signatures)
    mark = tokens.bounce_mark(OLD_ONLY, row.public_id, "0123456789abcdef")

    noted = [
        bounce_record.record(old.database, "complained", [mark], now=old.time[0], keyring=keyring)
        for keyring in (NEW_ONLY, BOTH)
    ]

    assert noted == [0, 1]


def test_a_challenge_given_before_can_be_solved(old: Site) -> None:
    assert BOTH.challenges(CAMPAIGN)[-1] == OLD_ONLY.challenges(CAMPAIGN)[0]
    assert BOTH.challenge_answers(CAMPAIGN)[-1] == OLD_ONLY.challenge_answers(CAMPAIGN)[0]


def test_a_previous_key_that_is_the_current_one_is_refused(tmp_path: Path) -> None:
    key = "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA"
    given = all_settings.read(
        {
            "CAMPAIGN_HOME": str(tmp_path),
            "BASE_URL": "https://example.org",
            "SECRET_KEY": key,
            "SECRET_KEY_PREVIOUS": key,
        },
        working_directory=tmp_path,
    )

    with pytest.raises(SettingsUnsafe, match="SECRET_KEY_PREVIOUS"):
        all_settings.require_safe(given)


def test_no_key_shows_in_a_keyring() -> None:
    assert OLD not in repr(BOTH)
    assert NEW not in repr(BOTH)


def _email() -> Email:
    return Email.parse("ani@example.org")


def _suppress(site: Site) -> None:
    erasure.erase_address(
        site.database, _email(), actor="test", now=site.time[0], keyring=site.settings.keyring
    )


def _pack(site: Site) -> Pack:
    current_services: Services = site.app.extensions[KEY]
    return current_services.campaigns.get(CAMPAIGN, site.time[0])


def _enter(site: Site, keyring: Keyring, **said: str) -> str:
    """Enter Ani from paper, and say what became of the line."""
    pack = _pack(site)
    line = paper_row.parse_signature(
        first_name="Ani", last_name="Petrosyan", zip="59001", **said,
        pack=pack, congress=site.app.extensions[KEY].congress, now=site.time[0],
    )  # fmt: skip
    [outcome] = enter_signatures.enter(
        site.database, pack, [line], now=site.time[0], keyring=keyring, actor="test"
    )
    return outcome.kind


def _rows(site: Site, table: sa.Table) -> list[sa.Row[tuple[object, ...]]]:
    with site.database.reading() as connection:
        return list(connection.execute(sa.select(table)))


def _status(site: Site) -> str | None:
    """The state of the only signature, None where there is none."""
    rows = _rows(site, models.signatures)
    return str(rows[0].status) if rows else None


def _alike(site: Site, keyring: Keyring) -> int:
    """How many letters of others are like Ani's."""
    [found] = letter_fingerprints.compare(site.database, [a_letter()], keyring=keyring).values()
    return found.others


def _recovery_codes(site: Site, account: int) -> list[str]:
    """The account's recovery codes in the clear."""
    with site.app.test_request_context("/organize/"):
        security = site.app.extensions["security"]
        user = security.datastore.find_user(id=account)
        codes: list[str] = security.mf_recovery_codes_util.create_recovery_codes(user)
        security.datastore.put(user)
    return codes
