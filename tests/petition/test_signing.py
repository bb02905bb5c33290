"""Signing, confirming and taking back, on SQLite and on PostgreSQL."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from campaign.errors import PetitionClosed, TokenRefused
from campaign.keys import Keyring
from campaign.link_lifetimes import Purpose
from campaign.petition import mailed_links, public_counts, signing
from campaign.store import suppressions, tokens
from campaign.store.db.compiled_statements import CompiledStatement
from tests.petition.petitioning import KEYRING, NOW, Petition, make_signup, together


def test_one_transaction_writes_signature_consent_and_mail(petition: Petition) -> None:
    petition.sign(mail_opt_in=True, comment="My words.", language="es", network="abc")

    [row] = petition.rows()
    [consent] = petition.consents()
    [mail] = petition.mails()
    assert (row.status, row.email, row.district) == ("pending", "ada@example.org", "MT-2")
    assert (row.comment_status, row.network, row.created_at) == ("waiting", "abc", NOW)
    assert (consent.act, consent.wording_version) == ("signed", petition.pack.wording_version)
    assert (consent.sentence, consent.mail_opt_in) == (signing.SENTENCE, True)
    assert (mail.kind, mail.to, mail.campaign) == ("confirm", "ada@example.org", "section-907")
    assert mail.payload == {"signature": row.id, "language": "es"}


def test_a_confirmed_signature_counts_and_has_a_number(petition: Petition) -> None:
    petition.sign()
    assert public_counts.count(petition.database, "section-907") == 0

    first = petition.confirm(petition.link("confirm"))
    second = petition.sign_and_confirm(email="bob@example.org", first_name="Bob")

    assert (first.number, second.number) == (1, 2)
    assert (first.first_name, first.status, first.confirmed_at) == ("Ada", "confirmed", NOW)
    assert public_counts.count(petition.database, "section-907") == 2
    assert [mail.kind for mail in petition.mails()] == ["confirm", "thanks", "confirm", "thanks"]
    assert [consent.act for consent in petition.consents()][:2] == ["signed", "confirmed"]


def test_fifty_concurrent_identical_sign_ups_make_one_row_and_one_mail(petition: Petition) -> None:
    together(50, petition.sign)

    assert len(petition.rows()) == 1
    assert len(petition.mails()) == 1


def test_fifty_concurrent_spellings_of_an_address_make_one_row_and_one_mail(
    petition: Petition,
) -> None:
    spellings = iter([f"A.d{'.' * (n % 2)}a+{n}@gmail.com" for n in range(50)])
    lock = threading.Lock()

    def work() -> None:
        with lock:
            email = next(spellings)
        petition.sign(email=email)

    together(50, work)

    assert len(petition.rows()) == 1
    assert len(petition.mails()) == 1


def test_fifty_concurrent_confirmations_count_once(petition: Petition) -> None:
    petition.sign()
    token = petition.link("confirm")

    outcomes = together(50, lambda: petition.confirm(token).number)

    assert outcomes == [1] * 50
    assert public_counts.count(petition.database, "section-907") == 1
    assert len(petition.mails("thanks")) == 1


def test_concurrent_confirmations_get_distinct_numbers(
    petition: Petition,
) -> None:
    tokens = []
    for number in range(20):
        petition.sign(email=f"signer{number}@example.org")
        tokens.append(petition.link("confirm"))
    queue = iter(tokens)
    lock = threading.Lock()

    def work() -> int:
        with lock:
            token = next(queue)
        return petition.confirm(token).number

    numbers = together(20, work)

    assert sorted(numbers) == list(range(1, 21))  # type: ignore[type-var]


class TestAKnownAddress:
    def test_that_is_pending_keeps_its_row_and_the_latest_words(self, petition: Petition) -> None:
        petition.sign(zip="59001", district="MT-2")
        link = petition.link("confirm")

        petition.sign(
            first_name="ADA", zip="59901", district="MT-1", now=NOW + timedelta(seconds=30)
        )

        [row] = petition.rows()
        assert (row.first_name, row.zip, row.district) == ("ADA", "59901", "MT-1")
        assert len(petition.mails()) == 1
        assert petition.confirm(link).district == "MT-1"

    def test_that_is_pending_gets_its_link_again_three_times_at_most(
        self, petition: Petition
    ) -> None:
        for hours in range(5):
            petition.sign(now=NOW + timedelta(hours=hours))

        assert len(petition.rows()) == 1
        assert len(petition.mails("confirm")) == 3

    def test_that_is_confirmed_gets_mail_rarely(self, petition: Petition) -> None:
        petition.sign_and_confirm()

        for days in (1, 8, 9):
            petition.sign(now=NOW + timedelta(days=days))

        assert len(petition.rows()) == 1
        assert len(petition.mails("already-signed")) == 1
        assert public_counts.count(petition.database, "section-907") == 1

    def test_changes_nothing_of_a_confirmed_signature(self, petition: Petition) -> None:
        petition.sign_and_confirm(comment="Mine.")

        petition.sign(comment="A stranger's.", mail_opt_in=True, now=NOW + timedelta(days=8))

        [row] = petition.rows()
        assert (row.comment, row.mail_opt_in) == ("Mine.", False)
        assert len(petition.consents()) == 2

    def test_costs_as_many_statements_as_a_new_one(
        self, petition: Petition, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever is known of it; which statements they are, nobody outside can tell."""
        seen: list[object] = []
        run = CompiledStatement.run

        def note(self: CompiledStatement, *rest: Any) -> object:
            seen.append(self)
            return run(self, *rest)

        def cost(**said: Any) -> int:
            seen.clear()
            petition.sign(**said)
            return len(seen)

        petition.sign_and_confirm(email="counted@example.org")
        petition.sign(email="waiting@example.org")
        with petition.database.writing() as connection:
            key = tokens.address_key(KEYRING, "gone@example.org")
            suppressions.suppress(connection, key, now=NOW)
        monkeypatch.setattr(CompiledStatement, "run", note)

        costs = {
            "new": cost(email="new@example.org"),
            "counted": cost(email="counted@example.org"),
            "counted, told": cost(email="counted@example.org", now=NOW + timedelta(days=8)),
            "counted, of another ZIP": cost(
                email="counted@example.org", first_name="B", zip="10001"
            ),
            "waiting": cost(email="waiting@example.org"),
            "waiting, mailed": cost(email="waiting@example.org", now=NOW + timedelta(hours=1)),
            "suppressed": cost(email="gone@example.org"),
            "set aside": cost(email="aside@example.org", flags=("filled-by-program",)),
        }

        assert costs == dict.fromkeys(costs, 7)

    def test_leaves_nothing_of_the_signature_of_nobody(self, petition: Petition) -> None:
        petition.sign_and_confirm()
        before = (petition.rows(), petition.consents(), petition.mails())

        petition.sign(comment="A stranger's.", now=NOW + timedelta(minutes=1))

        assert (petition.rows(), petition.consents(), petition.mails()) == before


class TestAHousehold:
    def test_two_may_share_an_address_and_a_third_may_not(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Ada")
        petition.sign_and_confirm(first_name="Byron")
        petition.sign(first_name="Clara")

        assert [row.first_name for row in petition.rows()] == ["Ada", "Byron"]
        assert [row.household_slot for row in petition.rows()] == [0, 1]
        assert len(petition.mails("confirm")) == 2
        assert public_counts.count(petition.database, "section-907") == 2

    def test_another_zip_is_another_household(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Ada", zip="59001")
        petition.sign(first_name="Byron", zip="10001")

        assert [row.first_name for row in petition.rows()] == ["Ada"]

    def test_who_left_keeps_nobody_of_another_zip_from_signing(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Ada", zip="59001")
        mailed_links.withdraw(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        petition.sign_and_confirm(first_name="Byron", zip="10001")

        assert [(row.first_name, row.status) for row in petition.rows()] == [
            ("Ada", "withdrawn"),
            ("Byron", "confirmed"),
        ]

    def test_the_latest_words_of_the_second_person_win_too(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Ada")
        petition.sign(first_name="Biron")
        petition.sign(first_name="Byron")

        assert [row.first_name for row in petition.rows()] == ["Ada", "Byron"]

    def test_accents_and_case_make_no_second_person(self, petition: Petition) -> None:
        petition.sign(first_name="José", last_name="Núñez")
        petition.sign(first_name="JOSE", last_name="Nunez")

        assert len(petition.rows()) == 1

    def test_many_at_once_are_one_until_one_is_confirmed(self, petition: Petition) -> None:
        names = iter(["Ada", "Byron", "Clara", "Dora", "Emil", "Fay", "Guy", "Hal"])
        lock = threading.Lock()

        def work() -> None:
            with lock:
                name = next(names)
            petition.sign(first_name=name)

        together(8, work)

        assert len(petition.rows()) == 1

    def test_the_same_address_may_sign_another_campaign(self, petition: Petition) -> None:
        petition.sign()
        petition.sign(pack=replace(petition.pack, name="another"))

        assert [row.campaign for row in petition.rows()] == ["section-907", "another"]
        assert len(petition.mails("confirm")) == 2


class TestLimits:
    def test_sign_ups_of_a_stranger_elsewhere_keep_no_address_from_signing(
        self, petition: Petition
    ) -> None:
        for number in range(8):
            petition.sign(
                pack=replace(petition.pack, name=f"campaign-{number}"), first_name="Mallory"
            )

        petition.sign(first_name="Ada")

        assert {row.status for row in petition.rows()} == {"pending"}
        assert petition.rows()[-1].flags == "address-limit"
        assert petition.confirm(petition.link("confirm")).first_name == "Ada"

    def test_an_address_that_many_campaigns_wait_for_gets_one_mail_of_each(
        self, petition: Petition
    ) -> None:
        for number in range(6):
            petition.sign(pack=replace(petition.pack, name=f"campaign-{number}"))
        for minutes in (0, 20, 40):
            petition.sign(now=NOW + timedelta(minutes=minutes))
        assert len(petition.mails("confirm")) == 7

        petition.sign(now=NOW + timedelta(hours=25))

        assert len(petition.mails("confirm")) == 8

    @pytest.mark.parametrize("flag", ["network-burst", "filled-by-program"])
    def test_a_sign_up_over_a_limit_is_kept_without_a_mail(
        self, petition: Petition, flag: str
    ) -> None:
        petition.sign(flags=(flag,))

        [row] = petition.rows()
        assert (row.status, row.flags) == ("held", flag)
        assert petition.mails() == []

    def test_a_throw_away_domain_is_marked_and_goes_on(self, petition: Petition) -> None:
        petition.sign(email="x@mailinator.com")

        [row] = petition.rows()
        assert (row.status, row.flags) == ("pending", "disposable")


class TestLinks:
    def test_open_what_they_are_for_and_nothing_else(self, petition: Petition) -> None:
        petition.sign()
        confirm = petition.link("confirm")

        def look_up(token: str, purpose: Purpose) -> str:
            return mailed_links.look_up(
                petition.database, token, purpose, now=NOW, keyring=KEYRING
            ).first_name

        assert look_up(confirm, "confirm") == "Ada"
        with pytest.raises(TokenRefused):
            look_up(confirm, "me")
        with pytest.raises(TokenRefused):
            look_up(petition.link("me"), "confirm")

    def test_of_one_signature_do_not_open_another(self, petition: Petition) -> None:
        petition.sign(email="ada@example.org")
        ada = petition.link("confirm")
        petition.sign(email="bob@example.org")
        bob = petition.link("confirm")

        for mixed in (ada[:22] + bob[22:], bob[:28] + ada[28:]):
            with pytest.raises(TokenRefused):
                petition.confirm(mixed)

    @pytest.mark.parametrize("token", ["", "x", "A" * 48, "é" * 48, "A" * 47 + "=", "\x00" * 48])
    def test_that_are_none_are_refused_alike(self, petition: Petition, token: str) -> None:
        with pytest.raises(TokenRefused) as refused:
            petition.confirm(token)

        petition.sign()
        disowned = petition.link("confirm")
        mailed_links.disown(petition.database, disowned, now=NOW, keyring=KEYRING)
        with pytest.raises(TokenRefused) as again:
            petition.confirm(disowned)
        assert str(again.value) == str(refused.value)

    def test_confirm_for_a_week_and_say_afterwards_that_they_did(self, petition: Petition) -> None:
        petition.sign()
        token = petition.link("confirm")

        with pytest.raises(TokenRefused):
            petition.confirm(token, now=NOW + timedelta(days=7))
        first = petition.confirm(token, now=NOW + timedelta(days=6, hours=23))

        again = petition.confirm(token, now=NOW + timedelta(days=400))

        assert (again.status, again.confirmed_at) == ("confirmed", first.confirmed_at)
        assert public_counts.count(petition.database, "section-907") == 1
        assert len(petition.mails("thanks")) == 1

    def test_need_the_secret_key(self, petition: Petition) -> None:
        petition.sign()
        token = petition.link("confirm")

        with pytest.raises(TokenRefused):
            mailed_links.confirm(
                petition.database, petition.pack, token, now=NOW, keyring=Keyring("another" * 6)
            )

    def test_of_one_campaign_confirm_in_no_other(self, petition: Petition) -> None:
        petition.sign()

        with pytest.raises(TokenRefused):
            petition.confirm(petition.link("confirm"), pack=replace(petition.pack, name="another"))


class TestTheClose:
    def test_ends_signing_and_leaves_a_day_to_confirm(self, petition: Petition) -> None:
        closing = replace(petition.pack, closes_on=date(2026, 6, 15))
        petition.sign(pack=closing)
        petition.sign(pack=closing, email="late@example.org")
        late = petition.link("confirm")
        early = petition.link("confirm", signature_id=petition.rows()[0].id)

        with pytest.raises(PetitionClosed):
            petition.sign(pack=closing, email="x@example.org", now=NOW + timedelta(days=1))
        petition.confirm(early, pack=closing, now=NOW + timedelta(hours=39))
        with pytest.raises(PetitionClosed):
            petition.confirm(late, pack=closing, now=NOW + timedelta(hours=41))
        assert public_counts.count(petition.database, "section-907") == 1


class TestTakingBack:
    def test_this_was_not_me_leaves_nothing(self, petition: Petition) -> None:
        petition.sign()

        token = petition.link("confirm")
        mailed_links.disown(petition.database, token, now=NOW, keyring=KEYRING)

        assert (petition.rows(), petition.mails(), petition.consents()) == ([], [], [])
        with pytest.raises(TokenRefused):
            petition.confirm(token)

    def test_a_confirmed_signature_cannot_be_disowned_by_an_old_link(
        self, petition: Petition
    ) -> None:
        petition.sign()
        token = petition.link("confirm")
        petition.confirm(token)

        with pytest.raises(TokenRefused):
            mailed_links.disown(petition.database, token, now=NOW, keyring=KEYRING)
        assert public_counts.count(petition.database, "section-907") == 1

    def test_withdrawing_lowers_the_count_once(self, petition: Petition) -> None:
        petition.sign_and_confirm()
        token = petition.link("me")

        for _ in range(2):
            withdrawn = mailed_links.withdraw(petition.database, token, now=NOW, keyring=KEYRING)

        assert withdrawn.status == "withdrawn"
        assert public_counts.count(petition.database, "section-907") == 0
        assert public_counts.by_state(petition.database, "section-907") == {}
        assert [consent.act for consent in petition.consents()].count("withdrawn") == 1

    def test_who_withdrew_may_sign_again_with_a_new_link(self, petition: Petition) -> None:
        petition.sign()
        old = petition.link("confirm")
        petition.confirm(old)
        mailed_links.withdraw(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        petition.sign(now=NOW + timedelta(hours=1))

        assert petition.rows()[0].status == "pending"
        with pytest.raises(TokenRefused):
            petition.confirm(old)
        petition.confirm(petition.link("confirm"), now=NOW + timedelta(hours=1))
        assert public_counts.count(petition.database, "section-907") == 1


def test_reprs_of_sign_ups_are_redacted(petition: Petition) -> None:
    signature = petition.sign_and_confirm(comment="Words.")

    shown = repr(signature) + repr(make_signup())

    for word in ("Ada", "Lovelace", "example.org", "59001", "Words"):
        assert word not in shown


def test_an_address_is_stored_as_typed_and_mailed_in_ascii(petition: Petition) -> None:
    found = petition.sign_and_confirm(email="Ada.L+907@Bücher.Example")

    assert found.email == "Ada.L+907@Bücher.Example"
    assert {mail.to for mail in petition.mails()} == {"Ada.L+907@xn--bcher-kva.example"}
    petition.sign(email="ada.l@bücher.example", now=NOW + timedelta(days=8))
    assert len(petition.rows()) == 1
