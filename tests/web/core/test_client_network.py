"""Networks: every request comes from one, whatever a proxy writes; an undeclared proxy is seen."""

import dataclasses
from pathlib import Path

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from campaign.cli.doctor.doctor import examine
from campaign.keys import Keyring
from campaign.store import daily_counters, review_queue
from campaign.web.core.client_network import network_hash, read_address
from tests.web.whole_site import PETITION, Site, make_site

KEY = Keyring("a-key-for-tests-alone-0123456789abcdef")


def test_networks_are_distinguished_and_addresses_are_not() -> None:
    here = network_hash("192.0.2.17", KEY)

    assert network_hash("192.0.2.200", KEY) == here
    assert network_hash("::ffff:192.0.2.3", KEY) == here
    assert network_hash("192.0.3.17", KEY) != here
    assert network_hash("2001:db8:1:2::1", KEY) == network_hash("2001:db8:1:ffff::9", KEY)
    assert network_hash("2001:db8:1::1", KEY) != network_hash("2001:db8:2::1", KEY)


def test_a_network_cannot_be_found_without_the_key() -> None:
    assert network_hash("192.0.2.17", KEY) != network_hash("192.0.2.17", Keyring(KEY.current + "x"))
    assert "192" not in network_hash("192.0.2.17", KEY)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("192.0.2.17", "192.0.2.17"),
        (" 192.0.2.17 ", "192.0.2.17"),
        ("192.0.2.17:8080", "192.0.2.17"),
        ('"192.0.2.17:8080"', "192.0.2.17"),
        ("::ffff:192.0.2.17", "192.0.2.17"),
        ("2001:db8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%eth0]:443", "fe80::1"),
    ],
)
def test_an_address_is_read_however_a_proxy_writes_it(written: str, address: str) -> None:
    assert str(read_address(written)) == address
    assert network_hash(written, KEY) == network_hash(address, KEY)


_ODD = [
    None, "", " ", "unix:", "unknown", "_hidden", "not an address", "[", "[]:443", "[x]", ":",
    "1.2.3", "1.2.3.4, 5.6.7.8",
]  # fmt: skip


@pytest.mark.parametrize("written", _ODD)
def test_what_cannot_be_read_is_one_network(written: str | None) -> None:
    assert read_address(written) is None
    assert network_hash(written, KEY) == network_hash("unknown", KEY)


@given(st.text(max_size=60))
def test_whatever_a_proxy_writes_there_is_a_network(written: str) -> None:
    assert len(network_hash(written, KEY)) == 32


def test_forwarded_addresses_count_only_behind_a_trusted_proxy(tmp_path: Path) -> None:
    plain = make_site(tmp_path / "plain")
    proxied = make_site(tmp_path / "proxied", trusted_proxies=1)

    def seen(site: Site) -> str | None:
        with site.app.test_client() as client:
            client.get("/healthz", headers={"X-Forwarded-For": "198.51.100.9"})

            return request.remote_addr

    assert seen(plain) == "127.0.0.1"
    assert seen(proxied) == "198.51.100.9"
    plain.database.dispose()
    proxied.database.dispose()


@pytest.mark.parametrize("hop", ["192.0.2.17:8080", "[2001:db8::1]:443", "unknown", "_hidden", ""])
def test_an_odd_last_hop_is_limited_like_any_other(tmp_path: Path, hop: str) -> None:
    site = make_site(tmp_path, trusted_proxies=1)
    typed = site.form()

    for number in range(22):
        answer = site.client.post(
            PETITION + "sign",
            data={**typed, "email": f"a{number}@example.org"},
            headers={"X-Forwarded-For": f"203.0.113.{number}, {hop}"},
        )
        assert answer.status_code == 200

    with site.database.reading() as connection:
        assert review_queue.count_held(connection, "section-907") == 2
    site.database.dispose()


# -- A proxy that the settings do not know ---------------------------------------------------------


def test_an_undeclared_proxy_is_logged_once_and_kept_for_the_doctor(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(tmp_path)

    site.client.get(PETITION)
    assert not caplog.records
    for number in range(5):
        site.client.get(PETITION, headers={"X-Forwarded-For": f"198.51.100.{number}"})

    assert [record.name for record in caplog.records] == ["campaign.web.core.client_network"]
    assert "198.51" not in caplog.text
    with site.database.reading() as connection:
        assert daily_counters.totals(connection, "") == {daily_counters.PROXY: 1}
    [said] = [one for one in examine(site.settings, site.time[0]) if one.check == "proxy"]
    assert said.status == "fix"
    assert "TRUSTED_PROXIES" in said.says
    declared = dataclasses.replace(site.settings, trusted_proxies=1)
    assert not [one for one in examine(declared, site.time[0]) if one.check == "proxy"]
    site.database.dispose()


def test_a_stranger_who_makes_the_header_up_is_noted_and_breaks_nothing(tmp_path: Path) -> None:
    site = make_site(tmp_path)

    site.client.get(
        PETITION,
        headers={"X-Forwarded-For": "198.51.100.9"},
        environ_base={"REMOTE_ADDR": "8.8.8.8"},
    )

    [said] = [one for one in examine(site.settings, site.time[0]) if one.check == "proxy"]
    assert said.status == "note"
    site.database.dispose()


def test_a_declared_proxy_is_not_remarked_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = make_site(tmp_path, trusted_proxies=1)

    site.client.get(PETITION, headers={"X-Forwarded-For": "198.51.100.9"})

    assert not caplog.records
    with site.database.reading() as connection:
        assert not daily_counters.totals(connection, "")
    site.database.dispose()
