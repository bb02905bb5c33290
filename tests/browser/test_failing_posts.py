"""After each failing post, on a phone: what has the focus is in the window, and says the error."""

import pytest

from campaign.store.db.engine import Database
from campaign.web.app import create_app
from tests.browser.conftest import OpenPage
from tests.browser.failing import CITIZENS, NO_FORMS, OFFICE_FORMS, SCRIPTED, Way
from tests.browser.judging import assert_focus_names
from tests.browser.live import Site
from tests.browser.office_rooms import fill

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="module", autouse=True)
def _signers(site: Site) -> None:
    """Fill the campaign while nobody has signed it: its rooms need signers of every kind."""
    fill(site)


def _ways(forms: dict[str, dict[str, Way]]) -> list[object]:
    return [
        pytest.param(way, id=f"{endpoint}-{name}")
        for endpoint, ways in forms.items()
        for name, way in ways.items()
    ]


def test_every_form_of_the_site_is_made_to_fail(site: Site) -> None:
    app = create_app(site.settings, database=Database(site.settings.database_url))
    taking_posts = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("api.")
    }

    assert taking_posts - set(CITIZENS) - set(OFFICE_FORMS) - NO_FORMS == set()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("way", _ways(CITIZENS))
def test_after_a_citizens_failing_post_the_error_is_seen_and_has_the_focus(
    kept_page: OpenPage, site: Site, way: Way, scripts: bool
) -> None:
    page = kept_page(viewport=PHONE, java_script_enabled=scripts)
    fail, error = way

    fail(page, site)

    assert_focus_names(page, error)


@pytest.mark.parametrize("way", SCRIPTED.values(), ids=SCRIPTED)
def test_what_a_script_could_not_send_is_said_where_the_focus_is(
    kept_page: OpenPage, site: Site, way: Way
) -> None:
    page = kept_page(viewport=PHONE)
    fail, error = way

    fail(page, site)

    assert_focus_names(page, error)


@pytest.mark.parametrize("way", _ways(OFFICE_FORMS))
def test_after_an_organizers_failing_post_the_error_is_seen_and_has_the_focus(
    kept_organize_page: OpenPage, site: Site, way: Way
) -> None:
    page = kept_organize_page(viewport=PHONE)
    fail, error = way

    fail(page, site)

    assert_focus_names(page, error)
