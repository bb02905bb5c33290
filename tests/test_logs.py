"""What the logs leave out."""

import io
import logging

import pytest

from campaign import logs
from campaign.store.tokens import LIFETIMES


@pytest.fixture
def written() -> io.StringIO:
    """What is logged."""
    stream = io.StringIO()
    logs.configure(stream=stream)
    return stream


@pytest.mark.parametrize("purpose", sorted(LIFETIMES))
def test_no_mailed_link_is_logged_whole(written: io.StringIO, purpose: str) -> None:
    token = "AaIMnPrRVzazQKL8GapHF2sOgWgWOS9A"

    logs.logger("site").warning(f"fault at /{purpose}/{token}?lang=es")
    logging.getLogger("werkzeug").warning("GET https://example.org/%s/%s failed", purpose, token)

    said = written.getvalue()
    assert said.count(f"/{purpose}/") == 2
    assert token not in said
