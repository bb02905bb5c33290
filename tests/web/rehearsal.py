"""A site whose clock is set, and which is taken through January 3, 2027 (`tests.new_congress`)."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from campaign.store import stances
from campaign.web.app import create_app
from tests.new_congress import MOMENTS, STANCES
from tests.web.whole_site import Site, is_taken


class Rehearsal:
    """A site whose clock is set to an instant, and whose data can be refreshed."""

    def __init__(self, site: Site, next_congress: Path) -> None:
        self.site = site
        self._next_congress = next_congress

    def at(self, now: datetime) -> Site:
        """Set the clock, and return the site."""
        self.site.time[0] = now.astimezone(UTC)
        self.site.app.extensions["pages"].forget()
        return self.site

    def refresh(self) -> Site:
        """Put the new Congress in use, as a site that starts anew sees it."""
        site = self.site
        shutil.copytree(self._next_congress, site.settings.congress_folder)
        site.app = create_app(site.settings, database=site.database, clock=lambda: site.time[0])
        site.app.testing = True
        return site

    def reach(self, moment: str) -> Site:
        """Set the clock to one of `MOMENTS`, with the data of that moment, and return the site."""
        self.at(MOMENTS[moment].now)
        return self.refresh() if MOMENTS[moment].is_refreshed else self.site

    def record_stances(self) -> None:
        """Record the stances that rest on bills of the 119th Congress."""
        with self.site.database.writing() as connection:
            stances.add(connection, "section-907", STANCES, actor="cli:ani", now=self.site.time[0])

    def sign(self, five: str, email: str, **typed: str) -> None:
        """Sign and confirm, with a district that is not known where there is a question."""
        site = self.site
        form = {"asked": five, "district": "unknown", **typed}
        assert is_taken(site.sign(zip=five, email=email, **form))
        confirmed = site.client.post(site.mailed_path("/confirm/"), follow_redirects=True)
        assert confirmed.status_code == 200
