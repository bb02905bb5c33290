"""A made-up upstream of full size: every seat held by an invented person, but for a few."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from campaign.congress import apportionment

VACANT = ("CA-14", "TX-23")


def write(
    folder: Path,
    *,
    as_of: date = date(2026, 7, 1),
    congress: int = 119,
    states: tuple[str, ...] = (),
) -> Path:
    """Write the five legislator files and a note of the day into `folder`, and return it.

    There is no crosswalk among them. With `states`, only their seats are held.
    """
    folder.mkdir(parents=True, exist_ok=True)
    begins = apportionment.first_day(congress)
    ends = apportionment.last_day(congress)
    legislators: list[dict[str, Any]] = []
    offices: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for number, seat in enumerate(apportionment.seats(congress)):
        if seat.id in VACANT or (states and seat.state not in states):
            continue
        bioguide = f"Q{number:06}"
        term: dict[str, Any] = {
            "type": "sen" if seat.chamber == "senate" else "rep",
            "start": begins.isoformat(),
            "end": (ends if seat.chamber == "house" else date(2031, 1, 3)).isoformat(),
            "state": seat.state,
            "party": "Democrat" if number % 2 else "Republican",
            "phone": f"202-555-{number:04}",
        }
        if seat.district is not None:
            term["district"] = seat.district
        else:
            term["class"] = seat.senate_class
        name = {"first": "Pat", "last": f"Number{number}"}
        legislators.append({"id": {"bioguide": bioguide}, "name": name, "terms": [term]})
        towns = [
            {"id": f"{bioguide}-town{each}", "city": "Town", "state": seat.state, "zip": "10001"}
            for each in range(3)
        ]
        offices.append({"id": {"bioguide": bioguide}, "offices": towns})
        members.append({"bioguide": bioguide, "party": "majority", "rank": number + 1})
    codes = [
        f"HS{chr(65 + first)}{chr(65 + second)}" for first in range(20) for second in range(12)
    ]
    files: dict[str, Any] = {
        "legislators-current": legislators,
        "legislators-district-offices": offices,
        "legislators-social-media": [
            {
                "id": dict(entry["id"]),
                "social": dict.fromkeys(("twitter", "facebook", "instagram", "youtube"), "x"),
            }
            for entry in legislators
        ],
        "committees-current": [
            {"type": "house", "name": f"Committee {code}", "thomas_id": code} for code in codes
        ],
        "committee-membership-current": {
            # A copy each: the same list twice would be written as an alias.
            code: [dict(member) for member in members[:20]]
            for code in codes
        },
    }
    for file, content in files.items():
        written = yaml.dump(content, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
        (folder / f"{file}.yaml").write_text(written, encoding="utf-8")
    (folder / "README.md").write_text(
        f"| {', '.join(f'{file}.yaml' for file in files)} | example/full "
        f"| {'0' * 40}, {as_of} | CC0 1.0 |\n",
        encoding="utf-8",
    )
    return folder
