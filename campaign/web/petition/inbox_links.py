"""Where the mailboxes of the largest providers are, for people who should check theirs."""

# Provider -> its web mail, and the domains of its addresses.
_PROVIDERS: dict[str, tuple[str, tuple[str, ...]]] = {
    "Gmail": ("https://mail.google.com/mail/", ("gmail.com", "googlemail.com")),
    "Outlook": (
        "https://outlook.live.com/mail/",
        ("outlook.com", "hotmail.com", "live.com", "msn.com"),
    ),
    "Yahoo Mail": ("https://mail.yahoo.com/", ("yahoo.com", "ymail.com", "rocketmail.com")),
    "iCloud Mail": ("https://www.icloud.com/mail/", ("icloud.com", "me.com", "mac.com")),
    "AOL Mail": ("https://mail.aol.com/", ("aol.com", "verizon.net")),
    "Proton Mail": ("https://mail.proton.me/", ("proton.me", "protonmail.com", "pm.me")),
    "Xfinity": ("https://connect.xfinity.com/", ("comcast.net",)),
    "AT&T Mail": ("https://currently.att.yahoo.com/", ("att.net", "sbcglobal.net")),
}
_BY_DOMAIN = {
    domain: (provider, url) for provider, (url, domains) in _PROVIDERS.items() for domain in domains
}


def inbox_of(address: str) -> tuple[str, str] | None:
    """Return the provider's name and the URL of its inbox, or None for any other domain."""
    return _BY_DOMAIN.get(address.rpartition("@")[2].lower())
