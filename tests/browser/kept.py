"""Pages that the tests of a file share: a new one takes longer to open than most tests take."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Cookie, Page, ViewportSize

from tests.browser.live import BLANK, PATIENCE, Site, Watch

WIDE: ViewportSize = {"width": 1280, "height": 900}


@dataclass
class _Kept:
    page: Page
    wire: CDPSession


@dataclass
class KeptPages:
    """One page with scripts and one without, as new for each test.

    Between two tests everything goes that a site can leave in a browser: cookies, what is stored,
    and what is cached. For tests that only load pages, type and click; one that opens further pages
    or changes more than the settings of `open` takes a page of its own.
    """

    browser: Browser
    site: Site
    _pages: dict[bool, _Kept] = field(default_factory=dict)
    _opened: set[bool] = field(default_factory=set)
    _watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self._watch = Watch(urlsplit(self.site.url).netloc)

    def open(self, *, viewport: ViewportSize = WIDE, java_script_enabled: bool = True) -> Page:
        """Return the page in a light window of that size, without a preference of its person."""
        if java_script_enabled not in self._pages:
            self._pages[java_script_enabled] = self._make(java_script_enabled)
        self._opened.add(java_script_enabled)
        page = self._pages[java_script_enabled].page
        page.set_viewport_size(viewport)
        page.emulate_media(
            color_scheme="light", forced_colors="none", reduced_motion="no-preference"
        )
        return page

    def leave(self) -> list[Cookie]:
        """Empty the pages that a test opened; return their cookies.

        Raises `AssertionError` where a page asked another host for something, or complained.
        """
        cookies: list[Cookie] = []
        for scripts in self._opened:
            kept = self._pages[scripts]
            cookies += kept.page.context.cookies()
            kept.page.goto(BLANK)
            kept.wire.send("Network.clearBrowserCache")
            kept.wire.send(
                "Storage.clearDataForOrigin", {"origin": self.site.url, "storageTypes": "all"}
            )
        self._opened.clear()
        self._watch.assert_nothing_seen()
        return cookies

    def close(self) -> None:
        """Close the pages."""
        for kept in self._pages.values():
            kept.page.context.close()

    def _make(self, scripts: bool) -> _Kept:
        context = self.browser.new_context(base_url=self.site.url, java_script_enabled=scripts)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        self._watch.follow(page)
        return _Kept(page, context.new_cdp_session(page))
