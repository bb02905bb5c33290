"""HTTP to addresses that people typed in: the open Internet alone, and no longer than agreed."""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from campaign.delivery.safe_http import SafeHttp, is_public
from campaign.errors import AddressRefused, DeliveryDelayed
from tests.delivery.receiving import Receiver, reaching

INSIDE = [
    "127.0.0.1",
    "127.8.9.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::7f00:1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "ff02::1",
    "ff0e::1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::1",
    "2002:7f00:1::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.mark.parametrize("address", INSIDE)
def test_an_inside_address_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_of_the_open_internet_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", INSIDE)
def test_a_name_that_leads_inside_is_refused_before_any_socket(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(*_: object, **__: object) -> socket.socket:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "create_connection", unwanted)
    client = SafeHttp(resolve=lambda name, port: [address])

    with pytest.raises(AddressRefused):
        client.post("https://hooks.example.org/in", b"{}", {})


def test_one_inside_address_among_good_ones_is_enough_to_refuse() -> None:
    client = SafeHttp(resolve=lambda name, port: ["8.8.8.8", "10.0.0.1"])

    with pytest.raises(AddressRefused):
        client.post("https://hooks.example.org/in", b"{}", {})


def test_the_machines_own_resolver_is_checked_too(receiver: Receiver) -> None:
    """By the rules of production, this machine's own server is out of reach by every spelling."""
    client = SafeHttp(ports=None, allow_plain=True)

    for name in ("localhost", "127.0.0.1", "2130706433", "[::1]", "0x7f.1"):
        with pytest.raises((AddressRefused, DeliveryDelayed)):
            client.post(f"http://{name}:{receiver.port}/in", b"{}", {})

    assert receiver.got == []


def test_the_name_is_resolved_once_and_the_checked_address_is_the_one_connected_to(
    receiver: Receiver,
) -> None:
    """DNS rebinding: the second answer would lead elsewhere, and is never asked for."""
    answers = [["127.0.0.1"], ["192.0.2.66"]]
    client = reaching(resolve=lambda name, port: answers.pop(0))

    answer = client.post(receiver.url(), b'{"a":1}', {"X-Own": "yes"})

    assert answer.status == 200
    assert len(answers) == 1
    assert receiver.got[0].headers["host"] == f"receiver.example.org:{receiver.port}"
    assert receiver.got[0].headers["x-own"] == "yes"
    assert receiver.got[0].body == b'{"a":1}'


def test_only_https_at_its_own_port_in_production() -> None:
    client = SafeHttp(resolve=lambda name, port: ["8.8.8.8"])

    for url in (
        "http://hooks.example.org/",
        "https://hooks.example.org:8443/",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
    ):
        with pytest.raises(AddressRefused):
            client.post(url, b"", {})


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [302]
    receiver.extra = {"Location": receiver.url(path="/secret")}

    assert reaching().post(receiver.url(), b"{}", {}).status == 302
    assert [got.path for got in receiver.got] == ["/in"]


@pytest.mark.parametrize("mood", ["hang", "drip-headers", "break"])
def test_what_takes_too_long_or_breaks_off_is_ended(receiver: Receiver, mood: str) -> None:
    receiver.mood = mood  # type: ignore[assignment]
    began = time.monotonic()

    with pytest.raises(DeliveryDelayed):
        reaching(read_s=0.5, whole_s=0.8).post(receiver.url(), b"{}", {})

    # By itself the receiver would go on for a minute; a busy machine may take a while.
    assert time.monotonic() - began < 20


def test_an_answer_without_end_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.mood = "huge"

    # Whoever reads on is cut off in the end, and has no answer.
    assert reaching(whole_s=5.0).post(receiver.url(), b"{}", {}).status == 200


def test_when_to_come_again_is_read(receiver: Receiver) -> None:
    receiver.answers = [429, 429, 429]
    for said, understood in (("7", 7), ("soon", None), ("99999999999", 86400)):
        receiver.extra = {"Retry-After": said}
        assert reaching().post(receiver.url(), b"{}", {}).retry_after == understood


def test_a_closed_port_and_an_unknown_name_are_reported_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    with pytest.raises(DeliveryDelayed, match="refused"):
        reaching().post(f"http://gone.example.org:{port}/", b"", {})

    def unknown(name: str, port: int) -> list[str]:
        raise socket.gaierror("unknown")

    with pytest.raises(DeliveryDelayed, match="host name is unknown"):
        reaching(resolve=unknown).post("https://no.example.org/", b"", {})


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


class TestTls:
    @pytest.fixture
    def trusted(self, authority: trustme.CA, tmp_path: Path) -> str:
        path = tmp_path / "ca.pem"
        authority.cert_pem.write_to_path(path)
        return str(path)

    def secured(self, authority: trustme.CA, name: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return context

    def test_is_verified_for_the_name_though_the_socket_goes_to_an_address(
        self, authority: trustme.CA, trusted: str
    ) -> None:
        with Receiver(self.secured(authority, "receiver.example.org")) as receiver:
            answer = reaching(trusted=trusted).post(receiver.url(), b"{}", {})

        assert answer.status == 200

    def test_a_certificate_for_another_name_is_refused(
        self, authority: trustme.CA, trusted: str
    ) -> None:
        with (
            Receiver(self.secured(authority, "other.example.org")) as receiver,
            pytest.raises(DeliveryDelayed, match="certificate"),
        ):
            reaching(trusted=trusted).post(receiver.url(), b"{}", {})

    def test_an_untrusted_certificate_is_refused(self, authority: trustme.CA) -> None:
        with (
            Receiver(self.secured(authority, "receiver.example.org")) as receiver,
            pytest.raises(DeliveryDelayed, match="certificate"),
        ):
            reaching().post(receiver.url(), b"{}", {})
