"""Checks of what other mail servers look up about a sender: SPF, DKIM, DMARC and reverse DNS."""

import base64
import ipaddress
import re
from collections.abc import Iterator
from typing import Any

import dns.exception
import dns.resolver
import dns.reversename
from publicsuffixlist import PublicSuffixList

from campaign.cli.doctor.finding import Finding
from campaign.delivery import dkim_signer
from campaign.delivery.dkim_signer import domain_of
from campaign.settings import Settings

TIMEOUT_S = 4.0
#: What to say where nothing can be looked up.
UNKNOWN = (
    "DNS does not answer here, so SPF, DKIM, DMARC and reverse DNS of the mail were not checked. "
    "Run `campaign doctor` where it does."
)


class _NoDns(Exception):
    """The resolver gives no answer, so nothing can be concluded."""


def system_resolver() -> dns.resolver.Resolver:
    """Return the resolver of this machine; raises dns.exception.DNSException without one."""
    return dns.resolver.Resolver()


def check_dns(settings: Settings, resolver: dns.resolver.Resolver) -> Iterator[Finding]:
    """Check the DNS records of the addresses that mail comes from, as receivers do.

    Google and Yahoo require SPF, DKIM and DMARC of those who send 5,000 messages a day, and SPF or
    DKIM of all (Google's email sender guidelines).
    """
    try:
        yield from _checked(settings, resolver)
    except _NoDns:
        yield Finding("mail", "note", UNKNOWN)


def _checked(settings: Settings, resolver: dns.resolver.Resolver) -> Iterator[Finding]:
    envelope = domain_of(settings.bounce_address or settings.mail_from)
    senders = {domain_of(address) for address in (settings.mail_from, settings.updates_from)} - {""}
    found = [
        *_spf(resolver, envelope),
        *(finding for domain in sorted(senders) for finding in _dkim(settings, resolver, domain)),
        *(finding for domain in sorted(senders) for finding in _dmarc(resolver, domain, envelope)),
        *_reverse(resolver, settings.mail_servers[0].host),
    ]
    yield from found
    if all(finding.status == "good" for finding in found):
        yield Finding("mail", "good", "SPF, DKIM, DMARC and reverse DNS are in order.")


def _spf(resolver: dns.resolver.Resolver, domain: str) -> Iterator[Finding]:
    """Check that the envelope's domain has one SPF record (RFC 7208, 4.5)."""
    records = [text for text in _texts(resolver, domain) if re.match(r"v=spf1(\s|$)", text, re.I)]
    if not records:
        yield Finding(
            "mail",
            "fix",
            f"{domain} has no SPF record. Publish the TXT record that your mail provider names, "
            'such as "v=spf1 include:… -all".',
        )
    elif len(records) > 1:
        yield Finding(
            "mail", "fix", f"{domain} has {len(records)} SPF records, which is an error. Keep one."
        )
    elif re.search(r"\s\+?all$", records[0].strip(), re.I):
        yield Finding(
            "mail", "fix", f"The SPF record of {domain} ends with +all: anyone may send. Use -all."
        )


def _dkim(settings: Settings, resolver: dns.resolver.Resolver, domain: str) -> Iterator[Finding]:
    """Check that the record of DKIM_KEY has its public half (RFC 6376, 3.6.1)."""
    if not settings.dkim_key:
        yield Finding(
            "mail",
            "note",
            f"No DKIM_KEY is set, so your mail server has to sign mail of {domain}. To see whether "
            "it does, run `campaign doctor --mail you@example.org` and look for dkim=pass.",
        )
        return
    name = f"{settings.dkim_selector}._domainkey.{domain}"
    key = base64.b64encode(dkim_signer.public_key(settings)).decode()
    published = [_tags(text) for text in _texts(resolver, name)]
    if not any("".join(tags.get("p", "").split()) == key for tags in published):
        what = "has another key than DKIM_KEY" if published else "does not exist"
        yield Finding(
            "mail",
            "fix",
            f'The TXT record {name} {what}. Publish this value: "v=DKIM1; k=rsa; p={key}".',
        )


def _dmarc(resolver: dns.resolver.Resolver, domain: str, envelope: str) -> Iterator[Finding]:
    """Check that there is a DMARC policy, and that SPF is aligned (RFC 7489, 3.1 and 6.6.3)."""
    policy: dict[str, str] = {}
    for holder in dict.fromkeys((domain, _organization(domain))):
        records = [_tags(text) for text in _texts(resolver, f"_dmarc.{holder}")]
        policy = next((tags for tags in records if tags.get("v", "").upper() == "DMARC1"), {})
        if policy:
            break
    if not policy:
        yield Finding(
            "mail",
            "fix",
            f'{domain} has no DMARC record. Publish a TXT record _dmarc.{domain}: "v=DMARC1; '
            f'p=none; rua=mailto:postmaster@{domain}". Later, set p=quarantine.',
        )
        return
    is_aligned = (
        envelope == domain
        if policy.get("aspf", "r").lower() == "s"
        else _organization(envelope) == _organization(domain)
    )
    if not is_aligned:
        yield Finding(
            "mail",
            "note",
            f"Bounces go to {envelope} and mail comes from {domain}, so SPF does not count for "
            "DMARC. Mail passes only by DKIM, or if BOUNCE_ADDRESS is in the same domain.",
        )


def _reverse(resolver: dns.resolver.Resolver, host: str) -> Iterator[Finding]:
    """Check that the mail server's addresses have a name that leads back to them."""
    for address in _addresses(resolver, host):
        if not ipaddress.ip_address(address).is_global:
            yield Finding(
                "mail",
                "note",
                "The mail server is in your own network. If it delivers mail itself, its public "
                "address needs reverse DNS (a PTR record) with a name that leads back to it.",
            )
            return
        names = _answers(resolver, dns.reversename.from_address(address).to_text(), "PTR")
        if not any(address in _addresses(resolver, str(name).rstrip(".")) for name in names):
            yield Finding(
                "mail",
                "note",
                f"The address {address} of {host} has no name that leads back to it. If this "
                "server delivers mail itself, many receivers refuse it: ask whoever runs the "
                "network for a PTR record.",
            )


def _addresses(resolver: dns.resolver.Resolver, host: str) -> list[str]:
    try:
        return [str(ipaddress.ip_address(host))]
    except ValueError:
        found = (*_answers(resolver, host, "A"), *_answers(resolver, host, "AAAA"))
        return [str(each) for each in found]


def _texts(resolver: dns.resolver.Resolver, name: str) -> list[str]:
    return [
        b"".join(record.strings).decode("utf-8", "replace")
        for record in _answers(resolver, name, "TXT")
    ]


def _answers(resolver: dns.resolver.Resolver, name: str, kind: str) -> list[Any]:
    """Return the records of a name; none if the name or the kind does not exist."""
    try:
        return list(resolver.resolve(name, kind, lifetime=TIMEOUT_S, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as error:
        raise _NoDns from error


def _tags(text: str) -> dict[str, str]:
    """Return the tags of a record such as `v=DMARC1; p=none`, names in lower case."""
    parts = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in parts if name.strip()}


def _organization(domain: str) -> str:
    """Return the organizational domain: one label below a public suffix (RFC 7489, 3.2)."""
    return PublicSuffixList().privatesuffix(domain) or domain
