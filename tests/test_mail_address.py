"""What is an email address, by the one rule that every way in uses."""

import pytest

from campaign import mail_address
from campaign.errors import InvalidInput

WRONG = [
    "", "ani", "ani@", "@example.org", "ani@example", "ani@example..org", "a..ni@example.org",
    "ani@example.org.", "ani@-example.org", "ani@exa mple.org", "ani@example.org, bo@example.org",
    "Ani <ani@example.org>", "ani@[127.0.0.1]", "a" * 65 + "@example.org",
]  # fmt: skip


@pytest.mark.parametrize("typed", WRONG)
def test_what_mail_cannot_carry_is_refused(typed: str) -> None:
    assert not mail_address.is_valid(typed)
    with pytest.raises(InvalidInput) as refused:
        mail_address.parse(typed)
    assert refused.value.field == "email"


@pytest.mark.parametrize(
    "typed", ["ani@example.org", " O'Neil+x@Example.org ", "անի@example.org", "ani@bücher.example"]
)
def test_what_mail_can_carry_is_read(typed: str) -> None:
    read = mail_address.parse(typed)

    assert read.typed == typed.strip()
    assert read.domain in {"example.org", "xn--bcher-kva.example"}
    assert mail_address.is_valid(typed)


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        ("bounces@example.org", True),
        ("root@localhost", True),
        ("petition@mail.lan", True),
        ("petition@127.0.0.1", True),
        ("petition@", False),
        ("petition", False),
        ("pe..tition@localhost", False),
        ("petition@example..org", False),
        ("Petition <petition@example.org>", False),
        ("պետիցիա@example.org", False),
    ],
)
def test_an_address_of_ones_own_server_needs_no_public_domain(typed: str, is_one: bool) -> None:
    assert mail_address.is_server_address(typed) is is_one
