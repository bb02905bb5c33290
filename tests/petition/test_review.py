"""What organisers decide, and that it is on record."""

from datetime import timedelta

import pytest

from campaign.errors import SignatureUnknown
from campaign.petition import counting, review
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
    assert counting.count(petition.database, "section-907") == 0
    with pytest.raises(SignatureUnknown):
        review.invalidate(petition.database, row.public_id, "again", actor="tester", now=NOW)
    petition.sign(now=NOW + timedelta(days=30))
    assert petition.rows()[0].status == "invalid"

    review.reinstate(petition.database, row.public_id, actor="tester", now=NOW)
    assert counting.count(petition.database, "section-907") == 1


def test_a_signature_that_never_was_confirmed_cannot_be_reinstated(petition: Petition) -> None:
    petition.sign()
    [row] = petition.rows()
    review.invalidate(petition.database, row.public_id, "a robot", actor="tester", now=NOW)

    with pytest.raises(SignatureUnknown):
        review.reinstate(petition.database, row.public_id, actor="tester", now=NOW)


@pytest.mark.parametrize("public_id", ["", "nothing", "../1", "0" * 26])
def test_an_unknown_id_is_told(petition: Petition, public_id: str) -> None:
    with pytest.raises(SignatureUnknown):
        review.release(petition.database, public_id, actor="tester", now=NOW)


def test_each_decision_is_on_record_without_a_name(petition: Petition) -> None:
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
