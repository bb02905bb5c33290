"""How many signers an office outside Congress answers to."""

from collections import Counter

from sqlalchemy import Connection

from campaign.congress.dataset import Congress
from campaign.packs.local_targets import TargetsByPlace
from campaign.packs.pack import Pack
from campaign.store import counts, packets


def by_office(connection: Connection, pack: Pack, congress: Congress) -> Counter[str]:
    """Return {id of an office: number of signatures of the people to whom it answers}.

    Executive offices answer to everyone, rows of targets.csv to the people of their places. Old
    signatures whose data was deleted count in their state, but in no ZIP or city. The number of
    statements does not depend on the number of offices.
    """
    local = (*pack.targets.local, *pack.targets.local_copies)
    by_state = counts.by(connection, pack.name, "state")
    found = Counter(dict.fromkeys(pack.targets.offices, sum(by_state.values())))
    for target in local:
        if target.states and not target.is_by_zip_or_city:
            found[target.id] = sum(by_state.get(state, 0) for state in target.states)
    by_zip = [target for target in local if target.is_by_zip_or_city]
    for target in by_zip:
        found[target.id] = 0
    if by_zip:
        found.update(_by_zip(connection, pack.name, TargetsByPlace(by_zip), congress))
    return found


def _by_zip(
    connection: Connection, campaign: str, targets: TargetsByPlace, congress: Congress
) -> Counter[str]:
    found: Counter[str] = Counter()
    for (state, zip_code), count in packets.by_zip(connection, campaign).items():
        post_office = congress.zips.get(zip_code)
        city = post_office.city if post_office is not None else ""
        for target in targets.answering(state=state, zip_code=zip_code, city=city):
            found[target] += count
    return found
