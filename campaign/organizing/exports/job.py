"""Export jobs: requested in the browser, made by a worker, kept for a day."""

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

#: The request's file in the job's folder. What people typed is kept here, not in the job's row.
INPUT = "order.json"


def request_document(request: ExportRequest) -> bytes:
    """Return a request as the JSON file that `handler` reads; the job has actor and campaign."""
    return json.dumps(
        {
            "filter": filters.as_words(request.selection),
            "purpose": request.purpose,
            "reason": request.reason,
            "bom": request.with_bom,
        }
    ).encode("utf-8")


def handler(origin_of: Callable[[str], Origin]) -> Handler:
    """Return the handler of export jobs; after a crash it starts over.

    `origin_of(campaign)` returns where a campaign's signers signed.
    """

    def do(work: JobContext) -> JobResult:
        request = _read_request(work, origin_of)
        _, exported = export.count(work.db, request)
        done = 0

        def progress(rows: int) -> None:
            nonlocal done
            done += rows
            work.report(done, max(exported, done))

        # The file's name has the time of the request, the audit record the time of reading: signers
        # who confirmed in between are in the file, and their erasure must find it.
        report = export.write(
            work.db,
            replace(request, now=work.now),
            work.folder / request.file_name,
            progress=progress,
        )
        signers = "1 signer" if report.rows == 1 else f"{report.rows:,} signers"
        return JobResult(
            f"{signers} for “{request.purpose}.” SHA-256 {report.sha256}.",
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
        # The request's days are already instants, so the zone does not matter.
        selection=filters.read(name, asked["filter"], civil_time.WASHINGTON),
        actor=work.job.actor,
        now=now,
        purpose=asked["purpose"],
        reason=asked["reason"],
        with_bom=asked["bom"],
        origin=origin_of(name),
    )
