"""What led to the back office under `/organise` leads to it still."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.whole_site import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = make_site(tmp_path)
    yield made
    made.database.dispose()


@pytest.mark.parametrize(
    ("earlier", "now"),
    [
        ("/organise", "/organize"),
        ("/organise/", "/organize/"),
        ("/organise/log-in?next=/jobs/", "/organize/log-in?next=/jobs/"),
        ("/organise/invitation/abc", "/organize/invitation/abc"),
        ("/organise/section-907/signers?status=held", "/organize/section-907/signers?status=held"),
    ],
)
def test_an_earlier_address_leads_to_its_new_place(site: Site, earlier: str, now: str) -> None:
    for method in ("GET", "POST"):
        answer = site.app.test_client().open(earlier, method=method)

        assert (answer.status_code, answer.headers["Location"]) == (308, now)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("address", ["/organised", "/organise//evil.example/", "/organise/%0d%0ax"])
def test_it_leads_nowhere_else(site: Site, address: str) -> None:
    answer = site.app.test_client().get(address)

    location = answer.headers.get("Location", "/organize/")
    assert location.startswith(("/organize/", "/organise/"))
    assert "\n" not in location
