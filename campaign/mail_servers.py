"""Mail servers as settings name them: `smtp://user:password@mail.example.org:587`."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import unquote, urlsplit

SmtpSecurity = Literal["none", "starttls", "tls"]

_SECURITY: dict[str, SmtpSecurity] = {
    "smtp": "starttls",
    "smtps": "tls",
    "smtp+plain": "none",
}
_PORTS: dict[SmtpSecurity, int] = {"starttls": 587, "tls": 465, "none": 25}


@dataclass(frozen=True)
class MailServer:
    """One SMTP server and how to log in. Its `repr()` shows no password."""

    host: str
    port: int = 587
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    security: SmtpSecurity = "starttls"

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse(url: str) -> MailServer:
    """Return the server of a URL; user and password are percent-encoded (RFC 3986, 3.2.1).

    The scheme says how to encrypt: `smtp` by STARTTLS (port 587), `smtps` by TLS from the first
    byte (port 465), `smtp+plain` not at all (port 25, for a relay on the same machine). Raises
    ValueError for anything else; its text does not quote the URL, which may have a password.
    """
    parts = urlsplit(url)
    security = _SECURITY.get(parts.scheme)
    if security is None or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("not the URL of a mail server")
    return MailServer(
        host=parts.hostname,
        port=parts.port or _PORTS[security],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=security,
    )
