"""`campaign doctor`: check whether this installation is fit to run, and say what to fix."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import click

from campaign.cli.doctor import campaign_checks, database_checks, mail_checks, server_checks
from campaign.cli.doctor.finding import Finding
from campaign.errors import (
    CampaignError,
    DatasetInvalid,
)
from campaign.settings import Settings
from campaign.settings import read as read_settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option("--mail", "address", metavar="ADDRESS", help="Send a test mail to this address.")
def doctor(as_json: bool, address: str | None) -> None:
    """Check settings, database, mail, data and campaigns, and say what to do.

    Changes nothing, and sends nothing but the test mail of --mail. Exits with 1 if something must
    be fixed.
    """
    findings = list(examine(read_settings(), datetime.now(UTC), test_mail_to=address or ""))
    is_ready = all(finding.status != "fix" for finding in findings)
    if as_json:
        checks = [asdict(finding) for finding in findings]
        click.echo(json.dumps({"ready": is_ready, "checks": checks}, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{finding.status:<5} {finding.check:<10} {finding.says}")
    if not is_ready:
        sys.exit(1)


def examine(settings: Settings, now: datetime, *, test_mail_to: str = "") -> Iterator[Finding]:
    """Yield what every check finds, basic checks first; send a test mail to an address if given."""
    checks: list[tuple[str, Callable[[Settings, datetime], Iterator[Finding]]]] = [
        ("settings", server_checks.check_settings),
        ("database", database_checks.check_database),
        ("disk", server_checks.check_disk),
        ("worker", database_checks.check_worker),
        ("counts", database_checks.check_counts),
        ("mail", mail_checks.check_mail),
        ("limits", server_checks.check_limits),
        ("congress", campaign_checks.check_congress),
        ("photos", campaign_checks.check_photos),
        ("campaigns", campaign_checks.check_campaigns),
        ("wordings", campaign_checks.check_wordings),
        ("letters", campaign_checks.check_letters),
        ("cwc", campaign_checks.check_cwc),
    ]
    if test_mail_to:
        checks.append(
            ("mail", lambda settings, now: mail_checks.send_test(settings, test_mail_to, now))
        )
    for name, look in checks:
        try:
            yield from look(settings, now)
        except DatasetInvalid as error:
            yield Finding(name, "fix", " ".join((str(error), *map(str, error.problems[:3]))))
        except CampaignError as error:
            yield Finding(name, "fix", str(error))
        except Exception as error:  # noqa: BLE001
            # A failed check must not keep the others from running.
            yield Finding(name, "fix", f"This check failed unexpectedly ({type(error).__name__}).")
