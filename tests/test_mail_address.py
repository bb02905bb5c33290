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


def test_the_parts_of_an_address_are_separated() -> None:
    read = mail_address.parse("O'Neil+x@Example.org")

    assert (read.local_part, read.domain) == ("O'Neil+x", "example.org")


def test_an_address_that_is_too_long_says_its_field() -> None:
    with pytest.raises(InvalidInput, match="254") as refused:
        mail_address.parse("a" * 250 + "@example.org")

    assert refused.value.field == "email"


def test_a_refusal_shows_an_address_that_is_right() -> None:
    with pytest.raises(InvalidInput, match="Enter an email address, such as name@"):
        mail_address.parse("ani")


@pytest.mark.parametrize("letter", ["a", "ա"])
def test_the_part_before_the_at_has_up_to_64_octets(letter: str) -> None:
    longest = letter * (64 // len(letter.encode()))

    assert mail_address.is_valid(f"{longest}@example.org")
    assert not mail_address.is_valid(f"{longest}{letter}@example.org")


def test_an_address_has_up_to_254_octets() -> None:
    domain = ".".join(["b" * 61, "c" * 61, "d" * 61, "org"])
    assert len(f"{'a' * 64}@{domain}") == 254

    assert mail_address.is_valid(f"{'a' * 64}@{domain}")
    assert not mail_address.is_valid(f"{'a' * 64}@b{domain}")


def test_the_octets_of_a_domain_are_those_of_its_ascii_form() -> None:
    # A label of one ü is xn--tda: seven octets and a dot.
    address = "ա" * 32 + "@" + "ü." * 23 + "world"
    assert 64 + 1 + 23 * 8 + 5 == 254

    assert mail_address.is_valid(address)
    with pytest.raises(InvalidInput, match="Enter an email address, such as name@"):
        mail_address.parse(f"{address}s")


@pytest.mark.parametrize(
    ("address", "mailed"),
    [
        ("Ani@Example.ORG", "Ani@example.org"),
        ("ani@Bücher.example", "ani@xn--bcher-kva.example"),
        ("ani@X@Example.org", "ani@X@example.org"),
        ("an-id-of-a-webhook", "an-id-of-a-webhook"),
        ("ani@ü..example", "ani@ü..example"),
    ],
)
def test_the_domain_is_mailed_in_ascii(address: str, mailed: str) -> None:
    assert mail_address.mailable(address) == mailed
