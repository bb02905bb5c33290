"""Counts that add up whenever the journal is rolled up, and what may be shown."""

import threading
from dataclasses import replace
from datetime import date, timedelta

from campaign.petition import mailed_links, public_counts, review
from campaign.store import counts
from tests.petition.petitioning import KEYRING, NOW, Petition, together


def test_counts_are_the_same_before_and_after_a_roll_up(petition: Petition) -> None:
    places = [("MT", "MT-2"), ("MT", "MT-1"), ("WY", "WY-0"), ("MT", "MT-2")]
    for number, (state, district) in enumerate(places):
        petition.sign_and_confirm(
            email=f"signer{number}@example.org", state=state, district=district,
            now=NOW + timedelta(days=number // 2),
        )  # fmt: skip

    def seen() -> tuple[object, ...]:
        db, name = petition.database, "section-907"
        return (
            public_counts.count(db, name),
            public_counts.by_state(db, name),
            public_counts.by_district(db, name),
            public_counts.by_day(db, name),
        )

    before = seen()
    assert public_counts.roll_up(petition.database, NOW) == 4

    assert seen() == before
    assert before == (
        4,
        {"MT": 3, "WY": 1},
        {"MT-1": 1, "MT-2": 2, "WY-0": 1},
        {date(2026, 6, 15): 2, date(2026, 6, 16): 2},
    )
    assert public_counts.roll_up(petition.database, NOW) == 0
    petition.sign_and_confirm(email="one-more@example.org")
    assert public_counts.count(petition.database, "section-907") == 5


def test_another_campaign_has_its_own_count(petition: Petition) -> None:
    petition.sign_and_confirm()

    assert public_counts.count(petition.database, "another") == 0
    assert public_counts.by_state(petition.database, "another") == {}


def test_readers_see_the_right_count_during_a_roll_up(petition: Petition) -> None:
    with petition.database.writing() as connection:
        for number in range(2000):
            counts.append(
                connection, "section-907", state="MT", district=f"MT-{number % 2 + 1}", at=NOW,
                delta=1,
            )  # fmt: skip
    is_done = threading.Event()
    seen: set[int] = set()

    def watch() -> None:
        while not is_done.is_set():
            seen.add(public_counts.count(petition.database, "section-907"))

    watcher = threading.Thread(target=watch)
    watcher.start()

    def roll() -> int:
        total = 0
        for _ in range(10):
            with petition.database.writing() as connection:
                total += counts.roll_up(connection, limit=150)
        return total

    together(2, roll)
    is_done.set()
    watcher.join()

    assert seen <= {2000}
    assert public_counts.roll_up(petition.database, NOW) == 0
    assert public_counts.by_district(petition.database, "section-907") == {
        "MT-1": 1000,
        "MT-2": 1000,
    }


def test_only_confirmed_signers_who_chose_it_are_shown_latest_first(petition: Petition) -> None:
    petition.sign_and_confirm(email="a@example.org", first_name="Ada", show_name=True, city="Roy")
    petition.sign_and_confirm(
        email="b@example.org", first_name="Bob", show_name=True, now=NOW + timedelta(hours=1)
    )
    petition.sign_and_confirm(email="c@example.org", first_name="Cal")
    petition.sign(email="d@example.org", first_name="Dee", show_name=True)

    shown = public_counts.shown_signers(petition.database, "section-907", 10)

    assert [(one.first_name, one.state) for one in shown] == [("Bob", "MT"), ("Ada", "MT")]
    assert len(public_counts.shown_signers(petition.database, "section-907", 1)) == 1


def test_a_comment_is_shown_once_approved_and_names_only_who_chose_it(petition: Petition) -> None:
    by = {"actor": "tester", "now": NOW}
    petition.sign_and_confirm(email="a@example.org", comment="First.", show_name=True)
    petition.sign_and_confirm(email="b@example.org", comment="Second.")
    first, second = (row.public_id for row in petition.rows())
    db, name = petition.database, "section-907"
    assert public_counts.approved_comments(db, name) == ()

    review.judge_comment(db, first, is_approved=True, **by)  # type: ignore[arg-type]
    review.judge_comment(db, second, is_approved=True, **by)  # type: ignore[arg-type]
    shown = {one.text: one.first_name for one in public_counts.approved_comments(db, name)}
    assert shown == {"First.": "Ada", "Second.": ""}

    review.judge_comment(db, second, is_approved=False, **by)  # type: ignore[arg-type]
    link = petition.link("me", signature_id=petition.rows()[0].id)
    mailed_links.withdraw(db, link, now=NOW, keyring=KEYRING)
    assert public_counts.approved_comments(db, name) == ()


def test_a_comment_changed_after_approval_waits_again(petition: Petition) -> None:
    petition.sign(comment="Good words.")
    [row] = petition.rows()
    review.judge_comment(
        petition.database, row.public_id, is_approved=True, actor="tester", now=NOW
    )

    petition.sign(comment="Other words.", pack=replace(petition.pack))

    assert petition.rows()[0].comment_status == "waiting"
