"""`campaign check`: list every problem in a campaign's texts."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import click

from campaign import paths
from campaign.cli import signed_before
from campaign.cli.day import Day
from campaign.congress import dataset
from campaign.congress.dataset import Congress
from campaign.congress.places import STATES
from campaign.errors import DatasetInvalid, PackInvalid, Problem
from campaign.letters.targets import asks_anyone
from campaign.messages import counted, day_in_words
from campaign.packs import local_targets
from campaign.packs import pack as packs
from campaign.packs.pack import Pack, Review
from campaign.settings import Settings
from campaign.settings import read as read_settings


@click.command()
@click.argument("name")
@click.option(
    "--on",
    "on_date",
    type=Day(),
    help="Check it as of this day, such as 2027-01-04, instead of today.",
)
def check(name: str, on_date: date | None) -> None:
    """Check the texts of the campaign NAME: every problem with file, line and reason.

    Without problems, says in one line which facts may not be stated and which sentences are
    therefore left out.
    """
    settings = read_settings()
    folder = packs.find(name, packs.folders(settings))
    review = (
        packs.review(folder, on_date) if on_date else packs.review_at(folder, datetime.now(UTC))
    )
    congress = _congress(settings)
    for warning in (
        *review.warnings,
        *_targets_unknown(review.pack, congress),
        *_challenge_needs_https(review.pack, settings),
    ):
        click.echo(f"  {warning}", err=True)
    if problems := (*review.problems, *_asks_nobody(review.pack, congress)):
        raise PackInvalid(
            f"The campaign {name} has {counted(len(problems), 'problem')}; correct them and check "
            "again.",
            problems,
        )
    click.echo(_summary(name, review))
    if review.pack is not None and (note := signed_before.sentence(settings, review.pack)):
        click.echo(note)


def _congress(settings: Settings) -> Congress | None:
    """Return the legislator data; None if it is faulty, as `campaign data check` says."""
    try:
        return dataset.load_current(
            paths.data() / "congress", settings.congress_folder, settings.corrections_file
        )
    except DatasetInvalid:
        return None


def _asks_nobody(pack: Pack | None, congress: Congress | None) -> tuple[Problem, ...]:
    """Return a problem if none of the targets exists, so that nobody gets the ask."""
    if pack is None or congress is None or asks_anyone(pack.targets, congress):
        return ()
    reason = "Nobody gets the ask: the legislator dataset has none of the campaign's targets."
    return (Problem("campaign.toml", 0, reason),)


def _targets_unknown(pack: Pack | None, congress: Congress | None) -> tuple[Problem, ...]:
    """Warn of committees, members and places that the legislator dataset does not have."""
    if pack is None or congress is None:
        return ()
    unknown = [
        f"The legislator dataset has no {what} {code}."
        for what, codes, known in _named_in(pack, congress)
        for code in dict.fromkeys(codes)
        if code not in known
    ]
    problems = tuple(Problem("campaign.toml", 0, reason) for reason in unknown)
    return (*problems, *_places_unknown(pack, congress))


def _places_unknown(pack: Pack, congress: Congress) -> Iterator[Problem]:
    """Warn of places in targets.csv where no post office is."""
    post_offices = congress.zips.values()
    cities = {(place.city.casefold(), place.state) for place in post_offices}
    zips = {place.zip for place in post_offices}
    zips |= {f"{five[:3]}*" for five in zips}
    for target in (*pack.targets.local, *pack.targets.local_copies):
        unknown = [
            *(f"state {state}" for state in target.states if state not in STATES),
            *(f"ZIP code {each}" for each in target.zips if each not in zips),
            *(
                f"city “{city.title()}, {state}”"
                for city, state in target.cities
                if (city, state) not in cities
            ),
        ]
        for place in unknown:
            reason = f"Check the column places: the Postal Service has no {place}."
            yield Problem(local_targets.FILE, target.line, reason)


def _named_in(
    pack: Pack, congress: Congress
) -> Iterator[tuple[str, tuple[str, ...], Collection[str]]]:
    """Yield (kind, codes that the campaign names, codes that exist)."""
    yield "committee", (*pack.committees, *pack.targets.chairs), congress.committees
    for members in (pack.targets.members, pack.targets.member_copies):
        yield "committee", members.committees, congress.committees
        yield "member", members.members, congress.members
        yield "state", members.states, STATES
        yield "district", members.districts, {str(district) for district in congress.districts}


def _challenge_needs_https(pack: Pack | None, settings: Settings) -> tuple[Problem, ...]:
    """Warn if browsers cannot do the challenge's calculation, because the site lacks HTTPS."""
    address = urlsplit(settings.base_url)
    is_secure = address.scheme == "https" or address.hostname in {"localhost", "127.0.0.1", "::1"}
    if pack is None or not pack.challenge or is_secure:
        return ()
    reason = (
        f"Browsers answer the challenge only over https, and BASE_URL is {settings.base_url}: "
        "every signature would be marked as unchallenged."
    )
    return (Problem("campaign.toml", 0, reason),)


def _summary(name: str, review: Review) -> str:
    pack = review.pack
    assert pack is not None
    day = pack.on_date
    summary = (
        f"{name}: good on {day_in_words(day)}, "
        f"{'published' if pack.published else 'not published'}; "
        f"{counted(len(pack.texts), 'language')}, "
        f"{len(pack.talking_points)} talking points, {len(pack.usable_facts())} usable facts"
        f"{', browsers are asked for a calculation' if pack.challenge else ''}"
    )
    lapsed = [fact.id for fact in pack.facts.values() if not fact.is_usable(day)]
    cited = [cited for gone in review.left_out for cited in gone.facts]
    unusable = list(dict.fromkeys((*lapsed, *cited)))
    if not unusable:
        return f"{summary}; nothing is left out."
    places = ", ".join(dict.fromkeys(f"{gone.file}:{gone.line}" for gone in review.left_out))
    left_out = f"{len(review.left_out)} ({places})" if places else "none"
    return f"{summary}; not usable: {', '.join(unusable)}; sentences left out: {left_out}."
