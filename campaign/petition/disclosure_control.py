"""Which counts of a breakdown may be shown, so that no small group of signers can be singled out.

Signing shows a political opinion, and "one signature from Rhode Island's 2nd district" may point at
a person. So a count under `FEWEST` is never shown, and cannot be worked out from what is: not by
taking the shown places from the total, nor by knowing these rules. Source: the practice of
statistical offices (primary and complementary cell suppression).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

#: The smallest count that is shown exactly.
MIN_COUNT = 5


@dataclass(frozen=True)
class Breakdown:
    """A total by place, as it may be shown.

    `shown` has the exact counts, largest first. `few` are the places with less than `FEWEST`, those
    with nobody included. `withheld` are places with more, kept back only so that the few cannot be
    worked out. `rest` is all of the total that `shown` leaves: the few, the withheld, and those
    whose place is not known. It is never a small number while anything is shown, save for 0. Where
    nothing can be shown every place is withheld.
    """

    total: int
    shown: Mapping[str, int]
    few: tuple[str, ...]
    withheld: tuple[str, ...]
    rest: int


def breakdown(counts: Mapping[str, int], places: Collection[str], *, total: int) -> Breakdown:
    """Return what may be shown of `counts` over all the `places` that there are.

    `total` is public; what it has beyond the counts has no known place (where it was counted a
    moment before them and is less, their sum stands for it). As long as the remainder would tell on
    the places with few, the smallest shown place is withheld.
    """
    total = max(total, sum(counts.get(place, 0) for place in places))
    few = sorted(place for place in places if counts.get(place, 0) < MIN_COUNT)
    by_size = sorted(
        (place for place in places if counts.get(place, 0) >= MIN_COUNT),
        key=lambda place: (-counts[place], place),
    )
    withheld: list[str] = []
    rest = total - sum(counts[place] for place in by_size)
    while by_size and _reveals(rest, len(few), len(withheld), smallest_shown=counts[by_size[-1]]):
        rest += counts[by_size[-1]]
        withheld.append(by_size.pop())
    if not by_size:
        return Breakdown(total, {}, few=(), withheld=tuple(sorted(places)), rest=total)
    return Breakdown(
        total=total,
        shown={place: counts[place] for place in by_size},
        few=tuple(few),
        withheld=tuple(sorted(withheld)),
        rest=rest,
    )


def _reveals(rest: int, few: int, withheld: int, *, smallest_shown: int) -> bool:
    """True when `rest` proves that somebody signed in a given one of the places with few.

    Each of the few holds 0 to 4 and each of the withheld at least 5 and at most the smallest shown
    count. Beside the least of the withheld there must be room for any answer; and what the most of
    the withheld leave over must not need every one of the few to add to it, unless it is more than
    they can hold, which means signatures without a known place. A remainder of 0 says only that
    nobody signed elsewhere.
    """
    if rest == 0:
        return False
    if rest - withheld * MIN_COUNT < MIN_COUNT:
        return True
    least_from_the_few = rest - withheld * smallest_shown
    most = MIN_COUNT - 1
    return (few - 1) * most < least_from_the_few <= few * most
