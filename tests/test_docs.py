"""README.md and docs/ say what there is: commands, options, settings, links, pictures, times."""

import re
import shlex
from dataclasses import fields
from pathlib import Path

import click
import pytest

from campaign import cli
from campaign.letters.batch import constituents_table
from campaign.organizing import letter_batches
from campaign.organizing.accounts import roles
from campaign.petition import cwc_approval, cwc_retention, letter_fingerprints, retention
from campaign.settings import Settings
from campaign.tables import vocabulary

ROOT = Path(__file__).parents[1]
DOCS = (
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md")
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
)
NAMES = [str(doc.relative_to(ROOT)) for doc in DOCS]
#: Settings whose names in the environment are not those of their fields.
_OTHERWISE = {"env": "CAMPAIGN_ENV", "home": "CAMPAIGN_HOME", "campaign_paths": "CAMPAIGN_PATH"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text: str) -> list[list[str]]:
    """Return the command lines of indented blocks, as words after `campaign`."""
    joined = text.replace("\\\n", " ")
    lines = re.findall(r"^ {4,}(?:\$ )?(?:\| )?campaign ([^#\n|]+)", joined, re.M)
    piped = re.findall(r"^ {4,}campaign [^#\n|]+\| +campaign ([^#\n|]+)", joined, re.M)
    return [shlex.split(line) for line in (*lines, *piped)]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_of_a_page_is_one_with_its_options(name: str) -> None:
    with click.Context(cli.cli) as context:
        for words in commands(read(name)):
            command: click.Command | None = cli.cli
            rest = list(words)
            while isinstance(command, click.Group) and rest:
                command = command.get_command(context, rest.pop(0))
            assert command is not None, words
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in rest if word.startswith("--")} <= known | {"--help"}, words


def test_the_pages_show_many_commands() -> None:
    assert sum(len(commands(read(name))) for name in NAMES) > 60


def test_the_page_about_running_names_every_setting() -> None:
    named = set(re.findall(r"`([A-Z][A-Z_]+)`", read("docs/operating.md")))
    known = {_OTHERWISE.get(field.name, field.name.upper()) for field in fields(Settings)}

    assert known <= named
    assert {name.removesuffix("_FILE") for name in named - known} <= known | {"NAME"}


@pytest.mark.parametrize("name", NAMES)
def test_every_link_and_picture_of_a_page_leads_somewhere(name: str) -> None:
    page = ROOT / name
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if link.startswith(("https://", "mailto:")):
            continue
        path, _, part = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        if part:
            assert part in anchors(target.read_text(encoding="utf-8")), link


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_pictures_are_small_and_shown() -> None:
    shown = {
        Path(link).name for name in NAMES for link in re.findall(r"\]\(([^)]+\.png)\)", read(name))
    }
    for picture in (ROOT / "docs").glob("*.png"):
        assert picture.stat().st_size < 250_000
        assert picture.name in shown


def test_the_page_about_privacy_promises_what_the_code_keeps() -> None:
    page = " ".join(read("docs/privacy.md").split())

    assert f"{Settings.retention_days} days after signing" in page
    assert f"after {retention.PENDING_DAYS} days; it was never counted" in page
    assert f"| was withdrawn | after {retention.WITHDRAWN_DAYS} days |" in page
    assert f"after {retention.HELD_DAYS} days, unless it was released" in page
    assert f"| {retention.OUTBOX_DAYS} days, without the address |" in page
    assert f"deleted after {letter_fingerprints.FINGERPRINT_DAYS} days" in page
    assert f"are deleted {cwc_retention.TEXT_DAYS} days after the letters left" in page
    assert cwc_approval.MIN_INTERVAL.days == 7
    assert "one letter a week to each member" in read("docs/volunteering.md").replace("\n", " ")


def test_the_page_for_volunteers_names_every_column_and_way_to_write_it() -> None:
    page = read("docs/volunteering.md")
    rows = re.findall(r"^\| (`[a-z_0-9`, ]+`) \| (.+) \|$", page, re.M)
    named = {column for row, _ in rows for column in re.findall(r"`(\w+)`", row)}

    assert named == set(constituents_table.FIELDS)
    for row, words in rows:
        ours = set(re.findall(r"`(\w+)`", row))
        for word in re.split(r"[,;]", words.partition(":")[0]):
            assert vocabulary.field_of(word) in ours, word
    assert f"{letter_batches.MAX_ROWS:,} lines" in page


def test_the_page_for_organizers_names_every_role() -> None:
    page = read("docs/organizing.md")
    for role in roles.ROLES:
        assert f"| {role} | " in page
