"""An export as long work: asked for in the browser, made by a worker, there for a day."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from campaign import civil_time
from campaign.organizing.connect.osdi import Origin
from campaign.organizing.exports import export, filters, presets
from campaign.organizing.exports.request import ExportRequest
from campaign.organizing.jobs import Handler, JobContext, JobResult

KIND = "export"

#: What was asked for, with words that people typed, lies in the job's folder under this name.
INPUT = "order.json"


def request_document(request: ExportRequest) -> bytes:
    """Return an order as a file that `handler` reads; who and which campaign the job knows."""
    return json.dumps(
        {
            "filter": filters.as_words(request.selection),
            "purpose": request.purpose,
            "reason": request.reason,
            "bom": request.with_bom,
        }
    ).encode("utf-8")


def handler(origin_of: Callable[[str], Origin]) -> Handler:
    """Return what does jobs of this kind. `origin_of` says where a campaign's signers signed.

    Called again after a crash, it begins anew.
    """

    def do(work: JobContext) -> JobResult:
        request = _read_request(work, origin_of)
        _, exported = export.count(work.db, request)
        done = 0

        def progress(rows: int) -> None:
            nonlocal done
            done += rows
            work.report(done, max(exported, done))

        # The file is named by when it was asked for. On record is when its signers are read:
        # whoever has confirmed in between is in it, and their erasure must find it.
        report = export.write(
            work.db,
            replace(request, now=work.now),
            work.folder / request.file_name,
            progress=progress,
        )
        signers = "1 signer" if report.rows == 1 else f"{report.rows:,} signers"
        return JobResult(
            f"{signers} for “{request.purpose}”. SHA-256 {report.sha256}.",
            (request.file_name,),
            {"signers": report.rows},
        )

    return do


def _read_request(work: JobContext, origin_of: Callable[[str], Origin]) -> ExportRequest:
    asked: dict[str, Any] = json.loads((work.folder / INPUT).read_bytes())
    name = work.job.campaign
    now: datetime = work.job.created_at
    return ExportRequest(
        preset=presets.find(work.job.params["preset"]),
        # Its days became instants when it was asked for.
        selection=filters.read(name, asked["filter"], civil_time.WASHINGTON),
        actor=work.job.actor,
        now=now,
        purpose=asked["purpose"],
        reason=asked["reason"],
        with_bom=asked["bom"],
        origin=origin_of(name),
    )
