"""Made-up signers for the demonstration: always the same, spread like the population."""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from campaign import civil_time
from campaign.cli.demo import activity
from campaign.congress import population
from campaign.congress.dataset import Congress
from campaign.congress.representation import has_lines_of
from campaign.packs.pack import Pack
from campaign.petition import identity
from campaign.petition.identity import Email
from campaign.store import consent_log, counts, sign_ups, signature_changes, tokens, wordings
from campaign.store.new_signature import Answers, NewSignature
from campaign.store.statuses import CommentStatus, ConsentAct, Origin, SignatureStatus

SIGNERS = 412
#: The days over which they have signed.
_DAYS = 34
_SEED = 907

# Where a campaign like this one finds its first signers; the rest follow the population.
_HOME_STATES = {"CA": 2.5, "MA": 3.0, "RI": 3.0, "NJ": 1.5, "NY": 1.5, "MI": 1.5}

_FIRST_NAMES = (
    "Ada", "Aisha", "Alice", "Amara", "Ani", "Aram", "Ben", "Carmen", "Carol", "Dale", "Daniel",
    "David", "Elena", "Eli", "Emma", "Frank", "Gloria", "Grace", "Hannah", "Hasmik", "Henry",
    "Irene", "Isaac", "Jamal", "Jane", "José", "Karen", "Kenji", "Laura", "Levon", "Linda", "Luis",
    "Maria", "Mark", "Mei", "Nadia", "Nareh", "Noah", "Olivia", "Omar", "Paul", "Priya", "Rosa",
    "Ruth", "Sam", "Sofia", "Tamar", "Thomas", "Vahe", "Walter", "Wendy", "Zara",
)  # fmt: skip
_LAST_NAMES = (
    "Abbott", "Adams", "Avakian", "Baker", "Bell", "Brooks", "Carter", "Chen", "Clark", "Cruz",
    "Davis", "Diaz", "Evans", "Fischer", "Flores", "Garcia", "Grant", "Gray", "Green", "Hall",
    "Harris", "Hayes", "Hill", "Hughes", "Ito", "Jackson", "James", "Kaplan", "Kelly", "Khan",
    "Kim", "King", "Lee", "Lewis", "Lopez", "Martin", "Mehta", "Mills", "Moore", "Murphy", "Nguyen",
    "Núñez", "Okafor", "Park", "Perez", "Petrosyan", "Price", "Reed", "Rivera", "Ross", "Sargsyan",
    "Shah", "Silva", "Stone", "Torres", "Turner", "Walker", "Ward", "Young", "Zakarian",
)  # fmt: skip
_COMMENTS = (
    "A law is a law until Congress changes it. Please keep this one.",
    "My grandparents came here after losing everything. My taxes must not do that to others.",
    "I served, and I know what military aid is for. This is not it.",
    "We give our word and then we waive it, year after year. Enough.",
    "I teach government. My students asked me what the point of a condition is if nobody keeps it.",
    "People who were made to leave their homes deserve better than our silence.",
    "I have written to my senators too. It took five minutes.",
    "Fewer exceptions, more diplomacy.",
)
_SOURCES = ("", "", "", "newsletter", "share", "share", "event")


@dataclass(frozen=True)
class _Home:
    """A place to live in, which lies in one district for certain."""

    zip: str
    state: str
    district: str
    city: str


def fill(connection: Connection, pack: Pack, congress: Congress, *, now: datetime) -> int:
    """Write the made-up signers of `pack`, confirmed over the weeks before `now`.

    Signatures, consents and counts are written as signing and confirming do; no mail is queued.
    Returns the number of signers. The caller owns the transaction.
    """
    wordings.record(connection, pack, now=now - timedelta(days=_DAYS + 1))
    dice = random.Random(_SEED)  # noqa: S311 (the same signers every time is the point)
    homes = list(_homes(congress, civil_time.congress_day(now)))
    weights = _weights(homes)
    moments = sorted(_moment(dice, now) for _ in range(SIGNERS))
    comments = dict(zip(dice.sample(range(SIGNERS), len(_COMMENTS)), _COMMENTS, strict=True))
    people = zip(dice.choices(homes, weights, k=SIGNERS), moments, strict=True)
    for number, (home, confirmed_at) in enumerate(people, start=1):
        _sign(connection, pack, dice, home, confirmed_at, number, comments.get(number - 1, ""))
    waiting = dice.choices(homes, weights, k=activity.PENDING)
    for number, home in enumerate(waiting, start=SIGNERS + 1):
        lately = now - timedelta(minutes=dice.randint(2, 60 * 60))
        _sign(connection, pack, dice, home, lately, number, "", confirms=False)
    activity.fill(connection, pack.name, congress, now=now)
    return SIGNERS


def _sign(
    connection: Connection,
    pack: Pack,
    dice: random.Random,
    home: _Home,
    confirmed_at: datetime,
    number: int,
    comment: str,
    *,
    confirms: bool = True,
) -> None:
    first_name, last_name = dice.choice(_FIRST_NAMES), dice.choice(_LAST_NAMES)
    email = Email.parse(f"signer{number}@example.org")
    signed_at = confirmed_at - timedelta(minutes=dice.randint(1, 90))
    show_name = bool(comment) or dice.random() < 0.55
    mail_opt_in = dice.random() < 0.4
    source = dice.choice(_SOURCES)
    confirm_nonce = tokens.new_nonce()
    row = sign_ups.add(
        connection,
        NewSignature(
            answers=Answers(
                first_name=first_name,
                last_name=last_name,
                name_key=identity.name_key(first_name, last_name),
                zip=home.zip,
                state=home.state,
                district=home.district,
                city=home.city,
                comment=comment,
                comment_status=CommentStatus.APPROVED if comment else CommentStatus.NONE,
                show_name=show_name,
                mail_opt_in=mail_opt_in,
                source=source,
                wording_version=pack.wording_version,
            ),
            public_id=tokens.new_public_id(signed_at),
            campaign=pack.name,
            status=SignatureStatus.PENDING,
            email=email.address,
            email_key=email.canonical,
            origin=Origin.ONLINE,
            confirm_nonce=confirm_nonce,
            created_at=signed_at,
            mailed_at=signed_at,
            mails=1,
        ),
    )
    acts = [(ConsentAct.SIGNED, signed_at)]
    if confirms:
        signature_changes.confirm(connection, row, confirm_nonce, now=confirmed_at)
        signature_changes.change(
            connection, row, was=(SignatureStatus.CONFIRMED,), values={"number": number}
        )
        acts.append((ConsentAct.CONFIRMED, confirmed_at))
    for act, at in acts:
        consent_log.record(
            connection,
            row,
            act,
            now=at,
            wording_version=pack.wording_version,
            mail_opt_in=mail_opt_in,
            show_name=show_name,
        )
    if confirms:
        counts.append(
            connection,
            pack.name,
            state=home.state,
            district=home.district,
            at=confirmed_at,
            delta=1,
            source=source,
        )


def _homes(congress: Congress, on_date: date) -> Iterator[_Home]:
    """Return every ordinary ZIP that lies in one district for certain on a day, in order."""
    for five, districts in sorted(congress.zip_districts.items()):
        is_certain = len(districts) == 1 and has_lines_of(congress, districts[0].state, on_date)
        if is_certain and congress.zips.kind(five) == "standard" and five in congress.zips:
            place = congress.zips[five]
            yield _Home(five, districts[0].state, str(districts[0]), place.city)


def _weights(homes: list[_Home]) -> list[float]:
    """Return the probability of each place: its state's population, shared among the state's
    places.
    """
    people = population.shipped()
    in_state: Mapping[str, int] = _counted(homes)
    return [
        people[home.state] * _HOME_STATES.get(home.state, 1.0) / in_state[home.state]
        for home in homes
    ]


def _counted(homes: list[_Home]) -> Mapping[str, int]:
    found: dict[str, int] = defaultdict(int)
    for home in homes:
        found[home.state] += 1
    return found


def _moment(dice: random.Random, now: datetime) -> datetime:
    """Return a time in the past weeks: more of them recent, and at waking hours."""
    days_ago = min(dice.expovariate(1 / 9), float(_DAYS))
    at = now - timedelta(days=days_ago)
    waking = at.replace(hour=dice.choice(range(12, 24)), minute=dice.randint(0, 59))
    return waking if waking < now else at
