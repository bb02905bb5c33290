"""Whose address it is, whatever its spelling; and who shares a household."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import InvalidInput
from campaign.mail_address import mailable
from campaign.petition.identity import Email, canonical, name_key

_locals = st.text(string.ascii_letters + string.digits + ".+_-éÄßİ＋", min_size=1, max_size=30)
_domains = st.sampled_from(["gmail.com", "googlemail.com", "example.org", "xn--bcher-kva.example"])


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        ("ada+petition@example.org", "ada@example.org"),
        ("a.d.a@example.org", "a.d.a@example.org"),
        ("A.D.A+x@gmail.com", "ada@gmail.com"),
        ("ada@googlemail.com", "ada@gmail.com"),
        (" ada@example.org ", "ada@example.org"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example"),
        ("\N{FULLWIDTH LATIN SMALL LETTER A}da@example.org", "ada@example.org"),
    ],
)
def test_spellings_of_one_mailbox_share_a_key(typed: str, key: str) -> None:
    assert Email.parse(typed).canonical == key


def test_an_address_is_kept_as_typed_and_sent_in_ascii() -> None:
    email = Email.parse("Ada.Lovelace+news@Bücher.example")

    assert email.typed == "Ada.Lovelace+news@Bücher.example"
    assert email.address == "Ada.Lovelace+news@xn--bcher-kva.example"
    assert email.domain == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "typed",
    [
        "", "ada", "ada@", "@example.org", "a@b@example.org", "ada@example", "ada@exa mple.org",
        "ada@[127.0.0.1]", '"a b"@example.org', "ada,bob@example.org", "a" * 65 + "@example.org",
        "ada@example.org\nbcc: x@example.org", "Ada <ada@example.org>", "ada@example..org",
        "ada\x00@example.org", "ada@\ud800.org", "a" * 5000 + "@example.org",
    ],
)  # fmt: skip
def test_anything_but_one_address_is_refused_with_its_field(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Email.parse(typed)

    assert refused.value.field == "email"


def test_the_repr_of_an_address_is_redacted() -> None:
    assert "ada" not in repr(Email.parse("ada@example.org")).casefold()


@given(_locals, _domains)
def test_the_key_of_a_key_is_itself(local: str, domain: str) -> None:
    key = canonical(local, domain)

    assert canonical(*key.rsplit("@", 1)) == key


@given(st.text(max_size=300))
def test_any_text_is_an_address_or_a_clear_refusal(typed: str) -> None:
    try:
        email = Email.parse(typed)
    except InvalidInput:
        return

    assert email.address.count("@") == 1
    assert not any(char.isspace() for char in email.address)
    assert Email.parse(email.address).canonical == email.canonical
    assert Email.parse(email.typed).canonical == email.canonical
    assert mailable(email.typed) == email.address


@given(st.integers(0, 0x10FFFF).map(chr))
def test_folding_is_stable_for_every_character(char: str) -> None:
    key = canonical(f"a{char}", "example.org")

    assert canonical(key.rpartition("@")[0], "example.org") == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("José", "Núñez"), ("JOSE", "NUNEZ")),
        (("Anne Marie", "Smith"), ("Anne-Marie", "Smith")),
        (("John", "Smith"), ("Smith", "John")),
        (("O'Neil", "Pat"), ("ONeil ", "Pat")),
        (("Արամ", "Խաչատրյան"), ("արամ", "ԽԱՉԱՏՐՅԱՆ")),
    ],
)
def test_spellings_of_one_name_share_a_key(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert name_key(*one) == name_key(*other)


def test_names_differ_where_people_do() -> None:
    assert name_key("Ada", "Lovelace") != name_key("Anne", "Lovelace")
    assert name_key("Նարեկ", "Ա") != name_key("Արամ", "Ա")


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_name_key_has_no_case(first: str, last: str) -> None:
    assert name_key(first.upper(), last) == name_key(first.upper().casefold(), last)
