"""Sign mail by DKIM (RFC 6376) with the operator's key, if the mail server does not sign it."""

from collections.abc import Callable
from email.message import EmailMessage
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from campaign.errors import SettingsUnsafe
from campaign.lazy_import import lazy_import
from campaign.settings import Settings

if TYPE_CHECKING:
    import dkim
else:
    dkim = lazy_import("dkim")  # needed only where mail is signed here

#: Returns the header that signs a message: its domain is that of From, its bytes are as sent.
Sign = Callable[[EmailMessage, bytes], bytes]

# RFC 6376, 5.4.1; the last two as RFC 8058, section 4, requires for one-click unsubscribe.
_SIGNED = (
    b"From", b"Reply-To", b"Subject", b"Date", b"To", b"Message-ID", b"MIME-Version",
    b"Content-Type", b"Content-Language", b"Auto-Submitted", b"List-Id", b"List-Unsubscribe",
    b"List-Unsubscribe-Post",
)  # fmt: skip
# RFC 8301, 3.2: verifiers may ignore signatures by shorter keys.
_MIN_BITS = 1024


def signer(settings: Settings) -> Sign | None:
    """Return the function that signs mail, or None without DKIM_KEY.

    Raises SettingsUnsafe if DKIM_KEY is not an RSA key in PEM.
    """
    if not settings.dkim_key:
        return None
    key = _private_key(settings)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    def sign(message: EmailMessage, content: bytes) -> bytes:
        present = [name for name in _SIGNED if name.decode() in message]
        signature = dkim.sign(
            content,
            settings.dkim_selector.encode(),
            domain_of(message["From"].addresses[0].addr_spec).encode("idna"),
            pem,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=present,
        )
        return bytes(signature)

    return sign


def public_key(settings: Settings) -> bytes:
    """Return the public key of DKIM_KEY as DER, which its DNS record has in base64.

    Raises SettingsUnsafe as `signer` does.
    """
    return (
        _private_key(settings)
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def domain_of(addr_spec: str) -> str:
    """Return the domain of an address, in lower case."""
    return addr_spec.rpartition("@")[2].lower()


def _private_key(settings: Settings) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(settings.dkim_key.encode(), None)
    except (ValueError, TypeError) as error:
        raise SettingsUnsafe(_UNUSABLE) from error
    if not isinstance(key, RSAPrivateKey) or key.key_size < _MIN_BITS:
        raise SettingsUnsafe(_UNUSABLE)
    return key


_UNUSABLE = (
    "Set DKIM_KEY_FILE to a file with an RSA key, made by: "
    "openssl genrsa -out dkim.pem 2048. The key has no password."
)
