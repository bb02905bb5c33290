"""What organizers decide, and that it is on record."""

from datetime import timedelta

import pytest

from campaign.errors import SignatureUnknown, TooManyAttempts
from campaign.petition import public_counts, review
from campaign.store import audit
from tests.petition.petitioning import NOW, Petition


def test_a_released_signature_gets_its_mail_and_can_be_confirmed(petition: Petition) -> None:
    petition.sign(flags=("network-burst",))
    [row] = petition.rows()
    later = NOW + timedelta(days=20)

    review.release(petition.database, row.public_id, actor="tester", now=later)

    [mail] = petition.mails("confirm")
    assert mail.to == "ada@example.org"
    assert petition.confirm(petition.link("confirm", now=later), now=later).number == 1
    with pytest.raises(SignatureUnknown):
        review.release(petition.database, row.public_id, actor="tester", now=later)


def test_an_invalid_signature_stays_without_counting(petition: Petition) -> None:
    petition.sign_and_confirm()
    [row] = petition.rows()

    review.invalidate(petition.database, row.public_id, "a robot", actor="tester", now=NOW)

    assert (petition.rows()[0].status, petition.rows()[0].reason) == ("invalid", "a robot")
    assert public_counts.count(petition.database, "section-907") == 0
    with pytest.raises(SignatureUnknown):
        review.invalidate(petition.database, row.public_id, "again", actor="tester", now=NOW)
    petition.sign(now=NOW + timedelta(days=30))
    assert petition.rows()[0].status == "invalid"

    review.reinstate(petition.database, row.public_id, actor="tester", now=NOW)
    assert public_counts.count(petition.database, "section-907") == 1


def test_an_unconfirmed_signature_is_reinstated_as_held(petition: Petition) -> None:
    petition.sign()
    [row] = petition.rows()
    review.invalidate(petition.database, row.public_id, "a robot", actor="tester", now=NOW)

    review.reinstate(petition.database, row.public_id, actor="tester", now=NOW)
    [held] = petition.rows()
    review.release(petition.database, row.public_id, actor="tester", now=NOW)
    confirmed = petition.confirm(petition.link("confirm"))

    assert held.status == "held"
    assert confirmed.is_confirmed


def test_a_confirmation_mail_can_be_resent_hourly_up_to_a_limit(petition: Petition) -> None:
    petition.sign()
    [row] = petition.rows()

    def resend(hours: int) -> None:
        later = NOW + timedelta(hours=hours)
        review.resend(petition.database, row.public_id, actor="tester", now=later)

    with pytest.raises(TooManyAttempts, match="past hour"):
        resend(0)
    for hours in range(1, review.MAX_CONFIRM_MAILS):
        resend(hours)
    with pytest.raises(TooManyAttempts, match="several"):
        resend(24)


def test_a_confirmed_signer_gets_no_confirmation_mail(petition: Petition) -> None:
    petition.sign_and_confirm()
    [row] = petition.rows()

    with pytest.raises(SignatureUnknown):
        review.resend(
            petition.database, row.public_id, actor="tester", now=NOW + timedelta(hours=2)
        )


def test_a_bulk_invalidation_can_be_undone_one_by_one(petition: Petition) -> None:
    for name in ("ada", "bo", "cy"):
        petition.sign_and_confirm(email=f"{name}@example.org", first_name=name)
    ids = [row.public_id for row in petition.rows()]

    struck = review.invalidate_all(
        petition.database, [*ids[:2], "nobody"], "a burst", actor="tester", now=NOW,
        campaign="section-907",
    )  # fmt: skip
    elsewhere = review.invalidate_all(
        petition.database, ids, "x", actor="tester", now=NOW, campaign="river"
    )
    review.reinstate(petition.database, ids[0], actor="tester", now=NOW)

    assert (struck.count, elsewhere.count) == (2, 0)
    assert public_counts.count(petition.database, "section-907") == 2


@pytest.mark.parametrize("public_id", ["", "nothing", "../1", "0" * 26])
def test_an_unknown_id_is_refused(petition: Petition, public_id: str) -> None:
    with pytest.raises(SignatureUnknown):
        review.release(petition.database, public_id, actor="tester", now=NOW)


def test_each_decision_is_audited_without_names(petition: Petition) -> None:
    petition.sign(flags=("network-burst",))
    [row] = petition.rows()
    review.release(petition.database, row.public_id, actor="tester", now=NOW)
    review.invalidate(petition.database, row.public_id, "doubtful", actor="tester", now=NOW)

    with petition.database.reading() as connection:
        records = audit.records(connection)

    assert [(record.action, record.actor) for record in records] == [
        ("invalidate", "tester"),
        ("release", "tester"),
    ]
    assert records[0].details == {"signature": row.public_id, "reason": "doubtful"}
