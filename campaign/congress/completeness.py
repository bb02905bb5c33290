"""Whether new tables hold as much as tables of a Congress must: seats, rows, what members had.

A file that was cut at a record's end is sound in itself; only what is missing shows it.
"""

from collections.abc import Sequence

from campaign.congress.dataset import Congress
from campaign.congress.tables import read_table

#: A Congress has 541 seats; more vacancies than this have not been seen, and mean a cut file.
_MIN_SENATORS = 95
_MIN_HOUSE = 415

#: So many members may lose all of their offices or accounts, or so many committees all of their
#: members, by one refresh; more mean a cut file.
_MAX_STRIPPED = 5

#: Tables that a refresh within the same Congress may shrink to this share at least.
_MIN_SHARE = {
    "members": 0.97,
    "offices": 0.90,
    "committees": 0.90,
    "memberships": 0.85,
    "social": 0.80,
    "zip_districts": 0.97,
    "zips": 0.95,
}
#: With a new Congress committees and offices start anew, but seats and ZIPs do not.
_SHRINK_WITH_A_NEW_CONGRESS = {"offices", "committees", "memberships", "social"}


def seat_problems(congress: Congress) -> tuple[str, ...]:
    """Return what is wrong with the counts of a dataset: seats, and people who hold them."""
    problems: list[str] = []
    rows = read_table(congress.folder, "seats", congress.meta)
    for chamber, wanted, least in (
        ("senate", 100, _MIN_SENATORS),
        ("house", 441, _MIN_HOUSE),
    ):
        seats = [row for row in rows if row[1] == chamber]
        held = sum(1 for row in seats if row[6])
        if len(seats) != wanted:
            problems.append(f"the {chamber} has {len(seats)} seats, not {wanted}")
        if held < least:
            problems.append(f"only {held} of the {wanted} seats of the {chamber} are held")
    return tuple(problems)


def shrunken_tables(current: Congress, new: Congress) -> tuple[str, ...]:
    """Return which tables lost more rows than a real change takes away, and an older day."""
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
    """Return which members lost all they had, and which committees: signs of a file cut short.

    A single committee may be dissolved; several at once are not.

    An empty list of who sits on committees is none: so it is for weeks at the start of a Congress.
    """
    problems: list[str] = []
    both = [member for id_, member in current.members.items() if id_ in new.members]
    for what, had in (("offices", "offices"), ("accounts in social media", "social")):
        names = [
            member.name.full
            for member in both
            if getattr(member, had) and not getattr(new.members[member.bioguide], had)
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
