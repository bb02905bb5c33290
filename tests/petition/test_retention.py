"""Retention: what has expired is deleted or anonymized, and the counts stay."""

from datetime import datetime, timedelta

import pytest

from campaign.errors import TokenRefused
from campaign.petition import erasure, mailed_links, public_counts, retention
from campaign.store import packets, signatures
from tests.petition.petitioning import KEYRING, NOW, Petition, everything

DAY = timedelta(days=1)


class TestRetention:
    def purge(self, petition: Petition, now: datetime) -> retention.PurgeReport:
        return retention.purge(petition.database, now, retention_days=730)

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

        assert self.purge(petition, NOW + 729 * DAY).anonymized == 0
        assert self.purge(petition, NOW + 731 * DAY).anonymized == 1
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

        assert self.purge(petition, NOW + 735 * DAY).anonymized == 3

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
        erasure.erase(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        self.purge(petition, NOW + 3000 * DAY)
        petition.sign(now=NOW + 3001 * DAY)

        assert petition.rows() == []
