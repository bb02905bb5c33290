"""A campaign's texts in a real browser: their pages are fit for everybody."""

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.office_texts import STATES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", STATES)
def test_a_page_of_texts_is_fit_for_everybody(
    kept_organize_page: OpenPage, site: Site, state: str
) -> None:
    page = kept_organize_page()
    STATES[state](page, site)

    assert_good(page)
