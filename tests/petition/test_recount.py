"""Counts are compared with the signatures themselves, and mended where they differ."""

import threading
from datetime import timedelta

import sqlalchemy as sa

from campaign.petition import erasure, mailed_links, public_counts, review
from campaign.petition.paper import enter_signatures
from campaign.petition.paper.paper_row import PaperSignature
from campaign.petition.public_counts import Difference
from campaign.store import audit, counts, models, retention
from tests.petition.petitioning import KEYRING, NOW, Petition

DAY = timedelta(days=1)


def lived(petition: Petition) -> None:
    """A campaign in which a bit of everything has happened, over some days."""
    db = petition.database
    for number in range(5):
        petition.sign_and_confirm(
            email=f"signer{number}@example.org", now=NOW + number * DAY, source="share",
            state="MT" if number % 2 else "WY", district="MT-1" if number % 2 else "WY-0",
        )  # fmt: skip
    first, second, third, *_ = petition.rows()
    later = NOW + 7 * DAY
    mailed_links.withdraw(
        db, petition.link("me", signature_id=first.id, now=later), now=later, keyring=KEYRING
    )
    erasure.erase(
        db, petition.link("me", signature_id=second.id, now=later), now=later, keyring=KEYRING
    )
    review.invalidate(db, third.public_id, "made up", actor="user:1", now=NOW + 8 * DAY)
    public_counts.roll_up(db, NOW + 8 * DAY)
    lines = [
        PaperSignature(
            first_name=name, last_name="Lee", zip="59001", state="MT", district="MT-2",
            signed_on=NOW.date(),
        )
        for name in ("Bo", "Jo")
    ]  # fmt: skip
    enter_signatures.enter(
        db, petition.pack, lines, now=NOW + 9 * DAY, keyring=KEYRING, actor="user:1"
    )


def spoil(petition: Petition, kind: str, key: str, by: int) -> None:
    with petition.database.writing() as connection:
        counts.add(connection, {("section-907", kind, key): by})  # type: ignore[dict-item]


def mend(petition: Petition) -> object:
    return public_counts.repair(petition.database, actor="cli:test", now=NOW + 10 * DAY)


def test_running_counts_equal_a_recount(petition: Petition) -> None:
    lived(petition)

    assert public_counts.compare(petition.database) == {}
    assert mend(petition) == {}
    assert public_counts.count(petition.database, "section-907") == 4


def test_anonymized_signatures_still_count_in_their_place(
    petition: Petition,
) -> None:
    lived(petition)
    retention.anonymize(petition.database, signed_before=NOW + 30 * DAY, now=NOW + 30 * DAY)
    assert public_counts.compare(petition.database) == {}

    with petition.database.writing() as connection:
        connection.execute(sa.update(models.signatures).values(source="", district=""))

    found = public_counts.compare(petition.database)
    by_source = public_counts.by_district(petition.database, "section-907")
    assert found == {}
    mend(petition)
    assert public_counts.by_district(petition.database, "section-907") == by_source


def test_a_wrong_figure_is_found_repaired_and_audited(petition: Petition) -> None:
    lived(petition)
    db = petition.database
    spoil(petition, "total", "", -7)
    spoil(petition, "district", "MT-1", 2)
    spoil(petition, "source", "never", 1)
    spoil(petition, "day", NOW.date().isoformat(), -7)

    wrong = public_counts.compare(db)
    assert wrong == {
        "section-907": (
            Difference("total", "", -3, 4),
            Difference("district", "MT-1", 3, 1),
            Difference("source", "never", 1, 0),
            Difference("day", "", -3, 4),
        )
    }
    assert mend(petition) == wrong

    assert public_counts.compare(db) == {}
    assert public_counts.signature_counts(db, "section-907") == public_counts.SignatureCounts(4, 2)
    assert sum(public_counts.by_day(db, "section-907").values()) == 4
    assert public_counts.by_district(db, "section-907") == {"MT-1": 1, "MT-2": 2, "WY-0": 1}
    with db.reading() as connection:
        [record] = audit.records(connection, action="recount")
    assert record.campaign == "section-907"
    assert record.details["figures"][0] == {"kind": "total", "key": "", "was": -3, "is": 4}


def test_figures_without_signatures_are_repaired(petition: Petition) -> None:
    spoil(petition, "total", "", 3)

    mend(petition)

    assert public_counts.count(petition.database, "section-907") == 0


def test_a_recount_keeps_concurrent_signatures(petition: Petition) -> None:
    petition.sign_and_confirm(email="first@example.org")
    spoil(petition, "total", "", 5)
    numbers = iter(range(60))
    lock = threading.Lock()
    tokens = []
    for number in range(40):
        petition.sign(email=f"signer{number}@example.org")
        tokens.append(petition.link("confirm"))

    def confirm() -> None:
        while True:
            with lock:
                number = next(numbers)
            if number >= len(tokens):
                return
            petition.confirm(tokens[number])
            public_counts.roll_up(petition.database, NOW)

    busy = [threading.Thread(target=confirm) for _ in range(3)]
    recounts = [threading.Thread(target=mend, args=(petition,)) for _ in range(4)]
    for thread in (*busy, *recounts):
        thread.start()
    for thread in (*busy, *recounts):
        thread.join()

    assert public_counts.compare(petition.database) == {}
    assert public_counts.count(petition.database, "section-907") == 41
