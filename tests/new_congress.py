"""January 3, 2027: the moments at which it is rehearsed, and a made-up 120th Congress.

In the 120th Congress every seat has another holder, two committees are known, and neither has
members yet, as in the first weeks of each Congress.
"""

import re
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import yaml

from campaign import paths
from campaign.civil_time import WASHINGTON
from campaign.congress import dataset
from campaign.congress.refresh import refresh
from campaign.packs.bills import Bill
from campaign.packs.stances import Stance, StanceRecord
from tests.congress import full_upstream

DECEMBER = datetime(2026, 12, 14, 10, tzinfo=WASHINGTON)
JANUARY_2 = datetime(2027, 1, 2, 12, tzinfo=WASHINGTON)
MORNING = datetime(2027, 1, 3, 11, 59, tzinfo=WASHINGTON)
AFTERNOON = datetime(2027, 1, 3, 12, 1, tzinfo=WASHINGTON)
JANUARY_4 = datetime(2027, 1, 4, 9, tzinfo=WASHINGTON)


class Moment(NamedTuple):
    """An instant of the rehearsal, and whether the new Congress is in the data by then."""

    now: datetime
    is_refreshed: bool = False


#: The moments of the rehearsal, in order.
MOMENTS = {
    "January 2": Moment(JANUARY_2),
    "January 3, 11:59": Moment(MORNING),
    "January 3, 12:01": Moment(AFTERNOON),
    "January 4, before a refresh": Moment(JANUARY_4),
    "January 4, after a refresh": Moment(JANUARY_4, is_refreshed=True),
}
BEFORE, AFTER = list(MOMENTS)[:2], list(MOMENTS)[2:]
NOON_PASSED, UNREFRESHED, REFRESHED = AFTER

#: At large; lines kept, in one district and in two; new lines.
WYOMING, KEPT_ONE, KEPT_TWO, REDRAWN = "82001", "59001", "10011", "75201"
#: The state and the post office of each.
STATES = {WYOMING: "WY", KEPT_ONE: "MT", KEPT_TWO: "NY", REDRAWN: "TX"}
TOWNS = {WYOMING: "Cheyenne", KEPT_ONE: "Absarokee", KEPT_TWO: "New York", REDRAWN: "Dallas"}
#: Representatives of the 119th: of the district of `REDRAWN`, and of Montana's 2nd.
OLD_MEMBERS = {REDRAWN: "Jasmine Crockett", KEPT_ONE: "Troy Downing"}

#: A bill of the 119th Congress, however it is written.
OLD_BILL = re.compile(r"\b(H\.? ?R\.?|hr) ?-?(6840|6534)\b|119th Congress\)")
#: The representative of Montana's 2nd district, whose term ends, and senators of Montana and Texas
#: whose terms go on.
DOWNING, SHEEHY, CRUZ = "D000634", "S001232", "C001098"

#: What a campaign recorded in the 119th Congress: cosponsors, and one whose evidence disagrees.
STANCES = (
    StanceRecord(DOWNING, Stance.FOR, date(2026, 3, 2), "a file", Bill(119, "hr", 6840)),
    StanceRecord(SHEEHY, Stance.FOR, date(2026, 3, 2), "a file", Bill(119, "hr", 6840)),
    StanceRecord(CRUZ, Stance.FOR, date(2026, 3, 2), "a file", Bill(119, "hr", 6840)),
    StanceRecord(CRUZ, Stance.AGAINST, date(2026, 3, 3), "a file", Bill(119, "hr", 6534)),
)


def table_of_people() -> str:
    """Return a table of letters with one made-up person at each address, all of whom consent."""
    lines = [f"Ani,P{five},421 8th Ave,{five},yes" for five in TOWNS]
    return "\n".join(["First name,Last name,Street,ZIP,Consent", *lines])


def write_upstream(folder: Path) -> Path:
    """Write the files of the made-up 120th Congress, as of January 4, 2027."""
    full_upstream.write(folder, as_of=date(2027, 1, 4), congress=120)
    committees = [
        {"type": "senate", "name": "Committee on Foreign Relations", "thomas_id": "SSFR"},
        {"type": "house", "name": "Committee on Foreign Affairs", "thomas_id": "HSFA"},
    ]
    (folder / "committees-current.yaml").write_text(
        yaml.dump(committees, Dumper=yaml.CSafeDumper), encoding="utf-8"
    )
    (folder / "committee-membership-current.yaml").write_text("{}\n", encoding="utf-8")
    return folder


def refreshed(folder: Path) -> Path:
    """Return a folder of data of the 120th Congress, refreshed as `campaign data refresh` does."""
    source = write_upstream(folder / "upstream")
    shipped = dataset.load(paths.data() / "congress")
    refresh(str(source), folder / "home", shipped, today=date(2027, 1, 4))
    return folder / "home"
