"""What the tests of paper share: one line of a sheet, as it was typed."""

from typing import Any

import pytest

from campaign.congress.dataset import Congress
from campaign.petition.paper import paper_row
from campaign.petition.paper.paper_row import PaperSignature
from tests.petition.petitioning import NOW, Petition


@pytest.fixture
def line(petition: Petition, congress: Congress) -> Any:
    """What makes one line of a sheet."""

    def make(**said: str) -> PaperSignature:
        values = {"first_name": "Ani", "last_name": "Petrosyan", "zip": "59001", **said}
        return paper_row.parse_signature(**values, pack=petition.pack, congress=congress, now=NOW)

    return make
