"""Mail signed by DKIM verifies as receivers verify it, and a changed one does not."""

import base64
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from campaign.delivery import dkim_signer
from campaign.delivery.smtp import SmtpChannel, channel
from campaign.errors import SettingsUnsafe
from campaign.settings import Settings

MakeSettings = Callable[..., Settings]


def pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture(scope="module")
def key() -> str:
    return pem(rsa.generate_private_key(65537, 2048))


@pytest.fixture
def sent(
    inbox: Any,
    start_server: Callable[..., int],
    make_settings: MakeSettings,
    make_message: Callable[..., EmailMessage],
    key: str,
) -> tuple[bytes, Settings]:
    """A message as the server got it, and the settings that signed it."""
    settings = make_settings(
        SMTP_HOST="127.0.0.1", SMTP_PORT=str(start_server()), DKIM_KEY=key, DKIM_SELECTOR="mine"
    )
    out = SmtpChannel(settings)
    message = make_message()
    message["List-Unsubscribe"] = "<https://petition.example.org/unsubscribe/x>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    out.send(message)
    out.close()
    return inbox.accepted[0].content, settings


def verifies(content: bytes, settings: Settings) -> bool:
    asked: list[bytes] = []

    def record(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(dkim_signer.public_key(settings))

    result = bool(dkim.verify(content, dnsfunc=record))
    assert asked == [b"mine._domainkey.example.org."]
    return result


def test_what_arrives_verifies_with_the_published_key(sent: tuple[bytes, Settings]) -> None:
    content, settings = sent

    assert content.startswith(b"DKIM-Signature:")
    assert verifies(content, settings)


@pytest.mark.parametrize(
    ("original", "changed"),
    [(b"A line that begins", b"A link that begins"), (b"unsubscribe/x", b"unsubscribe/y")],
)
def test_a_changed_text_or_link_does_not_verify(
    original: bytes, changed: bytes, sent: tuple[bytes, Settings]
) -> None:
    content, settings = sent
    assert original in content

    assert not verifies(content.replace(original, changed), settings)


@pytest.mark.parametrize("kind", ["text", "ed25519", "short"])
def test_a_key_that_receivers_do_not_know_is_refused_at_the_start(
    kind: str, make_settings: MakeSettings
) -> None:
    unusable = {
        "text": "not a key",
        "ed25519": pem(ed25519.Ed25519PrivateKey.generate()),
        "short": pem(rsa.generate_private_key(65537, 1024)).replace("A", "B", 1),
    }[kind]

    with pytest.raises(SettingsUnsafe, match="openssl genrsa"):
        channel(make_settings(SMTP_HOST="127.0.0.1", DKIM_KEY=unusable))
