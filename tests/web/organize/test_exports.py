"""Taking signers out in the browser: counted first, consent kept, every file on record."""

import csv
import hashlib
import io
from datetime import UTC, datetime

import pytest

from campaign.cli.worker_setup import handlers
from campaign.organizing import jobs as long_work
from campaign.organizing.exports import presets
from campaign.packs import pack as packs
from campaign.packs.registry import CampaignRegistry
from campaign.store import audit
from campaign.store.audit import Record
from tests.organizing.exporting import NO_PYARROW, add, uninstall_pyarrow
from tests.web.organize.signing_in import post, signed_in
from tests.web.whole_site import Site

PAGE = "/organize/section-907/exports"


def records(site: Site, action: str = "export") -> list[Record]:
    with site.database.reading() as connection:
        return list(audit.records(connection, action=action))


@pytest.fixture
def signers(site: Site) -> Site:
    """Three signers of Rhode Island: one asked for news, one did not, one unsubscribed."""
    add(
        site.database,
        {"first_name": "News", "mail_opt_in": True},
        {"first_name": "Quiet"},
        {"first_name": "Gone", "unsubscribed_at": datetime(2026, 6, 16, tzinfo=UTC)},
    )
    return site


def first_names(table: str) -> list[str]:
    return [row["first_name"] for row in csv.DictReader(io.StringIO(table))]


def test_without_signers_the_page_says_so(site: Site) -> None:
    shown = signed_in(site, "exporter").get(PAGE)

    assert shown.status_code == 200
    assert "Signers appear here once they have confirmed" in shown.text
    assert "Nothing has been exported yet" in shown.text


def test_who_would_leave_is_counted_before_anything_does(signers: Site) -> None:
    client = signed_in(signers, "exporter")

    generic = client.get(PAGE).text
    mail = client.get(f"{PAGE}?preset=mailchimp&state=RI").text
    elsewhere = client.get(f"{PAGE}?state=WY").text

    assert "3 signers, 1 opted in" in generic
    assert "Download 3 signers" in generic
    assert "Download 1 signer<" in mail
    assert "Remove a filter" in elsewhere
    assert records(signers) == []


def test_a_file_comes_at_once_and_is_on_record(signers: Site) -> None:
    client = signed_in(signers, "exporter")

    answer = post(client, PAGE, {"preset": "generic", "state": "RI", "purpose": "Delivery day"})

    assert answer.status_code == 200
    assert first_names(answer.text) == ["News", "Quiet", "Gone"]
    disposition = answer.headers["Content-Disposition"]
    assert "section-907-generic-" in disposition
    assert "-user" in disposition
    assert answer.headers["Cache-Control"] == "no-store"
    [record] = records(signers)
    assert record.actor.startswith("user:")
    assert record.details["purpose"] == "Delivery day"
    assert record.details["filter"] == {"state": "RI"}
    assert record.details["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert "Delivery day" in client.get(PAGE).text


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"preset": "generic"}, "Enter the purpose of the export"),
        ({"preset": "generic", "purpose": "x", "district": "nowhere"}, "Enter the district"),
        ({"preset": "generic", "purpose": "x", "state": "WY"}, "No signer matches"),
        ({"preset": "telegraph", "purpose": "x"}, "Choose a preset"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_leaves(
    signers: Site, asked: dict[str, str], sentence: str
) -> None:
    answer = post(signed_in(signers, "exporter"), PAGE, asked)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert records(signers) == records(signers, "export-begun") == []


def test_a_mail_tool_gets_no_more_than_the_role_and_a_reason_allow(signers: Site) -> None:
    asked = {"preset": "everyaction", "purpose": "Upload"}
    owner, exporter = signed_in(signers, "owner"), signed_in(signers, "exporter")
    everybody = asked | {"all": "1", "reason": "They agreed at the town hall."}

    usual = post(owner, PAGE, asked)
    refused = post(exporter, PAGE, everybody)
    without_reason = post(owner, PAGE, asked | {"all": "1"})
    asked_again = post(owner, PAGE, everybody)
    given = post(owner, PAGE, everybody | {"sure": "1"})

    assert first_names(usual.text) == ["News"]
    assert refused.status_code == 403
    assert without_reason.status_code == 422
    assert "Yes, export 2" in asked_again.text
    assert first_names(given.text) == ["News", "Quiet"]
    reasons = [record.details.get("reason") for record in records(signers)]
    assert reasons == ["They agreed at the town hall.", None]
    assert "did not ask for news" not in exporter.get(f"{PAGE}?preset=everyaction").text


def test_a_long_list_is_made_by_the_worker(signers: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for preset in presets.PRESETS.values():
        monkeypatch.setitem(preset.__dict__, "most_at_once", 1)
    client = signed_in(signers, "exporter")

    asked = post(client, PAGE, {"preset": "generic", "purpose": "Delivery day"})
    registry = CampaignRegistry(packs.folders(signers.settings))
    assert long_work.run_next(
        signers.database,
        handlers(signers.settings, registry),
        signers.settings,
        clock=lambda: signers.time[0],
    )

    assert (asked.status_code, "/jobs/" in asked.location) == (303, True)
    done = client.get(asked.location).text
    assert "3 signers for “Delivery day.”" in done
    [record] = records(signers)
    assert record.details["sha256"] in done


def test_a_saved_export_is_asked_for_again_by_its_name(signers: Site) -> None:
    client = signed_in(signers, "exporter")

    saved = post(
        client,
        PAGE,
        {
            "preset": "mailchimp", "state": "RI", "purpose": "The monthly letter",
            "save": "1", "save_as": " Monthly  letter ",
        },
    )  # fmt: skip
    again = client.get(saved.location).text
    post(client, f"{PAGE}/forget", {"saved": "Monthly letter"})

    assert saved.status_code == 303
    assert "Download 1 signer<" in again
    assert "The monthly letter" in again
    assert client.get(f"{PAGE}?saved=Monthly+letter").status_code == 422


def test_a_saved_export_needs_a_name(signers: Site) -> None:
    answer = post(signed_in(signers), PAGE, {"preset": "generic", "save": "1", "save_as": " "})

    assert answer.status_code == 422
    assert "Enter a name for the saved export" in answer.text


def test_without_pyarrow_the_page_shows_parquet_as_not_installed(
    signers: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(signers, "exporter")
    before = client.get(PAGE).text
    uninstall_pyarrow(monkeypatch)

    after = client.get(PAGE).text

    assert "Not installed" not in before
    assert after.count("Not installed.") == after.count("disabled>") == 1
    assert "<code>pip install &#39;campaign-toolkit[parquet]&#39;</code>" in after
    [radio] = [line for line in after.splitlines() if 'id="preset-parquet"' in line]
    assert radio.endswith("disabled>")


def test_parquet_asked_for_without_pyarrow_says_how_to_get_it_and_nothing_leaves(
    signers: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(signers, "exporter")
    post(client, PAGE, {"preset": "parquet", "save": "1", "save_as": "For study"})
    uninstall_pyarrow(monkeypatch)

    for answer in (
        client.get(f"{PAGE}?preset=parquet"),
        client.get(f"{PAGE}?saved=For+study"),
        post(client, PAGE, {"preset": "parquet", "purpose": "A study"}),
    ):
        assert answer.status_code == 422
        assert NO_PYARROW.replace("'", "&#39;") in answer.text
    assert records(signers) == records(signers, "export-begun") == []
