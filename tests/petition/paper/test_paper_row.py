"""A line of a sheet is read as it was written, and one that cannot be used says why."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from campaign.congress.dataset import Congress
from campaign.errors import InvalidInput, LineRefused
from campaign.petition.paper import paper_row
from campaign.petition.paper.paper_row import PaperSignature
from tests.petition.petitioning import NOW, Petition


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"first_name": " "}, "first name is missing"),
        ({"zip": "00000"}, "do not know ZIP code"),
        ({"signed_on": "June 15"}, "2026-06-15"),
        ({"signed_on": "2031-01-01"}, "in the future"),
        ({"namesake": "0"}, "1 to 99"),
        ({"namesake": "٢"}, "1 to 99"),
    ],
)
def test_an_invalid_line_has_a_reason(line: Any, said: dict[str, str], told: str) -> None:
    with pytest.raises(LineRefused, match=told):
        line(**said)


@pytest.mark.parametrize(
    "said", [{"zip": "5900"}, {"email": "nobody"}, {"comment": "a\x00"}, {"last_name": "x" * 81}]
)
def test_paper_refuses_what_the_form_refuses(line: Any, said: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        line(**said)


def test_the_place_comes_from_the_zip(line: Any) -> None:
    def place(zip_code: str) -> tuple[str, str]:
        made = line(zip=zip_code)
        return made.state, made.district

    assert place("59001") == ("MT", "MT-2")
    assert place("10011") == ("NY", "")
    assert place("59604") == ("MT", "")
    assert place("09012") == ("", "")


def test_a_closed_petition_accepts_sheets_signed_before(
    petition: Petition, congress: Congress
) -> None:
    closed = replace(petition.pack, closes_on=date(2026, 6, 1))

    def sign_on(day: str) -> PaperSignature:
        return paper_row.parse_signature(
            first_name="A", last_name="B", zip="59001", signed_on=day,
            pack=closed, congress=congress, now=NOW,
        )  # fmt: skip

    assert sign_on("2026-06-01").signed_on == date(2026, 6, 1)
    for day in ("2026-06-02", ""):
        with pytest.raises(LineRefused, match="took no signatures"):
            sign_on(day)


def test_a_line_with_an_unmailable_address_is_refused(line: Any) -> None:
    with pytest.raises(InvalidInput) as refused:
        line(email="ani@example..org")

    assert refused.value.field == "email"
