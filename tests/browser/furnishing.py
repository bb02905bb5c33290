"""Campaigns beside the bundled one, each in a state that its pages must bear."""

import re
from pathlib import Path

from tests.web.copied_campaign import add_campaign

#: A name as long as the form takes it, without a place to break it, and one that is merely long.
LONG_FIRST_NAME = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft"
LONG_LAST_NAME = "Hovhannisyan-Ter-Petrosyan de la Santísima Trinidad y Bautista"

_LONG_HEADLINE = (
    "Enforce the Transcontinental-Intergovernmental-Accountability-and-Transparency Act: "
    "no aid before it is kept"
)
#: A payer from abroad, and a disclosure line of nearly the length that is allowed.
_FUNDING = '''
[funding]
paid_for_by = "The Transcontinental-Intergovernmental-Accountability-and-Transparency-Foundation"
foreign_principal = true
disclosure = """This material is distributed by the Coalition of Neighborhood Associations and
Congregations of Northern Montana on behalf of the Example Institute of Exampleland. Additional
information is available at the Department of Justice, Washington, DC."""
'''


def furnish(home: Path) -> None:
    """Add the campaigns `closed`, `early`, `asking` (a challenge) and `long-names`."""
    closed = add_campaign(home, "closed", closes_on="2026-01-31")
    (closed / "outcome.md").write_text(
        "We handed it over in person, and the committee read it.\n", encoding="utf-8"
    )
    add_campaign(home, "early", opens_on="2099-01-01")
    add_campaign(home, "asking", challenge="true")
    long_names = add_campaign(
        home,
        "long-names",
        name='"The Coalition-of-Neighborhood-Associations-and-Congregations of Northern Montana"',
    )
    settings = long_names / "campaign.toml"
    with settings.open("a", encoding="utf-8") as opened:
        opened.write(_FUNDING)
    file = long_names / "petition.md"
    written = file.read_text(encoding="utf-8")
    written = re.sub(r"(?m)^headline = .*$", f'headline = "{_LONG_HEADLINE}"', written)
    file.write_text(written, encoding="utf-8")
