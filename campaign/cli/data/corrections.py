"""`campaign data correct`: correct phones and offices until upstream does."""

import click

from campaign import settings
from campaign.cli.congress_data import current_congress
from campaign.cli.day import today
from campaign.cli.installation import actor_of
from campaign.congress import contact_corrections
from campaign.congress.contact_corrections import CheckedCorrection, Correction
from campaign.congress.dataset import Congress
from campaign.errors import DatasetInvalid, InvalidInput


@click.command()
@click.argument("member", metavar="ID")
@click.argument("field", type=click.Choice(contact_corrections.OFFICE_FIELDS))
@click.argument("value", required=False)
@click.option("--office", default="", help="Id of a local office. Default: the one in Washington.")
@click.option("--source", default="", help="Where this can be checked, such as a link.")
@click.option(
    "--remove", is_flag=True, help="Remove the correction; upstream's value counts again."
)
def correct(
    member: str, field: str, value: str | None, office: str, source: str, remove: bool
) -> None:
    """Correct a phone or an office of the member ID, such as D000618, until upstream agrees.

    The correction is kept in CAMPAIGN_HOME/corrections.csv and outlives every refresh. A refresh
    drops it when upstream has the same value. To remove a local office that has closed, correct
    its field "closed" to yes. Only phone and address of the office in Washington can be corrected.
    """
    site = settings.read()
    congress = current_congress()
    if remove:
        key = contact_corrections.known_key(congress.corrections, member, office, field)
        contact_corrections.remove(site.corrections_file, key)
        click.echo(f"Removed the correction of {' '.join(part for part in key if part)}.")
        return
    if value is None:
        raise InvalidInput("Give the right value after the field.", field="value")
    made = contact_corrections.make(
        congress.members,
        member,
        field,
        value,
        office=office,
        source=source,
        who=actor_of(""),
        on_date=today(),
        known=congress.corrections,
    )
    contact_corrections.add(site.corrections_file, made)
    click.echo(f"Corrected: {named(made)} is now {made.value or 'empty'}.")


def as_json(checked: CheckedCorrection) -> dict[str, str]:
    """Return a correction for `campaign data status --json`."""
    correction = checked.correction
    return {
        "bioguide": correction.bioguide,
        "field": correction.field,
        "office": correction.office,
        "value": correction.value,
        "who": correction.who,
        "corrected_on": correction.corrected_on.isoformat(),
        "source": correction.source,
        "upstream": checked.upstream,
        "status": checked.status,
    }


#: What a correction does, in words.
_STATUS_WORDS = {
    "applied": "in use",
    "agreed": "upstream agrees now; the next refresh drops it",
    "changed": "in use, but upstream has changed since to {upstream}; check which is right",
    "gone": "not in use: the data no longer has this member or office",
    "dropped": "dropped on {dropped_on}, because upstream agrees",
}


def status_lines(congress: Congress) -> list[str]:
    """Return a line for each correction, and one for a table that cannot be used."""
    try:
        contact_corrections.read(settings.read().corrections_file)
    except DatasetInvalid as error:
        return [f"Corrections are not used: {error}"]
    lines = ["Corrections of phones and offices:"] if congress.corrections else []
    for each in congress.corrections:
        words = _STATUS_WORDS[each.status].format(
            upstream=each.upstream or "nothing", dropped_on=each.correction.dropped_on
        )
        lines.append(f"  {named(each.correction)}: {each.correction.value or 'empty'} ({words})")
    return lines


def named(correction: Correction) -> str:
    """Return whose correction it is: member, office and field."""
    return f"{correction.bioguide}, {correction.office}, {correction.field}"
