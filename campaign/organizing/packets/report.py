"""What was made: packets, seats without one, and the index of the files."""

import csv
import io
from dataclasses import dataclass, field

from campaign.letters.packet_recipients import PacketReader
from campaign.letters.packet_texts import Figures
from campaign.letters.signed_texts import SignedWordings

INDEX = "index.csv"


@dataclass(frozen=True)
class Packet:
    """A packet that was made: its files, its recipient, and its figures."""

    file: str
    summary: str
    reader: PacketReader
    figures: Figures
    shares: SignedWordings
    pages: int
    sha256: str

    @property
    def name(self) -> str:
        """The recipient's name."""
        return self.reader.name


@dataclass(frozen=True)
class SkippedSeat:
    """A seat that got no packet although constituents signed, and why."""

    seat: str
    count: int
    why: str


@dataclass
class Report:
    """What was made and what was not.

    `without_signers` counts seats whose constituents have not signed. `placeless` counts signers
    whose district is unknown; they are only in the senators' packets. `unprinted` counts names and
    comments with a character that no font has, `waiting` unread comments, and `wordings` the
    wordings on record that were signed.
    """

    made: list[Packet] = field(default_factory=list)
    skipped: list[SkippedSeat] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    without_signers: int = 0
    placeless: int = 0
    unprinted: int = 0
    waiting: int = 0
    wordings: int = 0

    @property
    def names(self) -> int:
        """The number of signatures in all packets."""
        return sum(made.figures.count for made in self.made)


def index(report: Report) -> str:
    """Return the index of the packets as CSV; it has no signers."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(
        ["packet", "summary", "bioguide", "member", "seat", "phone", "office", "signers",
         "on_paper", "towns", "comments", "wordings", "pages", "sha256"]
    )  # fmt: skip
    for made in report.made:
        reader, figures = made.reader, made.figures
        table.writerow(
            [made.file, made.summary, reader.id, made.name, reader.seat_id,
             reader.phone, reader.room, figures.count, figures.paper,
             sum(1 for town in figures.towns if town), figures.comments,
             "; ".join(f"{share.name}: {share.count}" for share in made.shares.all),
             made.pages, made.sha256]
        )  # fmt: skip
    return text.getvalue()
