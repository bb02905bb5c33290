"""`campaign doctor` on mail: DNS records as receivers see them, and a test mail."""

import base64
import dataclasses
import socket
from datetime import UTC, date, datetime
from pathlib import Path

import dns.resolver
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from campaign.cli.doctor import dns_checks, mail_checks
from campaign.cli.doctor import doctor as doctor_module
from campaign.delivery import dkim_signer
from campaign.settings import Settings, read
from campaign.store import daily_counters
from campaign.store.db.engine import Database
from tests.cli.dns_server import Records, answering
from tests.smtp import moods

KEY = (
    rsa.generate_private_key(65537, 2048)
    .private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    .decode()
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return read(
        {
            "CAMPAIGN_HOME": str(tmp_path),
            "SECRET_KEY": "kJ8vQ2mX7pL4nR9tW3yB6cF1dG5hZ0sA",
            "BASE_URL": "https://petition.example.org",
            "SMTP_HOST": "mx.example.org",
            "MAIL_FROM": "petition@mail.example.org",
            "UPDATES_FROM": "news@mail.example.org",
            "DKIM_KEY": KEY,
            "DKIM_SELECTOR": "key1",
        },
        working_directory=tmp_path,
    )


def sound(settings: Settings) -> dict[tuple[str, str], list[str]]:
    key = base64.b64encode(dkim_signer.public_key(settings)).decode()
    record = f"v=DKIM1; k=rsa; p={key}"
    return {
        ("mail.example.org", "TXT"): ['"something else"', '"v=spf1 ip4:8.8.8.8 -all"'],
        ("key1._domainkey.mail.example.org", "TXT"): [f'"{record[:200]}" "{record[200:]}"'],
        ("_dmarc.example.org", "TXT"): ['"v=DMARC1; p=quarantine"'],
        ("mx.example.org", "A"): ["8.8.8.8"],
        ("8.8.8.8.in-addr.arpa", "PTR"): ["mx.example.org."],
    }


def said(settings: Settings, records: Records) -> list[tuple[str, str]]:
    with answering(records) as resolver:
        return [(one.status, one.says) for one in dns_checks.check_dns(settings, resolver)]


def test_sound_records_are_one_good_line(settings: Settings) -> None:
    assert said(settings, sound(settings)) == [
        ("good", "SPF, DKIM, DMARC and reverse DNS are in order.")
    ]


@pytest.mark.parametrize(
    ("name", "values", "status", "words"),
    [
        (("mail.example.org", "TXT"), [], "fix", "has no SPF record"),
        (("mail.example.org", "TXT"), ['"v=spf1 -all"', '"v=spf1 ~all"'], "fix", "2 SPF records"),
        (("mail.example.org", "TXT"), ['"v=spf1 +all"'], "fix", "anyone may send"),
        (("key1._domainkey.mail.example.org", "TXT"), [], "fix", "does not exist"),
        (
            ("key1._domainkey.mail.example.org", "TXT"),
            ['"v=DKIM1; p=AAAA"'],
            "fix",
            "another key than DKIM_KEY",
        ),
        (("_dmarc.example.org", "TXT"), [], "fix", "_dmarc.mail.example.org"),
        (("8.8.8.8.in-addr.arpa", "PTR"), [], "note", "PTR record"),
        (("8.8.8.8.in-addr.arpa", "PTR"), ["other.example.org."], "note", "PTR record"),
        (("mx.example.org", "A"), ["10.0.0.5"], "note", "in your own network"),
    ],
)
def test_each_fault_is_named_with_what_to_publish(
    name: tuple[str, str], values: list[str], status: str, words: str, settings: Settings
) -> None:
    found = said(settings, {**sound(settings), name: values})

    assert [one for one in found if words in one[1]], found
    assert {one[0] for one in found} == {status}


@pytest.mark.parametrize(
    ("bounces", "policy", "is_noted"),
    [
        ("bounces@example.org", "v=DMARC1; p=none", False),
        ("bounces@example.org", "v=DMARC1; p=none; aspf=s", True),
        ("bounces@example.com", "v=DMARC1; p=none", True),
    ],
)
def test_bounces_to_another_domain_are_not_aligned(
    bounces: str, policy: str, is_noted: bool, settings: Settings
) -> None:
    records = {
        **sound(settings),
        ("_dmarc.example.org", "TXT"): [f'"{policy}"'],
        ("example.org", "TXT"): ['"v=spf1 -all"'],
        ("example.com", "TXT"): ['"v=spf1 -all"'],
    }

    found = said(dataclasses.replace(settings, bounce_address=bounces), records)

    assert any("does not count for DMARC" in says for _, says in found) == is_noted


def test_without_a_key_the_server_has_to_sign(settings: Settings) -> None:
    found = said(dataclasses.replace(settings, dkim_key=""), sound(settings))

    assert [status for status, _ in found] == ["note"]
    assert "campaign doctor --mail" in found[0][1]


def test_where_dns_does_not_answer_nothing_is_concluded(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dns_checks, "TIMEOUT_S", 0.2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], silent.getsockname()[1]
        [found] = dns_checks.check_dns(settings, resolver)

    assert (found.status, found.says) == ("note", dns_checks.UNKNOWN)


def test_a_test_mail_is_sent_and_the_address_is_in_no_output(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with moods.serving() as server:
        monkeypatch.setattr(
            doctor_module,
            "read_settings",
            lambda: dataclasses.replace(
                settings, env="development", smtp_host="127.0.0.1", smtp_port=server.port,
                smtp_tls="none",
            ),
        )  # fmt: skip
        ran = CliRunner().invoke(doctor_module.doctor, ["--mail", "ada@example.org"])

    assert server.accepted == ["ada@example.org"]
    assert "dmarc=pass" in ran.output
    assert "ada@" not in ran.output


def test_a_test_mail_that_is_refused_is_to_be_fixed(settings: Settings) -> None:
    with moods.serving() as server:
        refusing = dataclasses.replace(
            settings, smtp_host="127.0.0.1", smtp_port=server.port, smtp_tls="none"
        )
        found = list(
            doctor_module.examine(refusing, datetime.now(UTC), test_mail_to="refused@example.org")
        )

    assert any(one.status == "fix" and "550" in one.says for one in found)


def test_the_busiest_day_toward_one_provider_is_noted_before_the_limit(database: Database) -> None:
    with database.writing() as connection:
        for campaign, day, count in (
            ("a", date(2026, 6, 1), 3_000),
            ("b", date(2026, 6, 1), 1_500),
            ("a", date(2026, 6, 2), 2_000),
            ("a", date(2026, 4, 2), 9_000),
        ):
            daily_counters.add(connection, day, {(campaign, "to/google"): count})
        daily_counters.add(connection, date(2026, 6, 1), {("a", "to/yahoo"): 10})
        most = daily_counters.most_to_providers(connection, since=date(2026, 5, 1))

    assert most == {"google": 4_500, "yahoo": 10}
    [found] = mail_checks.bulk(most)
    assert "Google mailboxes got 4,500 messages" in found.says
