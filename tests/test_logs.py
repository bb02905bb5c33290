"""What the logs leave out."""

import io
import logging
from collections.abc import Iterator

import pytest
import structlog

from campaign import logs
from campaign.store.tokens import LIFETIMES


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, until the test ends."""
    before = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    logs.configure(stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:], level = before[0], before[1]
    logging.getLogger().setLevel(level)


@pytest.mark.parametrize("purpose", sorted(LIFETIMES))
def test_no_mailed_link_is_logged_whole(written: io.StringIO, purpose: str) -> None:
    token = "AaIMnPrRVzazQKL8GapHF2sOgWgWOS9A"

    logs.logger("site").warning(f"fault at /{purpose}/{token}?lang=es")
    logging.getLogger("werkzeug").warning("GET https://example.org/%s/%s failed", purpose, token)

    said = written.getvalue()
    assert said.count(f"/{purpose}/") == 2
    assert token not in said
