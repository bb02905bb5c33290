"""The cache of pages: one rendering for a crowd, the last page while the database is away."""

import threading

import pytest

from campaign.errors import CampaignUnknown, StoreUnavailable
from campaign.web.core.caching import Page, PageCache


class Clock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Renderer:
    """Renders a page that says how often it was rendered."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Page:
        self.times += 1
        return Page.of(f"rendered {self.times}")


def test_a_page_is_rendered_once_in_two_seconds() -> None:
    clock, render = Clock(), Renderer()
    cache = PageCache(monotonic=clock)

    first = cache.get("a", render)
    clock.seconds = 1.9
    same = cache.get("a", render)
    clock.seconds = 2.1
    new = cache.get("a", render)

    assert same is first
    assert new.content == b"rendered 2"


def test_pages_are_kept_apart() -> None:
    cache, render = PageCache(monotonic=Clock()), Renderer()

    assert cache.get("a", render).content != cache.get("b", render).content


def test_the_last_page_stands_in_for_a_database_that_is_away() -> None:
    clock = Clock()
    cache = PageCache(monotonic=clock)
    first = cache.get("a", Renderer())
    clock.seconds = 60

    def away() -> Page:
        raise StoreUnavailable("away")

    assert cache.get("a", away) is first
    with pytest.raises(StoreUnavailable):
        cache.get("b", away)


def test_what_cannot_be_rendered_leaves_nothing_behind() -> None:
    cache = PageCache(monotonic=Clock())

    def unknown() -> Page:
        raise CampaignUnknown("none")

    for number in range(1000):
        with pytest.raises(CampaignUnknown):
            cache.get(number, unknown)

    assert cache.size == 0


def test_a_flood_of_keys_takes_bounded_memory() -> None:
    cache, render = PageCache(monotonic=Clock()), Renderer()

    for number in range(2000):
        cache.get(number, render)

    assert cache.size <= 256


def test_a_crowd_waits_for_one_rendering_and_then_for_none() -> None:
    clock, render = Clock(), Renderer()
    cache = PageCache(monotonic=clock)
    cache.get("a", render)
    clock.seconds = 5
    started, release = threading.Event(), threading.Event()

    def slow() -> Page:
        started.set()
        assert release.wait(10)
        return Page.of("slow")

    one = threading.Thread(target=cache.get, args=("a", slow))
    one.start()
    assert started.wait(10)
    meanwhile = cache.get("a", render)
    release.set()
    one.join(10)

    assert meanwhile.content == b"rendered 1"
    assert cache.get("a", render).content == b"slow"


def test_no_page_of_an_earlier_congress_is_served_even_without_a_database() -> None:
    era = [119]
    cache = PageCache(monotonic=Clock(), era=lambda: era[0])
    cache.get("a", Renderer())
    era[0] = 120

    def away() -> Page:
        raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        cache.get("a", away)
