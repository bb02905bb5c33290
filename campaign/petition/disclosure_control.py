"""Small-cell suppression: hide counts that could single out a signer.

A signature is a political opinion, and "one signature from Rhode Island's 2nd district" may point
to a person. A count below `MIN_COUNT` is therefore never shown (primary suppression), and further
counts are withheld until it cannot be derived from the total and these rules (complementary
suppression, as statistical offices do it).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

#: The smallest count that is shown exactly.
MIN_COUNT = 5


@dataclass(frozen=True)
class Breakdown:
    """A total by place, ready for the public.

    `shown` has exact counts, largest first. `few` are the places below `MIN_COUNT`, including those
    with none. `withheld` are larger places hidden to protect the few. `rest` is the total minus
    `shown`: the few, the withheld, and signers whose place is unknown; while anything is shown it
    is 0 or not small. If nothing can be shown, every place is withheld.
    """

    total: int
    shown: Mapping[str, int]
    few: tuple[str, ...]
    withheld: tuple[str, ...]
    rest: int


def breakdown(counts: Mapping[str, int], places: Collection[str], *, total: int) -> Breakdown:
    """Return what may be shown of `counts`, where `places` are all places that exist.

    `total` is public; signers beyond the counts have no known place. A total that was read a moment
    earlier and is smaller than the counts is replaced by their sum. While the remainder would
    reveal a place with few signers, the smallest shown place is withheld.
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
    """True if `rest` proves that someone signed in each of the places with few.

    Each of the few holds 0 to `MIN_COUNT - 1`; each withheld place holds `MIN_COUNT` up to the
    smallest shown count. `rest` reveals nothing if, with the withheld at their minimum, the few
    could hold anything, and if, with the withheld at their maximum, what is left does not need
    every one of the few. More than the few can hold means signers without a known place. A
    remainder of 0 says only that no one else signed.
    """
    if rest == 0:
        return False
    if rest - withheld * MIN_COUNT < MIN_COUNT:
        return True
    minimum_from_few = rest - withheld * smallest_shown
    maximum = MIN_COUNT - 1
    return (few - 1) * maximum < minimum_from_few <= few * maximum
