"""The rehearsal of January 3, 2027: a site whose clock is set, and a made-up 120th Congress.

In the 120th Congress every seat has another holder, two committees are known, and neither has
members yet, as in the first weeks of each Congress.
"""

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from campaign import paths
from campaign.congress import dataset
from campaign.congress.refresh import refresh
from campaign.web.app import create_app
from tests.congress import full_upstream
from tests.web.whole_site import Site, is_taken

EASTERN = ZoneInfo("America/New_York")
DECEMBER = datetime(2026, 12, 14, 10, tzinfo=EASTERN)
JANUARY_2 = datetime(2027, 1, 2, 12, tzinfo=EASTERN)
MORNING = datetime(2027, 1, 3, 11, 59, tzinfo=EASTERN)
AFTERNOON = datetime(2027, 1, 3, 12, 1, tzinfo=EASTERN)
JANUARY_4 = datetime(2027, 1, 4, 9, tzinfo=EASTERN)

#: At large; lines kept, in one district and in two; new lines.
WYOMING, KEPT_ONE, KEPT_TWO, REDRAWN = "82001", "59001", "10011", "75201"
#: A bill of the 119th Congress, however it is written.
OLD_BILL = re.compile(r"\b(H\.? ?R\.?|hr) ?-?(6840|6534)\b|119th Congress\)")
#: The representative of Montana's 2nd district in the 119th Congress.
DOWNING = "D000634"


def write_upstream(folder: Path) -> Path:
    """Write the files of the made-up 120th Congress, as of January 4, 2027."""
    full_upstream.write(folder, as_of=date(2027, 1, 4), congress=120)
    committees = [
        {"type": "senate", "name": "Committee on Foreign Relations", "thomas_id": "SSFR"},
        {"type": "house", "name": "Committee on Foreign Affairs", "thomas_id": "HSFA"},
    ]
    (folder / "committees-current.yaml").write_text(yaml.safe_dump(committees), encoding="utf-8")
    (folder / "committee-membership-current.yaml").write_text("{}\n", encoding="utf-8")
    return folder


def refreshed(folder: Path) -> Path:
    """Return a folder of data of the 120th Congress, refreshed as `campaign data refresh` does."""
    source = write_upstream(folder / "upstream")
    shipped = dataset.load(paths.data() / "congress")
    refresh(str(source), folder / "home", shipped, today=date(2027, 1, 4))
    return folder / "home"


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

    def sign(self, five: str, email: str, **typed: str) -> None:
        """Sign and confirm, with a district that is not known where there is a question."""
        site = self.site
        form = {"asked": five, "district": "unknown", **typed}
        assert is_taken(site.sign(zip=five, email=email, **form))
        confirmed = site.client.post(site.mailed_path("/confirm/"), follow_redirects=True)
        assert confirmed.status_code == 200
