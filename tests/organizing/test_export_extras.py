"""Without pyarrow, Parquet says how to get it, and every other format works as before."""

import io

import pytest

from campaign.errors import ExtraMissing
from campaign.organizing import jobs as long_work
from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import job as working
from campaign.organizing.exports import parse_generic, presets
from campaign.settings import Settings
from campaign.store import jobs
from campaign.store.db.engine import Database
from tests.organizing.exporting import NO_PYARROW, NOW, add, exported, order, uninstall_pyarrow
from tests.organizing.test_export_jobs import queued, settings

__all__ = ["settings"]


def test_a_queued_parquet_job_without_pyarrow_fails_with_a_sentence(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, {})
    job = queued(database, settings, order("parquet"))
    uninstall_pyarrow(monkeypatch)

    handlers = {working.KIND: working.handler(lambda name: Origin("petition.example.org", name))}
    assert long_work.run_next(database, handlers, settings, clock=lambda: NOW)

    with database.reading() as connection:
        found = jobs.find(connection, job.public_id)
    assert found is not None
    assert (found.status, found.note) == ("failed", NO_PYARROW)


def test_importing_parquet_without_pyarrow_says_how_to_install_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(database, {})
    made = exported(database, order("parquet"))
    uninstall_pyarrow(monkeypatch)

    with pytest.raises(ExtraMissing) as refused:
        next(parse_generic.signers(io.BytesIO(made)))

    assert str(refused.value) == NO_PYARROW


@pytest.mark.parametrize("name", sorted(presets.PRESETS.keys() - {"parquet", "xlsx"}))
def test_other_presets_do_not_need_pyarrow(
    database: Database, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    add(database, {"mail_opt_in": True})
    with_it = exported(database, order(name))
    uninstall_pyarrow(monkeypatch)

    assert presets.find(name).is_installed
    assert exported(database, order(name)) == with_it
