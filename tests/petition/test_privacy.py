"""One's own data: seen, corrected, erased; and what time takes away."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from campaign.errors import TokenRefused
from campaign.petition import corrections, mailed_links, privacy, public_counts
from campaign.petition.corrections import Correction
from campaign.petition.identity import Email
from campaign.store import audit, jobs, models, outbox, packets, signatures
from tests.petition.petitioning import KEYRING, NOW, Petition

DAY = timedelta(days=1)


def everything(petition: Petition) -> str:
    """Every value of every table, as text."""
    with petition.database.reading() as connection:
        return repr(
            [
                list(map(tuple, connection.execute(sa.select(table))))
                for table in models.metadata.sorted_tables
            ]
        )


def test_the_download_has_all_stored_data(petition: Petition) -> None:
    petition.sign_and_confirm(comment="Words.", mail_opt_in=True, city="Absarokee", source="x")

    data = privacy.download(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

    expected = {
        "first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.org", "zip": "59001",
        "city": "Absarokee", "district": "MT-2", "comment": "Words.", "mail_opt_in": True,
        "number": 1, "status": "confirmed", "confirmed_at": "2026-06-15T12:00:00Z",
    }  # fmt: skip
    assert expected.items() <= data.items()
    assert [consent["act"] for consent in data["consents"]] == ["signed", "confirmed"]
    assert "nonce" not in repr(data)


def test_a_corrected_place_moves_in_the_counts(petition: Petition) -> None:
    petition.sign_and_confirm()

    moved = corrections.correct_own(
        petition.database,
        petition.link("me"),
        Correction("Ada", "Lovelace", zip="82001", state="WY", district="WY-0"),
        now=NOW,
        keyring=KEYRING,
    )

    assert (moved.zip, moved.district, moved.number) == ("82001", "WY-0", 1)
    assert public_counts.by_state(petition.database, "section-907") == {"WY": 1}
    assert public_counts.by_district(petition.database, "section-907") == {"WY-0": 1}
    assert public_counts.count(petition.database, "section-907") == 1


def test_preferences_can_be_changed(petition: Petition) -> None:
    petition.sign_and_confirm(show_name=True)

    changed = privacy.set_preferences(
        petition.database, petition.link("me"), show_name=False, mail_opt_in=True,
        now=NOW, keyring=KEYRING,
    )  # fmt: skip

    assert (changed.show_name, changed.mail_opt_in) == (False, True)
    assert public_counts.shown_signers(petition.database, "section-907") == ()
    assert petition.consents()[-1].act == "changed"


def test_unsubscribing_is_idempotent_and_covers_the_mailbox(petition: Petition) -> None:
    petition.sign_and_confirm(first_name="Byron", mail_opt_in=True)
    petition.sign_and_confirm(mail_opt_in=True)
    token = petition.link("unsubscribe")

    for _ in range(2):
        signature = privacy.unsubscribe(petition.database, token, now=NOW, keyring=KEYRING)

    assert signature.is_confirmed
    assert [row.mail_opt_in for row in petition.rows()] == [False, False]
    assert [consent.act for consent in petition.consents()].count("unsubscribed") == 2


class TestErasing:
    def test_leaves_no_trace_of_the_person(self, petition: Petition) -> None:
        petition.sign_and_confirm(comment="My words.", city="Absarokee", network="net-hash")
        petition.sign(pack=replace(petition.pack, name="another"))
        token = petition.link("me", signature_id=petition.rows()[0].id)

        done = privacy.erase(petition.database, token, now=NOW, keyring=KEYRING)

        assert len(done.signatures) == 2
        assert public_counts.count(petition.database, "section-907") == 0
        [mail] = petition.mails()
        assert (mail.kind, mail.to, mail.signature_id) == ("erased", "ada@example.org", None)
        with petition.database.writing() as connection:
            [leased] = outbox.lease(connection, now=NOW)
            outbox.complete(connection, [leased.id], now=NOW)
        left = everything(petition)
        for trace in ("Ada", "Lovelace", "example.org", "My words", "Absarokee", "net-hash"):
            assert trace not in left

    def test_suppresses_the_address_in_all_its_spellings(self, petition: Petition) -> None:
        petition.sign_and_confirm(email="ada@gmail.com")
        privacy.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        petition.sign(email="a.da+again@googlemail.com", now=NOW + 9 * DAY)

        assert petition.rows() == []
        assert [mail.kind for mail in petition.mails()] == ["erased"]

    def test_leaves_the_rest_of_the_household_alone(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Byron")
        petition.sign_and_confirm(first_name="Ada")

        privacy.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        assert [row.first_name for row in petition.rows()] == ["Byron"]
        petition.sign(now=NOW + DAY)
        assert len(petition.rows()) == 2

    def test_by_address_names_the_exports_that_may_hold_the_person(
        self, petition: Petition
    ) -> None:
        petition.sign_and_confirm()
        for hours, campaign in ((-1, "section-907"), (1, "section-907"), (1, "another")):
            with petition.database.writing() as connection:
                audit.record(
                    connection, "export", actor="cli:tester", now=NOW + timedelta(hours=hours),
                    campaign=campaign, details={"preset": "generic", "rows": 1},
                )  # fmt: skip

        done = privacy.erase_address(
            petition.database, Email.parse("ADA@example.org"), actor="cli:tester",
            now=NOW + DAY, keyring=KEYRING,
        )  # fmt: skip

        assert [(record.campaign, record.at) for record in done.exports] == [
            ("section-907", NOW + timedelta(hours=1))
        ]

    def test_can_be_lifted_for_the_owner(self, petition: Petition) -> None:
        ada = Email.parse("ada@example.org")
        by = {"actor": "cli:tester", "now": NOW, "keyring": KEYRING}
        privacy.erase_address(petition.database, ada, **by)  # type: ignore[arg-type]

        assert privacy.lift_suppression(petition.database, ada, **by)  # type: ignore[arg-type]
        assert not privacy.lift_suppression(petition.database, ada, **by)  # type: ignore[arg-type]
        petition.sign()

        assert [mail.kind for mail in petition.mails()] == ["confirm"]

    def test_closes_every_link(self, petition: Petition) -> None:
        petition.sign_and_confirm()
        token = petition.link("me")
        privacy.erase(petition.database, token, now=NOW, keyring=KEYRING)

        with pytest.raises(TokenRefused):
            privacy.erase(petition.database, token, now=NOW, keyring=KEYRING)


class TestRetention:
    def purge(self, petition: Petition, now: datetime) -> privacy.PurgeReport:
        return privacy.purge(petition.database, now, retention_days=730)

    def test_forgets_who_never_confirmed(self, petition: Petition) -> None:
        petition.sign()
        petition.sign(email="late@example.org", now=NOW + 10 * DAY)

        assert self.purge(petition, NOW + 15 * DAY).pending == 1
        assert [row.email for row in petition.rows()] == ["late@example.org"]

    def test_takes_the_person_out_and_leaves_the_count(self, petition: Petition) -> None:
        petition.sign_and_confirm(
            comment="My words.", show_name=True, city="Absarokee", source="flyer"
        )
        [before] = petition.rows()
        token = petition.link("me", now=NOW + 729 * DAY)

        assert self.purge(petition, NOW + 729 * DAY).anonymised == 0
        assert self.purge(petition, NOW + 731 * DAY).anonymised == 1
        assert self.purge(petition, NOW + 731 * DAY).total == 0

        left = everything(petition)
        for trace in (
            "Ada", "Lovelace", "example.org", "59001", "My words", "Absarokee",
            before.public_id,
        ):  # fmt: skip
            assert trace not in left, trace
        [row] = petition.rows()
        assert (row.state, row.district, row.source, row.reason) == ("", "", "", "")
        assert (row.wording_version, row.number, row.confirmed_at) == ("", None, None)
        assert row.created_at.year == 1970
        assert petition.consents() == []
        assert public_counts.count(petition.database, "section-907") == 1
        assert public_counts.by_district(petition.database, "section-907") == {"MT-2": 1}
        with pytest.raises(TokenRefused):
            mailed_links.look_up(
                petition.database, token, "me", now=NOW + 732 * DAY, keyring=KEYRING
            )

    def test_places_of_those_taken_out_stay_as_numbers(self, petition: Petition) -> None:
        for name in ("ada", "bo", "cy"):
            petition.sign_and_confirm(email=f"{name}@example.org", first_name=name)
        petition.sign_and_confirm(
            email="di@example.org", zip="82001", state="WY", district="WY-0", now=NOW + 20 * DAY
        )

        assert self.purge(petition, NOW + 735 * DAY).anonymised == 3

        with petition.database.reading() as connection:
            here = list(packets.constituents(connection, "section-907", district="MT-2"))
            there = list(packets.constituents(connection, "section-907", state="WY"))
            everywhere = list(packets.constituents(connection, "section-907"))
        assert [one.first_name for one in here] == ["", "", ""]
        assert [one.first_name for one in there] == ["Ada"]
        assert len(everywhere) == public_counts.count(petition.database, "section-907") == 4
        assert public_counts.compare(petition.database) == {}

    def test_a_struck_signature_is_deleted_after_retention(self, petition: Petition) -> None:
        petition.sign_and_confirm()
        with petition.database.writing() as connection:
            [row] = petition.rows()
            found = signatures.by_id(connection, row.id)
            assert found is not None
            mailed_links.end_signature(connection, found, "invalid", now=NOW, reason="a joke")

        assert self.purge(petition, NOW + 731 * DAY).invalid == 1
        assert petition.rows() == []

    def test_forgets_the_withdrawn_the_held_and_sent_mail(self, petition: Petition) -> None:
        petition.sign_and_confirm()
        mailed_links.withdraw(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)
        petition.sign(email="held@example.org", flags=("network-burst",))

        assert self.purge(petition, NOW + 29 * DAY).total == 0
        assert self.purge(petition, NOW + 31 * DAY).withdrawn == 1
        assert self.purge(petition, NOW + 91 * DAY).held == 1
        assert petition.rows() == []

    def test_keeps_who_asked_never_to_be_mailed(self, petition: Petition) -> None:
        petition.sign_and_confirm()
        privacy.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        self.purge(petition, NOW + 3000 * DAY)
        petition.sign(now=NOW + 3001 * DAY)

        assert petition.rows() == []


def test_erasure_expires_the_files_of_jobs(petition: Petition) -> None:
    petition.sign_and_confirm()
    with petition.database.writing() as connection:
        job = jobs.queue(
            connection, "export", campaign="section-907", actor="user:1", params={}, now=NOW
        )
        jobs.lease(connection, kinds=["export"], now=NOW)
        jobs.finish(connection, job.id, note="", files=["signers.csv"], figures={}, now=NOW)

    privacy.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

    with petition.database.reading() as connection:
        assert jobs.expired(connection, now=NOW) == (job.public_id,)
