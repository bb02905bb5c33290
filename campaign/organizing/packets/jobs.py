"""Jobs that make packets, the petition book and the delivery day kit."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from campaign import files
from campaign.congress.dataset import Congress
from campaign.messages import counted
from campaign.organizing.jobs import Handler, JobContext, JobResult
from campaign.organizing.packets import delivery_kit, packet, petition_book
from campaign.organizing.packets.petition_book import SplitBy
from campaign.organizing.packets.preview import PacketFilter
from campaign.organizing.packets.report import INDEX, Report
from campaign.packs.pack import Pack

PACKET, BOOK, KIT = "packet", "petition-book", "kit"
KINDS = (PACKET, BOOK, KIT)

#: The most seats without a packet that a job's summary names; the run sheet names all.
_NAMED = 3

FindPack = Callable[[str, datetime], Pack]


def handlers(find_pack: FindPack, congress: Callable[[], Congress]) -> dict[str, Handler]:
    """Return the handlers of these jobs; after a crash each starts over."""

    def packets(work: JobContext) -> JobResult:
        return _packets(work, find_pack(work.job.campaign, work.now), congress())

    def whole(work: JobContext) -> JobResult:
        return _book(work, find_pack(work.job.campaign, work.now), congress())

    return {PACKET: packets, BOOK: whole, KIT: packets}


def _packets(work: JobContext, pack: Pack, congress: Congress) -> JobResult:
    params = work.job.params
    wanted = PacketFilter(
        state=str(params.get("state", "")),
        district=str(params.get("district", "")),
        member=str(params.get("member", "")),
    )
    folder, on_date = _empty(work), pack.day_of(work.now)
    report = packet.write(
        work.db,
        pack,
        congress,
        wanted,
        folder,
        actor=work.job.actor,
        now=work.now,
        progress=work.report,
    )
    files: tuple[str, ...] = ()
    if work.job.kind == KIT and report.made:
        files = (f"{pack.name}-kit.zip",)
        delivery_kit.write_kit(pack, report, folder, work.folder / files[0], on_date)
    elif len(report.made) == 1:
        [made] = report.made
        files = (made.file, made.summary)
        for name in files:
            (folder / name).replace(work.folder / name)
    elif report.made:
        files = (f"{pack.name}-packets.zip",)
        names = [name for made in report.made for name in (made.file, made.summary)]
        delivery_kit.write_zip(
            folder, [(name, name) for name in (INDEX, *names)], work.folder / files[0], on_date
        )
    shutil.rmtree(folder)
    return JobResult(
        summary(report), files, {"packets": len(report.made), "signatures": report.names}
    )


def _book(work: JobContext, pack: Pack, congress: Congress) -> JobResult:
    params = work.job.params
    by: SplitBy = params.get("by", "")
    folder = _empty(work)
    report = petition_book.write(
        work.db,
        pack,
        congress,
        folder,
        split_by=by,
        volume_size=int(params.get("every", 5_000)),
        actor=work.job.actor,
        now=work.now,
        progress=work.report,
    )
    names = [volume.file for volume in report.volumes]
    files: tuple[str, ...] = ()
    if len(names) == 1:
        files = (f"{pack.name}-petition.pdf",)
        (folder / names[0]).replace(work.folder / files[0])
    elif names:
        files = (f"{pack.name}-petition.zip",)
        on_date = pack.day_of(work.now)
        delivery_kit.write_zip(
            folder, [(name, name) for name in names], work.folder / files[0], on_date
        )
    shutil.rmtree(folder)
    notes = [f"{counted(report.names, 'signature')} in {counted(len(names), 'file')}."]
    if not names:
        notes = ["There are no signers yet, so there is nothing to print."]
    notes += wording_note(report.wordings) + _print_notes(report.unprinted, report.waiting)
    return JobResult(" ".join(notes), files, {"files": len(names), "signatures": report.names})


def _signatures(report: Report) -> str:
    """Return how many signatures each packet has; one person may be in several packets."""
    made, packets = report.made, counted(len(report.made), "packet")
    if len(made) == 1:
        return f"{packets}, {counted(report.names, 'signature')}."
    again = "A person is counted once in each packet."
    if len(made) > _NAMED:
        return f"{packets}, {counted(report.names, 'signature')} together. {again}"
    each = ", ".join(f"{one.name} {one.figures.count:,}" for one in made)
    return f"{packets}; signatures: {each}. {again}"


def summary(report: Report) -> str:
    """Return what was made and what was not, in a few sentences."""
    if not report.made:
        notes = ["No constituent of the chosen members has signed, so no packet was made."]
    else:
        notes = [_signatures(report)]
        if report.without_signers:
            notes.append(f"{counted(report.without_signers, 'seat')} without signers got none.")
    for skipped in report.skipped[:_NAMED]:
        notes.append(
            f"No packet for {skipped.seat} ({skipped.why}; {counted(skipped.count, 'signature')})."
        )
    if len(report.skipped) > _NAMED:
        notes.append(f"{counted(len(report.skipped) - _NAMED, 'more empty seat')} got none.")
    if report.placeless:
        notes.append(
            f"{counted(report.placeless, 'signer')} whose district is not known "
            f"{'is' if report.placeless == 1 else 'are'} only in the senators' packets."
        )
    notes += [f"Check before the delivery: {note}" for note in report.notes[:_NAMED]]
    notes += wording_note(report.wordings) + _print_notes(report.unprinted, report.waiting)
    return " ".join(notes)


def wording_note(wordings: int) -> list[str]:
    """Return a note on the printed wordings, if signers signed several."""
    if wordings < 2:
        return []
    return [
        f"The petition was signed in {wordings:,} wordings. Each is printed with the names of "
        "those who signed it."
    ]


def _print_notes(unprinted: int, waiting: int) -> list[str]:
    notes = []
    if unprinted:
        notes.append(
            f"In {counted(unprinted, 'name or comment', 'names and comments')} a hollow square "
            "replaces characters that our fonts lack. Write them in by hand."
        )
    if waiting:
        notes.append(
            f"{counted(waiting, 'unreviewed comment')} {'is' if waiting == 1 else 'are'} left out."
        )
    return notes


def _empty(work: JobContext) -> Path:
    folder = work.folder / "made"
    shutil.rmtree(folder, ignore_errors=True)
    return files.make_private_folder(folder)
