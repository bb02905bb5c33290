"""Clicks that lead to another page."""

from playwright.sync_api import Locator


def click_and_load(control: Locator) -> None:
    """Click a link or a button, and wait until the page that it leads to has loaded.

    A plain `click()` returns while the old page is still shown. What comes next would then read,
    change or leave a page that is about to be replaced. Raises `TimeoutError` where the click leads
    nowhere: a download, a disclosure, a form that the browser itself refuses to send.
    """
    # Not `expect_navigation`: a script that only rewrites the address would end the wait.
    with control.page.expect_event("load"):
        control.click()
