"""Likely typos in an address are asked about, real addresses are not."""

import pytest

from campaign.petition.email_typos import likely
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
def test_a_likely_typo_is_found(typed: str, meant: str) -> None:
    assert likely(Email.parse(f"Ani.P+x@{typed}")) == f"Ani.P+x@{meant}"


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
def test_a_real_domain_is_never_asked_about(domain: str) -> None:
    assert likely(Email.parse(f"ani@{domain}")) == ""
