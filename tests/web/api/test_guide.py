"""docs/api.md says what there is."""

import re
from pathlib import Path

from campaign.organizing.connect.api_keys import SCOPES
from campaign.organizing.connect.connections import MAX_WEBHOOKS, OVERLAP
from campaign.petition import rate_limits
from campaign.store import endpoint_log, outbox_leases
from campaign.store.endpoints import EVENTS, SHAPES, TEST
from campaign.web.api import keys, osdi_signatures
from tests.web.whole_site import Site

GUIDE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def test_it_names_every_scope_event_and_shape() -> None:
    named = set(re.findall(r"`([^`\n]+)`", GUIDE))

    assert {*SCOPES, *EVENTS, *SHAPES, TEST} <= named


def test_every_path_of_it_is_there(site: Site) -> None:
    paths = {path.rstrip(".") for path in re.findall(r"/api/v1[/\w.-]*", GUIDE)}
    assert len(paths) > 8

    for path in paths:
        real = path.replace("NAME", "section-907").replace("/ID", "/abc")
        answer = site.client.get(real)
        # Without a key, or a ZIP; but never "there is nothing at this address".
        assert answer.status_code in {200, 401, 422}, path


def test_its_numbers_are_those_of_the_code() -> None:
    assert f"{keys.A_MINUTE:,} times a minute" in GUIDE
    handed_in = (rate_limits.API_BURST.amount, rate_limits.API_SUSTAINED.amount)
    assert "{} signatures a minute and {:,} a day".format(*handed_in) in GUIDE
    assert MAX_WEBHOOKS == 10
    assert "Ten a campaign at most" in GUIDE
    assert f"{OVERLAP.total_seconds() / 3600:.0f} hours" in GUIDE
    assert endpoint_log.DISABLE_AFTER.days == 3
    assert "three days without any success" in GUIDE
    assert outbox_leases.MAX_ATTEMPTS == 12
    assert "twelve times" in GUIDE
    assert f"{osdi_signatures.LISTED_AFTER.total_seconds():.0f} seconds after" in GUIDE


def test_every_metric_of_it_is_served(site: Site) -> None:
    source = Path(__file__).parents[3] / "campaign" / "web" / "site" / "metrics.py"
    text = source.read_text(encoding="utf-8")
    for name in re.findall(r"`campaign_(\w+?)(?:_total)?[{`]", GUIDE):
        assert f'"{name}"' in text or f'"campaign_{name}"' in text, name
