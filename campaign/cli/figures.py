"""`campaign figures`: the figures of a campaign, as on the organizers' overview."""

import click

from campaign.cli.installation import Installation
from campaign.organizing import dashboard
from campaign.packs.pack import Pack

# How many lines of a table are printed; `--csv` has all.
_MOST = 20


@click.command()
@click.argument("name")
@click.argument("what", type=click.Choice(sorted(dashboard.TABLES)), required=False)
@click.option("--csv", "as_csv", is_flag=True, help="Print the whole table as CSV.")
def figures(name: str, what: str | None, as_csv: bool) -> None:
    """Show the figures of campaign NAME: signatures, funnel, sources, states, members, mail.

    WHAT is one of these tables; without it, the totals are shown.
    """
    site = Installation.read()
    pack = site.pack(name)
    with site.database() as database:
        found = dashboard.campaign_figures(database, pack, site.congress, site.now)
    if what is None:
        _totals(found, pack)
        return
    made = dashboard.table(found, what)
    if as_csv:
        click.echo(dashboard.as_csv(made), nl=False)
        return
    _, rows = made
    click.echo(dashboard.TABLES[what])
    for row in rows[-_MOST:] if what == "days" else rows[:_MOST]:
        click.echo("  ".join(f"{cell:>9,}" if isinstance(cell, int) else cell for cell in row))
    if len(rows) > _MOST:
        click.echo(f"{_MOST} of {len(rows):,}; --csv prints all.")


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
