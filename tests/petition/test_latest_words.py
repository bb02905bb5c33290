"""While a mailbox is unconfirmed, the latest words win, and what they replaced is asked about."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign.errors import InvalidInput, TokenRefused
from campaign.petition import mailed_links, public_counts, review
from campaign.petition.mailed_links import ConfirmedDetails
from campaign.petition.rate_limits import ADDRESS_TRIES
from campaign.store import paper
from campaign.store.new_signature import Answers, NewSignature
from campaign.store.signatures import Signature
from campaign.store.statuses import CommentStatus, Origin, SignatureStatus
from tests.petition.petitioning import KEYRING, NOW, Petition


def press(petition: Petition, token: str, **corrected: Any) -> Signature:
    """Press the button under the words of a link, some of them corrected."""
    found = mailed_links.look_up(petition.database, token, "confirm", now=NOW, keyring=KEYRING)
    words: dict[str, Any] = {
        name: getattr(found, name)
        for name in (
            "first_name",
            "last_name",
            "zip",
            "state",
            "district",
            "comment",
            "show_name",
            "mail_opt_in",
        )
    }
    return mailed_links.confirm(
        petition.database,
        petition.pack,
        token,
        confirmed=ConfirmedDetails(**{**words, "sentence": "I sign.", **corrected}),
        now=NOW,
        keyring=KEYRING,
    )


def total(petition: Petition) -> int:
    """The public count."""
    return public_counts.count(petition.database, "section-907")


class TestAnUnconfirmedMailbox:
    @pytest.mark.parametrize(
        "corrected",
        [
            {"first_name": "Adah"},
            {"first_name": "Adah", "zip": "59901", "district": "MT-1"},
            {"zip": "59901", "district": "MT-1"},
            {"first_name": "Mallory", "last_name": "X"},
        ],
        ids=["name", "name and ZIP", "ZIP", "another name"],
    )
    def test_counts_once_with_the_latest_words(
        self, petition: Petition, corrected: dict[str, Any]
    ) -> None:
        petition.sign()
        first_link = petition.link("confirm")
        petition.sign(**corrected, now=NOW + timedelta(hours=1))
        second_link = petition.link("confirm", now=NOW + timedelta(hours=1))

        for link in (first_link, second_link):
            shown = petition.confirm(link, now=NOW + timedelta(hours=1))
            assert {name: getattr(shown, name) for name in corrected} == corrected

        assert len(petition.rows()) == 1
        assert total(petition) == 1

    def test_has_the_name_by_which_people_are_found(self, petition: Petition) -> None:
        petition.sign()
        petition.sign(first_name="Zoe", last_name="Katz")

        [row] = petition.rows()
        assert row.name_key == "katz zoe"

    def test_that_was_set_aside_keeps_the_latest_words_and_stays_aside(
        self, petition: Petition
    ) -> None:
        petition.sign(flags=("filled-by-program",))
        petition.sign(first_name="Adah", flags=("network-burst",))

        [row] = petition.rows()
        assert (row.first_name, row.status) == ("Adah", "held")
        assert petition.mails() == []

    @pytest.mark.parametrize("name", ["Ada", "Zoe"])
    def test_that_was_set_aside_goes_on_once_its_owner_signs_from_elsewhere(
        self, petition: Petition, name: str
    ) -> None:
        """What one network was refused keeps nobody of another from signing."""
        petition.sign(first_name="Ada", flags=("network-burst",), network="a")
        later = NOW + timedelta(days=20)
        petition.sign(first_name=name, network="b", now=later)

        [row] = petition.rows()
        assert (row.first_name, row.status, row.flags, row.network) == (name, "pending", "", "b")
        assert row.created_at == later
        assert [mail.kind for mail in petition.mails()] == ["confirm"]
        assert petition.confirm(petition.link("confirm", now=later), now=later).number == 1

    def test_keeps_what_was_replaced_only_where_it_may_be_a_housemate(
        self, petition: Petition
    ) -> None:
        def kept() -> str | None:
            [row] = petition.rows()
            return row.earlier["first_name"] if row.earlier else None

        petition.sign(first_name="Ada", comment="Mine.")
        assert kept() is None
        petition.sign(first_name="Byron")
        assert kept() == "Ada"
        petition.sign(first_name="BYRON")
        assert kept() == "Ada"
        petition.sign(first_name="Ada")
        assert kept() == "BYRON"
        petition.sign(first_name="Ada", zip="10001")
        assert kept() is None

    @settings(
        max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["Ada", "Byron", "Clara"]), st.sampled_from(["59001", "10001"])
            ),
            min_size=1,
            max_size=6,
        ),
        st.integers(0, 10_000),
    )
    def test_is_one_row_whatever_is_typed(
        self, petition: Petition, sign_ups: list[tuple[str, str]], number: int
    ) -> None:
        email = f"ada{number}-{len(petition.rows())}@example.org"
        for name, zip_ in sign_ups:
            petition.sign(email=email, first_name=name, zip=zip_)

        [row] = [row for row in petition.rows() if row.email == email]
        assert (row.first_name, row.zip) == sign_ups[-1]


class TestTheOwnerOfTheAddress:
    def test_corrects_what_a_stranger_typed_before_it_counts(self, petition: Petition) -> None:
        petition.sign(
            first_name="Mallory", comment="A lie.", show_name=True, mail_opt_in=True, zip="59001"
        )

        found = press(
            petition,
            petition.link("confirm"),
            first_name="Ada",
            comment="",
            show_name=False,
            mail_opt_in=False,
            zip="59901",
            district="MT-1",
        )

        assert (found.first_name, found.name_key) == ("Ada", "ada lovelace")
        assert (found.comment, found.comment_status) == ("", "none")
        assert (found.show_name, found.mail_opt_in) == (False, False)
        assert public_counts.by_district(petition.database, "section-907") == {"MT-1": 1}
        confirmed = petition.consents()[-1]
        assert (confirmed.act, confirmed.sentence) == ("confirmed", "I sign.")
        assert (confirmed.show_name, confirmed.mail_opt_in) == (False, False)

    def test_keeps_a_comment_unread_that_was_changed(self, petition: Petition) -> None:
        petition.sign(comment="Old.")

        assert press(petition, petition.link("confirm"), comment="New.").comment_status == "waiting"

    def test_says_that_the_earlier_sign_up_was_another_person(self, petition: Petition) -> None:
        petition.sign(first_name="Ada", comment="Mine.")
        petition.sign(first_name="Byron")

        press(petition, petition.link("confirm"), is_second_person=True)

        byron, ada = petition.rows()
        assert (byron.status, byron.earlier) == ("confirmed", None)
        assert (ada.status, ada.first_name, ada.comment, ada.household_slot) == (
            "pending",
            "Ada",
            "Mine.",
            1,
        )
        assert total(petition) == 1
        petition.confirm(petition.link("confirm"))
        assert total(petition) == 2
        assert [mail.kind for mail in petition.mails()][-2:] == ["confirm", "thanks"]

    def test_says_that_both_were_one_person(self, petition: Petition) -> None:
        petition.sign(first_name="Ada")
        petition.sign(first_name="Adah")

        press(petition, petition.link("confirm"), is_second_person=False)

        [row] = petition.rows()
        assert (row.first_name, row.earlier) == ("Adah", None)

    def test_confirms_nobody_twice_under_one_name(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Ada")
        petition.sign(first_name="Adda")

        with pytest.raises(InvalidInput) as refused:
            press(petition, petition.link("confirm"), first_name="Ada")

        assert refused.value.field == "first_name"
        assert total(petition) == 1

    def test_shares_an_address_only_at_the_same_zip(self, petition: Petition) -> None:
        petition.sign_and_confirm(first_name="Ada")
        petition.sign(first_name="Byron")

        with pytest.raises(InvalidInput) as refused:
            press(petition, petition.link("confirm"), zip="10001", state="NY", district="NY-12")

        assert refused.value.field == "zip"
        assert total(petition) == 1

    def test_is_signed_by_its_owner_however_often_a_stranger_tried(
        self, petition: Petition
    ) -> None:
        for number in range(40):
            petition.sign(first_name="Mallory", now=NOW + timedelta(minutes=20 * number))
        later = NOW + timedelta(minutes=20 * 40)
        assert len(petition.mails("confirm")) == 3

        petition.sign(first_name="Ada", now=later)

        [row] = petition.rows()
        assert (row.first_name, row.status) == ("Ada", "pending")
        assert petition.confirm(petition.link("confirm", now=NOW), now=later).first_name == "Ada"

    def test_is_mailed_once_a_day_when_a_stranger_used_the_first_mails_up(
        self, petition: Petition
    ) -> None:
        for day in range(8):
            for minutes in (0, 20, 40, 60):
                petition.sign(first_name="Mallory", now=NOW + timedelta(days=day, minutes=minutes))
        before = len(petition.mails("confirm"))
        assert before == 3 + 7

        later = NOW + timedelta(days=9)
        petition.sign(first_name="Ada", now=later)

        assert len(petition.mails("confirm")) == before + 1
        assert petition.confirm(petition.link("confirm", now=later), now=later).first_name == "Ada"

    def test_gets_the_tries_back_when_it_was_somebody_else(self, petition: Petition) -> None:
        for _ in range(ADDRESS_TRIES):
            petition.sign(first_name="Mallory")
        mailed_links.disown(petition.database, petition.link("confirm"), now=NOW, keyring=KEYRING)

        petition.sign(first_name="Ada")

        [row] = petition.rows()
        assert (row.first_name, row.status) == ("Ada", "pending")
        assert petition.confirm(petition.link("confirm")).number == 1


def test_a_link_says_what_became_of_a_signature_that_ended(petition: Petition) -> None:
    petition.sign()
    token = petition.link("confirm")
    petition.confirm(token)
    mailed_links.withdraw(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

    found = mailed_links.look_up(petition.database, token, "confirm", now=NOW, keyring=KEYRING)

    assert found.status == "withdrawn"
    with pytest.raises(TokenRefused):
        petition.confirm(token)
    assert total(petition) == 0


class TestTheNameThatIsShown:
    def status(self, petition: Petition) -> str:
        return str(petition.rows()[-1].name_status)

    def test_is_judged_with_every_new_word(self, petition: Petition) -> None:
        petition.sign(first_name="spam.example.com", show_name=True)
        assert self.status(petition) == "waiting"
        petition.sign(first_name="Ada", show_name=True)
        assert self.status(petition) == "shown"

        press(petition, petition.link("confirm"), first_name="4da")

        assert self.status(petition) == "waiting"
        assert public_counts.shown_signers(petition.database, "section-907") == ()

    def test_waits_once_an_organizer_hid_the_one_before(self, petition: Petition) -> None:
        found = petition.sign_and_confirm(show_name=True)
        review.judge_name(
            petition.database, found.public_id, is_shown=False, actor="tester", now=NOW
        )
        assert self.status(petition) == "hidden"
        mailed_links.withdraw(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)

        petition.sign(show_name=True, now=NOW + timedelta(hours=1))

        assert self.status(petition) == "waiting"

    def test_of_paper_is_judged_too(self, petition: Petition) -> None:
        with petition.database.writing() as connection:
            signature = NewSignature(
                answers=Answers(
                    first_name="4da", last_name="L", name_key="", zip="", state="", district="",
                    comment_status=CommentStatus.NONE, wording_version="",
                ),
                public_id="0" * 26,
                campaign="section-907",
                status=SignatureStatus.CONFIRMED,
                origin=Origin.PAPER,
                created_at=NOW,
            )  # fmt: skip
            paper.add(connection, [signature])

        assert self.status(petition) == "waiting"
