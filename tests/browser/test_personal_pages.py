"""What forms, mailed links and failures lead to: fit for every eye, hand, window and setting."""

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.judging import assert_good
from tests.browser.live import Site
from tests.browser.pages import PERSONAL

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("state", PERSONAL)
def test_a_personal_page_is_fit_for_everybody(kept_page: OpenPage, site: Site, state: str) -> None:
    page = kept_page()
    PERSONAL[state](page, site)

    assert_good(page)
