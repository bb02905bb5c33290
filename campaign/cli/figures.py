"""`campaign figures`: the figures of a campaign, as on the organizers' overview."""

from datetime import date

import click

from campaign.cli.day import Day
from campaign.cli.installation import Installation
from campaign.organizing import asks_report, dashboard, figure_tables
from campaign.organizing.asks_report import Period
from campaign.packs.pack import Pack

# How many lines of a table are printed; `--csv` has all.
_MOST = 20
# The table that has a period.
_ASKS = "asks"


@click.command()
@click.argument("name")
@click.argument("what", type=click.Choice(sorted({*figure_tables.TABLES, _ASKS})), required=False)
@click.option("--from", "first", type=Day(), help="Of asks: the first day; January 1 by default.")
@click.option("--to", "last", type=Day(), help="Of asks: the last day; today by default.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the whole table as CSV.")
def figures(
    name: str, what: str | None, first: date | None, last: date | None, as_csv: bool
) -> None:
    """Show the figures of campaign NAME: signatures, funnel, sources, states, members, mail.

    WHAT is one of these tables; without it, the totals are shown. The table `asks` counts letters,
    calls and emails about a bill or to the executive, by month.
    """
    site = Installation.read()
    pack = site.pack(name)
    if what == _ASKS:
        _asks(site, pack, first, last, as_csv=as_csv)
        return
    if first or last:
        raise click.UsageError("--from and --to are only for the table asks.")
    with site.database() as database:
        found = dashboard.campaign_figures(database, pack, site.congress, site.now)
    if what is None:
        _totals(found, pack)
        return
    made = figure_tables.table(found, what)
    if as_csv:
        click.echo(figure_tables.as_csv(made), nl=False)
        return
    _, rows = made
    click.echo(figure_tables.TABLES[what])
    for row in rows[-_MOST:] if what == "days" else rows[:_MOST]:
        click.echo("  ".join(f"{cell:>9,}" if isinstance(cell, int) else cell for cell in row))
    if len(rows) > _MOST:
        click.echo(f"{_MOST} of {len(rows):,}; --csv prints all.")


def _asks(
    site: Installation, pack: Pack, first: date | None, last: date | None, *, as_csv: bool
) -> None:
    """Print the report of asks of a period."""
    period = Period.parse(first, last, today=pack.on_date)
    with site.database() as database:
        report = asks_report.report(database, pack, period)
    if as_csv:
        click.echo(figure_tables.as_csv(report.table()), nl=False)
        return
    click.echo(f"{period.first.isoformat()} to {period.last.isoformat()}")
    click.echo("  letters    mailed      sent     calls    emails")
    for about, counts in report.totals.items():
        cells = " ".join(f"{count:>9,}" for count in counts.values())
        click.echo(f"{cells}  {asks_report.ABOUT_IN_WORDS[about].lower()}")


def _totals(figures: dashboard.CampaignFigures, pack: Pack) -> None:
    rate = figures.funnel.confirm_rate
    for label, value in (
        ("signatures", f"{figures.total:,}"),
        ("on paper", f"{figures.paper:,}"),
        (f"today, {pack.on_date.isoformat()} ({pack.zone.key})", f"{figures.today:,}"),
        ("past 7 days", f"{figures.week:,}"),
        ("goal", f"{figures.goal:,}"),
        (
            f"confirmed of those who signed in {dashboard.FUNNEL_DAYS} days",
            "-" if rate is None else f"{rate:.0%}",
        ),
        ("set aside", f"{figures.waits.held:,}"),
        ("comments to read", f"{figures.waits.comments:,}"),
        ("mail due", f"{figures.mail.queued:,}"),
    ):
        click.echo(f"{value:>9}  {label}")
