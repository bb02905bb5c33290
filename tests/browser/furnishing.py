"""Campaigns beside the bundled one, each in a state that its pages must bear."""

import re
from pathlib import Path

from campaign.packs import new_campaign
from campaign.packs.new_campaign import Answers
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


#: The officials of a city and its state.
_TARGETS = """\
id,name,title,block,salutation,phone,form,mail,places
mayor,Jo Doe,Mayor,"Jo Doe|City Hall|316 N. Park Avenue|Helena, MT 59601",Dear Mayor Doe:,\
406-555-0142,https://helena.example/contact,mayor@example.org,"Helena, MT"
council,Helena City Council,,"Helena City Council|City Hall, Room 330",Dear Council Members:,\
406-555-0143 ext. 12,,,"Helena, MT; 59601"
board,Water and Wastewater Utility Oversight Board of Lewis and Clark County,,\
"Oversight Board|PO Box 1|Helena, MT 59601",Dear Board:,,,,"Helena, MT"
governor,Al Roe,Governor,"Al Roe|State Capitol|Helena, MT 59620",Dear Governor Roe:,\
406-555-0145,,,MT
"""


def furnish(home: Path) -> None:
    """Add the campaigns `main-street`, `closed`, `early`, `asking` (a challenge), `long-names`."""
    _add_main_street(home)
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


def _add_main_street(home: Path) -> None:
    """Add the campaign of a city, which asks officials outside Congress only."""
    answers = Answers.parse(
        title="Fix Main Street",
        ask="repave Main Street",
        organizer="Neighbors of Main Street",
        languages=("es", "hy"),
        foreign_principal=False,
        email="neighbors@example.org",
        postal_address=("1 Main Street", "Helena, MT 59601"),
    )
    folder = new_campaign.create("main-street", home / "campaigns", answers)
    (folder / "targets.csv").write_text(_TARGETS, encoding="utf-8")
    file = folder / "campaign.toml"
    written = file.read_text(encoding="utf-8").replace("published = false", "published = true")
    standard = 'chambers = ["house", "senate"]'
    assert standard in written
    aimed = written.replace(standard, 'chambers = []\nexecutive = ["treasury"]')
    file.write_text(aimed, encoding="utf-8")
