"""Each setting of campaign.toml has its rules, and what breaks one is told with its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from campaign.packs import settings_rules, source

MakeFolder = Callable[..., Path]

#: A text of campaign.toml, what it becomes, a text in the line that is named, what is said.
BROKEN = [
    ('accent = "#8c1c2b"', 'accent = "#ffcc00"', "accent =",
     "The accent's contrast is 1.4:1. Choose a color with 4.5:1 or more."),
    ('accent = "#8c1c2b"', 'accent = "red"', "accent =",
     "Write the accent color as #rrggbb."),
    ("goals = [100, 250,", "goals = [250, 250,", "goals =",
     "Write the goals as whole numbers in rising order."),
    ("International Affairs", "Foreign Affairs", "cwc_topics",
         'Congress has no topic "Foreign Affairs". '
         'Choose one such as "Health" or "International Affairs".'),
    ('"JCSE",', '"Helsinki",', '"Helsinki"',
     "\"Helsinki\" is not a committee's code, such as SSFR or HSFA14."),
    ('["Section907"]', '["#Section907"]', "hashtags",
         'Write the hashtag "#Section907" with letters and digits only.'),
    ("challenge = false", "opens_on = 2027-01-01\ncloses_on = 2026-01-01",
     "closes_on = 2026", "Set closes_on to opens_on or a later day."),
    ("organizer@example.org", "nobody", "nobody",
     "Correct the organizer's email: it is not a valid address."),
    ("organizer@example.org", "organizer@example..org", "example..org",
     "Correct the organizer's email: it is not a valid address."),
    ('name = "The Section 907 Campaign"', 'name = ""',
     "[organizer]", "Before you publish, enter the organizer's name, postal address and email."),
    ('url = ""', 'url = "http://example.org"', "http://",
     "Write the organizer's url as an https:// address."),
    ("goals = [100, 250,", "goals = [100, 20_000_000_000] # [", "goals =",
     "Set goals of 10,000,000,000 at most."),
    ("cwc_topics = [", "cwc_topics = [] # [", "cwc_topics",
     "Name at least one of Congress's topics."),
    ("challenge = false", 'cwc_bills = ["H.R. 1"]', "cwc_bills",
     'Write the bill "H.R. 1" as its Congress and number: 119 H.R. 1234.'),
    ("challenge = false", 'cwc_stance = "maybe"', "cwc_stance",
     "Set cwc_stance to pro or con, or leave it out."),
    ("challenge = false", 'cwc_about = " short "', "cwc_about",
     "Write cwc_about in 6 to 500 characters."),
    ("challenge = false", 'time_zone = "Mars/Olympus"', "time_zone",
     'There is no time zone "Mars/Olympus". Write one such as America/Chicago.'),
    ("challenge = false", "opens_on = 1999-12-31", "opens_on =",
     "Set opens_on to a date in the years 2000 to 2200."),
    ("challenge = false", "closes_on = 2201-01-01", "closes_on =",
     "Set closes_on to a date in the years 2000 to 2200."),
    ('required = ["statute"]', 'required = ["nowhere"]', "required",
     'There is no fact "nowhere" in facts.toml.'),
]  # fmt: skip


def told(folder: Path) -> list[str]:
    draft, problems = source.read(folder)
    assert problems == ()
    return [str(problem) for problem in settings_rules.problems(draft)]


def test_the_bundled_settings_break_no_rule(make_folder: MakeFolder) -> None:
    assert told(make_folder()) == []


@pytest.mark.parametrize(("old", "new", "at", "reason"), BROKEN, ids=[row[3] for row in BROKEN])
def test_a_setting_that_breaks_a_rule_is_reported_with_its_line(
    make_folder: MakeFolder, old: str, new: str, at: str, reason: str
) -> None:
    folder = make_folder(("campaign.toml", old, new))
    rows = (folder / "campaign.toml").read_text(encoding="utf-8").splitlines()
    lines = [number for number, row in enumerate(rows, start=1) if at in row]

    [problem] = told(folder)

    assert problem in [f"campaign.toml:{line}: {reason}" for line in lines]


def test_every_rule_is_broken_by_one_of_these(make_folder: MakeFolder) -> None:
    unbroken = set(settings_rules.RULES)
    for old, new, _, _ in BROKEN:
        draft, _ = source.read(make_folder(("campaign.toml", old, new)))
        unbroken -= {rule for rule in unbroken if list(rule.faults(draft))}

    assert unbroken == set()
