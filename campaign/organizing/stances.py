"""Read files that say where members stand: official files about a bill, or your own table."""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from campaign.congress import bill_status, seat_holders
from campaign.congress.bill_status import Sponsorship
from campaign.congress.dataset import Congress
from campaign.congress.members import Member
from campaign.congress.places import District
from campaign.errors import CampaignError, InvalidInput, TableRefused
from campaign.messages import Message
from campaign.packs.bills import Bill
from campaign.packs.pack import Pack
from campaign.packs.stances import Stance, StanceRecord
from campaign.store import audit
from campaign.store import stances as store
from campaign.store.db.engine import Database
from campaign.tables import dates
from campaign.tables.table import Row, Table, TableLimits

#: The columns of your own table. `source` says where the stance can be checked.
COLUMNS = ("bioguide", "stance", "as_of", "source")
#: The columns of congress.gov's table of cosponsors, by the words that name them.
_COSPONSOR = ("cosponsor", "cosponsors", "name")
_SIGNED = ("date cosponsored", "cosponsored", "date")
_WITHDRAWN = ("date withdrawn", "cosponsorship withdrawn", "withdrawn")
_MAX_SOURCE = 300


@dataclass(frozen=True)
class Rejected:
    """A line that was not used, with its cells and the reason. An XML entry has number 0."""

    number: int
    cells: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class StanceFile:
    """What a file says: records to add, and the lines that could not be used."""

    records: tuple[StanceRecord, ...]
    rejected: tuple[Rejected, ...]
    heading: tuple[str, ...] = ("member",)
    bill: Bill | None = None


def read(
    raw: bytes, pack: Pack, congress: Congress, *, on_date: date, bill: Bill | None = None
) -> StanceFile:
    """Read a file about where members stand on what the campaign asks.

    Three forms are known: BILLSTATUS XML from govinfo.gov; congress.gov's table of cosponsors, for
    which `bill` says which bill it is about; and a table with the columns of COLUMNS. A bill must
    be one of the campaign's: its side says whether a cosponsor is for or against.

    Raises InvalidInput (field "file") for a file in no known form or about another bill, and
    TableRefused for a table that cannot be read.
    """
    if bill_status.is_xml(raw):
        return _read_xml(raw, pack, congress)
    table = Table(raw)
    names = [" ".join(cell.casefold().replace("_", " ").split()) for cell in table.heading]
    if {"bioguide", "stance"} <= set(names):
        return _read_own_table(table, names, congress, on_date)
    if any(name in names for name in _COSPONSOR):
        return _read_cosponsors(table, names, pack, congress, bill)
    raise InvalidInput(
        Message(
            "This table has neither the columns %(columns)s nor congress.gov's column Cosponsor.",
            columns=", ".join(COLUMNS),
        ),
        field="file",
    )


def read_stream(stream: IO[bytes]) -> bytes:
    """Return a file for `read`, and no more than what `read` needs to refuse one as too large."""
    return stream.read(max(bill_status.MAX_BYTES, TableLimits().bytes) + 1)


def save_file(db: Database, campaign: str, file: StanceFile, *, actor: str, now: datetime) -> int:
    """Add the records of a file, and record it in the audit; return how many were new."""
    with db.writing() as connection:
        added = store.add(connection, campaign, file.records, actor=actor, now=now)
        audit.record(
            connection,
            "stances-imported",
            actor=actor,
            campaign=campaign,
            details={"added": added, "rejected": len(file.rejected), "bill": str(file.bill or "")},
            now=now,
        )
    return added


def save_record(
    db: Database, campaign: str, record: StanceRecord, *, actor: str, now: datetime
) -> bool:
    """Add one record, and record it in the audit; return False if it is the newest already."""
    with db.writing() as connection:
        if not store.add(connection, campaign, [record], actor=actor, now=now):
            return False
        audit.record(
            connection,
            "stance-set",
            actor=actor,
            campaign=campaign,
            details={"member": record.bioguide, "stance": record.stance, "source": record.source},
            now=now,
        )
    return True


def side_on(pack: Pack, bill: Bill) -> Stance:
    """Return the stance of a member who sponsors the bill: FOR where the campaign supports it.

    Raises InvalidInput (field "file") for a bill that the campaign does not name, and for one whose
    Congress has ended.
    """
    if not bill.is_open(pack.day.congress):
        raise InvalidInput(
            Message(
                "This file is about a bill of the %(congress)s. That Congress has ended, and the "
                "bill with it, so its cosponsors say nothing about today.",
                congress=bill.congress_in_words,
            ),
            field="file",
        )
    side = pack.side_of(bill)
    if side is None:
        raise InvalidInput(
            Message(
                "The campaign does not name %(bill)s. Add the bill and your side to campaign.toml, "
                "then import the file again.",
                bill=str(bill),
            ),
            field="file",
        )
    return Stance.FOR if side == "for" else Stance.AGAINST


def _read_xml(raw: bytes, pack: Pack, congress: Congress) -> StanceFile:
    status = bill_status.read_xml(raw)
    bill = Bill.parse(f"{status.congress} {status.type} {status.number}")
    if bill is None:
        raise InvalidInput(
            Message("“%(type)s” is not a kind of bill.", type=status.type[:20]), field="file"
        )
    side = side_on(pack, bill)
    source = f"BILLSTATUS of {bill}, govinfo.gov"
    records: list[StanceRecord] = []
    rejected: list[Rejected] = []
    for each in status.sponsorships:
        if each.bioguide in congress.members:
            records.append(_record(each, each.bioguide, side, bill, source))
        else:
            rejected.append(Rejected(0, (each.name,), "This member is not in the Congress data."))
    return StanceFile(tuple(records), tuple(rejected), bill=bill)


def _record(
    sponsorship: Sponsorship, bioguide: str, side: Stance, bill: Bill, source: str
) -> StanceRecord:
    """Return the evidence of a sponsorship; a withdrawn one counts for neither side."""
    if sponsorship.withdrawn_on is not None:
        return StanceRecord(bioguide, Stance.UNKNOWN, sponsorship.withdrawn_on, source, bill)
    return StanceRecord(bioguide, side, sponsorship.signed_on, source, bill)


def _read_cosponsors(
    table: Table, names: Sequence[str], pack: Pack, congress: Congress, bill: Bill | None
) -> StanceFile:
    if bill is None:
        raise InvalidInput(
            Message(
                "Say which bill this table of cosponsors is about, such as “119 H.R. 6840”: the "
                "table does not name it."
            ),
            field="bill",
        )
    side = side_on(pack, bill)
    source = f"cosponsors of {bill}, congress.gov"
    name_at, signed_at, withdrawn_at = (
        _place(names, known) for known in (_COSPONSOR, _SIGNED, _WITHDRAWN)
    )

    def one(row: Row) -> StanceRecord:
        sponsorship = bill_status.read_table_row(
            {
                "name": _cell(row, name_at),
                "signed_on": _iso(_cell(row, signed_at)),
                "withdrawn_on": _iso(_cell(row, withdrawn_at)),
            }
        )
        member = _member_named(congress, sponsorship)
        return _record(sponsorship, member.bioguide, side, bill, source)

    records, rejected = _each(table, one)
    return StanceFile(records, rejected, table.heading, bill)


def _read_own_table(
    table: Table, names: Sequence[str], congress: Congress, on_date: date
) -> StanceFile:
    places = {column: _place(names, (column.replace("_", " "),)) for column in COLUMNS}

    def one(row: Row) -> StanceRecord:
        cells = {column: _cell(row, place) for column, place in places.items()}
        return own_record(
            congress,
            cells["bioguide"],
            cells["stance"],
            _iso(cells["as_of"]),
            cells["source"],
            on_date=on_date,
        )

    records, rejected = _each(table, one)
    return StanceFile(records, rejected, table.heading)


def own_record(
    congress: Congress, member: str, stance: str, as_of: str, source: str, *, on_date: date
) -> StanceRecord:
    """Return a record that a person enters: a bioguide id, a stance, an ISO day and a source.

    Raises InvalidInput, whose field is the column, for what cannot be used: an unknown member or
    stance, a day in the future, a missing source.
    """
    bioguide = member.strip().upper()
    if bioguide not in congress.members:
        raise InvalidInput(
            Message(
                "No member has the id “%(id)s.” Find it on the member's card or by "
                "`campaign lookup ZIP --json`.",
                id=member[:20],
            ),
            field="bioguide",
        )
    wanted = stance.strip().casefold()
    if wanted not in set(Stance):
        raise InvalidInput(
            Message("Write the stance as one of: %(stances)s.", stances=", ".join(Stance)),
            field="stance",
        )
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        raise InvalidInput(
            Message("Write the day of the evidence, such as 2026-11-30."), field="as_of"
        ) from None
    if day > on_date:
        raise InvalidInput(Message("The day of the evidence is in the future."), field="as_of")
    where = " ".join(source.split())
    if not where and wanted != Stance.UNKNOWN:
        raise InvalidInput(
            Message("Say where this can be checked: a vote, a letter, a statement, a link."),
            field="source",
        )
    if len(where) > _MAX_SOURCE:
        raise InvalidInput(
            Message("Shorten the source to %(limit)s characters.", limit=str(_MAX_SOURCE)),
            field="source",
        )
    return StanceRecord(bioguide, Stance(wanted), day, where)


def _each(
    table: Table, one: Callable[[Row], StanceRecord]
) -> tuple[tuple[StanceRecord, ...], tuple[Rejected, ...]]:
    """Read every line of a table; a line that cannot be used is rejected with the reason."""
    records: list[StanceRecord] = []
    rejected: list[Rejected] = []
    for row in table:
        try:
            records.append(one(row))
        except TableRefused:
            raise
        except CampaignError as error:
            rejected.append(Rejected(row.number, tuple(row.cells), str(error)))
    return tuple(records), tuple(rejected)


def _member_named(congress: Congress, sponsorship: Sponsorship) -> Member:
    """Return the member whom congress.gov names by last name and seat.

    Raises InvalidInput if the seat's holder on that day has another name.
    """
    wanted = _folded(sponsorship.last_name)
    for held in _holders(congress, sponsorship):
        if held.member is not None and _folded(held.member.name.last) == wanted:
            return held.member
    raise InvalidInput(
        Message(
            "%(name)s held no such seat on %(day)s, according to the Congress data.",
            name=sponsorship.name,
            day=sponsorship.signed_on.isoformat(),
        )
    )


def _folded(name: str) -> str:
    """Return a name without case, accents, spaces and marks: congress.gov writes plain letters."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalpha())


def _holders(congress: Congress, sponsorship: Sponsorship) -> Iterator[seat_holders.SeatHolder]:
    day = sponsorship.signed_on
    if sponsorship.district is None:
        yield from seat_holders.senators_of(congress, sponsorship.state, day)[0]
        return
    district = District(sponsorship.state, sponsorship.district)
    if district in congress.districts:
        yield seat_holders.house_holder_of(congress, district, day)


def _place(names: Sequence[str], known: Sequence[str]) -> int | None:
    return next((names.index(name) for name in known if name in names), None)


def _cell(row: Row, place: int | None) -> str:
    return row.cells[place].strip() if place is not None and place < len(row.cells) else ""


def _iso(cell: str) -> str:
    """Return a day as ISO, "" for an empty cell. Raises InvalidInput for any other text."""
    try:
        return dates.read(cell).isoformat() if cell else ""
    except ValueError:
        raise InvalidInput(
            Message("“%(day)s” is not a day. Write it like 2026-11-30.", day=cell[:40]),
            field="as_of",
        ) from None
