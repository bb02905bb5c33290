"""Erasure: nothing of a person remains, and their address is not emailed again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from campaign.errors import TokenRefused
from campaign.petition import erasure, public_counts
from campaign.petition.identity import Email
from campaign.store import audit, jobs, outbox_leases
from tests.petition.petitioning import KEYRING, NOW, Petition, everything

DAY = timedelta(days=1)


class TestErasing:
    def test_leaves_no_trace_of_the_person(self, petition: Petition) -> None:
        petition.sign_and_confirm(comment="My words.", city="Absarokee", network="net-hash")
        petition.sign(pack=replace(petition.pack, name="another"))
        token = petition.link("me", signature_id=petition.rows()[0].id)

        done = erasure.erase(petition.database, token, now=NOW, keyring=KEYRING)

        assert len(done.signatures) == 2
        assert public_counts.count(petition.database, "section-907") == 0
        [mail] = petition.mails()
        assert (mail.kind, mail.to, mail.signature_id) == ("erased", "ada@example.org", None)
        with petition.database.writing() as connection:
            [leased] = outbox_leases.lease(connection, now=NOW)
            outbox_leases.complete(connection, [leased.id], now=NOW)
        left = everything(petition)
        for trace in ("Ada", "Lovelace", "example.org", "My words", "Absarokee", "net-hash"):
            assert trace not in left

    def test_suppresses_the_address_in_all_its_spellings(self, petition: Petition) -> None:
        petition.sign_and_confirm(email="ada@gmail.com")
        erasure.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        petition.sign(email="a.da+again@googlemail.com", now=NOW + 9 * DAY)

        assert petition.rows() == []
        assert [mail.kind for mail in petition.mails()] == ["erased"]

    def test_leaves_the_rest_of_the_household_alone(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Byron")
        petition.sign_and_confirm(first_name="Ada")

        erasure.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

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

        done = erasure.erase_address(
            petition.database, Email.parse("ADA@example.org"), actor="cli:tester",
            now=NOW + DAY, keyring=KEYRING,
        )  # fmt: skip

        assert [(record.campaign, record.at) for record in done.exports] == [
            ("section-907", NOW + timedelta(hours=1))
        ]

    def test_can_be_lifted_for_the_owner(self, petition: Petition) -> None:
        ada = Email.parse("ada@example.org")
        by = {"actor": "cli:tester", "now": NOW, "keyring": KEYRING}
        erasure.erase_address(petition.database, ada, **by)  # type: ignore[arg-type]

        assert erasure.lift_suppression(petition.database, ada, **by)  # type: ignore[arg-type]
        assert not erasure.lift_suppression(petition.database, ada, **by)  # type: ignore[arg-type]
        petition.sign()

        assert [mail.kind for mail in petition.mails()] == ["confirm"]

    def test_closes_every_link(self, petition: Petition) -> None:
        petition.sign_and_confirm()
        token = petition.link("me")
        erasure.erase(petition.database, token, now=NOW, keyring=KEYRING)

        with pytest.raises(TokenRefused):
            erasure.erase(petition.database, token, now=NOW, keyring=KEYRING)


def test_erasure_expires_the_files_of_jobs(petition: Petition) -> None:
    petition.sign_and_confirm()
    with petition.database.writing() as connection:
        job = jobs.queue(
            connection, "export", campaign="section-907", actor="user:1", params={}, now=NOW
        )
        jobs.lease(connection, kinds=["export"], now=NOW)
        jobs.finish(connection, job.id, note="", files=["signers.csv"], figures={}, now=NOW)

    erasure.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

    with petition.database.reading() as connection:
        assert jobs.expired(connection, now=NOW) == (job.public_id,)
