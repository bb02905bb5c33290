"""Options that `campaign letter` and `campaign letters` have in common."""

import click

from campaign.cli.day import Day
from campaign.letters.compose import TONES

tone = click.option(
    "--tone",
    type=click.Choice(TONES),
    default="full",
    show_default=True,
    help="Length: a brief letter makes one point at most.",
)
on_date = click.option(
    "--on",
    "on_date",
    type=Day(),
    help="Write as of this day, such as 2026-06-15: its members and facts. Default: today.",
)
paper_to = click.option(
    "--paper-to",
    type=click.Choice(["washington", "district"]),
    default="washington",
    show_default=True,
    help="Office that a letter is addressed to. Mail to Washington is screened for weeks.",
)
