"""Reports of wrong offices, on both databases: said once, counted, decided about, forgotten."""

from datetime import UTC, datetime, timedelta

from campaign.store import office_reports
from campaign.store.db.engine import Database
from campaign.store.office_reports import OfficeReport

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
SAID = OfficeReport("section-907", "D000618", "", "phone", "202-555-0100", "a call")


def test_the_same_report_is_counted_and_another_is_held(database: Database) -> None:
    with database.writing() as connection:
        office_reports.add(connection, SAID, now=NOW)
        office_reports.add(connection, SAID, now=NOW + timedelta(days=1))
        other = OfficeReport("section-907", "D000618", "D000618-sidney", "closed")
        office_reports.add(connection, other, now=NOW)
        found = office_reports.held(connection, "section-907")

        assert [(one.report, one.people, one.at) for one in found] == [
            (SAID, 2, NOW),
            (other, 1, NOW),
        ]
        assert office_reports.count(connection, "section-907") == 2
        assert office_reports.held(connection, "another") == ()


def test_a_decision_removes_the_report_of_its_own_campaign_only(database: Database) -> None:
    with database.writing() as connection:
        office_reports.add(connection, SAID, now=NOW)
        [one] = office_reports.held(connection, "section-907")

        assert office_reports.remove(connection, "another", one.id) is None
        assert office_reports.remove(connection, "section-907", one.id) == one
        assert office_reports.remove(connection, "section-907", one.id) is None


def test_old_reports_are_deleted(database: Database) -> None:
    with database.writing() as connection:
        office_reports.add(connection, SAID, now=NOW)
        office_reports.delete_old(connection, before=NOW)
        assert office_reports.count(connection, "section-907") == 1
        office_reports.delete_old(connection, before=NOW + timedelta(seconds=1))
        assert office_reports.count(connection, "section-907") == 0
