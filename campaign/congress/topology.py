"""Shapes as lines that neighbors share, so that simplifying them opens no gap between the two."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaign.congress.boundaries import Point, Ring

#: A line between two points where lines meet, or a whole ring that meets none (its ends are equal).
Arc = tuple[Point, ...]


@dataclass(frozen=True)
class Topology:
    """Arcs, and place -> rings of numbers of arcs; `~n` is arc `n` from its end to its start."""

    arcs: Sequence[Arc]
    rings: Mapping[str, tuple[tuple[int, ...], ...]]

    def ring(self, numbers: Iterable[int]) -> Ring:
        """Return the points of a ring of arcs."""
        points: list[Point] = []
        for number in numbers:
            arc = self.arcs[number] if number >= 0 else self.arcs[~number][::-1]
            points += arc[:-1]
        return tuple(points)


def shared(shapes: Mapping[str, Sequence[Ring]]) -> Topology:
    """Return the topology of shapes whose neighbors list the same points where they meet."""
    around: defaultdict[Point, set[Point]] = defaultdict(set)
    for ring in (ring for rings in shapes.values() for ring in rings):
        for one, other in zip(ring, (*ring[1:], ring[0]), strict=True):
            around[one].add(other)
            around[other].add(one)
    nodes = {point for point, others in around.items() if len(others) != 2}
    numbers: dict[Arc, int] = {}

    def number(arc: Arc) -> int:
        if arc in numbers:
            return numbers[arc]
        if arc[::-1] in numbers:
            return ~numbers[arc[::-1]]
        return numbers.setdefault(arc, len(numbers))

    rings = {
        place: tuple(tuple(number(arc) for arc in _cut(ring, nodes)) for ring in rings)
        for place, rings in shapes.items()
    }
    return Topology(tuple(numbers), rings)


def _cut(ring: Ring, nodes: set[Point]) -> Iterable[Arc]:
    """Yield the arcs of a ring, from node to node, or from its smallest point around."""
    starts = [index for index, point in enumerate(ring) if point in nodes]
    first = starts[0] if starts else ring.index(min(ring))
    turned = (*ring[first:], *ring[: first + 1])
    ends = [*(start - first for start in starts[1:]), len(ring)]
    begin = 0
    for end in ends:
        yield turned[begin : end + 1]
        begin = end


def dissolved(shapes: Iterable[Sequence[Ring]]) -> tuple[Ring, ...]:
    """Return the outline of shapes together: the lines that only one of them has."""
    after: defaultdict[Point, list[Point]] = defaultdict(list)
    segments = {
        (one, other)
        for rings in shapes
        for ring in rings
        for one, other in zip(ring, (*ring[1:], ring[0]), strict=True)
    }
    for one, other in sorted(segments):
        if (other, one) not in segments:
            after[one].append(other)
    rings = []
    while after:
        start = point = next(iter(after))
        ring = []
        while point in after:
            ring.append(point)
            following = after[point].pop()
            if not after[point]:
                del after[point]
            point = following
            if point == start:
                break
        rings.append(tuple(ring))
    return tuple(rings)


def simplified(topology: Topology, *, area: float, smallest: float) -> Topology:
    """Return the topology without points and islands too small to be seen.

    A point goes if its triangle with its neighbors on the arc is smaller than `area`, the smallest
    first (Visvalingam and Whyatt, 1993); a ring goes if it is smaller than `smallest`, but each
    place keeps its largest. Both are in square units of the picture. Points are rounded to units.
    """
    arcs = [_round(_simplify(arc, area)) for arc in topology.arcs]
    whole = Topology(arcs, topology.rings)
    kept = {}
    for place, rings in topology.rings.items():
        sizes = {ring: abs(ring_area(whole.ring(ring))) for ring in rings}
        largest = max(sizes, key=sizes.__getitem__)
        kept[place] = tuple(ring for ring in rings if sizes[ring] >= smallest or ring == largest)
    return _renumbered(arcs, kept)


def _renumbered(arcs: Sequence[Arc], kept: Mapping[str, tuple[tuple[int, ...], ...]]) -> Topology:
    """Return the topology with only the arcs that a ring uses and that are more than a point."""
    used = sorted({max(n, ~n) for rings in kept.values() for ring in rings for n in ring})
    used = [number for number in used if len(arcs[number]) > 1]
    new = {number: at for at, number in enumerate(used)}
    new |= {~number: ~at for number, at in new.items()}
    rings = {
        place: tuple(tuple(new[n] for n in ring if n in new) for ring in rings)
        for place, rings in kept.items()
    }
    return Topology(tuple(arcs[n] for n in used), rings)


def _simplify(arc: Arc, area: float) -> Arc:
    """Return an arc without its smallest triangles; a closed one keeps at least three points."""
    fewest = 4 if arc[0] == arc[-1] else 2
    before = list(range(-1, len(arc) - 1))
    after = list(range(1, len(arc) + 1))

    def size(at: int) -> float:
        return abs(ring_area((arc[before[at]], arc[at], arc[after[at]])))

    sizes = {at: size(at) for at in range(1, len(arc) - 1)}
    waiting = [(value, at) for at, value in sizes.items()]
    heapq.heapify(waiting)
    while waiting and len(sizes) + 2 > fewest:
        value, at = heapq.heappop(waiting)
        if value >= area:
            break
        if sizes.get(at) != value:
            continue
        del sizes[at]
        one, other = before[at], after[at]
        after[one], before[other] = other, one
        for neighbor in (one, other):
            if neighbor in sizes:
                # Never smaller than the point just taken out, so that a bay goes whole.
                sizes[neighbor] = max(size(neighbor), value)
                heapq.heappush(waiting, (sizes[neighbor], neighbor))
    return (arc[0], *(arc[at] for at in sorted(sizes)), arc[-1])


def _round(arc: Arc) -> Arc:
    rounded = [(float(round(x)), float(round(y))) for x, y in arc]
    return tuple(point for at, point in enumerate(rounded) if at == 0 or point != rounded[at - 1])


def ring_area(ring: Sequence[Point]) -> float:
    """Return the area of a closed line, positive where it runs clockwise on a picture."""
    if len(ring) < 3:
        return 0.0
    return (
        sum(
            x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True)
        )
        / 2
    )
