"""What may be shown of a breakdown: nobody can work out a small count, knowing all the rules."""

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from campaign.petition.disclosure_control import MIN_COUNT, Breakdown, breakdown

_counts = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 30))


def test_large_counts_are_shown_largest_first() -> None:
    told = breakdown({"CA": 40, "NY": 90, "TX": 5}, ("CA", "NY", "TX"), total=135)

    assert list(told.shown.items()) == [("NY", 90), ("CA", 40), ("TX", 5)]
    assert (told.few, told.withheld, told.rest) == ((), (), 0)


def test_a_single_small_place_withholds_the_smallest_other() -> None:
    told = breakdown({"CA": 40, "NY": 90, "WY": 2}, ("CA", "NY", "WY"), total=132)

    assert dict(told.shown) == {"NY": 90}
    assert told.few == ("WY",)
    assert told.withheld == ("CA",)
    assert told.rest == 42


def test_a_remainder_that_needs_all_small_places_is_enlarged() -> None:
    told = breakdown({"A": 50, "B": 60, "C": 4, "D": 4}, "ABCD", total=118)

    assert told.withheld == ("A",)
    assert told.rest == 58


def test_several_small_places_need_no_further_suppression() -> None:
    told = breakdown({"A": 50, "B": 3, "C": 2, "D": 0}, "ABCD", total=55)

    assert dict(told.shown) == {"A": 50}
    assert told.few == ("B", "C", "D")
    assert told.withheld == ()
    assert told.rest == 5


def test_if_nothing_can_be_shown_small_places_are_not_listed() -> None:
    told = breakdown({"A": 3}, "AB", total=3)

    assert dict(told.shown) == {}
    assert told.few == ()
    assert told.withheld == ("A", "B")


@given(_counts, st.integers(0, 30))
def test_every_signature_is_in_a_shown_place_or_in_a_rest_that_is_not_small(
    counts: dict[str, int], unknown: int
) -> None:
    total = sum(counts.values()) + unknown

    told = breakdown(counts, "ABCDEFGH", total=total)

    assert sum(told.shown.values()) + told.rest == total
    assert all(count == counts[place] >= MIN_COUNT for place, count in told.shown.items())
    assert not told.shown or told.rest == 0 or told.rest >= MIN_COUNT
    assert sorted([*told.shown, *told.few, *told.withheld]) == list("ABCDEFGH")


def _others_that_look_the_same(
    places: str, largest: int, unknowns: range
) -> dict[tuple[object, ...], list[tuple[int, ...]]]:
    """Group every way in which signatures could lie by what is told of it."""
    alike: dict[tuple[object, ...], list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(largest + 1), repeat=len(places)):
        for unknown in unknowns:
            told = breakdown(
                dict(zip(places, counts, strict=True)), places, total=sum(counts) + unknown
            )
            alike[_seen(told)].append(counts)
    return alike


def _seen(told: Breakdown) -> tuple[object, ...]:
    return (told.total, tuple(told.shown.items()), told.few, told.withheld)


def test_small_counts_cannot_be_derived_from_the_rules() -> None:
    """Brute force: whatever is shown fits at least two counts of each place with few.

    Unless nobody signed in any place that is not shown, which singles nobody out.
    """
    for places, largest in (("AB", 24), ("ABC", 12), ("ABCD", 7)):
        for told, ways in _others_that_look_the_same(places, largest, range(1)).items():
            for place in told[2]:  # type: ignore[attr-defined]
                possible = {way[places.index(place)] for way in ways}
                assert len(possible) > 1 or possible == {0}, (told, place)


def test_signatures_without_a_place_do_not_reveal_small_counts() -> None:
    largest_unknown = 12
    for told, ways in _others_that_look_the_same("ABC", 9, range(largest_unknown + 1)).items():
        total, shown, few, _withheld = told
        if total - sum(count for _, count in shown) > largest_unknown:  # type: ignore[attr-defined, operator]
            continue  # the truth may lie outside of what was tried
        for place in few:  # type: ignore[attr-defined]
            possible = {way["ABC".index(place)] for way in ways}
            assert len(possible) > 1 or possible == {0}, (told, place)
