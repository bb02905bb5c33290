"""`campaign new`: start a campaign from a few answers, or as a copy of another one."""

from dataclasses import dataclass
from pathlib import Path

import click

from campaign.packs import named_targets, new_campaign
from campaign.packs import pack as packs
from campaign.packs.new_campaign import Answers
from campaign.packs.organizer import FOREIGN_PRINCIPAL_QUESTION, MAX_PAYER, Funding
from campaign.packs.source import LANGUAGES
from campaign.settings import read as read_settings
from campaign.text import line

#: Each answer: the option, its value's name, the question, and the default, None if there is none.
_QUESTIONS: tuple[tuple[str, str, str | None], ...] = (
    ("title", "Title", None),
    ("asked", "Whom do you ask", "Congress"),
    ("ask", "Complete the sentence: We ask {asked} to", None),
    ("organizer", "Who are you (a person or an organization)", None),
    ("languages", f"Languages, from {', '.join(LANGUAGES)}", "en"),
)


@click.command()
@click.argument("name")
@click.option("--title", help="The petition's title.")
@click.option("--ask", help="What you ask: completes the sentence “We ask Congress to ….”")
@click.option(
    "--of",
    "asked",
    help="Whom you ask; Congress by default. The letters of a campaign that names a chamber or an "
    "executive office go there.",
)
@click.option("--organizer", help="Who runs the campaign: a person or an organization.")
@click.option(
    "--languages", help="Languages of the petition as codes with commas (en,es); en by default."
)
@click.option("--email", default="", help="The organizer's email address.")
@click.option(
    "--address", multiple=True, help="A line of the organizer's postal address; repeat for each."
)
@click.option("--paid-by", "paid_for_by", help="Who pays for it, if not the organizer.")
@click.option(
    "--foreign-principal/--no-foreign-principal",
    default=None,
    help="Whether a government, party, company or person abroad directs it or pays for it.",
)
@click.option("--like", metavar="NAME", help="Copy this campaign's texts instead.")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to create it in; CAMPAIGN_HOME/campaigns by default.",
)
def new(
    name: str,
    like: str | None,
    into: Path | None,
    email: str,
    address: tuple[str, ...],
    paid_for_by: str | None,
    foreign_principal: bool | None,
    **answers: str | None,
) -> None:
    """Start the campaign NAME, unpublished, for you to edit.

    Asks for the title, whom you ask for what, who you are and who pays, and the languages, unless
    the options say so. A copy takes the texts and languages of the other campaign, but neither its
    organizer nor who pays.
    """
    settings = read_settings()
    parent = into if into is not None else settings.campaigns_folder
    if like is not None:
        organizer = new_campaign.organizer_of(
            name=answers.pop("organizer") or "", email=email, postal_address=address
        )
        _refuse_texts(answers)
        source = packs.find(like, packs.folders(settings))
        paid_for_by = line(paid_for_by or "", limit=MAX_PAYER, field="paid_for_by")
        funding = Funding(paid_for_by, foreign_principal)
        folder = new_campaign.copy(name, parent, source, organizer, funding)
    else:
        given = _given(answers)
        payer = _payer(
            given.pop("organizer"), paid_for_by, foreign_principal, is_asking=_is_asking(answers)
        )
        parsed = _parsed(given, payer, email, address)
        folder = new_campaign.create(name, parent, parsed)
        if named_targets.settings_of(parsed.asked) is None:
            click.echo(
                f"Letters go to members of Congress. To ask {parsed.asked}, set [targets] in "
                f"{folder / 'campaign.toml'}, or add a targets.csv: see docs/campaigns.md.",
                err=True,
            )
    click.echo(f"Created {folder}. Edit its texts, then run: campaign check {name}")


def _refuse_texts(answers: dict[str, str | None]) -> None:
    """Raise UsageError for answers that a copy cannot use."""
    options = ("--of" if key == "asked" else f"--{key}" for key, value in answers.items() if value)
    if given := ", ".join(options):
        raise click.UsageError(
            "A copy has the texts and languages of the other campaign. Leave out "
            f"{given}, and edit the copy."
        )


@dataclass(frozen=True)
class _Payer:
    """Who runs the campaign, who pays ("" for the same), and the answer to the question."""

    organizer: str
    paid_for_by: str
    foreign_principal: bool | None


def _is_asking(given: dict[str, str | None]) -> bool:
    """True if an answer without a default is missing from the options."""
    return any(given[key] is None for key, _, default in _QUESTIONS if default is None)


def _given(given: dict[str, str | None]) -> dict[str, str]:
    """Return the answers from options, or from questions for those that are missing."""
    answers: dict[str, str] = {}
    is_asking = _is_asking(given)
    for key, question, default in _QUESTIONS:
        value = given[key]
        if value is None:
            value = _prompt(question.format(**answers), default) if is_asking else default
        answers[key] = value or ""
    return answers


def _payer(
    organizer: str, paid_for_by: str | None, foreign_principal: bool | None, *, is_asking: bool
) -> _Payer:
    """Return who runs the campaign and who pays, from options, or else from questions."""
    if is_asking and paid_for_by is None:
        paid_for_by = _prompt("Who pays for the campaign", organizer)
    if is_asking and foreign_principal is None:
        foreign_principal = _confirm(FOREIGN_PRINCIPAL_QUESTION)
    return _Payer(organizer, paid_for_by or "", foreign_principal)


def _parsed(
    answers: dict[str, str], payer: _Payer, email: str, address: tuple[str, ...]
) -> Answers:
    languages = tuple(code.strip() for code in answers.pop("languages").split(",") if code.strip())
    return Answers.parse(
        title=answers["title"],
        ask=answers["ask"],
        asked=answers["asked"],
        organizer=payer.organizer,
        languages=languages,
        email=email,
        postal_address=address,
        paid_for_by=payer.paid_for_by,
        foreign_principal=payer.foreign_principal,
    )


def _prompt(question: str, default: str | None) -> str:
    try:
        return str(click.prompt(question, default=default, err=True))
    except (click.Abort, OSError):
        raise _no_terminal() from None


def _confirm(question: str) -> bool:
    try:
        return click.confirm(question, default=None, err=True)
    except (click.Abort, OSError):
        raise _no_terminal() from None


def _no_terminal() -> click.UsageError:
    return click.UsageError(
        "Give --title, --ask and --organizer, or answer the questions in a terminal."
    )
