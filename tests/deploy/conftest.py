"""What the tests of shipped files need from the machine."""

import os
import shutil

import pytest


@pytest.fixture
def needs_nginx() -> None:
    """Skip where there is no nginx, unless this is the run that must not leave anything out."""
    if shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"):
        return
    if os.environ.get("CI") == "true":
        pytest.fail("no nginx")
    pytest.skip("no nginx")
