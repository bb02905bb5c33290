"""The delivery day kit: packets, summaries, an index and a run sheet in one ZIP.

The run sheet lists the offices in walking order: Senate, then House, by building and floor. Index
and run sheet name members, not signers.
"""

import re
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from campaign import files
from campaign.errors import ExportFailed
from campaign.letters import packet_texts
from campaign.letters.print import packet_pages
from campaign.organizing.packets.report import INDEX, Packet, Report
from campaign.packs.pack import Pack

RUN_SHEET = "run-sheet.pdf"

# Walking order: along Constitution Avenue, across the Capitol grounds, along Independence Avenue
# (Architect of the Capitol, map of the grounds).
_BUILDINGS = ("Russell", "Dirksen", "Hart", "Cannon", "Longworth", "Rayburn")
_ROOM = re.compile(r"(\w+) (\w+)")
_ELSEWHERE = "Room not on record"


def stops(made: Sequence[Packet]) -> list[tuple[str, list[tuple[str, Packet]]]]:
    """Return the buildings in walking order, each with its rooms and their packets."""
    found: dict[str, list[tuple[str, Packet]]] = {}
    for one in made:
        building, room = _location(one)
        found.setdefault(building, []).append((room, one))
    order = {
        f"{name} {chamber} Office Building": number
        for number, name in enumerate(_BUILDINGS)
        for chamber in ("Senate", "House")
    }
    return [
        (building, sorted(found[building], key=lambda stop: (_number(stop[0]), stop[1].file)))
        for building in sorted(found, key=lambda name: (order.get(name, len(order)), name))
    ]


def run_sheet(pack: Pack, report: Report, on_date: date) -> bytes:
    """Return the run sheet as a PDF."""
    title = pack.text().title
    look = packet_texts.page_style(pack, f"Run sheet: {title}", f"{title} · run sheet", on_date)
    many = len(report.made)
    texts: dict[str, Any] = {
        "kicker": title,
        "note": f"{many:,} {'office' if many == 1 else 'offices'}, in walking order. Leave packet "
        "and summary at the front desk, and note who received them.",
        "buildings": [
            {"name": building, "stops": [_stop(room, made) for room, made in found]}
            for building, found in stops(report.made)
        ],
        "aside": [
            f"{skipped.seat}: {skipped.why}; {skipped.count:,} "
            f"{'constituent has' if skipped.count == 1 else 'constituents have'} signed."
            for skipped in report.skipped
        ],
    }
    return packet_pages.run_sheet(look, texts)


def write_kit(pack: Pack, report: Report, folder: Path, out: Path, on_date: date) -> None:
    """Write the packets in `folder` and the run sheet into a ZIP, readable only by its owner.

    The output is reproducible. Raises ExportFailed.
    """
    files.write(folder / RUN_SHEET, run_sheet(pack, report, on_date))
    names = [(RUN_SHEET, RUN_SHEET), (INDEX, INDEX)]
    for made in report.made:
        names.append((made.file, f"packets/{made.file}"))
        names.append((made.summary, f"summaries/{made.summary}"))
    write_zip(folder, names, out, on_date)


def write_zip(folder: Path, names: Sequence[tuple[str, str]], out: Path, on_date: date) -> None:
    """Write files of `folder` into a ZIP; `names` are (file, name inside). Raises ExportFailed."""
    try:
        with (
            files.atomic_write(out) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped,
        ):
            for name, inside in names:
                entry = zipfile.ZipInfo(
                    inside, (on_date.year, on_date.month, on_date.day, 12, 0, 0)
                )
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                with (folder / name).open("rb") as source, zipped.open(entry, "w") as target:
                    while chunk := source.read(1 << 20):
                        target.write(chunk)
    except OSError as error:
        raise ExportFailed(f"The ZIP cannot be written: {error.strerror}.") from None


def _stop(room: str, made: Packet) -> dict[str, str]:
    return {
        "room": room,
        "name": made.name,
        "seat": made.reader.seat_in_words,
        "count": f"{made.figures.count:,}",
        "phone": made.reader.phone_note,
    }


def _location(made: Packet) -> tuple[str, str]:
    line = made.reader.room
    if not line.endswith("Office Building"):
        return (line or _ELSEWHERE, "")
    found = _ROOM.match(line)
    return (line.removeprefix(f"{found[1]} "), found[1]) if found else (_ELSEWHERE, "")


def _number(room: str) -> tuple[int, str]:
    digits = "".join(char for char in room if char.isdigit())
    return (int(digits or 0), room)
