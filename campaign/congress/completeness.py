"""Check that new tables are complete: seats, rows, and what members had before.

A file that was cut off after a whole record is still valid YAML; only the missing records show it.
"""

from collections.abc import Sequence

from campaign.congress.dataset import Congress
from campaign.congress.tables import read_table

#: A Congress has 541 seats. There have never been more vacancies than this: more mean a cut file.
_MIN_SENATORS = 95
_MIN_HOUSE = 415

#: How many members may lose all of their offices or accounts, and how many committees all of their
#: members, in one refresh; more mean a cut file.
_MAX_STRIPPED = 5

#: Table -> the smallest share of its rows that a refresh within the same Congress may leave.
_MIN_SHARE = {
    "members": 0.97,
    "offices": 0.90,
    "committees": 0.90,
    "memberships": 0.85,
    "social": 0.80,
    "zip_districts": 0.97,
    "zips": 0.95,
}
#: Tables that may shrink to any size with a new Congress, which starts committees and offices anew.
_SHRINK_WITH_A_NEW_CONGRESS = {"offices", "committees", "memberships", "social"}


def seat_problems(congress: Congress) -> tuple[str, ...]:
    """Return a sentence for each wrong count of a dataset: its seats, and how many are held."""
    problems: list[str] = []
    rows = read_table(congress.folder, "seats", congress.meta)
    for chamber, expected, minimum in (
        ("senate", 100, _MIN_SENATORS),
        ("house", 441, _MIN_HOUSE),
    ):
        seats = [row for row in rows if row[1] == chamber]
        held = sum(1 for row in seats if row[6])
        if len(seats) != expected:
            problems.append(f"the {chamber} has {len(seats)} seats, not {expected}")
        if held < minimum:
            problems.append(f"only {held} of the {expected} seats of the {chamber} are held")
    return tuple(problems)


def unreachable_districts(congress: Congress) -> tuple[str, ...]:
    """Return a sentence if any of the 441 districts has no ZIP: a sign of a table cut short."""
    listed = {district for several in congress.zip_districts.values() for district in several}
    missing = [str(district) for district in sorted(congress.districts - listed)]
    return (f"no ZIP lies in {len(missing)} districts: {_some(missing)}",) if missing else ()


def shrunken_tables(current: Congress, new: Congress) -> tuple[str, ...]:
    """Return a sentence for each table that lost too many rows, and one for an older day."""
    problems: list[str] = []
    if new.meta.as_of < current.meta.as_of:
        problems.append(f"the new data is of {new.meta.as_of}, before the {current.meta.as_of}")
    same = new.meta.congress == current.meta.congress
    for table, share in _MIN_SHARE.items():
        if not same and table in _SHRINK_WITH_A_NEW_CONGRESS:
            continue
        if table == "memberships" and not new.meta.tables[table][0]:
            continue  # Empty, as it is for weeks at the start of a Congress; a cut file is not.
        before, after = current.meta.tables[table][0], new.meta.tables[table][0]
        if after < before * share:
            problems.append(f"{table} would shrink from {before:,} rows to {after:,}")
    return tuple(problems)


def lost_details(current: Congress, new: Congress) -> tuple[str, ...]:
    """Return a sentence for each sign that a file was cut short: members or committees lost all.

    A single committee may be dissolved; several at once are not. An empty list of committee members
    is not such a sign: upstream's is empty for weeks at the start of a Congress.
    """
    problems: list[str] = []
    in_both = [member for id_, member in current.members.items() if id_ in new.members]
    for what, attribute in (("offices", "offices"), ("accounts in social media", "social")):
        names = [
            member.name.full
            for member in in_both
            if getattr(member, attribute) and not getattr(new.members[member.bioguide], attribute)
        ]
        if len(names) > _MAX_STRIPPED:
            problems.append(f"{len(names)} members lose all {what}: {_some(names)}")
    if current.meta.congress != new.meta.congress:
        return tuple(problems)
    full = [
        {one.code for one in each.committees.values() if not one.parent} for each in (current, new)
    ]
    if len(full[0]) - len(full[1]) > 1:
        problems.append(f"committees are missing: {_some(sorted(full[0] - full[1]))}")
    if new.meta.tables["memberships"][0]:
        before, after = _committees_with_members(current), _committees_with_members(new)
        if len(before) - len(after) > _MAX_STRIPPED:
            gone = sorted(before - after)
            problems.append(f"{len(gone)} committees lose all members: {_some(gone)}")
    return tuple(problems)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{more}"


def _committees_with_members(congress: Congress) -> set[str]:
    return {one.committee for member in congress.members.values() for one in member.memberships}
