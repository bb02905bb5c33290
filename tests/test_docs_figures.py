"""Tables and numbers of README.md and docs/ are those of the code."""

import re
from dataclasses import MISSING, fields
from datetime import timedelta
from pathlib import Path

import pytest

from campaign import cli, paths
from campaign.cli import serve
from campaign.congress import dataset
from campaign.letters import letter_to_editor, similarity
from campaign.letters.print import share_card, signup_sheet
from campaign.organizing import held_notice, letter_batches, updates
from campaign.organizing.accounts import roles
from campaign.organizing.exports import mailchimp
from campaign.organizing.exports.presets import PRESETS
from campaign.packs import checks, events, settings_rules, targets, values
from campaign.petition import disclosure_control, letter_fingerprints, rate_limits
from campaign.settings import Settings
from campaign.store import outbox_leases
from campaign.tables import workbook, workbook_reader
from campaign.web.core import security
from campaign.web.organize import session_cookie
from campaign.web.petition import share

ROOT = Path(__file__).parents[1]
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def read(name: str) -> str:
    """A page as one line, so that a sentence is found however it is wrapped."""
    return " ".join((ROOT / name).read_text(encoding="utf-8").split())


def rows(name: str, heading: str) -> list[list[str]]:
    """The rows of the table whose heading begins so, cell by cell."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(heading)) + 2
    table = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:.0f}"


FIGURES: list[tuple[str, str]] = [
    ("README.md", f"{len(dataset.load(paths.data() / 'congress').seats)} seats"),
    ("docs/operating.md", f"for each processor, up to {WORDS[serve.MAX_POSTGRESQL_PROCESSES]}"),
    ("docs/operating.md", f"the {WORDS[serve.MAX_SQLITE_PROCESSES]} web processes that"),
    ("docs/operating.md", f"at most {workbook_reader.MEMORY // 1024**2} MB of memory"),
    ("docs/operating.md", f"reads {WORDS[workbook.MAX_CONCURRENT]} at once"),
    (
        "docs/operating.md",
        f"{'twelve' if outbox_leases.MAX_ATTEMPTS == 12 else ''} times over about two",
    ),
    ("docs/organizing.md", f"after {hours(session_cookie.IDLE)} hours without a page"),
    ("docs/organizing.md", f"after {hours(session_cookie.LONGEST)} hours in any case"),
    ("docs/organizing.md", f"at most {WORDS[updates.MAX_PER_WEEK]} updates a week"),
    (
        "docs/organizing.md",
        f"at most {'one an hour' if hours(held_notice.MIN_INTERVAL) == '1' else ''}",
    ),
    ("docs/exports.md", f"more than {PRESETS['generic'].most_at_once:,} signers"),
    ("docs/exports.md", f"({PRESETS['xlsx'].most_at_once:,} for Excel)"),
    ("docs/exports.md", f"text is cut at {mailchimp.MAX_BYTES} bytes"),
    ("docs/privacy.md", f"A count below {disclosure_control.MIN_COUNT} is not shown"),
    ("docs/spreading.md", f"a count below {disclosure_control.MIN_COUNT} is not shown"),
    ("docs/spreading.md", f"({share_card.WIDTH} by {share_card.HEIGHT} pixels)"),
    ("docs/spreading.md", f"a count from {share.MIN_SHOWN_COUNT} signatures on"),
    ("docs/campaigns.md", f"up to {WORDS[targets.MAX_CHAIRS]} full committees"),
    (
        "docs/campaigns.md",
        f"{settings_rules.MIN_ABOUT} to {settings_rules.MAX_ABOUT} characters",
    ),
    ("docs/campaigns.md", f"a person's post says, {checks.LIMITS['share']} characters at most"),
    ("docs/campaigns.md", f"A point has at most {checks.LIMITS['point']} characters"),
    ("docs/campaigns.md", f"in {checks.LIMITS['point in brief']} characters at most"),
    ("docs/campaigns.md", f"at most {WORDS[events.MAX_DURATION.days]} days later"),
    ("docs/campaigns.md", f"can confirm for {hours(values.CONFIRM_GRACE)} hours after"),
    ("docs/campaigns.md", f"letters of {letter_to_editor.MAX_WORDS} words or fewer"),
    ("docs/volunteering.md", f"has at most {letter_to_editor.MAX_WORDS} words"),
    ("docs/volunteering.md", f"{letter_batches.MAX_ROWS:,} lines at most"),
    ("docs/volunteering.md", f"Each page has {WORDS[signup_sheet.LINES]} lines"),
    ("docs/api.md", f"{security.LARGEST_JSON // 1024} KB at most"),
    ("docs/decisions/letter-similarity.md", f"at least {similarity.NEAR_DUPLICATE:.0%}"),
    ("docs/decisions/letter-similarity.md", f"{letter_fingerprints.FINGERPRINT_DAYS} days"),
]


@pytest.mark.parametrize(("page", "figure"), FIGURES, ids=lambda value: value[:40])
def test_a_figure_of_a_page_is_that_of_the_code(page: str, figure: str) -> None:
    assert figure in read(page)


def test_the_challenge_holds_signatures_from_the_numbers_on_that_the_page_gives() -> None:
    page = read("docs/campaigns.md")

    assert rate_limits.UNCHALLENGED_BURST.amount + 1 == 7
    assert rate_limits.UNCHALLENGED_SUSTAINED.amount + 1 == 21
    assert "From the seventh such signature an hour, or the twenty-first a day" in page


def test_the_page_about_the_congress_has_the_figures_of_the_data() -> None:
    congress = dataset.load(paths.data() / "congress")
    offices = sum(len(member.offices) for member in congress.members.values())

    page = read("docs/decisions/congress-in-memory.md")

    assert f"{len(congress.seats)} seats, {offices:,} offices" in page
    assert f"{len(congress.zip_districts):,} ZIP codes" in page


def test_the_table_of_settings_has_the_defaults_of_the_code() -> None:
    """Defaults that are worked out, such as folders and keys, are told in words."""
    given = {
        name: default
        for cells in rows("docs/operating.md", "| name | default |")
        for name, default in zip(
            re.findall(r"`(\w+)`", cells[0]), cells[1].split(", "), strict=False
        )
    }

    checked = 0
    for field in fields(Settings):
        default = given.get(field.name.upper())
        if field.default in (MISSING, "") or default is None or not default.startswith("`"):
            continue
        if not default.startswith("`petition@"):
            assert default == f"`{field.default}`", field.name
            checked += 1

    assert checked >= 5


def test_the_table_of_presets_is_that_of_the_code() -> None:
    """In their order, and with who is in each."""
    told = [(cells[0].strip("`"), cells[2]) for cells in rows("docs/exports.md", "| preset |")]

    expected = [
        (name, "opted in" if preset.is_for_mail else "all confirmed")
        for name, preset in PRESETS.items()
    ]
    assert told == expected, "Correct the table in docs/exports.md: a row for each preset."


def test_the_table_of_roles_is_that_of_the_code() -> None:
    told = [cells[0] for cells in rows("docs/organizing.md", "| role |")]

    assert told == list(roles.ROLES)


def test_the_readme_has_every_command() -> None:
    table = " ".join(cells[0] for cells in rows("README.md", "| command |"))

    assert set(re.findall(r"campaign (\w+)", table)) == set(cli.COMMANDS)
