"""Whatever a hint, a help text or an error gives as an example is taken where it is asked for."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campaign import civil_time, mail_servers, paths
from campaign.congress import dataset
from campaign.congress.places import STATES, District, StreetAddress, ZipCode
from campaign.letters import split_name
from campaign.letters.cwc import codes
from campaign.letters.cwc.codes import PREFIXES
from campaign.letters.print.signup_sheet import PageId
from campaign.organizing import scheduled_updates, stances
from campaign.organizing.connect import connections
from campaign.organizing.exports import filters
from campaign.packs import color, events, executive, settings_rules, source
from campaign.packs import pack as packs
from campaign.petition import restore_export, search
from campaign.petition.identity import Email
from campaign.petition.search import SearchForm
from campaign.web.core.forms import source_tag
from campaign.web.organize import text_facts

_SOURCES = Path(packs.__file__).parents[1]
_GIVEN = re.compile(
    r"\b[Ss]uch as [“]?(\d+ [\w ]*(?:Avenue|Ave|St)\b|(?:https?://|#)?[\w@+-][\w@/:.+-]*[\w])"
)


def _search(**asked: str) -> object:
    congress = dataset.load(paths.data() / "congress")
    return search.parse(
        "section-907",
        SearchForm(**asked),
        congress,
        date(2026, 6, 15),
        zone=civil_time.zone("America/New_York"),
    )


def _filter(**asked: str) -> object:
    return filters.read("section-907", asked, civil_time.zone("America/New_York"))


def _outside(typed: str) -> object:
    return connections.parse_public_url(typed, allow_plain=False)


def _district(typed: str) -> object:
    _filter(district=typed)
    return _search(district=typed) and District.parse(typed)


def _state(typed: str) -> object:
    _filter(state=typed)
    return _search(state=typed) and STATES[typed]


def _update_time(typed: str) -> object:
    pack = packs.load(paths.data() / "campaigns" / "section-907", date(2026, 12, 1))
    now = datetime(2026, 12, 1, tzinfo=UTC)
    day, clock = typed.split("T")
    return scheduled_updates.parse_time(day, clock, pack, now=now)


#: An example -> what reads it where it is given.
TAKEN: dict[str, Callable[[str], object]] = {
    "12 Main St": lambda typed: StreetAddress(typed, "", "MT", "59001"),
    "421 8th Ave": lambda typed: StreetAddress(typed, "", "NY", "10001"),
    "421 8th Avenue": lambda typed: StreetAddress(typed, "", "NY", "10001"),
    "59001": ZipCode.parse,
    "59001-1234": ZipCode.parse,
    "CA": _state,
    "MT": _state,
    "CA-30": _district,
    "WY-0": _district,
    "2026-06-15": lambda typed: _filter(since=typed) and date.fromisoformat(typed),
    "2027-01-04": date.fromisoformat,
    "2026-11-30": lambda typed: stances.own_record(
        dataset.load(paths.data() / "congress"),
        "D000618",
        "for",
        typed,
        "a vote",
        on_date=date(2026, 11, 30),
    ),
    "2026-12-05": lambda typed: _update_time(f"{typed}T09:30"),
    "09:30": lambda typed: _update_time(f"2026-12-05T{typed}"),
    "2026-12-05T09:30": lambda typed: _update_time(typed),
    "2026-06-15T12": lambda typed: _search(hour=typed),
    "2026-06-15T12:00:00Z": lambda typed: (
        _filter(since=typed) and restore_export.parse_time(typed, "confirmed_at")
    ),
    "2026-09-12T17:00:00": lambda typed: (
        not list(
            events.time_faults(
                datetime.fromisoformat(typed), datetime.fromisoformat("2026-09-12T18:00")
            )
        )
    ),
    "2026-06-15-hearing.md": source.UPDATE_FILE.fullmatch,
    "406-555-0100": codes.phone,
    "202-224-3121": codes.phone,
    "Ms": lambda typed: split_name.standard_prefix(typed) in PREFIXES,
    "name@example.org": Email.parse,
    "bounces@example.org": Email.parse,
    "petition@example.org": Email.parse,
    "hooks.example.org": lambda typed: _outside(f"https://{typed}/"),
    "https://hooks.example.org/signatures": _outside,
    "https://hooks.example.org/in": _outside,
    "https://actionnetwork.org/api/v2/petitions/ID/signatures": _outside,
    "https://example.org": _outside,
    "smtp://user:password@mail.example.org:587": mail_servers.parse,
    "America/Chicago": civil_time.is_zone,
    "SSFR": settings_rules.is_committee,
    "HSFA14": settings_rules.is_committee,
    "clean-water": packs.is_name,
    "section-907": packs.is_name,
    "president": lambda typed: typed in executive.offices(),
    "gao-2022": text_facts.FACT_ID.fullmatch,
    "mail": lambda typed: _search(source=typed) and source_tag(typed),
    "500": int,
    "#8c1c2b": lambda typed: (
        color.lowest_contrast(typed, color.LIGHT_GROUNDS) >= color.MIN_CONTRAST
    ),
    "K7M-3Q93": PageId.parse,
    "D000618": lambda typed: typed in dataset.load(paths.data() / "congress").members,
    "D000618-billings": lambda typed: any(
        office.id == typed
        for office in dataset.load(paths.data() / "congress").members["D000618"].offices
    ),
    "Missoula": lambda typed: any(
        office.city == typed
        for member in dataset.load(paths.data() / "congress").members.values()
        for office in member.offices
    ),
}

#: What follows "such as" in sentences that ask for nothing.
PROSE = {"the", "with", "numbers", "Aegis", "--as-of"}
#: Examples of more than one word, which the pattern cuts: their own tests read them whole.
PROSE |= {"119", "Rep"}
#: Names of files: of the Census Bureau, and one that the tests of photos read.
PROSE |= {"cd119.geojson", "D000618.webp"}


def _sentences() -> Iterator[tuple[str, str]]:
    """Yield every string of the code but docstrings, and every line of a template."""
    for path in sorted(_SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        notes = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and id(node) not in notes:
                yield path.name, value
    for path in sorted(paths.templates().rglob("*")):
        if path.suffix in {".html", ".txt"}:
            text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
            yield path.name, text


def test_every_example_is_known_here() -> None:
    found = {
        (example.rstrip("."), where)
        for where, sentence in _sentences()
        for example in _GIVEN.findall(sentence)
    }

    assert len(found) > 30
    assert {
        (example, where) for example, where in found if example not in TAKEN | dict.fromkeys(PROSE)
    } == set()


@pytest.mark.parametrize("example", TAKEN)
def test_an_example_is_taken(example: str) -> None:
    assert TAKEN[example](example)
