"""The figures of a campaign as tables, for the command line and as CSV."""

import csv
import io
from collections.abc import Callable, Mapping

from campaign.organizing.dashboard import FUNNEL_DAYS, CampaignFigures
from campaign.organizing.member_figures import MemberFigures
from campaign.store import contacts
from campaign.tables.formulas import escape

#: A table: its heading, then its rows.
Table = tuple[tuple[str, ...], list[tuple[str | int, ...]]]


#: Table name -> its title.
TABLES: Mapping[str, str] = {
    "days": "Signatures by day",
    "funnel": f"From page view to share, past {FUNNEL_DAYS} days",
    "sources": "Signatures by source",
    "states": "Signatures by state",
    "districts": "Signatures by district",
    "members": "Constituents, letters and calls by member",
    "mail": f"Email, past {FUNNEL_DAYS} days",
    "wordings": "Signed wordings",
}


def table(figures: CampaignFigures, what: str) -> Table:
    """Return one of `TABLES`. Raises KeyError for any other name."""
    return _BUILDERS[what](figures)


def as_csv(table: Table) -> str:
    """Return a table as CSV (RFC 4180) with formulas escaped."""
    heading, rows = table
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(heading)
    writer.writerows(
        [escape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return out.getvalue()


def members_table(rows: tuple[MemberFigures, ...]) -> Table:
    """Return the table of all seats with any figure, including vacant ones."""
    heading = ("member", "seat", "state", "district", "bioguide", "constituents", "letters")
    return (*heading, *contacts.OUTCOMES), [
        (
            one.name,
            one.seat,
            one.state,
            one.district,
            one.bioguide,
            one.constituents,
            one.letters,
            *(one.reached.get(outcome, 0) for outcome in contacts.OUTCOMES),
        )
        for one in rows
        if one.has_any
    ]


def _mail_table(figures: CampaignFigures) -> Table:
    mail = figures.mail
    return ("outcome", "messages"), [
        ("sent", mail.sent),
        ("deferred", mail.deferred),
        ("failed", mail.failed),
        ("bounced", mail.bounced),
        ("due now", mail.queued),
    ]


def _wordings_table(figures: CampaignFigures) -> Table:
    heading = (
        "wording_version", "is_current", "signatures", "first_seen", "headline", "standfirst",
        "addressees", "petition", "consent",
    )  # fmt: skip
    return heading, [one.as_row() for one in figures.versions]


_BUILDERS: Mapping[str, Callable[[CampaignFigures], Table]] = {
    "days": lambda figures: (
        ("day", "signatures"),
        [(day.isoformat(), count) for day, count in figures.by_day.items()],
    ),
    "funnel": lambda figures: (
        ("step", "number", "counts"),
        [*figures.funnel.steps(), ("Made for others", figures.funnel.for_others, "letters")],
    ),
    "sources": lambda figures: (("source", "signatures"), list(figures.sources.items())),
    "states": lambda figures: (("state", "signatures"), list(figures.states.items())),
    "districts": lambda figures: (("district", "signatures"), list(figures.districts.items())),
    "members": lambda figures: members_table(figures.members),
    "mail": _mail_table,
    "wordings": _wordings_table,
}
