"""Pages are counted, and nothing of those who read them."""

from datetime import UTC, datetime
from pathlib import Path

from campaign.store import daily_counters
from campaign.store.db.engine import Database
from campaign.web.core.page_views import PageViews
from campaign.web.core.services import KEY
from tests.web.whole_site import PETITION, Site

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def counted(database: Database) -> dict[str, int]:
    with database.reading() as connection:
        return daily_counters.totals(connection, "section-907")


def test_figures_are_written_every_ten_seconds_by_whoever_comes_then(database: Database) -> None:
    time = [100.0]
    views = PageViews(database, lambda: NOW, monotonic=lambda: time[0])

    views.add("section-907", "view")
    views.add("section-907", "view")
    early = counted(database)
    time[0] += 10
    views.add("section-907", "view")

    assert early == {}
    assert counted(database) == {"view": 3}


def test_what_the_database_cannot_take_is_kept(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'later.db'}")
    views = PageViews(database, lambda: NOW)
    views.add("section-907", "view")

    views.write()
    database.upgrade()
    views.write()

    assert counted(database) == {"view": 1}
    database.dispose()


def test_the_petition_and_the_ways_to_share_it_are_counted(site: Site) -> None:
    site.client.get(PETITION)
    site.client.get(PETITION)
    site.client.get(PETITION + "share")
    site.client.get("/c/nowhere/")

    site.app.extensions[KEY].page_views.write()

    assert counted(site.database) == {"view": 2, "share": 1}
