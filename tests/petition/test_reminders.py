"""One reminder after a day, then none."""

from datetime import timedelta

import pytest

from campaign.petition import mailed_links, own_data, reminders
from campaign.store import signature_mail
from tests.petition.petitioning import KEYRING, NOW, Petition, together

HOUR = timedelta(hours=1)


def test_an_unconfirmed_signer_is_reminded_once(petition: Petition) -> None:
    petition.sign(language="hy")

    assert reminders.remind(petition.database, NOW + 23 * HOUR) == 0
    assert reminders.remind(petition.database, NOW + 24 * HOUR) == 1
    assert reminders.remind(petition.database, NOW + 48 * HOUR) == 0

    [mail] = petition.mails("reminder")
    assert (mail.to, mail.payload["language"]) == ("ada@example.org", "hy")


def test_other_signers_are_not_reminded(petition: Petition) -> None:
    petition.sign_and_confirm(email="confirmed@example.org")
    petition.sign(email="held@example.org", flags=("network-burst",))
    petition.sign(email="withdrawn@example.org")
    mailed_links.withdraw(petition.database, petition.link("me"), now=NOW, keyring=KEYRING)
    petition.sign(email="unsubscribed@example.org")
    own_data.unsubscribe(petition.database, petition.link("unsubscribe"), now=NOW, keyring=KEYRING)

    assert reminders.remind(petition.database, NOW + 24 * HOUR) == 0


@pytest.mark.parametrize("hours", [24 * 5, 24 * 30])
def test_an_overdue_reminder_is_not_sent(petition: Petition, hours: int) -> None:
    petition.sign()

    assert reminders.remind(petition.database, NOW + hours * HOUR) == 0


def test_a_closed_campaign_sends_no_reminders(petition: Petition) -> None:
    petition.sign()

    assert reminders.remind(petition.database, NOW + 24 * HOUR, is_open=lambda name: False) == 0
    assert petition.mails("reminder") == []


def test_many_workers_at_once_remind_each_signer_once(petition: Petition) -> None:
    for number in range(5):
        petition.sign(email=f"signer{number}@example.org")

    together(4, lambda: reminders.remind(petition.database, NOW + 24 * HOUR))

    assert len(petition.mails("reminder")) == 5


def test_a_batch_has_the_requested_size_on_a_small_table(
    petition: Petition,
) -> None:
    petition.sign()
    with petition.database.writing() as connection:
        # The planner then compares row by row, and would take anew for each.
        connection.exec_driver_sql("ANALYZE signatures")
    for number in range(5):
        petition.sign(email=f"signer{number}@example.org")
    later = NOW + 48 * HOUR

    with petition.database.writing() as connection:
        due = signature_mail.mark_reminded(
            connection, signed_after=NOW - HOUR, signed_before=later, fewer_mails_than=3,
            now=later, limit=2,
        )  # fmt: skip

    assert len(due) == 2
    assert sum(row.reminded_at is not None for row in petition.rows()) == 2
